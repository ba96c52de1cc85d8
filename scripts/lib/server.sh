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
address() { echo "http://localhost:$(setting server port)"; }

start_server() {
  local port pid
  use_own_data_folder
  port=$(setting server port)
  if (exec 9<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    die "port $port is in use by another program. Stop that, or choose another port: VIDEA_MOZI__SERVER__PORT=3101 $0 start"
  fi
  mkdir -p "$var"
  [[ ! -f $log_file ]] || (($(stat -c %s "$log_file") < 50000000)) || mv "$log_file" "$log_file.1"
  (cd "$root" && exec setsid nohup "$binary" serve >>"$log_file" 2>&1 </dev/null) &
  pid=$!
  disown "$pid" 2>/dev/null || true
  echo "$pid" >"$pid_file"
  wait_until_ready "$port" "$pid"
}

wait_until_ready() {
  local port=$1 pid=$2 deadline=$((SECONDS + ${START_TIMEOUT:-60}))
  while [[ $(http_status "$port" /health/ready) != 200 ]]; do
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
  local link deadline=$((SECONDS + 5))
  say "VideaMozi runs at $(address)"
  http_get "$(setting server port)" /api/instance | grep -q '"setupPending": *true' || return 0
  # The link is written just after the server became ready.
  link=$(data_folder)/setup-link
  until [[ -s $link ]] || ((SECONDS > deadline)); do sleep 0.05; done
  say "There is no administrator yet. Become it with this link, which works once:"
  say "  $(<"$link")"
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
  local pid ready
  if ! pid=$(server_pid); then
    say "VideaMozi is not running."
    return 3
  fi
  use_own_data_folder
  ready=$(http_status "$(setting server port)" /health/ready)
  say "VideaMozi runs at $(address)"
  say "  version   $("$binary" version | head -n 1)"
  say "  process   $pid, for $(ps_elapsed "$pid"), $(awk '/^VmRSS:/ {print int($2 / 1024)}' "/proc/$pid/status") MB of memory"
  say "  data      $(data_folder)"
  case $ready in
  200) say "  health    ready" ;;
  '') say "  health    does not answer" && return 1 ;;
  *) say "  health    not ready (status $ready)" && return 1 ;;
  esac
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
