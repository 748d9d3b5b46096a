# keystop alone in an image: one static binary, no shell, no libc, not root.
#
#   docker build -t keystop .
#   docker run --rm -v "$PWD:/repo:ro" keystop scan --history
#   docker save app | docker run --rm -i keystop scan --image -

FROM rust:1.95-slim-trixie AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /src
# The versions are the distribution's: nothing of them but the C library ends in the binary.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev make \
 && rm -rf /var/lib/apt/lists/*
COPY . .
# For the machine it is built on, as install.sh does it.
RUN host=$(rustc -vV | sed -n 's/^host: //p') \
 && RUSTFLAGS='-C target-feature=+crt-static -C relocation-model=static -C force-unwind-tables=no' \
    CFLAGS="-Os -fno-asynchronous-unwind-tables" \
    cargo build --release --locked --bin keystop --target "$host" \
 && mkdir -p /image/etc /image/repo \
 && cp "target/$host/release/keystop" /image/keystop \
 # Who mounts a repository here means it: it belongs to another user than the one below.
 && printf '[safe]\n\tdirectory = *\n' > /image/etc/gitconfig

FROM scratch
COPY --from=build /image /
# Nobody in particular.
USER 65532:65532
WORKDIR /repo
ENTRYPOINT ["/keystop"]
CMD ["--help"]
