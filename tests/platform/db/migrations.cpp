// The migrator: in order, once, unchanged, undone when it fails, with a copy beforehand.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;

namespace {

constexpr EmbeddedFile first{"0001_notes.sql", note_table[0].bytes};
constexpr EmbeddedFile second{"0002_colour.sql", "-- it's a comment; with a semicolon\nALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'none; yet';\nCREATE INDEX note_colour ON note (colour);\n"};
constexpr EmbeddedFile third{"0003_more.sql", "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;"};

std::string why(db::Database& database, std::vector<EmbeddedFile> const& files) {
    try {
        database.migrate(files);
        return "";
    } catch (db::Failure const& failure) {
        return failure.text;
    }
}

} // namespace

TEST_CASE("pending migrations run once, in order, whatever order they are given in") {
    on_each_engine([](db::Database& database) {
        REQUIRE(insert(database, 1, "old"));
        std::vector<EmbeddedFile> const all{third, second, first};
        CHECK(database.migrate(all) == 2);
        CHECK(database.migrate(all) == 0);
        CHECK(database.read([](db::Connection& c) -> Result<std::string> { return std::get<0>(c.one<std::string>("SELECT colour FROM note").value()); }).value() == "none; yet");
    });
}

TEST_CASE("what must not run is refused with a sentence, and changes nothing") {
    on_each_engine([](db::Database& database) {
        std::vector<EmbeddedFile> const known{first, second};
        REQUIRE(database.migrate(known) == 1);
        auto changed = second;
        changed.bytes = "SELECT 1;";
        struct { std::vector<EmbeddedFile> files; std::string_view says; } const table[] = {
            {{first, changed, third}, "0002_colour.sql"},
            {{first}, "newer"},
            {{}, "newer"},
            {{first, third}, "without gaps"},
            {{second, third}, "without gaps"},
            {{first, second, {"0002_twice.sql", "SELECT 1;"}}, "without gaps"},
        };
        for (auto const& row : table) {
            auto const text = why(database, row.files);
            CHECK_MESSAGE(text.find(row.says) != text.npos, text);
        }
        CHECK(database.migrate(std::vector<EmbeddedFile>{first, second, third}) == 1); // third had not been made on the way
    });
}

TEST_CASE("a migration that fails half way is undone and can be tried again") {
    on_each_engine([](db::Database& database) {
        REQUIRE(insert(database, 1, "kept"));
        EmbeddedFile const broken{"0002_colour.sql", "CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; UPDATE note SET word = 'spoilt'; INSERT INTO nowhere VALUES (1);"};
        auto const text = why(database, {first, broken});
        CHECK_MESSAGE(text.find("0002_colour.sql of ") != text.npos, text);
        CHECK_MESSAGE(text.find("undone") != text.npos, text);
        CHECK(words(database) == std::vector<std::string>{"kept"});
        CHECK_FALSE(database.read([](db::Connection& c) -> Result<> { return c.one<std::int64_t>("SELECT count(*) FROM half"), Result<>{}; }));
        CHECK(database.migrate(std::vector<EmbeddedFile>{first, second}) == 1);
    });
}

TEST_CASE("before the first change to existing data there is a copy of it") {
    auto const dir = std::filesystem::temp_directory_path() / ("videa-test-snapshot-" + std::to_string(::getpid()));
    std::filesystem::remove_all(dir);
    auto database = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0});
    REQUIRE(database->migrate(std::vector{first}) == 1);
    CHECK_FALSE(std::filesystem::exists(dir / "snapshots")); // there was nothing yet
    REQUIRE(insert(*database, 1, "before"));
    REQUIRE(database->migrate(std::vector{first}) == 0);
    CHECK_FALSE(std::filesystem::exists(dir / "snapshots")); // nothing pending
    REQUIRE(database->migrate(std::vector{first, second, third}) == 2);
    std::vector<std::filesystem::path> copies(std::filesystem::directory_iterator(dir / "snapshots"), {});
    REQUIRE(copies.size() == 1);
    std::filesystem::create_directories(dir / "restored");
    std::filesystem::copy_file(copies[0], dir / "restored" / "t.db");
    auto const restored = db::Database::open({.name = "t", .dir = dir / "restored", .min_free_bytes = 0});
    CHECK(restored->migrate(std::vector{first}) == 0); // it is the state of before
    CHECK(words(*restored) == std::vector<std::string>{"before"});
    database.reset();
    std::filesystem::remove_all(dir);
}
