# The whole product in one image: built from source in the first stage, taken out of a Debian that can run it in the second.
FROM debian:bookworm-slim AS builder
WORKDIR /source
# Packages first: this layer stays as long as the list does.
COPY scripts scripts
RUN scripts/orchestrate.sh packages build && rm -rf /var/lib/apt/lists/*
COPY . .
RUN scripts/orchestrate.sh build && install -D -m 755 build/release/videa-mozi /out/videa-mozi \
 && strip --strip-unneeded /out/videa-mozi

FROM debian:bookworm-slim AS running
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates ffmpeg \
      libbrotli1 libpq5 libsodium23 libssl3 libtomlplusplus3 libutf8proc2 zlib1g
COPY --from=builder /out/videa-mozi /usr/local/bin/videa-mozi
COPY scripts/slim-root.sh /usr/local/sbin/
# sh, cat, id and ls are for whoever has to look inside. What ffmpeg can do must be what Debian's can.
RUN slim-root.sh /slim videa-mozi ffmpeg ffprobe sh cat id ls \
 && for what in codecs decoders encoders filters demuxers muxers protocols bsfs; do \
      ffmpeg -hide_banner -v error -$what >/tmp/here && chroot /slim ffmpeg -hide_banner -v error -$what >/tmp/there \
      && cmp /tmp/here /tmp/there || exit 1; done \
 && videa-mozi config example | sed 's|^#dir = "data"$|dir = "/data"|' >/slim/etc/videa-mozi.toml \
 && grep -q '^dir = "/data"$' /slim/etc/videa-mozi.toml && chroot /slim videa-mozi config check \
 && install -d -o 10001 -g 10001 -m 700 /slim/data

FROM scratch
COPY --from=running /slim /
ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
USER 10001:10001
WORKDIR /data
# /data is mounted by whoever runs it (-v videa:/data). No VOLUME line: buildah lays a fresh anonymous volume over the mounted folder then.
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10m CMD ["videa-mozi", "doctor", "--ready"]
ENTRYPOINT ["videa-mozi"]
CMD ["serve"]
