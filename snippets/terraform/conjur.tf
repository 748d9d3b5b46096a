# A data source leaves the value in the state: encrypt that, and let few read it.

data "conjur_secret" "secret_name" {
  name = "my-app/secret-name"
}

locals {
  secret_name = data.conjur_secret.secret_name.value
}
