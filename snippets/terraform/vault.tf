# A data source leaves the value in the state: encrypt that, and let few read it.

data "vault_kv_secret_v2" "my_app" {
  mount = "secret"
  name  = "my-app"
}

locals {
  secret_name = data.vault_kv_secret_v2.my_app.data["SECRET_NAME"]
}
