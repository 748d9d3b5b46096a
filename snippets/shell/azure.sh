SECRET_NAME=$(az keyvault secret show --vault-name my-vault --name secret-name \
  --query value --output tsv)
: "${SECRET_NAME:?is empty}"
