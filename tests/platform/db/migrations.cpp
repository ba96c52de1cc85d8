// The migrator: in order, once, unchanged, undone when it fails, with a copy beforehand.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;

namespace {

constexpr EmbeddedFile first{"0001_notes.sql", note_table[0].bytes};
constexpr EmbeddedFile second{"0002_colour.sql", "-- it's a comment; with a semicolon\nALTER TABLE note ADD COLUMN colour TEXT NOT NULL "
                                                 "DEFAULT 'none; yet';\nCREATE INDEX note_colour ON note (colour);\n"};
constexpr EmbeddedFile third{"0003_more.sql", "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;"};

} // namespace

// proves S31
TEST_CASE("pending migrations run once, in order, whatever order they are given in") {
    on_each_engine([](db::Database& database) {
        REQUIRE(insert(database, 1, "old"));
        std::vector<EmbeddedFile> const all{third, second, first};
        CHECK(database.migrate(all) == 2);
        CHECK(database.migrate(all) == 0);
        CHECK(database
                  .read([](db::Connection& c) -> Result<std::string> {
                      return std::get<0>(c.one<std::string>("SELECT colour FROM note").value());
                  })
                  .value() == "none; yet");
    });
}

TEST_CASE("what must not run is refused with a sentence, and changes nothing") {
    on_each_engine([](db::Database& database) {
        std::vector<EmbeddedFile> const known{first, second};
        REQUIRE(database.migrate(known) == 1);
        auto changed = second;
        changed.bytes = "SELECT 1;";
        struct {
            std::vector<EmbeddedFile> files;
            std::string_view says;
        } const table[] = {
            {{first, changed, third}, "0002_colour.sql"},
            {{first}, "newer"},
            {{}, "newer"},
            {{first, third}, "without gaps"},
            {{second, third}, "without gaps"},
            {{first, second, {"0002_twice.sql", "SELECT 1;"}}, "without gaps"},
            {{first, second, {"3_more.sql", "SELECT 1;"}}, "without gaps"},
            {{first, second, {"0003_more.sqlite.sql", "SELECT 1;"}}, "one for each"},
            {{first, second, {"0003_more.postgres.sql", "SELECT 1;"}}, "one for each"},
            {{first, second, third, {"0003_more.sqlite.sql", "SELECT 1;"}}, "one for each"},
            {{first, second, {"0003_more.sqlite.sql", "SELECT 1;"}, {"0003_less.postgres.sql", "SELECT 1;"}}, "one for each"},
            {{first, second, {"0003_more.mysql.sql", "SELECT 1;"}}, "one for each"},
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
        EmbeddedFile const broken{"0002_colour.sql",
            "CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; UPDATE note SET word = 'spoilt'; INSERT INTO nowhere VALUES (1);"};
        auto const text = why(database, {first, broken});
        CHECK_MESSAGE(text.find("0002_colour.sql of ") != text.npos, text);
        CHECK_MESSAGE(text.find("undone") != text.npos, text);
        CHECK(words(database) == std::vector<std::string>{"kept"});
        CHECK_FALSE(
            database.read([](db::Connection& c) -> Result<> { return c.one<std::int64_t>("SELECT count(*) FROM half"), Result<>{}; }));
        CHECK(database.migrate(std::vector<EmbeddedFile>{first, second}) == 1);
    });
}

TEST_CASE("a step may be written for each engine: the file that ran is the one that is recorded") {
    on_each_engine([](db::Database& database) {
        EmbeddedFile const lite{"0002_where.sqlite.sql", "CREATE TABLE place AS SELECT 'sqlite' AS name;"};
        EmbeddedFile const post{"0002_where.postgres.sql", "CREATE TABLE place AS SELECT CAST('postgres' AS text) AS name;"};
        REQUIRE(database.migrate(std::vector{post, first, lite}) == 1);
        auto const one = [&](std::string_view sql) {
            return database.read([&](db::Connection& c) -> Result<std::string> { return std::get<0>(c.one<std::string>(sql).value()); })
                .value();
        };
        auto const engine = std::string(database.dialect() == db::Dialect::sqlite ? "sqlite" : "postgres");
        CHECK(one("SELECT name FROM place") == engine);
        CHECK(one("SELECT name FROM schema_migration WHERE version = 2") == "0002_where." + engine + ".sql");
        auto other = engine == "sqlite" ? post : lite, own = engine == "sqlite" ? lite : post;
        other.bytes = "SELECT 1;"; // never ran here
        CHECK(why(database, {first, own, other}) == "");
        own.bytes = "SELECT 1;";
        CHECK(why(database, {first, own, other}).find("SHA-256") != std::string::npos);
    });
}

TEST_CASE("what the schema is beside these migrations is said without changing it") {
    on_each_engine([](db::Database& database) {
        std::vector const all{first, second};
        CHECK(id_of(database.check_schema(all)) == "schema.older");
        CHECK(database.check_schema(all).error().message.find("0002_colour.sql has not been applied") != std::string::npos);
        CHECK(id_of(database.check_schema(all, "another")) == "schema.older"); // no ledger at all
        REQUIRE(database.migrate(all) == 1);
        CHECK(database.check_schema(all));
        CHECK(id_of(database.check_schema(std::vector{first})) == "schema.newer");
        auto changed = second;
        changed.bytes = "SELECT 1;";
        CHECK(id_of(database.check_schema(std::vector{first, changed})) == "schema.changed");
    });
}

// proves S31
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
    // Both ledgers are behind: the copy is of before either, though their first steps are called alike.
    std::vector const before{first, second, third},
        after{first, second, third, EmbeddedFile{"0004_late.sql", "CREATE TABLE late (id INTEGER);"}};
    std::vector const platform{EmbeddedFile{"0001_late.sql", "CREATE TABLE early (id INTEGER);"}};
    std::vector const platform_later{platform[0], EmbeddedFile{"0002_late.sql", "CREATE TABLE later (id INTEGER);"}};
    REQUIRE(database->migrate(platform, "platform") == 1);
    database = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0});
    REQUIRE(database->migrate(platform_later, "platform") == 1);
    REQUIRE(database->migrate(after) == 1);
    copies.assign(std::filesystem::directory_iterator(dir / "snapshots"), {});
    CHECK(copies.size() == 2);
    std::filesystem::copy_file(dir / "snapshots/t.before-platform-0002_late.db", dir / "restored/u.db");
    auto const both = db::Database::open({.name = "u", .dir = dir / "restored", .min_free_bytes = 0});
    CHECK(both->check_schema(platform, "platform"));
    CHECK(both->check_schema(before));
    database.reset();
    std::filesystem::remove_all(dir);
}

