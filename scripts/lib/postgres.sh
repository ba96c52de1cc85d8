# A PostgreSQL for the length of one test run: own folder, own random port on loopback, own password. Sourced, never run.
# shellcheck shell=bash
postgres_dir='' postgres_pid=''

# start_postgres: exports MOZI_TEST_POSTGRES, the address of an empty database. Call stop_postgres afterwards.
start_postgres() {
  [[ -z $postgres_pid ]] || return 0
  local bin port attempt password as_user=()
  # PostgreSQL refuses to run as root: as root its programs run as the package's user.
  ((EUID != 0)) || as_user=(setpriv --reuid postgres --regid postgres --init-groups)
  for bin in /usr/lib/postgresql/*/bin; do :; done
  [[ -x $bin/postgres ]] || die "no PostgreSQL under /usr/lib/postgresql"
  postgres_dir=$(mktemp -d "${TMPDIR:-/tmp}/videa-mozi-pg-XXXXXX")
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s\n' "$password" >"$postgres_dir/password"
  ((EUID != 0)) || chown -R postgres "$postgres_dir"
  (cd / && "${as_user[@]}" "$bin/initdb" -D "$postgres_dir/db" -U mozi --pwfile="$postgres_dir/password" -A scram-sha-256 \
    -E UTF8 --locale=C.UTF-8 --no-sync) >"$var/test/postgres-init.log" 2>&1 ||
    { tail -n 5 "$var/test/postgres-init.log" >&2; die "PostgreSQL's initdb failed"; }
  for attempt in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    # Durability is not what these tests are about; nothing here survives the run.
    (cd / && exec setsid "${as_user[@]}" "$bin/postgres" -D "$postgres_dir/db" -k "$postgres_dir" -h 127.0.0.1 -p "$port" \
      -c fsync=off -c full_page_writes=off -c max_connections=100) >"$var/test/postgres.log" 2>&1 </dev/null &
    postgres_pid=$!
    if wait_for_postgres "$bin" "$port"; then
      export MOZI_TEST_POSTGRES="postgresql://mozi:$password@127.0.0.1:$port/postgres"
      return 0
    fi
    kill -INT "$postgres_pid" 2>/dev/null || true
  done
  tail -n 5 "$var/test/postgres.log" >&2
  die "PostgreSQL did not start in $attempt attempts"
}

wait_for_postgres() {
  local deadline=$((SECONDS + 30))
  while ! "$1/pg_isready" -q -h 127.0.0.1 -p "$2"; do
    kill -0 "$postgres_pid" 2>/dev/null && ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

stop_postgres() {
  if [[ -n $postgres_pid ]] && kill -INT "$postgres_pid" 2>/dev/null; then
    wait "$postgres_pid" 2>/dev/null || true
  fi
  [[ -z $postgres_dir ]] || rm -rf "$postgres_dir"
  postgres_pid='' postgres_dir=''
}
