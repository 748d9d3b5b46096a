# A data source leaves the value in the state: encrypt that, and let few read it.

data "aws_secretsmanager_secret_version" "secret_name" {
  secret_id = "my-app/secret-name"
}

locals {
  secret_name = data.aws_secretsmanager_secret_version.secret_name.secret_string
}
