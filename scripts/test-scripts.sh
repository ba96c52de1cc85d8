#!/usr/bin/env bash
# Tests of the scripts themselves. Each test is a function whose name says what holds; the last line sums up.
# Server tests use a folder and a port of their own and never touch var/.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/videa-mozi-scripts-XXXXXX")
orchestrate=$root/scripts/orchestrate.sh
export VIDEA_MOZI_VAR=$work/var VIDEA_MOZI__DATA__DIR=$work/data VIDEA_MOZI__SERVER__MODULE_PORTS=false
listener=''
cleanup() {
  "$orchestrate" stop >/dev/null 2>&1
  [[ -z $listener ]] || kill "$listener" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
expect() { # TEXT FILE
  grep -qF -- "$1" "$2" || { echo "expected: $1"; echo "got:"; cat "$2"; return 1; }
}

the_project_has_no_lint_faults() { "$root/scripts/lint.sh"; }

an_unknown_command_fails_and_shows_the_help() {
  ! "$orchestrate" frobnicate >"$work/out" 2>&1 && expect "there is no command frobnicate" "$work/out" && expect "start [--demo]" "$work/out"
}

an_unknown_test_part_fails_and_names_the_parts() {
  ! "$orchestrate" test nonsense >"$work/out" 2>&1 && expect "there is no part nonsense" "$work/out" && expect "unit" "$work/out"
}

fetching_sqlite_twice_leaves_the_pinned_source_as_it_is() {
  "$root/scripts/fetch-sqlite.sh" "$work/sqlite" && local before && before=$(stat -c %Y.%i "$work/sqlite/sqlite3.c") &&
    "$root/scripts/fetch-sqlite.sh" "$work/sqlite" && [[ $(stat -c %Y.%i "$work/sqlite/sqlite3.c") == "$before" ]]
}

fetching_sqlite_refuses_what_does_not_match_the_hash() {
  mkdir -p "$work/forged/scripts" && cp -r "$root/third_party" "$work/forged/" && cp "$root/scripts/fetch-sqlite.sh" "$work/forged/scripts/" &&
    sed -i 's/"integrity": "sha512-./&A/; s/\(sha512-..\)./\1/' "$work/forged/third_party/sqlite/package-lock.json" &&
    ! "$work/forged/scripts/fetch-sqlite.sh" >"$work/out" 2>&1 && expect "EINTEGRITY" "$work/out" &&
    [[ ! -e $work/forged/build/deps/sqlite/sqlite3.c ]]
}

# A run with one good program, one with a failed case, one that crashed, one that counts by itself, one plain one, one of whose three
# cases one could not run, one ran without a part, and one was left out, and one that counts what it skips by itself.
# proves S33
cases_are_counted_and_a_crash_counts_as_a_failure() {
  cat >"$work/ctest" <<'TEXT'
1: [doctest] test cases:  12 |  12 passed | 0 failed | 0 skipped
1/5 Test #1: good .............................   Passed    0.10 sec
2: [doctest] test cases:   4 |   3 passed | 1 failed | 0 skipped
2/5 Test #2: bad ..............................***Failed    0.10 sec
3: about to crash
3/5 Test #3: crash ............................***Exception: SegFault  0.10 sec
4: 7 passed, 0 failed
4/5 Test #4: counts ...........................   Passed    0.10 sec
5/5 Test #5: plain ............................   Passed    0.10 sec
6: skipped: a disk that fills: no mount here
6: skipped in part: every dialect: MOZI_TEST_POSTGRES names no PostgreSQL
6: [doctest] test cases:   2 |   2 passed | 0 failed | 1 skipped
6/7 Test #6: short ............................   Passed    0.10 sec
7: 2 passed, 0 failed, 4 skipped
7/7 Test #7: walks ............................   Passed    0.10 sec
TEXT
  local got
  got=$(awk -f "$root/scripts/lib/counts.awk" "$work/ctest")
  [[ $got == "26 2 7 2 3" ]] || { echo "got: $got"; return 1; }
}

# proves S30
the_server_starts_once_reports_itself_and_stops() {
  "$orchestrate" start >"$work/out" 2>&1 || { cat "$work/out"; return 1; }
  expect "VideaMozi runs at http://localhost:$VIDEA_MOZI__SERVER__PORT" "$work/out" && expect "setup" "$work/out" || return 1
  "$orchestrate" start >"$work/out" 2>&1 && expect "already runs" "$work/out" || return 1
  "$orchestrate" status >"$work/out" 2>&1 && expect "ready" "$work/out" || return 1
  "$orchestrate" logs >"$work/out" 2>&1 && [[ -s $work/out ]] || return 1
  "$orchestrate" stop >"$work/out" 2>&1 && expect "has stopped" "$work/out" || return 1
  "$orchestrate" status >"$work/out" 2>&1
  [[ $? == 3 ]]
}

a_port_in_use_is_said_in_a_sentence() {
  node -e 'require("net").createServer().listen(+process.argv[1], "127.0.0.1", () => console.log("listening"))' \
    "$VIDEA_MOZI__SERVER__PORT" >"$work/listening" &
  listener=$!
  timeout 10 bash -c "until [[ -s $work/listening ]]; do sleep 0.05; done" || return 1
  ! "$orchestrate" start >"$work/out" 2>&1 && expect "port $VIDEA_MOZI__SERVER__PORT is in use" "$work/out"
  local status=$?
  kill "$listener" && wait "$listener" 2>/dev/null
  listener=''
  return "$status"
}

# With TLS on the one address that no IPv4 reaches.
a_server_with_tls_on_ipv6_is_reported() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 \
    -subj /CN=films.example.org >/dev/null 2>&1 || return 1
  local -x VIDEA_MOZI__SERVER__HOST=::1 VIDEA_MOZI__SERVER__TLS_CERTIFICATE=$work/cert.pem VIDEA_MOZI__SERVER__TLS_KEY=$work/key.pem
  "$orchestrate" start >"$work/out" 2>&1 || { cat "$work/out"; return 1; }
  expect "VideaMozi runs at https://[::1]:$VIDEA_MOZI__SERVER__PORT" "$work/out" && expect "/setup#" "$work/out" || return 1
  "$orchestrate" status >"$work/out" 2>&1 && expect "ready" "$work/out" || return 1
  "$orchestrate" stop >"$work/out" 2>&1 && expect "has stopped" "$work/out"
}

