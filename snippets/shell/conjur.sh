SECRET_NAME=$(conjur variable get -i my-app/secret-name)
: "${SECRET_NAME:?is empty}"
