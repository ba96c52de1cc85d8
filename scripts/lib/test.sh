# The tests, part by part; the last line printed is "N passed, N failed, N skipped". Sourced by orchestrate.sh.
# shellcheck shell=bash
passed=0 failed=0 skipped=0
short_parts=(unit arch kinds web browser films chaos watching scripts)
long_parts=(asan tsan gcc fuzz bench container package manual)
other_parts=(postgres)
long=no
not_unit='^(arch|chaos|fuzz|bench|browser)$'

# count PART PASSED FAILED [SKIPPED]
count() {
  local text="  $1: $2 passed"
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + ${4:-0}))
  progress_end
  (($3 == 0)) || text+=", $3 FAILED"
  ((${4:-0} == 0)) || text+=", $4 skipped"
  say "$text"
}

skip() {
  skipped=$((skipped + 1))
  say "  $1: skipped, $2"
}

# run_ctest PART BUILD_FOLDER ctest options…: runs the programs and counts their cases.
run_ctest() {
  local part=$1 dir=$2 log=$var/test/$1.log totals id
  shift 2
  ctest --test-dir "$dir" -V --timeout 900 -j "$(nproc)" "$@" </dev/null 2>&1 | tee "$log" | show_ctest "$part" || true
  totals=$(awk -f "$root/scripts/lib/counts.awk" "$log")
  read -r -a totals <<<"$totals"
  for id in "${totals[@]:3}"; do
    warn "---- $(sed -n "s/^ *Start *$id: //p" "$log" | head -n 1) ----"
    sed -n "s/^$id: //p" "$log" | tail -n 60 >&2
  done
  if ((totals[0] + totals[1] + totals[2] == 0)); then
    skip "$part" "no program in ${dir#"$root"/} carries its label"
  else
    count "$part" "${totals[@]:0:3}"
  fi
}

show_ctest() {
  local line
  while IFS= read -r line; do
    [[ $line =~ ^\ *([0-9]+)/([0-9]+)\ Test\ +# ]] && progress "$1" $((BASH_REMATCH[1] * 100 / BASH_REMATCH[2]))
  done
  progress_end
}

# count_last_line PART LOG STATUS: for programs whose last line is "N passed, N failed" or that with ", N skipped".
count_last_line() {
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$2" | tail -n 1)
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)? ]]; then
    local bad=${BASH_REMATCH[2]} out=${BASH_REMATCH[4]:-0}
    (($3 == 0 || bad > 0)) || bad=1
    ((bad == 0)) || tail -n 60 "$2" >&2
    count "$1" "${BASH_REMATCH[1]}" "$bad" "$out"
  else
    tail -n 60 "$2" >&2
    count "$1" 0 1
  fi
}

# run_program PART COMMAND…: such a program. Its latest line is shown on a terminal, all of them are kept in var/test.
run_program() {
  local part=$1 log=$var/test/$1.log status=0
  shift
  [[ -t 1 ]] || say "  $part …"
  "$@" </dev/null 2>&1 | tee "$log" | show_lines "$part" || status=$?
  count_last_line "$part" "$log" "$status"
}

show_lines() {
  local line
  while IFS= read -r line; do
    [[ ! -t 1 ]] || printf '\r\033[K  %s: %s' "$1" "${line:0:$((${COLUMNS:-100} - ${#1} - 6))}"
  done
}

# npm_install FOLDER: what its lock file pins; does nothing when npm has brought it before.
npm_install() {
  [[ $1/node_modules/.package-lock.json -nt $1/package-lock.json ]] && return
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error >"$var/test/npm.log" 2>&1) ||
    { tail -n 15 "$var/test/npm.log" >&2; die "npm could not bring what ${1#"$root"/} needs"; }
}

part_scripts() {
  npm_install "$root/src/app/web" # lint.sh looks at its layout with its own prettier
  run_program scripts "$root/scripts/test-scripts.sh"
}

