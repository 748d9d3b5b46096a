# A data source leaves the value in the state: encrypt that, and let few read it.

data "google_secret_manager_secret_version" "secret_name" {
  project = "my-project"
  secret  = "secret-name"
}

locals {
  secret_name = data.google_secret_manager_secret_version.secret_name.secret_data
}
