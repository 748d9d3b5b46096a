# gem "google-cloud-secret_manager"
require "google/cloud/secret_manager"

client = Google::Cloud::SecretManager.secret_manager_service
answer = client.access_secret_version(
  name: "projects/my-project/secrets/secret-name/versions/latest"
)
secret_name = answer.payload.data
