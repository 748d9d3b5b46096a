# syntax=docker/dockerfile:1
# export SECRET_NAME="$(conjur variable get -i my-app/secret-name)"
# docker build --secret id=SECRET_NAME,env=SECRET_NAME .
FROM alpine
RUN --mount=type=secret,id=SECRET_NAME,env=SECRET_NAME ./build.sh
