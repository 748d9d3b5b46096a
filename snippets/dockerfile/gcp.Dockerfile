# syntax=docker/dockerfile:1
# export SECRET_NAME="$(gcloud secrets versions access latest --secret=secret-name \
#     --project=my-project)"
# docker build --secret id=SECRET_NAME,env=SECRET_NAME .
FROM alpine
RUN --mount=type=secret,id=SECRET_NAME,env=SECRET_NAME ./build.sh
