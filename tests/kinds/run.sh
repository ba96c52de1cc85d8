#!/usr/bin/env bash
# Adds a made-up kind of thing, the playlist, to a copy of the tree in three places, and asks of it what is asked of every kind. Then it
# leaves out one part after another: each does not compile, does not start, or fails a test that names it.
#   tests/kinds/run.sh [folder of a build]     the copy stays in build/kinds, so that only what changed is compiled again
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
built=$(cd "${1:-$root/build/release}" && pwd) || exit 2
here=$root/tests/kinds work=$root/build/kinds
tree=$work/tree out=$work/out log=$work/log
passed=0 failed=0
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

check() { # NAME STATUS
  if (($2 == 0)); then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  echo "$( (($2 == 0)) && echo ok || echo FAILED): $1"
  (($2 == 0)) || grep -v '^{"time"' "$log" | tail -n 30
}
finish() { echo "$passed passed, $failed failed"; exit $((failed > 0 || passed == 0)); }
give_up() { check "$1" 1; finish; }

# replace FROM TO FILE: once, and it has to be there. Each of them word for word.
replace() {
  local text from=$1 to=$2
  text=$(cat "$3")
  [[ $text == *"$from"* ]] || { echo "$3 has no longer: $from" | tee "$log"; return 1; }
  printf '%s\n' "${text%%"$from"*}$to${text#*"$from"}" >"$3"
}

# The tree as git has it, without what this does not build.
copy() {
  local new=$work/new file
  rm -rf "$new" && mkdir -p "$new" "$tree"
  (cd "$root" && tar -c --exclude=src/app/web --exclude=node_modules CMakeLists.txt cmake src schema docs/api tests/support tests/app \
    tests/golden) | tar -x -C "$new" || return 1
  cp "$here/CMakeLists.txt" "$new/tests/" && cat "$here/copy.cmake" >>"$new/cmake/EmbedFiles.cmake"
  three_places "$new" || return 1
  # What is the same keeps its time, so that it is not compiled again.
  (cd "$new" && find . -type f) | while IFS= read -r file; do
    cmp -s "$new/$file" "$tree/$file" || { mkdir -p "$(dirname "$tree/$file")" && cp "$new/$file" "$tree/$file"; }
  done
  (cd "$tree" && find . -type f) | while IFS= read -r file; do
    [[ -e $new/$file ]] || rm "$tree/$file"
  done
}

three_places() {
  local to=$1 content=$1/src/modules/content/src last
  # 1. A word, with its name.
  local subject=$to/src/platform/base/include/mozi/base/subject.hpp
  replace ', user_profile };' ', user_profile, playlist };' "$subject" &&
    replace '"USER_PROFILE"sv}}' '"USER_PROFILE"sv}, std::pair{SubjectKind::playlist, "PLAYLIST"sv}}' "$subject" || return 1
  # 2. Its module: a topic with its table, handed over where the module is put together.
  mkdir -p "$content/playlists" && cp "$here"/playlists/*.?pp "$content/playlists/" || return 1
  last=$(find "$to/schema/content" -name '*.sql' -printf '%f\n' | sort | tail -n 1)
  cp "$here/playlists/playlists.sql" "$to/schema/content/$(printf %04d $((10#${last%%_*} + 1)))_playlists.sql" || return 1
  replace '#include "movies/http.hpp"' '#include "movies/http.hpp"
#include "playlists/playlists.hpp"' "$content/module.cpp" &&
    replace '    Http http;' '    Http http;
    Playlists playlists;' "$content/module.cpp" &&
    replace 'http(movies, needs)' 'http(movies, needs), playlists(context)' "$content/module.cpp" &&
    replace '    made.subjects' '    for (auto& route : parts->playlists.routes()) made.routes.push_back(std::move(route));
    made.subjects' "$content/module.cpp" &&
    replace 'parts->movies.subject()' 'parts->movies.subject(), parts->playlists.subject()' "$content/module.cpp" &&
    replace '{repository::places()}' '{repository::places(), Playlists::places()}' "$content/module.cpp" || return 1
  # 3. One of it for the tests that ask of every kind.
  replace '    // A new kind is added here.' '    out.things[SubjectKind::playlist] = {"content", {}};
    for (int i = 0; i < 2; ++i)
        out.things[SubjectKind::playlist].ids.push_back(post(house, "/api/playlists", token, R"({"title":"Rainy days"})"));
    // A new kind is added here.' "$to/tests/app/of_each_kind.cpp"
}

configure() {
  local parts part compiler
  # Parts of the platform that name no kind are the same in the copy.
  parts=$(cd "$root/src/platform" && for part in */src; do
    grep -rqE '#include <mozi/(base/subject\.hpp|subject/)' "${part%/src}" || echo "${part%/src}"
  done | paste -sd ';')
  part=${parts//;/.a src/platform/libmozi_}
  # shellcheck disable=SC2086
  ninja -C "$built" src/platform/libmozi_$part.a || return 1
  compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$built/CMakeCache.txt")
  cmake -S "$tree" -B "$out" -G Ninja -DMOZI_WEB=OFF -DMOZI_BUILT="$built" -DMOZI_TAKEN="$parts" -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_BUILD_TYPE="$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$built/CMakeCache.txt")" \
    -DMOZI_SANITIZE="$(sed -n 's/^MOZI_SANITIZE:[A-Z]*=//p' "$built/CMakeCache.txt")" \
    -DMOZI_SQLITE_DIR="$root/build/deps/sqlite"
}

