# A machine of its own for the service: systemd as the first process of new namespaces, in a Debian that has it installed. Sourced.
# shellcheck shell=bash
machine='' # the process that holds it

# boot_machine FOLDER LOG: false where the system does not allow it.
boot_machine() {
  local log=$2
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child --uts --ipc bash -c '
    set -e
    mount --make-rprivate / && mount --bind "$1" "$1" && cd "$1"
    # A branch of the control groups of its own, seen as the whole tree.
    if [ -d /sys/fs/cgroup/systemd ]; then groups="/sys/fs/cgroup/systemd /sys/fs/cgroup/unified"; else groups=/sys/fs/cgroup; fi
    for group in $groups; do mkdir -p "$group/videa-mozi-test" && echo $$ >"$group/videa-mozi-test/cgroup.procs"; done
    export groups
    exec unshare --cgroup bash -ec '\''
      mount -t proc proc proc && mount -t sysfs -o ro sysfs sys
      if [ "$groups" = /sys/fs/cgroup ]; then
        mount -t cgroup2 cgroup2 sys/fs/cgroup
      else
        mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup && mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
        mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd && mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
      fi
      mount -t tmpfs -o mode=755 tmpfs dev
      for device in null zero full random urandom tty; do : >dev/$device && mount --bind /dev/$device dev/$device; done
      mkdir dev/pts dev/shm && mount -t tmpfs tmpfs dev/shm && mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
      ln -s pts/ptmx dev/ptmx && ln -s /proc/self/fd dev/fd
      mount -t tmpfs -o mode=755 tmpfs run && mount -t tmpfs tmpfs tmp
      # A plain chroot may not make user namespaces, and mounts of credentials have to be seen by all.
      mkdir -p .old && pivot_root . .old && cd / && umount -l /.old && mount --make-rshared /
      exec env -i container=namespaces PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd multi-user.target'\''
  ' boot "$1" >"$log" 2>&1 </dev/null &
  machine=$!
  local deadline=$((SECONDS + 90))
  # shellcheck disable=SC2016
  until in_machine '[[ $(systemctl is-system-running) =~ running|degraded ]]' 2>/dev/null; do
    if ! kill -0 "$machine" 2>/dev/null || ((SECONDS > deadline)); then tail -n 5 "$log" && return 1; fi
    sleep 0.5
  done
}

# in_machine COMMAND
in_machine() {
  local first
  first=$(pgrep -P "$machine" | head -n 1)
  [[ -n $first ]] || return 1
  nsenter -t "$first" -m -p -u -i -r -w env -i LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "$1"
}

stop_machine() {
  local first group
  [[ -n $machine ]] || return 0
  first=$(pgrep -P "$machine" | head -n 1)
  kill "$machine" 2>/dev/null
  [[ -z $first ]] || kill -KILL "$first" 2>/dev/null
  wait "$machine" 2>/dev/null
  machine=''
  for group in /sys/fs/cgroup{/systemd,/unified,}/videa-mozi-test; do
    [[ ! -d $group ]] || find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
}
