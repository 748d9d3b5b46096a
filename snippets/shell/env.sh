: "${SECRET_NAME:?is not set}"
