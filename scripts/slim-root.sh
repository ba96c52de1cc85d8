#!/usr/bin/env bash
# slim-root.sh FOLDER PROGRAM…: makes a root folder of these installed programs, what they load, and what is looked up by name.
# Runs on a Debian that has them installed (a stage of the Dockerfile). Needs root, for the owners.
set -euo pipefail
((EUID == 0 && $# >= 2)) || { sed -n '2,3s/^# //p' "$0" >&2; exit 64; }
root=$1
shift
[[ $root == /?* && ! -e $root ]] || { echo "slim-root: $root has to be an absolute path where nothing is yet" >&2; exit 64; }
declare -A owners=()

# Debian's one tree: /bin and /lib are links, and stay so.
install -d "$root"/{usr/bin,usr/sbin,usr/lib,etc,var/tmp,proc,sys,dev,run}
for link in /bin /sbin /lib /lib32 /lib64 /libx32; do
  [[ ! -L $link ]] || { cp -a "$link" "$root$link" && install -d "$root/$(readlink "$link")"; }
done
install -d -m 1777 "$root/tmp" "$root/var/tmp"

# take PATH: a file or folder, with each link on the way to it.
take() {
  local path=$1 folder
  folder=$(realpath -- "$(dirname -- "$path")")
  path=$folder/$(basename -- "$path")
  [[ ! -e $root$path && ! -L $root$path ]] || return 0
  mkdir -p "$root$folder"
  cp -a -- "$path" "$root$path"
  owners[$path]=1
  [[ ! -L $path ]] || take "$(cd "$folder" && realpath -s -- "$(readlink -- "$path")")"
}

for program in "$@"; do
  take "$(command -v "$program")"
  # What the loader itself says it needs, of the libraries' libraries too.
  loaded=$(ldd "$(command -v "$program")")
  ! grep -F 'not found' <<<"$loaded" >&2 || { echo "slim-root: $program lacks these libraries" >&2; exit 69; }
  while read -r library; do take "$library"; done < <(sed -nE 's/^\t(.* => )?(\/[^ ]*) \(0x.*/\2/p' <<<"$loaded")
done

# Found by name, while they run: character sets (subtitles that are not UTF-8), the one locale, names of machines and users, who is
# trusted. No time zones: everything is UTC.
libraries=$(dirname "$(realpath "$(ldd /bin/sh | sed -nE 's/.*=> (.*libc\.so\.6) .*/\1/p')")")
for path in "$libraries"/gconv "$libraries"/libnss_{files,dns,compat}.so.2 /usr/lib/locale/C.utf8 /etc/nsswitch.conf /etc/host.conf \
  /etc/ssl/certs /usr/share/ca-certificates /usr/lib/ssl /etc/ssl/openssl.cnf /etc/services /etc/protocols \
  /etc/debian_version /etc/os-release /etc/ld.so.conf /etc/ld.so.conf.d; do
  [[ ! -e $path ]] || take "$path"
done
printf 'root:x:0:0:root:/root:/usr/sbin/nologin\nvidea:x:10001:10001:VideaMozi:/data:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n' \
  >"$root/etc/passwd"
printf 'root:x:0:\nvidea:x:10001:\nnogroup:x:65534:\n' >"$root/etc/group"
ldconfig -r "$root" -X

# Which packages that is, for scanners of known holes and for the licences: the records of those that a file came from.
install -d "$root/var/lib/dpkg" "$root/usr/share/doc"
mapfile -t names < <(for path in "${!owners[@]}"; do printf '%s\n' "$path" "${path#/usr}"; done |
  xargs dpkg-query -S 2>/dev/null | sed -E 's/: .*//' | tr -d ' ' | tr ',' '\n' | grep -v '^diversion' | sort -u)
dpkg-query -s "${names[@]}" >"$root/var/lib/dpkg/status"
for name in "${names[@]}"; do
  copyright=/usr/share/doc/${name%%:*}/copyright
  [[ ! -e $copyright ]] || install -D -m 644 "$(realpath "$copyright")" "$root$copyright"
done
echo "slim-root: $(du -sxm "$root" | cut -f 1) MB of ${#names[@]} packages in $root"
