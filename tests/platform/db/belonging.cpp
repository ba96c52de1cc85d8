// Whose a database is, and time that only passes while it is used.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

struct FakeWall final : Clock {
    explicit FakeWall(Time t) : at(t) {}
    Time now() const override { return at; }
    Time at;
};

struct Kept {
    std::string id;
    Time lived;
    std::int64_t last_id = 0;
};

Kept kept(db::Database& database) {
    auto const row = database.read([](db::Connection& c) -> Result<Kept> {
        auto const [id, lived, last] =
            c.one<std::string, Time, std::int64_t>("SELECT installation_id, lived, last_id FROM installation").value();
        return Kept{id, lived, last};
    });
    REQUIRE(row);
    return *row;
}

} // namespace

TEST_CASE("a database says whose it is, and first of all whether it is in use") {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        TempDatabase database("t", note_table, dialect);
        CHECK(database->belonging().in_use);
        CHECK(database->belonging().installation == "");
        database->belong_to("one");
        CHECK(database->belonging().installation == "one");
        database->belong_to("another");
        CHECK(kept(*database).id == "another");
    }
    auto const dir = std::filesystem::temp_directory_path() / ("videa-test-belonging-" + std::to_string(::getpid()));
    auto empty = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0});
    CHECK_FALSE(empty->belonging().in_use);
    empty->migrate(std::span<EmbeddedFile const>{}); // a ledger, and nothing in it
    CHECK_FALSE(empty->belonging().in_use);
    empty.reset();
    std::filesystem::remove_all(dir);
}

TEST_CASE("lived time goes on where it was kept, whatever the wall clock has done meanwhile") {
    on_each_engine([](db::Database& database) {
        database.belong_to("one");
        auto const began = database.lived();
        database.live(std::chrono::hours(40));
        CHECK(database.lived() == began + 40h);
        REQUIRE(database.keep_lived());
        CHECK(kept(database).lived == began + 40h);
        database.live(1h); // of a run that was killed before it could keep that
        database.belong_to("one");
        CHECK(database.lived() == began + 40h);
        // Five days off, two years forward, back to 1970: not part of it.
        FakeWall const wall{Time{}};
        CHECK(database.as_wall(database.lived() + 1h, wall) == Time{} + 1h);
    });
}

TEST_CASE("an earlier version's data begins to live at the last thing that happened in it") {
    on_each_engine([](db::Database& database) {
        auto const last_week = system_clock().now() - std::chrono::hours(24 * 7);
        REQUIRE(database.write([&](db::Transaction& tx) -> Result<> {
            return tx->run("INSERT INTO outbox (name, version, payload, created_at) VALUES ('a', 1, '{}', ?)", last_week), Result<>{};
        }));
        database.belong_to("one");
        CHECK(database.lived() == last_week);
    });
}

TEST_CASE("ids rise across a start with a clock that is behind") {
    TempDatabase database("t", note_table);
    database->belong_to("one");
    auto const far = next_id() + (std::int64_t{1} << 40); // as if made by a clock days ahead
    REQUIRE(
        database->write([&](db::Transaction& tx) -> Result<> { return tx->run("UPDATE installation SET last_id = ?", far), Result<>{}; }));
    database->belong_to("one");
    CHECK(next_id() > far);
}