a_server_that_was_not_started_here_is_seen() {
  "$root/build/release/videa-mozi" serve >"$work/other.log" 2>&1 &
  local other=$! good=0
  timeout 30 bash -c "until '$orchestrate' status; do sleep 0.2; done" >"$work/out" 2>&1 && expect "was not started here" "$work/out" || good=1
  ! "$orchestrate" start >"$work/out" 2>&1 && expect "already runs at" "$work/out" || good=1
  kill "$other" && wait "$other"
  return "$good"
}

the_compose_file_is_read_and_holds_back_what_it_should() {
  python3 -c 'import yaml' 2>/dev/null || { echo "skipped  compose.yaml: there is no python3-yaml"; return; }
  python3 - "$root/compose.yaml" <<'TEXT'
import sys, yaml
services = yaml.safe_load(open(sys.argv[1]))["services"]
server = services["videa-mozi"]
assert server["read_only"] and server["cap_drop"] == ["ALL"] and "no-new-privileges:true" in server["security_opt"], "privileges"
assert server["healthcheck"]["test"] == ["CMD", "videa-mozi", "doctor", "--ready"], "health"
assert server["volumes"] == ["data:/data"] and int(server["stop_grace_period"].rstrip("s")) > 10, "data"
for name, service in services.items():
    assert service["mem_limit"], f"memory of {name}"
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}, f"log of {name}"
    assert "PASSWORD" not in "".join(k for k in service["environment"] if not k.endswith("_FILE")), f"a secret in the environment of {name}"
TEXT
}

the_service_is_accepted_by_systemd_and_closed_to_what_it_does_not_need() {
  command -v systemd-analyze >/dev/null || { echo "skipped  the service: there is no systemd"; return; }
  mkdir -p "$work/unit" && sed 's|^ExecStart=.*|ExecStart=/bin/true|' "$root/config/systemd/videa-mozi.service" >"$work/unit/videa-mozi.service"
  if ! systemd-analyze verify --man=no "$work/unit/videa-mozi.service" >"$work/out" 2>&1 || [[ -s $work/out ]]; then cat "$work/out" && return 1; fi
  if ! systemd-analyze security --offline=true --threshold=25 "$work/unit/videa-mozi.service" >"$work/out" 2>&1; then tail -n 1 "$work/out" && return 1; fi
  # Else a long migration is ended and begun again for ever.
  grep -qx 'TimeoutStartSec=infinity' "$work/unit/videa-mozi.service"
}

# proves S30
a_server_that_cannot_start_shows_its_last_words() {
  VIDEA_MOZI__DATA__DIR=/proc/nowhere "$orchestrate" start >"$work/out" 2>&1 && return 1
  expect "the server ended while starting" "$work/out"
}

VIDEA_MOZI__SERVER__PORT=$(free_port)
export VIDEA_MOZI__SERVER__PORT
passed=0 failed=0 skipped=0
for name in $(declare -F | awk '{print $3}' | grep -E '^(the|an|a|fetching|cases)_'); do
  if output=$("$name" 2>&1); then
    passed=$((passed + 1))
    skipped=$((skipped + $(grep -c '^skipped  ' <<<"$output")))
    grep '^skipped  ' <<<"$output"
    echo "ok      ${name//_/ }"
  else
    failed=$((failed + 1))
    echo "FAILED  ${name//_/ }"
    printf '%s\n' "$output" | tail -n 30
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
