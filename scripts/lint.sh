#!/usr/bin/env bash
# Looks at what no compiler looks at: scripts, lock files, the shape of files. Prints each fault; exit status 1 when any.
# As a git hook: git config core.hooksPath scripts/hooks
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
faults=0
fault() { printf '%s\n' "$*"; faults=$((faults + 1)); }
# there PROGRAM: whether it is; what it would have looked at is skipped otherwise, and said to be
there() { command -v "$1" >/dev/null || { printf 'skipped  what %s looks at: it is not installed\n' "$1"; return 1; }; }
shellcheck=no node=no
! there shellcheck || shellcheck=yes
! there node || node=yes

# The web interface, and what else is written in its languages.
web=('src/app/web/*.ts' 'src/app/web/*.js' 'src/app/web/*.svelte' 'src/app/web/*.css' 'src/app/web/*.html' 'tests/*.mjs' 'scripts/*.mjs')

# files PATTERN…: those of the project, committed or not, without what git ignores
files() {
  if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@"
  else
    find . \( -path ./build -o -path ./var -o -path ./src/app/web/dist -o -name node_modules -o -name .cache -o -name .git \) -prune \
      -o -type f ! -name schema.d.ts -print |
      sed 's|^\./||' | while IFS= read -r file; do
      for pattern in "$@"; do
        # shellcheck disable=SC2053
        [[ $file == $pattern ]] && printf '%s\n' "$file" && break
      done
    done
  fi
}

while IFS= read -r file; do
  [[ -f $file ]] || continue
  bash -n "$file" 2>&1 || fault "$file: does not parse"
  [[ $shellcheck == no ]] || shellcheck -x "$file" || fault "$file: shellcheck"
done < <(files 'scripts/*.sh' 'scripts/lib/*.sh' .ci/run scripts/hooks/pre-commit | sort -u)

while IFS= read -r file; do
  [[ -f $file ]] || continue
  case $file in *.mjs) [[ $node == no ]] || node --check "$file" || fault "$file: does not parse" ;; esac
  (($(wc -l <"$file") <= 500)) || fault "$file: more than 500 lines"
  head -n 2 "$file" | grep -qE '^ *(//|#|/\*|--|<!--)' || fault "$file: the first line does not say what it is for"
  ! grep -qP '\t' "$file" || fault "$file: a tab"
  ! grep -nP '[ \t]+$' "$file" || fault "$file: white space at the end of a line"
done < <(files 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'tests/*.hpp' 'scripts/*' 'cmake/*' 'schema/*.sql' "${web[@]}" | sort -u)

while IFS= read -r file; do
  [[ -f $file ]] || continue
  ! LC_ALL=C.UTF-8 grep -nE '^.{141,}' "$file" || fault "$file: a line of more than 140 columns"
done < <(files "${web[@]}" | sort -u)

# Prettier comes with what the web interface is built with, so a fresh clone has none before its first build.
if [[ -x src/app/web/node_modules/.bin/prettier ]]; then
  (cd src/app/web && npm run --silent format:check) || fault "not laid out: cd src/app/web && npm run format"
else
  echo "skipped  the layout of the web interface: cd src/app/web && npm ci"
fi

# The layout of C++ is .clang-format's; what that leaves: long lines (of raw strings too long to break apart) and one assignment a line.
while IFS= read -r file; do
  ! LC_ALL=C grep -nE '^[ -~]{141,}$' "$file" | grep -v 'R"' || fault "$file: more than 140 columns"
  ! grep -nE '^ *[A-Za-z_.>-]+ [+|-]?= [^"({]*, [A-Za-z_.>-]+ [+|-]?= [^"]*;$' "$file" || fault "$file: two assignments on a line"
done < <(files 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'tests/*.hpp' | sort -u)
if there clang-format-19; then
  mapfile -t sources < <(files 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'tests/*.hpp' | sort -u)
  clang-format-19 --dry-run -Werror "${sources[@]}" 2>&1 | grep -E 'error:' | head -n 20 && fault "clang-format-19 -i puts these in order"
fi

while IFS= read -r file; do
  ! grep -q '"resolved": *"http' "$file" || fault "$file: a download address; delete the \"resolved\" fields"
done < <(files '*package-lock.json')

((faults == 0)) || { printf '%d faults\n' "$faults"; exit 1; }
