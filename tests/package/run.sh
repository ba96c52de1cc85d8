#!/usr/bin/env bash
# The released package, installed, run, upgraded and purged in a bare Debian; then the archive in another. `tests/package/run.sh FOLDER`
# with what `orchestrate.sh package` made. Needs root. BARE_DEBIAN: a folder of debootstrap --variant=minbase, else it makes one. The
# last line sums up.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
made=$(realpath "${1:?usage: tests/package/run.sh FOLDER}")
work=$(mktemp -d "${TMPDIR:-/tmp}/videa-mozi-package-XXXXXX")
chmod 755 "$work"
server=''
stop_server() {
  [[ -z $server ]] || { kill -TERM "$server" 2>/dev/null; wait "$server" 2>/dev/null; }
  server=''
}
# shellcheck source=/dev/null
. "$root/tests/package/machine.sh"
cleanup() {
  stop_server
  stop_machine
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
passed=0 failed=0 skipped=0
# shellcheck source=/dev/null
. "$root/tests/support/check.sh"
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')

bare() { # FOLDER: a bare Debian with this machine's way to packages; nothing starts in it by itself
  if [[ -n ${BARE_DEBIAN:-} ]]; then
    cp -a --reflink=auto "$BARE_DEBIAN/." "$1/"
  else
    debootstrap --variant=minbase bookworm "$1" >"$work/debootstrap.log" 2>&1 || { tail -n 5 "$work/debootstrap.log"; return 1; }
  fi
  cp /etc/resolv.conf /etc/hosts "$1/etc/"
  [[ ! -f /etc/apt/sources.list.d/debian.sources ]] || { cp /etc/apt/sources.list.d/debian.sources "$1/etc/apt/sources.list.d/" && : >"$1/etc/apt/sources.list"; }
  find /etc/apt/apt.conf.d -name '99*' -exec cp {} "$1/etc/apt/apt.conf.d/" \;
  mkdir -p "$1/etc/ssl/certs" && cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"
}
# inside FOLDER COMMAND: in that Debian, in namespaces of its own
inside() {
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -c '
    mount --bind "$1" "$1" && cd "$1" && mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev &&
    exec chroot . env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "$2"' inside "$1" "$2"
}
becomes_ready() { timeout 60 bash -c "until curl -fs -o /dev/null http://127.0.0.1:$port/health/ready; do sleep 0.3; done" || { tail -n 20 "$work/log"; return 1; }; }

installs() {
  bare "$work/deb" && cp "$made"/videa-mozi_*.deb "$work/deb/root/" && : >"$work/deb/root/empty"
  inside "$work/deb" 'apt-get update -q && cd /root && { dpkg -i videa-mozi_*.deb || true; } &&
    apt-get install -y -q -f --no-install-recommends </root/empty && dpkg-query -W -f "\${db:Status-Status}\n" videa-mozi | grep -x installed'
}
the_sums_are_right() { (cd "$made" && sha256sum --check --strict SHA256SUMS) && (($(wc -l <"$made/SHA256SUMS") == 2)); }
is_as_it_should_be() {
  # shellcheck disable=SC2016
  inside "$work/deb" 'set -ex
    test "$(stat -c %U:%G:%a /etc/videa-mozi.toml)" = root:videa-mozi:640
    test "$(stat -c %U:%G:%a /var/lib/videa-mozi)" = videa-mozi:videa-mozi:700
    grep -x "dir = \"/var/lib/videa-mozi\"" /etc/videa-mozi.toml
    dpkg-query -W -f "\${Conffiles}" videa-mozi | grep -F " /etc/videa-mozi.toml "
    runuser -u videa-mozi -- videa-mozi config check
    test -e /lib/systemd/system/videa-mozi.service
    test -L /etc/systemd/system/multi-user.target.wants/videa-mozi.service
    dpkg --verify videa-mozi'
}
doctor_is_content() { inside "$work/deb" 'cd / && runuser -u videa-mozi -- videa-mozi doctor'; }
serves() { # FOLDER COMMAND
  inside "$1" "cd / && exec runuser -u videa-mozi -- env VIDEA_MOZI__SERVER__PORT=$port VIDEA_MOZI__SERVER__MODULE_PORTS=false \
    VIDEA_MOZI__COMMUNITY__REGISTRATION=OPEN $2 serve" >"$work/log" 2>&1 &
  server=$!
  becomes_ready
}
films_are_prepared() { node "$root/tests/films/run.mjs" --no-browser --server "http://127.0.0.1:$port" h264-10bit hevc-aac vp8-vorbis; }
stops_well() {
  # The service's own process: the namespaces end with it.
  pkill_of "$server" && wait "$server"
  local status=$?
  server=''
  ((status == 0))
}
pkill_of() { # PID: asks the server below it to end
  local child
  for child in $(pgrep -P "$1"); do
    if [[ $(readlink "/proc/$child/exe") == */videa-mozi ]]; then kill -TERM "$child"; else pkill_of "$child"; fi
  done
}
an_upgrade_keeps_what_was_changed() {
  inside "$work/deb" 'set -ex
    printf "\n[limits]\nenabled = false\n" >/root/more && sed -i "s/^\[limits\]/# &/" /etc/videa-mozi.toml && cat /root/more >>/etc/videa-mozi.toml
    sum=$(md5sum </etc/videa-mozi.toml)
    dpkg -i /root/videa-mozi_*.deb </root/empty
    test "$(md5sum </etc/videa-mozi.toml)" = "$sum" && runuser -u videa-mozi -- videa-mozi config check'
}
a_purge_keeps_the_films() {
  inside "$work/deb" 'set -ex
    apt-get purge -y -q videa-mozi </root/empty
    test ! -e /etc/videa-mozi.toml && test ! -e /usr/bin/videa-mozi && test -e /var/lib/videa-mozi/media.db'
}
# The service as it is shipped, under a systemd of its own. A film goes through the jail, whatever the unit took away.
the_service_becomes_ready() {
  # shellcheck disable=SC2016
  in_machine 'set -ex
    mkdir -p /etc/systemd/system/videa-mozi.service.d
    printf "[Service]\nWatchdogSec=4\n" >/etc/systemd/system/videa-mozi.service.d/test.conf
    printf "%s\n" '"VIDEA_MOZI__SERVER__PORT=$port"' VIDEA_MOZI__SERVER__MODULE_PORTS=false VIDEA_MOZI__COMMUNITY__REGISTRATION=OPEN >/etc/default/videa-mozi
    systemctl daemon-reload
    timeout 60 systemctl restart videa-mozi
    systemctl show -P StatusText videa-mozi | grep "^Answers at "
    runuser -u videa-mozi -- videa-mozi doctor --ready'
}
the_jail_stands_in_the_service() {
  in_machine 'journalctl -u videa-mozi -o cat --no-pager' | grep -F '"media.walls"' | tail -n 1 | tee /dev/stderr |
    grep -F '"stands":true' | grep -F 'a root of its own, network and processes of its own' | grep -vF '"tried":0'
}
it_reloads() { in_machine 'systemctl reload videa-mozi && systemctl is-active videa-mozi && journalctl -u videa-mozi -o cat --no-pager | grep -F server.reloaded'; }
the_watchdog_starts_it_anew() {
  # shellcheck disable=SC2016
  in_machine 'set -ex
    sleep 9 && test "$(systemctl show -P NRestarts videa-mozi)" = 0
    kill -STOP "$(systemctl show -P MainPID videa-mozi)"
    timeout 60 bash -c "until test \"\$(systemctl show -P NRestarts videa-mozi)\" = 1; do sleep 0.5; done"
    timeout 60 bash -c "until runuser -u videa-mozi -- videa-mozi doctor --ready; do sleep 0.5; done"'
}
a_faulty_setting_is_not_tried_again() {
  # shellcheck disable=SC2016
  in_machine 'set -ex
    echo VIDEA_MOZI__SERVER__PORT=seven >>/etc/default/videa-mozi
    ! systemctl restart videa-mozi && sleep 4
    test "$(systemctl show -P ActiveState videa-mozi)" = failed && test "$(systemctl show -P ExecMainStatus videa-mozi)" = 78
    rm /etc/default/videa-mozi'
}
under_systemd() {
  check "systemd is installed beside it" inside "$work/deb" 'apt-get install -y -q --no-install-recommends systemd systemd-sysv dbus </root/empty'
  if ! boot_machine "$work/deb" "$work/boot.log" >"$work/out" 2>&1; then
    skipped=$((skipped + 1))
    echo "skipped  the service under systemd: no systemd of its own can be started here: $(tail -n 1 "$work/out")"
    stop_machine
    return
  fi
  check "the service becomes ready and says so" the_service_becomes_ready
  check "the jail stands in the service, and no way leads out" the_jail_stands_in_the_service
  check "films are prepared in the service" films_are_prepared
  check "it reads anew on reload" it_reloads
  check "a server that stands still is started anew, one that does not is left alone" the_watchdog_starts_it_anew
  check "a faulty setting ends it with 78, once" a_faulty_setting_is_not_tried_again
  stop_machine
}

# Without any of its libraries installed; ffmpeg is the system's.
the_archive_runs() {
  bare "$work/tar" && tar -C "$work/tar/opt" -xJf "$made"/videa-mozi-*.tar.xz
  inside "$work/tar" 'set -e; test ! -e /usr/lib/x86_64-linux-gnu/libspdlog.so.1.10
    useradd --system --user-group --home-dir /var/lib/videa-mozi --shell /usr/sbin/nologin videa-mozi
    install -d -o videa-mozi -g videa-mozi -m 700 /var/lib/videa-mozi
    cp /opt/videa-mozi-*/videa-mozi.toml /etc/ && /opt/videa-mozi-*/bin/videa-mozi config check' &&
    serves "$work/tar" "$(cd "$work/tar" && echo /opt/videa-mozi-*/bin/videa-mozi)"
}

check "the checksums are those of the files" the_sums_are_right
check "the package is installed in a bare Debian" installs
check "user, folder, settings and service are there, closed to others" is_as_it_should_be
check "doctor is content before the first start" doctor_is_content
check "it serves as its user" serves "$work/deb" videa-mozi
check "doctor is content beside the server" doctor_is_content
check "films are prepared" films_are_prepared
check "it stops with status 0" stops_well
under_systemd
check "an upgrade keeps changed settings" an_upgrade_keeps_what_was_changed
check "a purge keeps films and accounts" a_purge_keeps_the_films
check "the archive runs where none of its libraries is installed" the_archive_runs
stop_server
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
