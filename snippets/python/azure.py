# pip install azure-identity azure-keyvault-secrets
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

client = SecretClient("https://my-vault.vault.azure.net", DefaultAzureCredential())
secret_name = client.get_secret("secret-name").value
