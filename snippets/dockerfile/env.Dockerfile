# syntax=docker/dockerfile:1
# docker build --secret id=SECRET_NAME,env=SECRET_NAME .
FROM alpine
RUN --mount=type=secret,id=SECRET_NAME,env=SECRET_NAME ./build.sh
