#!/usr/bin/env bash
# Puts the pinned SQLite source into build/deps/sqlite (or the folder given). Does nothing when it is already there.
# What is taken is fixed by the hash in third_party/sqlite/package-lock.json: npm refuses anything else.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${1:-$root/build/deps/sqlite}
lock=$root/third_party/sqlite/package-lock.json
pinned=$(sed -n 's/.*"integrity": "\(.*\)".*/\1/p' "$lock")

[[ -f $target/sqlite3.c && -f $target/.pinned && $(<"$target/.pinned") == "$pinned" ]] && exit 0
command -v npm >/dev/null || { echo "fetch-sqlite: needs npm" >&2; exit 1; }

mkdir -p "$target"
work=$(mktemp -d "$target/fetch-XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$root"/third_party/sqlite/{package.json,package-lock.json,.npmrc} "$work/"
(cd "$work" && npm ci --no-progress --loglevel=error >npm.log 2>&1) || {
  echo "fetch-sqlite: npm could not bring the pinned package:" >&2
  tail -n 5 "$work/npm.log" >&2
  exit 1
}
for file in sqlite3.c sqlite3.h; do
  mv "$work/node_modules/better-sqlite3/deps/sqlite3/$file" "$target/$file"
done
printf '%s\n' "$pinned" >"$target/.pinned"