# What no other part runs: platform parts, modules, the executable, golden files; on SQLite and on PostgreSQL.
part_unit() {
  local MOZI_MET=$var/test/met-errors.txt
  export MOZI_MET
  rm -f "$MOZI_MET"
  start_postgres
  run_ctest unit "$root/build/release" -LE "$not_unit"
  run_program "refusals met" node "$root/scripts/met-errors.mjs" "$root/docs/api/openapi.json" "$MOZI_MET"
}
part_arch() { run_ctest arch "$root/build/release" -L '^arch$'; }

# A made-up kind of thing in a copy of the tree, which stays in build/kinds.
part_kinds() { run_program kinds "$root/tests/kinds/run.sh"; }

# Only the programs that use a PostgreSQL when there is one; `unit` runs them too.
part_postgres() {
  local programs
  programs=$(grep -rlE 'on_each_(database|engine)|dialects\(|postgres\(' "$root/tests" --include='*.cpp' | sed "s|/[^/]*$||; s|.*/||" | sort -u | paste -sd '|')
  start_postgres
  run_ctest postgres "$root/build/release" -R "^(${programs:-none})$"
}

part_web() {
  local web=$root/src/app/web report=$var/test/web.json totals options=
  [[ -f $web/package.json ]] || { skip web "there is no src/app/web"; return; }
  progress web 0
  rm -f "$report"
  if (cd "$web" && npm run --silent check) >"$var/test/web-check.log" 2>&1; then
    count "web types" 1 0
  else
    tail -n 40 "$var/test/web-check.log" >&2
    count "web types" 0 1
  fi
  # Node 18 has Web Crypto, but not yet under its global name as browsers do.
  [[ $(node --version) != v18.* ]] || options=--experimental-global-webcrypto
  (cd "$web" && NODE_OPTIONS=$options npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report") \
    </dev/null >"$var/test/web.log" 2>&1 || true
  if [[ -s $report ]]; then
    # shellcheck disable=SC2016
    read -r -a totals < <(node -p 'const r = require(process.argv[1]); `${r.numPassedTests} ${Math.max(r.numFailedTests, r.success ? 0 : 1)} ${r.numPendingTests}`' "$report")
    ((totals[1] == 0)) || tail -n 60 "$var/test/web.log" >&2
    count web "${totals[@]}"
  else
    tail -n 60 "$var/test/web.log" >&2
    count web 0 1
  fi
}

part_browser() {
  [[ -f $root/tests/browser/run.mjs ]] || { skip browser "there is no tests/browser/run.mjs"; return; }
  npm_install "$root/tests/browser"
  local options=()
  [[ $long == no ]] || options=(--long)
  run_program browser node "$root/tests/browser/run.mjs" "${options[@]}"
}

# Films of many makers through the real server and Chromium; the long run has all of them.
part_films() {
  npm_install "$root/tests/browser"
  local options=()
  [[ $long == no ]] || options=(--long)
  run_program films node "$root/tests/films/run.mjs" "${options[@]}"
}

# Kills the server while clients write, fills the disk, ends it in the middle of things. The long run has ten times the
# cycles and does it on PostgreSQL too.
part_chaos() {
  local options=()
  [[ $long == no ]] || options=(--long)
  [[ $long == no ]] || start_postgres
  run_program chaos "$root/tests/chaos/run.sh" "${options[@]}"
}

# Rules, dashboard and manual against a real /metrics; the long run sees each alert fire in a real Prometheus.
part_watching() {
  local options=()
  [[ $long == no ]] || options=(--long)
  run_program watching node "$root/tests/watching/run.mjs" "${options[@]}"
}

# sanitized PART PRESET: everything but what times out or makes no sense under a sanitizer.
sanitized() {
  build_preset "$2" -DMOZI_TESTS=ON
  start_postgres
  run_ctest "$1" "$root/build/$2" -LE "$not_unit"
}
part_asan() { sanitized asan dev; }
part_tsan() { sanitized tsan tsan; }

part_gcc() {
  "$root/scripts/fetch-sqlite.sh"
  (
    export CXX=g++ CC=gcc
    cmake -S "$root" -B "$root/build/gcc" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMOZI_WEB=OFF >"$var/test/gcc-configure.log" 2>&1 ||
      { tail -n 20 "$var/test/gcc-configure.log" >&2; exit 1; }
    run_ninja gcc
  )
  start_postgres
  run_ctest gcc "$root/build/gcc" -LE "$not_unit"
}

part_fuzz() {
  local file name corpus=() ok=0 bad=0 targets=() seconds=${FUZZ_SECONDS:-60}
  for file in "$root"/tests/fuzz/*.cpp; do
    [[ ! -f $file ]] || targets+=("fuzz_$(basename "$file" .cpp)")
  done
  ((${#targets[@]})) || { skip fuzz "there is no program in tests/fuzz"; return; }
  configure_preset fuzz
  run_ninja fuzz "${targets[@]}"
  for name in "${targets[@]}"; do
    corpus=("$root/build/fuzz/corpus/$name")
    mkdir -p "${corpus[0]}"
    [[ ! -d $root/tests/fuzz/corpus/$name ]] || corpus+=("$root/tests/fuzz/corpus/$name")
    progress "$name" 0
    if "$root/build/fuzz/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$var/test/$name-" "${corpus[@]}" >"$var/test/$name.log" 2>&1; then
      ok=$((ok + 1))
    else
      tail -n 40 "$var/test/$name.log" >&2
      bad=$((bad + 1))
    fi
    progress_end
    say "    $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$var/test/$name.log") inputs in $seconds s"
  done
  count fuzz "$ok" "$bad"
}

part_bench() {
  local status=0
  build_preset release -DMOZI_TESTS=ON -DMOZI_BENCH=ON
  npm_install "$root/tests/bench"
  node "$root/tests/bench/run.mjs" </dev/null 2>&1 | tee "$var/test/bench.log" || status=$?
  count bench $((status == 0)) $((status != 0))
}

part_container() {
  local engine
  engine=$(container_engine) || { skip container "there is no docker, podman or buildah"; return; }
  [[ $engine != buildah || $EUID == 0 ]] || { skip container "buildah runs containers here only as root"; return; }
  build_image "$engine" >"$var/test/container-build.log" 2>&1 ||
    { tail -n 40 "$var/test/container-build.log" >&2; count "the image" 0 1; return; }
  run_program container "$root/tests/container/run.sh" "$engine"
}

# The released package in a bare Debian, and the archive beside it.
part_package() {
  ((EUID == 0)) || { skip package "a bare Debian is made by root alone"; return; }
  ensure_packages package bare
  package >"$var/test/package-build.log" 2>&1 || { tail -n 20 "$var/test/package-build.log" >&2; count "the package" 0 1; return; }
  run_program package "$root/tests/package/run.sh" "$package_dir"
}

# Every command of README.md and docs/operations.md that can be run without changing this machine.
part_manual() { run_program manual node "$root/tests/manual/run.mjs"; }

# run_tests [--long] [part…]
run_tests() {
  local part parts=() all_parts=("${short_parts[@]}" "${long_parts[@]}" "${other_parts[@]}")
  for part in "$@"; do
    case $part in
    --long) long=yes ;;
    *) [[ " ${all_parts[*]} " == *" $part "* ]] || die "there is no part $part; there are: ${all_parts[*]}"
      parts+=("$part") ;;
    esac
  done
  if ((${#parts[@]} == 0)); then
    parts=("${short_parts[@]}")
    [[ $long == no ]] || parts+=("${long_parts[@]}")
  fi
  mkdir -p "$var/test"
  trap stop_postgres EXIT
  prepare_parts "${parts[@]}"
  for part in "${parts[@]}"; do
    local began=$SECONDS
    "part_$part"
    say "    in $((SECONDS - began)) s"
  done
  say ""
  say "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0))
}

# Packages and the build these parts need.
prepare_parts() {
  local groups=(build run test)
  [[ " $* " != *" gcc "* ]] || groups+=(gcc)
  [[ " $* " != *" bench "* ]] || groups+=(bench)
  [[ $long == no || " $* " != *" watching "* ]] || groups+=(watching)
  [[ " $* " =~ \ (asan|tsan|fuzz)\  ]] && groups+=(sanitizers)
  ensure_packages "${groups[@]}"
  [[ " $* " =~ \ (unit|arch|kinds|postgres|web|browser|films|chaos|watching|bench|package|manual)\  ]] || return 0
  build_preset release -DMOZI_TESTS=ON
}
