# A data source leaves the value in the state: encrypt that, and let few read it.

data "azurerm_key_vault" "my_vault" {
  name                = "my-vault"
  resource_group_name = "my-group"
}

data "azurerm_key_vault_secret" "secret_name" {
  name         = "secret-name"
  key_vault_id = data.azurerm_key_vault.my_vault.id
}

locals {
  secret_name = data.azurerm_key_vault_secret.secret_name.value
}
