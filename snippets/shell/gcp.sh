SECRET_NAME=$(gcloud secrets versions access latest --secret=secret-name \
  --project=my-project)
: "${SECRET_NAME:?is empty}"
