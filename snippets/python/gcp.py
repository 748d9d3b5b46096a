# pip install google-cloud-secret-manager
from google.cloud import secretmanager

client = secretmanager.SecretManagerServiceClient()
answer = client.access_secret_version(
    name="projects/my-project/secrets/secret-name/versions/latest"
)
secret_name = answer.payload.data.decode()
