// The address of PostgreSQL: what is mistyped is told apart before libpq sees it, and no sentence repeats the password.
#include <doctest/doctest.h>

#include "support.hpp"

#include <mozi/db/settings.hpp>

using namespace mozi;

TEST_CASE("an address as PostgreSQL has it is taken") {
    for (std::string const url :
        {"", "postgresql://u:pw@host:5432/films", "postgres://u:pw@host/films", "postgresql://u@host/films", "postgresql://host/films",
            "postgresql:///films?host=/run/postgresql", "postgresql://u:a%25b%2Fc%40d%3A@[::1]:5432/films", "postgresql://u:p:w@host/films",
            "postgresql://u:pw@one:5432,two:5433/films", "postgresql://u:pw@host/films?sslmode=require"}) {
        CAPTURE(url);
        CHECK(db::fault_of_address(url) == "");
    }
}

TEST_CASE("a mistyped address is refused, with how to write it and without its password") {
    std::pair<std::string, std::string> const table[] = {{"postgresql//u:SECRETPW@127.0.0.1:1/films", "begins neither"},
        {"127.0.0.1:1", "begins neither"}, {"host=127.0.0.1 password=SECRETPW", "begins neither"},
        {"postgresql://u:SECRET%PW@127.0.0.1:1/films", "not what PostgreSQL"},
        {"postgresql://u:SECRET/PW@127.0.0.1:1/films", "exactly one @"}, {"postgresql://u:SECRET@PW@127.0.0.1:1/films", "exactly one @"},
        {"postgresql://u:SECRET?PW@127.0.0.1:1/films", "exactly one @"}, {"postgresql://u:SECRETPW", "port that is not a number"},
        {"postgresql://u:pw@127.0.0.1:SECRETPW/films", "port that is not a number"},
        {"postgresql://u:SECRET PW@127.0.0.1:1/films", "space"}, {"postgresql://u:pw@127.0.0.1:1/films?SECRETPW", "not what PostgreSQL"}};
    for (auto const& [url, says] : table) {
        CAPTURE(url);
        auto const what = db::fault_of_address(url);
        CHECK_MESSAGE(what.find(says) != what.npos, what);
        CHECK(what.find("% as %25, / as %2F, @ as %40, : as %3A, # as %23 and ? as %3F") != what.npos);
        CHECK(what.find("SECRET") == what.npos);
        CHECK(what.find("PW") == what.npos);
        try {
            db::Database::open({.name = "t", .dir = {}, .url = url});
            FAIL("it was opened");
        } catch (db::Failure const& failure) { CHECK_MESSAGE(failure.text.find("SECRET") == failure.text.npos, failure.text); }
    }
}

TEST_CASE("who does not answer is named, unless the password would be named with it") {
    try {
        db::Database::open({.name = "t", .dir = {}, .url = "postgresql://u:SECRETPW@127.0.0.1:1/films"});
        FAIL("it was opened");
    } catch (db::Failure const& failure) {
        CHECK_MESSAGE(failure.text.find("port 1 failed: Connection refused") != failure.text.npos, failure.text);
        CHECK(failure.text.find("SECRET") == failure.text.npos);
    }
    CHECK(db::without_address("could not find SE%CRET", "postgresql://u:SE%25CRET@host/films").find("CRET") == std::string::npos);
    CHECK(db::without_address("host unknown", "postgresql://u:SE%25CRET@host/films") == "host unknown");
}
