# The whole product in one image: built from source in the first stage, only what it needs to run in the second.
FROM debian:bookworm-slim AS builder
WORKDIR /source
# Packages first: this layer stays as long as the list does.
COPY scripts scripts
RUN scripts/orchestrate.sh packages build && rm -rf /var/lib/apt/lists/*
COPY . .
RUN scripts/orchestrate.sh build && install -D -m 755 build/release/videa-mozi /out/videa-mozi \
 && strip --strip-debug /out/videa-mozi

FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates ffmpeg \
      libbrotli1 libpq5 libsodium23 libssl3 libtomlplusplus3 libutf8proc2 zlib1g \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin videa \
 && install -d -o videa -g videa -m 700 /data
COPY --from=builder /out/videa-mozi /usr/local/bin/videa-mozi
ENV VIDEA_MOZI__DATA__DIR=/data VIDEA_MOZI__SERVER__HOST=0.0.0.0
USER videa
WORKDIR /data
# /data is mounted by whoever runs it (-v videa:/data). No VOLUME line: buildah lays a fresh anonymous volume over the mounted folder then.
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["videa-mozi", "doctor", "--ready"]
ENTRYPOINT ["videa-mozi"]
CMD ["serve"]
