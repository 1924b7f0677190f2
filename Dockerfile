# syntax=docker/dockerfile:1
# Build: docker build -t skep .      Run: docker compose up
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# SQLite is compiled in, so the image's C compiler is used; nothing is downloaded but the crates of Cargo.lock.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package skep --bin skep \
 && install -D target/release/skep /out/skep

FROM debian:bookworm-slim
# Certificates for Postgres over TLS and object stores; curl for the health check.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 9083 skep \
 && useradd --system --uid 9083 --gid skep --home-dir /var/lib/skep --create-home skep
COPY --from=build /out/skep /usr/local/bin/skep
USER skep
# The SQLite store and a local warehouse lie in skep-data below.
WORKDIR /var/lib/skep
VOLUME /var/lib/skep
EXPOSE 9083 9084
# Inside the container; with other SKEP_API_LISTEN, override it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:9084/healthz"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/skep"]
CMD ["serve"]
