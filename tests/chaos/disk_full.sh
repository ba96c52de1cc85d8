#!/usr/bin/env bash
# A full disk, `disk_full.sh [PROGRAM]`: writes answer 507, reads go on, and with space again everything goes on without a restart; with
# disk_frees.mjs: what makes room works all the same. Needs a mount of its own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$here/${1:-disk_full.mjs}
# In a namespace of its own, so that the mount is nobody else's and goes with this process.
# shellcheck disable=SC2016
small='mount -t tmpfs -o size=64m,mode=0700 videa-small "$1" && exec node "$2" "$1"'
folder=$(mktemp -d "${TMPDIR:-/tmp}/videa-full-XXXXXX")
trap 'rmdir "$folder"' EXIT
if unshare --mount true 2>/dev/null; then
  unshare --mount bash -c "$small" bash "$folder" "$program"
elif unshare --user --map-root-user --mount true 2>/dev/null; then
  unshare --user --map-root-user --mount bash -c "$small" bash "$folder" "$program"
else
  echo "skipped  a full disk: this system lets nobody but root mount a small one"
  echo "0 passed, 0 failed, 1 skipped"
fi
