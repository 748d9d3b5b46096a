# gem "aws-sdk-secretsmanager"
require "aws-sdk-secretsmanager"

client = Aws::SecretsManager::Client.new
secret_name = client.get_secret_value(secret_id: "my-app/secret-name").secret_string