build() { ninja -C "$out" "$@"; }
# ask CASE: of test_kinds.
ask() { (cd "$tree" && timeout 300 "$out/tests/test_kinds" -tc="$1"); }

# The parts. Each is left out alone: where, what stands there, what stands there instead, and the words in which it is missed.
word=src/platform/base/include/mozi/base/subject.hpp
entry=src/modules/content/src/playlists/playlists.cpp
wiring=src/modules/content/src/module.cpp
things=tests/app/of_each_kind.cpp

# with FILE FROM TO COMMAND…: while it is left out.
with() {
  local file=$tree/$1 kept=$work/kept status
  cp "$file" "$kept"
  replace "$2" "$3" "$file" || return 1
  "${@:4}"
  status=$?
  cp "$kept" "$file"
  return "$status"
}

# Says the words, and fails.
misses() { ! "${@:2}" >"$log" 2>&1 && grep -qF -- "$1" "$log"; }

# The entry, compiled with such a file before the one of the copy.
does_not_compile() { # WHAT FILE FROM TO WORDS
  local command left=$work/left source=$tree/$entry
  rm -rf "$left" && mkdir -p "$(dirname "$left/$2")" && cp "$tree/$2" "$left/$2" || return 1
  replace "$3" "$4" "$left/$2" || { check "without $1 it does not compile" 1; return; }
  [[ $2 != "$entry" ]] || source=$left/$2
  command=$(node -p "JSON.parse(require('fs').readFileSync('$out/compile_commands.json')).find((each) => each.file === '$tree/$entry').command")
  command=${command/ -o */} # what follows are the object and the source
  command="${command/ -/ -I$left/src/platform/base/include -I$tree/$(dirname "$entry") -} -fsyntax-only $source"
  cd "$out" || return 1
  misses "$5" eval "$command"
  check "without $1 it does not compile" $?
}

# shellcheck disable=SC2317
started() { build videa-mozi >"$work/build.log" 2>&1 || { cat "$work/build.log"; return 0; }; "$out/videa-mozi" openapi; }
# shellcheck disable=SC2317
asked() { build test_kinds >"$work/build.log" 2>&1 || { cat "$work/build.log"; return 0; }; ask "$1"; }

does_not_start() { # WHAT FILE FROM TO WORDS
  with "$2" "$3" "$4" misses "$5" started
  check "without $1 it does not start" $?
}

fails_a_test() { # WHAT FILE FROM TO CASE WORDS
  with "$2" "$3" "$4" misses "$6" asked "$5"
  check "without $1 a test fails" $?
}

began=$SECONDS
copy || give_up "the playlist is added in three places"
{ configure && build videa-mozi test_kinds; } >"$log" 2>&1 || give_up "a playlist compiles"
check "a playlist is added in three places and compiles, $((SECONDS - began)) s" 0
"$out/videa-mozi" openapi >"$tree/docs/api/openapi.json" 2>"$log" # what MOZI_ACCEPT=1 does
for case in '*every kind*' '*of any kind*' '*goes for good*' '*taken back in any order*' '*no address*' '*every answer*' \
  'the walk'; do
  ask "$case" >"$log" 2>&1 && ! grep -q 'test cases: 0 ' "$log"
  check "with a playlist: $case" $?
