# Set it with: export TF_VAR_secret_name="$SECRET_NAME"
variable "secret_name" {
  type      = string
  sensitive = true
}

locals {
  secret_name = var.secret_name
}
