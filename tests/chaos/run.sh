#!/usr/bin/env bash
# All chaos programs, added up: `tests/chaos/run.sh [--long]`. With --long 50 cycles on SQLite, and 10 on
# PostgreSQL if MOZI_TEST_POSTGRES names one; of backups 20 on each.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passed=0 failed=0 skipped=0 log=$(mktemp)
trap 'rm -f "$log"' EXIT

part() {
  local status=0 line
  echo "-- $*"
  "$@" 2>&1 | tee "$log" || status=$?
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) skipped=$((skipped + ${BASH_REMATCH[4]:-0}))
    ((status == 0 || BASH_REMATCH[2] > 0)) || failed=$((failed + 1))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
}

cycles=5
[[ ${1:-} != --long ]] || cycles=50
part node "$here/ledger.mjs" --cycles "$cycles" --self-test
if [[ ${1:-} == --long && -n ${MOZI_TEST_POSTGRES:-} ]]; then
  part node "$here/ledger.mjs" --cycles 10 --postgres "$MOZI_TEST_POSTGRES"
elif [[ ${1:-} == --long ]]; then
  echo "skipped  the same on PostgreSQL: MOZI_TEST_POSTGRES names none"
  skipped=$((skipped + 1))
fi
backups=2
[[ ${1:-} != --long ]] || backups=20
part node "$here/backups.mjs" --backups "$backups"
if [[ ${1:-} == --long && -n ${MOZI_TEST_POSTGRES:-} ]]; then
  part node "$here/backups.mjs" --backups "$backups" --postgres "$MOZI_TEST_POSTGRES"
elif [[ ${1:-} == --long ]]; then
  echo "skipped  backups on PostgreSQL: MOZI_TEST_POSTGRES names none"
  skipped=$((skipped + 1))
fi
part "$here/disk_full.sh"
part "$here/disk_full.sh" disk_frees.mjs
part "$here/shutdown.sh"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
