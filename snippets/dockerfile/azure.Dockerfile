# syntax=docker/dockerfile:1
# export SECRET_NAME="$(az keyvault secret show --vault-name my-vault --name secret-name \
#     --query value --output tsv)"
# docker build --secret id=SECRET_NAME,env=SECRET_NAME .
FROM alpine
RUN --mount=type=secret,id=SECRET_NAME,env=SECRET_NAME ./build.sh
