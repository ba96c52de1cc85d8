# Building: one function per thing built, each quiet but for a percentage. Sourced by orchestrate.sh.
# shellcheck shell=bash

# Picks the compiler unless the caller did: clang-19 where it is installed, else g++.
choose_compiler() {
  if [[ -z ${CXX:-} ]] && command -v clang++-19 >/dev/null; then
    export CXX=clang++-19 CC=clang-19
  fi
  [[ -n ${CXX:-} ]] || export CXX=g++
  if [[ -z ${CC:-} ]]; then
    CC=${CXX/clang++/clang}
    export CC=${CC/g++/gcc}
  fi
}

# build_preset PRESET [CMake options…]: configures when needed and builds build/PRESET.
build_preset() {
  configure_preset "$@"
  run_ninja "$1"
}

configure_preset() {
  local preset=$1 dir=$root/build/$1 fresh=()
  shift
  choose_compiler
  "$root/scripts/fetch-sqlite.sh"
  mkdir -p "$dir"
  if [[ -f $dir/CMakeCache.txt ]]; then
    [[ $(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$dir/CMakeCache.txt") == "$(command -v "$CXX")" ]] || fresh=(--fresh)
  fi
  if ! (cd "$root" && cmake --preset "$preset" "${fresh[@]}" "$@") >"$dir/configure.log" 2>&1; then
    tail -n 20 "$dir/configure.log" >&2
    die "configuring build/$preset failed (all output: build/$preset/configure.log)"
  fi
}

# run_ninja PRESET [target…]
run_ninja() {
  local name=$1 dir=$root/build/$1 status=0
  shift
  NINJA_STATUS='[%p] ' ninja -C "$dir" -j "$(build_jobs)" "$@" 2>&1 | tee "$dir/build.log" | show_ninja "building $name" || status=$?
  ((status == 0)) && return
  sed -n '/^FAILED:/,$p' "$dir/build.log" | head -n 40 >&2
  die "building $name failed (all output: build/$name/build.log)"
}

show_ninja() {
  local line percent
  while IFS= read -r line; do
    [[ $line =~ ^\[\ *([0-9]+)%\] ]] || continue
    percent=${BASH_REMATCH[1]}
    progress "$1" "$percent"
  done
  progress_end
}