TEST_CASE("a row that lost its parent long ago hinders no step, one that a step leaves without a parent undoes it") {
    TempDatabase database("t", note_table);
    REQUIRE(database->read([](db::Connection& c) -> Result<> { // as a tool without foreign keys leaves it
        for (auto const* sql : {"PRAGMA query_only=0", "PRAGMA foreign_keys=0", "INSERT INTO note (id, word, parent) VALUES (7, 'old', 99)",
                 "PRAGMA foreign_keys=1", "PRAGMA query_only=1"})
            c.run(sql);
        return {};
    }));
    EmbeddedFile const breaking{"0002_breaking.sql", "INSERT INTO note (id, word, parent) VALUES (8, 'new', 98);"};
    auto const text = why(*database, {first, breaking});
    CHECK_MESSAGE(text.find("0002_breaking.sql of t_") != text.npos, text);
    CHECK_MESSAGE(text.find("rows of the table note refer to rows of note that are not there") != text.npos, text);
    CHECK(words(*database) == std::vector<std::string>{"old"});
    CHECK(why(*database, {first, second, third}) == "");
    auto const orphans = database->orphans(10);
    REQUIRE(orphans);
    REQUIRE(orphans->size() == 1);
    CHECK(orphans->front().table == "note");
    CHECK(orphans->front().row == 7);
    CHECK(orphans->front().parent == "note");
    CHECK(database->check_pages());
}
