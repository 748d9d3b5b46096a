# syntax=docker/dockerfile:1
# export SECRET_NAME="$(vault kv get -mount=secret -field=SECRET_NAME my-app)"
# docker build --secret id=SECRET_NAME,env=SECRET_NAME .
FROM alpine
RUN --mount=type=secret,id=SECRET_NAME,env=SECRET_NAME ./build.sh