done
((failed == 0)) || finish

does_not_compile "its name" "$word" ', std::pair{SubjectKind::playlist, "PLAYLIST"sv}' '' "every kind of thing has a name of its own"
does_not_compile "its kind" "$entry" '        .kind = SubjectKind::playlist,' '' "field 'kind'"
does_not_compile "its error" "$entry" '        .missing = no_playlist(),' '' "field 'missing'"
does_not_compile "its address" "$entry" '        .path = "/api/playlists",' '' "field 'path'"
does_not_compile "its look-up" "$entry" '        .find = [this](std::span<SubjectId const> ids, Asking const& asking) { return find_facts(ids, asking); },' '' "field 'find'"
does_not_compile "its settle" "$entry" '        .settle = [this](db::Transaction& tx, SubjectId id) { return settle_hidden(tx, {id.value}); },' '' "field 'settle'"
does_not_compile "its end" "$entry" '        .gone = gone<PlaylistDeleted>(&PlaylistDeleted::playlist_id),' '' "field 'gone'"
does_not_compile "what it takes" "$entry" '        .takes = {.comments = true, .reactions = true},' '' "field 'takes'"
does_not_compile "half of what it takes" "$entry" '.comments = true, ' '' "field 'comments'"
does_not_compile "a look-up that is one" "$entry" '[this](std::span<SubjectId const> ids, Asking const& asking) { return find_facts(ids, asking); }' 'nullptr' "nullptr"

table=$(cd "$tree" && echo schema/content/*_playlists.sql)
does_not_start "an entry" "$wiring" ', parts->playlists.subject()' '' "no module hands over the kind PLAYLIST"
does_not_start "where they lie" "$wiring" ', Playlists::places()' '' \
  "content owns the kind PLAYLIST and does not say where its things lie"
does_not_start "ears" "$wiring" '"content.moderated", made.subjects' '"content.moderated", {parts->movies.subject()}' \
  "content owns the kind PLAYLIST and does not hear moderation.content.hidden"
does_not_start "an error of its own" "$entry" 'not_found("playlist.not_found")' 'not_found("movie.not_found")' \
  "the kinds MOVIE and PLAYLIST have the same error movie.not_found"
does_not_start "an address of its own" "$entry" '.path = "/api/playlists"' '.path = "/playlists"' \
  "the kind PLAYLIST has no address of its own: \"/playlists\""

fails_a_test "one of it for the tests" "$things" '    // A new kind is added here.' '    out.things.erase(SubjectKind::playlist);' \
  '*every kind has its place*' "nothing of the kind PLAYLIST"
fails_a_test "effects of settling" "$entry" 'found->hidden = effects::stands' '(void)effects::stands' '*of any kind*' \
  "the owner of the kind does not settle what HIDE leaves"
fails_a_test "the column that follows from effects" "$entry" ', .state = "hidden"' '' '*of every kind and wherever*' \
  "the kind PLAYLIST keeps what effects hide in a table, and does not say in which column"
fails_a_test "an index of what is hidden" "$table" 'CREATE INDEX playlist_hidden' '-- CREATE INDEX playlist_hidden' '*along indexes*' \
  "content.playlist"
fails_a_test "a name for its things" "$entry" '.title = each.title,' '' '*every kind says*' "facts.title"
fails_a_test "their owner" "$entry" '.owner = each.owner,' '' '*every kind says*' "facts.owner"
fails_a_test "their place" "$entry" '.address = "/playlist/" + each.id.text(),' '' '*every kind says*' "facts.address"
fails_a_test "word of its end" "$entry" 'context_.outbox.emit(tx, PlaylistDeleted{in.id});' '' '*goes for good*' \
  "the end of the kind is not told"
fails_a_test "its table" "$table" 'CREATE TABLE playlist (' \
  'CREATE TABLE play_list (' '*every kind has its place*' "no such table: main.playlist"
finish
