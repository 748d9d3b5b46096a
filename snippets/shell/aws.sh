SECRET_NAME=$(aws secretsmanager get-secret-value --secret-id my-app/secret-name \
  --query SecretString --output text)
: "${SECRET_NAME:?is empty}"
