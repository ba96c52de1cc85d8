# check WHAT COMMAND…: runs it and counts in `passed` or `failed`; what it printed is shown where it failed. Needs the folder $work. Sourced.
# shellcheck shell=bash
check() {
  local what=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $what"
  else
    failed=$((failed + 1))
    echo "FAILED  $what"
    tail -n 25 "$work/out"
  fi
}
