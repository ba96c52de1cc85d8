# mozi_sqlite: SQLite compiled into the executable, the only copy in the process.
# Releases before 3.51.3 can lose committed pages when a write races a checkpoint on another connection, and Debian 12
# has 3.40. scripts/fetch-sqlite.sh puts a pinned release into build/deps/sqlite; without it the system's is taken, and
# MOZI_SYSTEM_SQLITE=1 tells the code (the database part then lets only its writer connection checkpoint).
set(sqlite_dir "${MOZI_SQLITE_DIR}")
if(NOT sqlite_dir)
  set(sqlite_dir "${CMAKE_SOURCE_DIR}/build/deps/sqlite")
endif()

if(EXISTS "${sqlite_dir}/sqlite3.c" AND EXISTS "${sqlite_dir}/sqlite3.h")
  file(STRINGS "${sqlite_dir}/sqlite3.h" version_line REGEX "^#define SQLITE_VERSION +\"")
  string(REGEX MATCH "[0-9.]+" sqlite_version "${version_line}")
  message(STATUS "SQLite ${sqlite_version} is built in, from ${sqlite_dir}")
  add_library(mozi_sqlite STATIC "${sqlite_dir}/sqlite3.c")
  target_include_directories(mozi_sqlite SYSTEM INTERFACE "${sqlite_dir}")
  target_link_libraries(mozi_sqlite PRIVATE Threads::Threads INTERFACE m)
  # THREADSAFE=2: a connection is used by one thread at a time (the database part sees to it), so SQLite needs no lock of
  # its own around each call. DQS=0: "text" is a column, never a string. USE_URI=1: a file can be opened without touching it (as
  # Debian's own SQLite can). The rest is what we use, or what we never do.
  target_compile_definitions(mozi_sqlite PRIVATE
    SQLITE_THREADSAFE=2 SQLITE_DQS=0 SQLITE_USE_URI=1 SQLITE_DEFAULT_FOREIGN_KEYS=1 SQLITE_DEFAULT_MEMSTATUS=0
    SQLITE_ENABLE_FTS5 SQLITE_ENABLE_MATH_FUNCTIONS SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_USE_ALLOCA HAVE_USLEEP=1
    SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE SQLITE_OMIT_LOAD_EXTENSION)
  # Not ours to warn about or to debug; its pointer arithmetic is not written for UBSan.
  target_compile_options(mozi_sqlite PRIVATE -w -fno-sanitize=undefined)
  if(NOT MOZI_SANITIZE)
    target_compile_options(mozi_sqlite PRIVATE -O2)
  endif()
elseif(MOZI_SQLITE_DIR)
  message(FATAL_ERROR "MOZI_SQLITE_DIR=${MOZI_SQLITE_DIR} holds no sqlite3.c and sqlite3.h")
else()
  find_package(SQLite3 3.40 REQUIRED)
  message(WARNING "No SQLite source in ${sqlite_dir}: using the system's SQLite ${SQLite3_VERSION}. "
    "Before 3.51.3 it can lose committed pages in a rare race; run scripts/fetch-sqlite.sh to build a fixed one in.")
  add_library(mozi_sqlite INTERFACE)
  target_link_libraries(mozi_sqlite INTERFACE SQLite::SQLite3)
  target_compile_definitions(mozi_sqlite INTERFACE MOZI_SYSTEM_SQLITE=1)
endif()
