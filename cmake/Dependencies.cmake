# Everything that is not ours, as one target mozi_<name> each: parts link these names and never a library directly.
# All of it comes from Debian 12's packages, except SQLite (see below). Nothing is downloaded here.
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SOCI REQUIRED)
find_package(PkgConfig REQUIRED)
foreach(package IN ITEMS libsodium libbrotlienc libutf8proc tomlplusplus CLI11)
  pkg_check_modules(${package} REQUIRED QUIET IMPORTED_TARGET ${package})
endforeach()

function(mozi_dependency name)
  add_library(mozi_${name} INTERFACE)
  target_link_libraries(mozi_${name} INTERFACE ${ARGN})
endfunction()

# Asio and Beast are compiled once, in the one file of net that includes their src.hpp.
mozi_dependency(boost Boost::headers Threads::Threads)
target_compile_definitions(mozi_boost INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)

# Static where Debian offers it: the executable then needs fewer packages at run time.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
mozi_dependency(boost_json Boost::json mozi_boost)

mozi_dependency(openssl OpenSSL::SSL OpenSSL::Crypto)
mozi_dependency(zlib ZLIB::ZLIB)
mozi_dependency(sodium PkgConfig::libsodium)
mozi_dependency(brotli PkgConfig::libbrotlienc)
mozi_dependency(utf8proc PkgConfig::libutf8proc)
mozi_dependency(toml PkgConfig::tomlplusplus)
mozi_dependency(cli11 PkgConfig::CLI11)

include(Sqlite)
mozi_dependency(soci SOCI::sqlite3 SOCI::postgresql mozi_sqlite)

if(MOZI_TESTS)
  find_package(doctest REQUIRED)
  mozi_dependency(doctest doctest::doctest)
  target_compile_definitions(mozi_doctest INTERFACE DOCTEST_CONFIG_SUPER_FAST_ASSERTS)
endif()
