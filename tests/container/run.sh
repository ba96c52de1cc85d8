#!/usr/bin/env bash
# The image that ENGINE (docker, podman or buildah) built as videa-mozi, as a newcomer would run it: how big it is, what it tells, whether
# it prepares films of many makers. `tests/container/run.sh ENGINE [FILM…]`; the last line sums up.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
engine=${1:?usage: tests/container/run.sh docker|podman|buildah [FILM…]}
shift
films=("$@")
# One of each kind of picture, sound, container and subtitle.
((${#films[@]})) || films=(h264-10bit hevc-aac hevc-10bit vp8-vorbis av1-opus mpeg2-ac3 mpeg2-pcm media-recorder cp125 latin windows-125)
image=${IMAGE:-videa-mozi}
most_mb=280
work=$(mktemp -d "${TMPDIR:-/tmp}/videa-mozi-container-XXXXXX")
container='' running=''
cleanup() {
  case $engine in
  buildah)
    [[ -z $running ]] || { kill -TERM "$running" 2>/dev/null; wait "$running" 2>/dev/null; }
    [[ -z $container ]] || buildah rm "$container" >/dev/null ;;
  *) [[ -z $container ]] || "$engine" rm -f -v "$container" >/dev/null ;;
  esac
  rm -rf "$work"
}
trap cleanup EXIT
passed=0 failed=0
# shellcheck source=/dev/null
. "$root/tests/support/check.sh"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')

# inside COMMAND…: in the running container, or in the image where the engine has no running ones.
inside() {
  case $engine in
  buildah) buildah run --isolation chroot --volume "$work/data:/data" "$container" -- "$@" ;;
  *) "$engine" exec "$container" "$@" ;;
  esac
}
start() {
  case $engine in
  buildah)
    mkdir -p "$work/data" && chown 10001:10001 "$work/data" && chmod 755 "$work"
    container=$(buildah from --pull-never "$image") || return 1
    buildah run --isolation chroot --volume "$work/data:/data" --env "VIDEA_MOZI__SERVER__PORT=$port" \
      --env VIDEA_MOZI__COMMUNITY__REGISTRATION=OPEN "$container" -- videa-mozi serve >"$work/log" 2>&1 &
    running=$! ;;
  *)
    container=$("$engine" run -d --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --init -p "127.0.0.1:$port:3001" \
      -e VIDEA_MOZI__COMMUNITY__REGISTRATION=OPEN "$image") ;;
  esac
}
log() { if [[ $engine == buildah ]]; then cat "$work/log"; else "$engine" logs "$container" 2>&1; fi; }

size_in_mb() {
  case $engine in
  buildah)
    local folder
    folder=$(buildah mount "$container") && du -sxm --apparent-size "$folder" | cut -f 1 && buildah umount "$container" >/dev/null ;;
  *) echo $(($("$engine" image inspect -f '{{.Size}}' "$image") / 1000000)) ;;
  esac
}
is_small() {
  local size
  size=$(size_in_mb) && echo "$size MB" && ((size <= most_mb))
}
becomes_ready() { timeout 60 bash -c "until curl -fs -o /dev/null http://127.0.0.1:$port/health/ready; do sleep 0.3; done" || { log | tail -n 20; return 1; }; }
tells_the_link() { inside videa-mozi setup-link | grep -E '^http.*/setup#' && log | grep -F '"setup.pending"' | grep -F 'videa-mozi setup-link'; }
tells_the_user() { log | grep -F '"server.ready"' | grep -F '"uid":10001' && [[ $(inside id -u) == 10001 ]]; }
walls_stand() { log | grep -F '"media.walls"' | grep -F '"stands":true'; }
films_are_prepared() { node "$root/tests/films/run.mjs" --no-browser --server "http://127.0.0.1:$port" "${films[@]}"; }

start || { echo "FAILED  the container starts"; echo "0 passed, 1 failed"; exit 1; }
check "the server in it becomes ready" becomes_ready
check "the image has at most $most_mb MB" is_small
check "the link for the first administrator is told, and how to print it" tells_the_link
check "it runs as user 10001 and says so" tells_the_user
check "its own check finds it well" inside videa-mozi doctor --ready
check "the jail stands in it" walls_stand
check "it prepares films: ${films[*]}" films_are_prepared
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
