#!/usr/bin/env bash
# Builds, starts, stops, examines and tests VideaMozi from this checkout. `orchestrate.sh help` lists the commands.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for file in common packages build package server demo postgres test; do
  # shellcheck source=/dev/null
  . "$here/lib/$file.sh"
done

help() {
  cat <<'TEXT'
usage: scripts/orchestrate.sh COMMAND

  start [--demo]         install what is missing, build, start in the background, say where it answers
                         --demo: fill an empty installation with members, films and comments
  stop                   end the server; requests under way are finished first
  restart                stop, then start
  status                 whether it runs and is well (exit status 0: runs, 1: unwell, 3: stopped)
  logs [-f]              the server's latest log lines; -f goes on
  build                  build only (build/release/videa-mozi)
  debug                  build with checks and run the server under gdb
  image                  build the container image, with docker, podman or buildah
  package                a Debian package, an archive of executable and libraries, and their checksums (build/package)
  test [--long] [PART…]  build and test; parts: unit arch kinds web browser films chaos watching scripts,
                         with --long also asan tsan gcc fuzz bench container package manual; by name only: postgres
  packages GROUP…        only install Debian packages (groups: build run test package demo bench watching gcc sanitizers debug)

The compiler is clang-19 unless CXX says otherwise. Settings: `build/release/videa-mozi config example`.
TEXT
}

build() {
  ensure_packages build "$@"
  # Tests are built by `test`; a later build keeps what the folder was configured with.
  if [[ -f $root/build/release/CMakeCache.txt ]]; then
    build_preset release
  else
    build_preset release -DMOZI_TESTS=OFF
  fi
}

start() {
  local demo=no pid
  case ${1:-} in
  --demo) demo=yes ;;
  '') ;;
  *) die "start knows only --demo, not $1" ;;
  esac
  if pid=$(server_pid); then
    say "VideaMozi already runs (process $pid)."
  else
    build run
    # Its members join as anybody would.
    [[ $demo == no ]] || export VIDEA_MOZI__COMMUNITY__REGISTRATION=${VIDEA_MOZI__COMMUNITY__REGISTRATION:-OPEN}
    start_server
  fi
  use_own_data_folder
  [[ $demo == no ]] || fill_demo "$(server_address)" "$(data_folder)"
  announce
}

debug() {
  ensure_packages build run debug sanitizers
  build_preset dev -DMOZI_TESTS=OFF
  use_own_data_folder
  say "Under gdb: 'break FILE:LINE', then 'run'. One io thread and one worker; time-outs are an hour."
  # gdb traces the process, which the leak checker cannot be under.
  cd "$root" && ASAN_OPTIONS=detect_leaks=0 exec gdb -q -ex 'handle SIGPIPE nostop noprint pass' -ex "set substitute-path ./build/dev $root" --args \
    build/dev/videa-mozi serve --set server.io_threads=1 --set server.workers=1 --set log.format=text --set log.level=debug \
    --set http.head_timeout_ms=3600000 --set http.body_timeout_ms=3600000 --set http.idle_timeout_ms=3600000 "$@"
}

container_engine() {
  local engine
  for engine in docker podman buildah; do
    # A docker command without its daemon is no engine.
    command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1 && echo "$engine" && return
  done
  return 1
}

# build_image ENGINE
build_image() {
  case $1 in
  buildah) buildah bud --format docker -t videa-mozi -f "$root/Dockerfile" "$root" ;;
  *) "$1" build -t videa-mozi -f "$root/Dockerfile" "$root" ;;
  esac
}

command=${1:-help}
shift || true
case $command in
start) start "$@" ;;
stop) stop_server ;;
restart) stop_server && start "$@" ;;
status) show_status ;;
logs) show_logs "$@" ;;
build) build ;;
debug) debug "$@" ;;
image) build_image "$(container_engine || die "there is no docker, podman or buildah")" ;;
package) package ;;
test) run_tests "$@" ;;
packages) ensure_packages "$@" ;;
help | -h | --help) help ;;
*) help >&2 && die "there is no command $command" ;;
esac
