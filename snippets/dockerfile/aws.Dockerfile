# syntax=docker/dockerfile:1
# export SECRET_NAME="$(aws secretsmanager get-secret-value --secret-id my-app/secret-name \
#     --query SecretString --output text)"
# docker build --secret id=SECRET_NAME,env=SECRET_NAME .
FROM alpine
RUN --mount=type=secret,id=SECRET_NAME,env=SECRET_NAME ./build.sh
