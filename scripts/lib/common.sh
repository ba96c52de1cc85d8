# Shared by the scripts: where things are, how they speak, how they show progress. Sourced, never run.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# What a run leaves behind: data, logs, pid file. The scripts' own tests put it elsewhere.
var=${VIDEA_MOZI_VAR:-$root/var}
binary=$root/build/release/videa-mozi
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { printf 'orchestrate: %s\n' "$*" >&2; exit 1; }

# progress LABEL PERCENT: one line that is rewritten on a terminal, one line per ten percent in a log.
progress_shown=
progress() {
  if [[ -t 1 ]]; then
    printf '\r\033[K  %-24s %3d %%' "$1" "$2"
  elif [[ $progress_shown != "$1 $(($2 / 10))" ]]; then
    progress_shown="$1 $(($2 / 10))"
    printf '  %-24s %3d %%\n' "$1" "$2"
  fi
}
progress_end() { progress_shown= && { [[ ! -t 1 ]] || printf '\r\033[K'; }; }

# how many compilers at once: one per processor, and 1.5 GB of memory for each
build_jobs() {
  local cpus memory
  cpus=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1500000)}' /proc/meminfo)
  ((memory >= 1)) || memory=1
  echo $((cpus < memory ? cpus : memory))
}
