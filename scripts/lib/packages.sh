# What is needed from Debian 12, in one place, and how it gets there. Sourced by orchestrate.sh.
# shellcheck shell=bash
# groups|package|why. Versions that are there already and good enough are used (see already_there).
packages='
build|ca-certificates|trust for downloads
build|clang-19|compiler
build|lld-19|linker
build|cmake|build description
build|ninja-build|build runner
build|ccache|second builds in seconds
build|pkg-config|finds the libraries below
build|nodejs|builds the web interface
build|npm|brings the web interface'"'"'s libraries and the SQLite source
build|libboost1.81-dev|network, JSON
build|libboost-json1.81-dev|JSON
build|libsoci-dev|database access
build|libpq-dev|PostgreSQL client
build|libssl-dev|TLS, hashes, signatures
build|libsodium-dev|password hashing
build|libtomlplusplus-dev|config file
build|libcli11-dev|command line
build|libbrotli-dev|compression
build|zlib1g-dev|compression
build|libutf8proc-dev|Unicode
bare|debootstrap|makes a bare Debian to install the package in
package|dpkg-dev|says which packages the executable needs
package|patchelf|lets the executable find the libraries beside it
run|ffmpeg|reads and transcodes films
demo test|fonts-dejavu-core|letters on films and pages
test|doctest-dev|test framework
test|postgresql-15|the tests run on PostgreSQL as well
test|chromium|browser tests
test|sqlite3|looks into databases a killed server left
test|shellcheck|reads the scripts
test|clang-format-19|the layout of C++
bench|wrk|load
bench test|nginx-light|a peer to compare with; the example of the manual is run
test|haproxy|the example of the manual is run
test|caddy|the example of the manual is run
test watching|prometheus|the rules of the manual are read; sees the alerts fire
test|systemd|reads the service
test|python3-yaml|reads compose.yaml
watching|logrotate|the recipe of the manual is run
gcc|g++|second compiler
sanitizers|libclang-rt-19-dev|address, thread and undefined-behaviour checks, fuzzing
debug|gdb|debugger
'

version_at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# already_there PACKAGE: its job is done by something that did not come from that package.
already_there() {
  case $1 in
  nodejs) command -v node >/dev/null && version_at_least "$(node --version | tr -d v)" 18 ;;
  npm) command -v npm >/dev/null && version_at_least "$(npm --version 2>/dev/null || echo 0)" 9 ;;
  cmake) command -v cmake >/dev/null && version_at_least "$(cmake --version | awk 'NR == 1 {print $3}')" 3.25 ;;
  ninja-build) command -v ninja >/dev/null ;;
  ffmpeg) command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null ;;
  chromium) command -v chromium >/dev/null ;;
  clang-19 | lld-19) [[ -n ${CXX:-} ]] ;;
  *) return 1 ;;
  esac
}

# ensure_packages GROUP…: installs what is missing of these groups; says what and why; asks nothing.
ensure_packages() {
  local groups group package why missing=()
  local installed wanted
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null | awk '$2 == "installed" {print $1}' || true)
  while IFS='|' read -r groups package why; do
    wanted=no
    for group in $groups; do [[ " $* " != *" $group "* ]] || wanted=yes; done
    [[ $wanted == yes ]] || continue
    already_there "$package" && continue
    grep -qxF "$package" <<<"$installed" && continue
    ((${#missing[@]})) || say "Installing from Debian's packages:"
    printf '  %-22s %s\n' "$package" "$why"
    missing+=("$package")
  done <<<"$packages"
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

as_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

install_packages() {
  local by_hand="apt-get install --no-install-recommends $*"
  command -v apt-get >/dev/null || die "this is not Debian, so packages cannot be installed here. Use the Dockerfile, or provide: $*"
  ((EUID == 0)) || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } ||
    die "installing needs root. Run once: sudo $by_hand"
  mkdir -p "$var"
  local log=$var/packages.log quiet_cluster='' policy=/usr/sbin/policy-rc.d
  : >"$log"
  progress "package lists" 0
  as_root apt-get update -q >>"$log" 2>&1 || warn "The package lists could not be refreshed; going on with those that are here."
  # The tests start a PostgreSQL of their own: installing it must not leave a second one running on this machine.
  if [[ " $* " == *" postgresql-15 "* && ! -d /etc/postgresql-common ]]; then
    quiet_cluster=/etc/postgresql-common/createcluster.d/videa-mozi-tests.conf
    as_root mkdir -p "${quiet_cluster%/*}"
    as_root sh -c "echo 'create_main_cluster = false' >$quiet_cluster"
  fi
  # Nor may a proxy that the tests start themselves begin to serve this machine.
  [[ ! -e $policy ]] && [[ " $* " =~ \ (nginx-light|haproxy|caddy|prometheus)\  ]] || policy=
  [[ -z $policy ]] || as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
  local failed=0
  # shellcheck disable=SC2016
  as_root sh -c 'log=$1; shift; exec apt-get install -y -q --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 \
    -o APT::Status-Fd=3 "$@" 3>&1 1>>"$log" 2>&1 </dev/null' sh "$log" "$@" | show_apt || failed=1
  [[ -z $quiet_cluster ]] || as_root rm -f "$quiet_cluster"
  [[ -z $policy ]] || as_root rm -f "$policy"
  [[ -z $policy ]] || keep_off "$@"
  ((failed == 0)) && return
  tail -n 12 "$log" >&2
  die "the packages could not be installed (all output: var/packages.log). This script is made for Debian 12; elsewhere use the Dockerfile."
}

# keep_off PACKAGE…: those of their services that systemd would start with the machine.
keep_off() {
  local service
  command -v systemctl >/dev/null || return 0
  for service in nginx haproxy caddy prometheus; do
    [[ " $* " != *" $service"* ]] || as_root systemctl disable --quiet "$service" >/dev/null 2>&1 || true
  done
}

# Shows apt's status lines as progress.
show_apt() {
  local kind percent
  while IFS=: read -r kind _ percent _; do
    case $kind in
    dlstatus) progress "downloading packages" "${percent%%.*}" ;;
    pmstatus) progress "installing packages" "${percent%%.*}" ;;
    esac
  done
  progress_end
}
