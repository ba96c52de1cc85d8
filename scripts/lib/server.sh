# The server in the background: start, stop, status, logs. Sourced by orchestrate.sh.
# shellcheck shell=bash
pid_file=$var/videa-mozi.pid
log_file=$var/videa-mozi.log

# Where nothing else says so, this checkout keeps its data in var/data.
use_own_data_folder() {
  if [[ -z ${VIDEA_MOZI__DATA__DIR:-} && ! -f $root/videa-mozi.toml && ! -f /etc/videa-mozi.toml ]]; then
    export VIDEA_MOZI__DATA__DIR=$var/data
  fi
}

# setting SECTION KEY: one value of the configuration in force, as the executable itself resolves it.
setting() {
  (cd "$root" && "$binary" config print) | awk -v section="[$1]" -v key="$2" '
    /^\[/ {inside = $1 == section}
    inside && $1 == key && $2 == "=" {sub(/^[^=]*= */, ""); gsub(/^["'\'']|["'\'']$/, ""); print; exit}'
}

# server_pid: the process id when the server that this checkout started is alive.
server_pid() {
  local pid
  [[ -f $pid_file ]] && pid=$(<"$pid_file") && [[ $pid =~ ^[0-9]+$ ]] || return 1
  [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$binary"* ]] || return 1
  echo "$pid"
}

data_folder() { (cd "$root" && realpath -m "$(setting data dir)"); }

# server_address: where this machine reaches the server that uses the data folder: whoever started it, https where it speaks TLS.
server_address() {
  local text
  text=$(head -n 1 "$(data_folder)/lock" 2>/dev/null) && [[ $text == http* ]] && ! flock -n "$(data_folder)/lock" true 2>/dev/null || return 1
  echo "$text"
}

# address: the same as a person types it.
address() {
  local text
  text=$(setting server base_url)
  [[ -n $text ]] || text=$(server_address) || text=$(expected_address)
  echo "${text/127.0.0.1/localhost}"
}

# expected_address: where the server would answer, by its settings alone.
expected_address() {
  local scheme=http
  [[ -z $(setting server tls_certificate) ]] || scheme=https
  echo "$scheme://$(loopback_host brackets):$(setting server port)"
}

# loopback_host [brackets]: the host that this machine reaches it by.
loopback_host() {
  local host
  host=$(setting server host)
  case $host in
  0.0.0.0) host=127.0.0.1 ;;
  ::) host=::1 ;;
  esac
  [[ $host != *:* || ${1:-} != brackets ]] || host="[$host]"
  echo "$host"
}

# ready: what the running server says to that; 0 when it is.
ready() { (cd "$root" && "$binary" doctor --ready) >/dev/null 2>&1; }

# Root hands over to the owner of this checkout, unless the data folder is root's already.
server_user() {
  local owner data
  ((EUID == 0)) || return 0
  owner=$(stat -c %U "$root")
  data=$(data_folder)
  [[ $owner != root && $owner != UNKNOWN ]] || return 0
  [[ ! -e $data || $(stat -c %U "$data") == "$owner" ]] || return 0
  echo "$owner"
}

start_server() {
  local port pid host user as=()
  use_own_data_folder
  port=$(setting server port)
  host=$(loopback_host)
  if server_address >/dev/null; then
    die "a VideaMozi that was not started here already runs at $(server_address) with the data folder $(data_folder)"
  fi
  if [[ $port != 0 ]] && (exec 9<>"/dev/tcp/$host/$port") 2>/dev/null; then
    die "port $port is in use by another program. Stop that, or choose another port: VIDEA_MOZI__SERVER__PORT=3101 $0 start"
  fi
  mkdir -p "$var"
  [[ ! -f $log_file ]] || (($(stat -c %s "$log_file") < 50000000)) || mv "$log_file" "$log_file.1"
  user=$(server_user)
  if [[ -n $user ]]; then
    chown "$user:" "$var"
    as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups env "HOME=$(getent passwd "$user" | cut -d : -f 6)")
  fi
  (cd "$root" && exec setsid nohup "${as[@]}" "$binary" serve >>"$log_file" 2>&1 </dev/null) &
  pid=$!
  disown "$pid" 2>/dev/null || true
  echo "$pid" >"$pid_file"
  wait_until_ready "$pid"
}

wait_until_ready() {
  local pid=$1 deadline=$((SECONDS + ${START_TIMEOUT:-60}))
  until ready; do
    if ! kill -0 "$pid" 2>/dev/null; then
      rm -f "$pid_file"
      tail -n 15 "$log_file" >&2
      die "the server ended while starting; its last lines are above (all: var/videa-mozi.log)"
    fi
    if ((SECONDS > deadline)); then
      tail -n 15 "$log_file" >&2
      die "the server runs (process $pid) but is not ready after ${START_TIMEOUT:-60} s; its last lines are above"
    fi
    sleep 0.1
  done
}

announce() {
  local link
  say "VideaMozi runs at $(address)"
  say_who_reaches_it
  link=$(cd "$root" && "$binary" setup-link 2>/dev/null) || return 0
  say "There is no administrator yet. Become it with this link, which works once:"
  say "  $link"
}

# As root, reachable by every network: fit for a look, and not for more.
say_who_reaches_it() {
  local host pid
  host=$(setting server host)
  pid=$(server_pid) || return 0
  [[ $(stat -c %u "/proc/$pid") == 0 && ($host == 0.0.0.0 || $host == ::) ]] || return 0
  say "It runs as root and answers on every address of this machine. For more than a look: the package's service (docs/operations.md),"
  say "a clone that belongs to another user, or VIDEA_MOZI__SERVER__HOST=127.0.0.1."
}

stop_server() {
  local pid deadline=$((SECONDS + 40))
  if ! pid=$(server_pid); then
    say "VideaMozi is not running."
    return
  fi
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS > deadline)); then
      warn "It did not end within 40 s of being asked; ending it now."
      kill -KILL "$pid" 2>/dev/null || true
      deadline=$((SECONDS + 40))
    fi
    sleep 0.1
  done
  rm -f "$pid_file"
  say "VideaMozi has stopped."
}

show_status() {
  local pid other
  use_own_data_folder
  if ! pid=$(server_pid); then
    if [[ -x $binary ]] && other=$(server_address); then
      say "VideaMozi runs at $other with the data folder $(data_folder), and was not started here."
      ready || { say "  health    not ready" && return 1; }
      say "  health    ready"
      return 0
    fi
    say "VideaMozi is not running."
    return 3
  fi
  say "VideaMozi runs at $(address)"
  say "  version   $("$binary" version | head -n 1)"
  say "  process   $pid of $(stat -c %U "/proc/$pid"), for $(ps_elapsed "$pid"), $(awk '/^VmRSS:/ {print int($2 / 1024)}' "/proc/$pid/status") MB of memory"
  say "  data      $(data_folder)"
  ready || { say "  health    not ready: $(cd "$root" && "$binary" doctor --ready 2>&1 | head -c 600)" && return 1; }
  say "  health    ready"
}

ps_elapsed() {
  local started=$(($(stat -c %Y "/proc/$1"))) seconds
  seconds=$(($(date +%s) - started))
  printf '%d h %02d min' $((seconds / 3600)) $((seconds / 60 % 60))
}

show_logs() {
  [[ -f $log_file ]] || die "there is no log yet (var/videa-mozi.log); start the server first"
  if [[ ${1:-} == -f ]]; then
    exec tail -n 50 -F "$log_file"
  fi
  tail -n 200 "$log_file"
}
