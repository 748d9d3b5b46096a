# Azure keeps no Ruby client: let the platform set SECRET_NAME, in its application settings, to
# @Microsoft.KeyVault(SecretUri=https://my-vault.vault.azure.net/secrets/secret-name/)
secret_name = ENV.fetch("SECRET_NAME")
