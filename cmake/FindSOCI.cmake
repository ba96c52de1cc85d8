# Finds SOCI's static libraries and headers: Debian's libsoci-dev brings neither a CMake nor a pkg-config file.
# Sets SOCI_FOUND and the imported targets SOCI::core, SOCI::sqlite3, SOCI::postgresql. Whoever links SOCI::sqlite3 also
# says which SQLite it is to find its symbols in.
find_path(SOCI_INCLUDE_DIR NAMES soci/soci.h)
find_path(SOCI_POSTGRESQL_INCLUDE_DIR NAMES libpq-fe.h PATH_SUFFIXES postgresql)
find_library(SOCI_CORE_LIBRARY NAMES libsoci_core.a)
find_library(SOCI_SQLITE3_LIBRARY NAMES libsoci_sqlite3.a)
find_library(SOCI_POSTGRESQL_LIBRARY NAMES libsoci_postgresql.a)
find_library(SOCI_PQ_LIBRARY NAMES pq)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_SQLITE3_LIBRARY SOCI_POSTGRESQL_LIBRARY
  SOCI_PQ_LIBRARY SOCI_INCLUDE_DIR SOCI_POSTGRESQL_INCLUDE_DIR)
mark_as_advanced(SOCI_INCLUDE_DIR SOCI_POSTGRESQL_INCLUDE_DIR SOCI_CORE_LIBRARY SOCI_SQLITE3_LIBRARY
  SOCI_POSTGRESQL_LIBRARY SOCI_PQ_LIBRARY)

if(SOCI_FOUND AND NOT TARGET SOCI::core)
  add_library(SOCI::core STATIC IMPORTED)
  # soci-sqlite3.h looks for sqlite3.h and soci-postgresql.h for libpq-fe.h without a folder.
  set_target_properties(SOCI::core PROPERTIES IMPORTED_LOCATION "${SOCI_CORE_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SOCI_INCLUDE_DIR};${SOCI_INCLUDE_DIR}/soci"
    INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS}")
  add_library(SOCI::sqlite3 STATIC IMPORTED)
  set_target_properties(SOCI::sqlite3 PROPERTIES IMPORTED_LOCATION "${SOCI_SQLITE3_LIBRARY}"
    INTERFACE_LINK_LIBRARIES SOCI::core)
  add_library(SOCI::postgresql STATIC IMPORTED)
  set_target_properties(SOCI::postgresql PROPERTIES IMPORTED_LOCATION "${SOCI_POSTGRESQL_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SOCI_POSTGRESQL_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "SOCI::core;${SOCI_PQ_LIBRARY}")
endif()
