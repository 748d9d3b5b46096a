SECRET_NAME=$(vault kv get -mount=secret -field=SECRET_NAME my-app)
: "${SECRET_NAME:?is empty}"
