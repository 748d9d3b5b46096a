# gem "vault"; it takes its address and token from VAULT_ADDR and VAULT_TOKEN
require "vault"

secret_name = Vault.kv("secret").read("my-app").data.fetch(:SECRET_NAME)
