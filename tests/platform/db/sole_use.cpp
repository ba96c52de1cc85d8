// One server on one PostgreSQL database; several schemas brought up to date as one.
#include "support.hpp"

#include <mozi/db/sole_use.hpp>
#include <mozi/db/upgrade.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace mozi;
using namespace mozi::test;

namespace {

// A module's database of that name, as another program sees the server.
std::unique_ptr<db::Database> beside(std::string const& name) {
    auto const dir = std::filesystem::temp_directory_path();
    return db::Database::open({.name = name, .dir = dir, .url = postgres(), .min_free_bytes = 0});
}

std::int64_t number(db::Database& database, std::string_view sql) {
    auto const found =
        database.read([&](db::Connection& c) -> Result<std::int64_t> { return std::get<0>(c.one<std::int64_t>(sql).value()); });
    REQUIRE(found);
    return *found;
}

std::string_view const lock_session =
    "SELECT CAST(coalesce(max(pid), 0) AS bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1447644751";

void end_lock_session(db::Database& database) {
    number(database, "SELECT CAST(count(pg_terminate_backend(pid)) AS bigint) FROM pg_locks "
                     "WHERE locktype = 'advisory' AND classid = 1447644751 AND granted");
}

template <class F>
bool within_10_s(F&& done) {
    for (int i = 0; i < 200; ++i, std::this_thread::sleep_for(std::chrono::milliseconds(50)))
        if (done()) return true;
    return false;
}

using Patience = std::chrono::milliseconds;

} // namespace

TEST_CASE("a second server on one PostgreSQL database is refused by name, and let in when the first has ended") {
    if (!postgres()) return skip("no PostgreSQL: MOZI_TEST_POSTGRES");
    auto first = std::make_unique<db::SoleUse>(postgres(), "videa-mozi, process 1 on elsewhere", Patience(5000), nullptr);
    try {
        db::SoleUse const second(postgres(), "videa-mozi, process 2 on here", Patience(0), nullptr);
        FAIL("two of them");
    } catch (db::InUse const& refused) {
        std::string const said = refused.what();
        for (auto const* part :
            {"uses the database at database.url", "\"videa-mozi, process 1 on elsewhere\"", "of PostgreSQL", "database of its own"})
            CHECK_MESSAGE(said.find(part) != said.npos, said);
    }
    first.reset();
    db::SoleUse const second(postgres(), "videa-mozi, process 2 on here", Patience(5000), nullptr);
}

TEST_CASE("a lock that went with its connection is taken again, and who finds it with another says so once") {
    if (!postgres()) return skip("no PostgreSQL: MOZI_TEST_POSTGRES");
    auto const watcher = beside("t");
    std::mutex mutex;
    std::vector<std::string> told;
    auto const said = [&](std::string const& why) {
        std::scoped_lock const held(mutex);
        told.push_back(why);
    };
    db::SoleUse const first(postgres(), "videa-mozi, process 1 on elsewhere", Patience(5000), said);
    auto const before = number(*watcher, lock_session);
    REQUIRE(before != 0);
    end_lock_session(*watcher);
    CHECK(within_10_s([&] { return number(*watcher, lock_session) != 0 && number(*watcher, lock_session) != before; }));
    CHECK(told.empty());
    end_lock_session(*watcher);
    db::SoleUse const second(postgres(), "videa-mozi, process 2 on here", Patience(5000), nullptr); // quicker than the first's next look
    CHECK(within_10_s([&] {
        std::scoped_lock const held(mutex);
        return !told.empty();
    }));
    CHECK(told.size() == 1);
    if (!told.empty()) CHECK_MESSAGE(told[0].find("process 2 on here") != std::string::npos, told[0]);
}

TEST_CASE("on PostgreSQL a step that fails leaves every schema as it was, those before it too") {
    if (!postgres()) return skip("no PostgreSQL: MOZI_TEST_POSTGRES");
    auto const names = {"together_a", "together_b", "together_c"};
    auto const drop = [&] {
        auto const database = beside("t");
        for (std::string const name : names)
            REQUIRE(database->write(
                [&](db::Transaction& tx) -> Result<> { return tx->run("DROP SCHEMA IF EXISTS videa_" + name + " CASCADE"), Result<>{}; }));
    };
    drop();
    std::vector<EmbeddedFile> const one{{"0001_a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY) STRICT;\n"}};
    auto two = one;
    two.push_back({"0002_b.sql", "CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT;\n"});
    auto faulty = one;
    faulty.push_back({"0002_b.sql", "CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT;\nINSERT INTO nowhere VALUES (1);\n"});
    auto const bring = [&](std::vector<EmbeddedFile> const& third) {
        return db::migrate_together(
            postgres(), {{"together_a", {{"schema", two}}}, {"together_b", {{"schema", two}}}, {"together_c", {{"schema", third}}}});
    };
    auto const tables = [&](std::string const& name) { return beside(name)->tables().value(); };
    CHECK(db::migrate_together(postgres(), {{"together_a", {{"schema", one}}}, {"together_c", {{"schema", one}}}}) == 2);
    try {
        bring(faulty);
        FAIL("it did not fail");
    } catch (db::Failure const& failure) {
        CHECK_MESSAGE(failure.text.find("0002_b.sql of together_c failed and was undone") != std::string::npos, failure.text);
        CHECK_MESSAGE(failure.text.find("All schemas of the database are as they were") != std::string::npos, failure.text);
    }
    std::vector<std::string> const as_before{"a", "schema_migration"};
    CHECK(tables("together_a") == as_before);
    CHECK(tables("together_b").empty());
    CHECK(tables("together_c") == as_before);
    CHECK(bring(two) == 4);
    CHECK(tables("together_c") == std::vector<std::string>{"a", "b", "schema_migration"});
    CHECK(bring(two) == 0);
    drop();
}
