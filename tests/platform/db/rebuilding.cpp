// Steps that reach far: a table others refer to is made anew, what a step leaves dangling is refused, and a step's text may hold anything.
#include "support.hpp"

#include <fstream>
#include <map>
#include <thread>

using namespace mozi;
using namespace mozi::test;

namespace {

// A parent with an index and a trigger, children that go with it, a child without rows, and a view.
constexpr EmbeddedFile family_sqlite{"0001_family.sqlite.sql", R"(
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL, above INTEGER REFERENCES parent (id) ON DELETE CASCADE) STRICT;
CREATE INDEX parent_name ON parent (name);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE) STRICT;
CREATE INDEX child_parent ON child (parent_id);
CREATE TABLE childless (parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE) STRICT;
CREATE TABLE told (what TEXT NOT NULL) STRICT;
CREATE VIEW names AS SELECT name FROM parent;
CREATE TRIGGER child_told AFTER DELETE ON child BEGIN
    INSERT INTO told (what) SELECT CASE WHEN count(*) > 0 THEN 'left; alone' ELSE 'gone' END FROM parent WHERE id = OLD.parent_id;
    UPDATE told SET what = what || '.';
END;
INSERT INTO parent VALUES (1, 'one', NULL), (2, 'two', 1);
INSERT INTO child VALUES (10, 1), (11, 1), (20, 2);
)"};
constexpr EmbeddedFile family_postgres{"0001_family.postgres.sql", R"(
CREATE TABLE parent (id BIGINT PRIMARY KEY, name TEXT NOT NULL, above BIGINT REFERENCES parent (id) ON DELETE CASCADE);
CREATE INDEX parent_name ON parent (name);
CREATE TABLE child (id BIGINT PRIMARY KEY, parent_id BIGINT NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
CREATE INDEX child_parent ON child (parent_id);
CREATE TABLE childless (parent_id BIGINT REFERENCES parent (id) ON DELETE CASCADE);
CREATE TABLE told (what TEXT NOT NULL);
CREATE VIEW names AS SELECT name FROM parent;
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE found bigint;
BEGIN
    found := (SELECT count(*) FROM parent WHERE id = OLD.parent_id);
    INSERT INTO told (what) VALUES (CASE WHEN found > 0 THEN 'left; alone.' ELSE 'gone.' END);
    RETURN NULL;
END $body$;
CREATE TRIGGER child_told AFTER DELETE ON child FOR EACH ROW EXECUTE FUNCTION tell();
INSERT INTO parent VALUES (1, 'one', NULL), (2, 'two', 1);
INSERT INTO child VALUES (10, 1), (11, 1), (20, 2);
)"};
constexpr std::string_view new_parent = R"(
CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (length(name) > 0),
    above INTEGER REFERENCES parent_new (id) ON DELETE CASCADE,
    colour TEXT NOT NULL DEFAULT 'none') STRICT;
INSERT INTO parent_new (id, name, above) SELECT id, name, above FROM parent;
)";
// What reads the parent elsewhere goes before it and comes back after it.
constexpr std::string_view readers_go = "DROP VIEW names; DROP TRIGGER child_told;";
constexpr std::string_view readers_return = R"(
CREATE INDEX parent_name ON parent (name);
CREATE VIEW names AS SELECT name FROM parent;
CREATE TRIGGER child_told AFTER DELETE ON child BEGIN INSERT INTO told (what) VALUES ('gone.'); END;
)";
constexpr EmbeddedFile rebuilt_postgres{"0002_rebuilt.postgres.sql", R"(
DROP VIEW names;
ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey;
ALTER TABLE childless DROP CONSTRAINT childless_parent_id_fkey;
CREATE TABLE parent_new (id BIGINT PRIMARY KEY, name TEXT NOT NULL CHECK (length(name) > 0),
    above BIGINT REFERENCES parent_new (id) ON DELETE CASCADE,
    colour TEXT NOT NULL DEFAULT 'none');
INSERT INTO parent_new (id, name, above) SELECT id, name, above FROM parent;
DROP TABLE parent;
ALTER TABLE parent_new RENAME TO parent;
CREATE INDEX parent_name ON parent (name);
CREATE VIEW names AS SELECT name FROM parent;
ALTER TABLE child ADD CONSTRAINT child_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE;
ALTER TABLE childless ADD CONSTRAINT childless_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE;
)"};

struct Family {
    TempDatabase database;
    explicit Family(db::Dialect dialect = db::Dialect::sqlite) : database("t", std::vector{family_sqlite, family_postgres}, dialect) {}

    // On SQLite.
    std::string step(std::string const& sql) {
        return why(*database, {family_sqlite, family_postgres, {"0002_step.sqlite.sql", sql}, {"0002_step.postgres.sql", "SELECT 1;"}});
    }
    std::string text(std::string_view sql) {
        auto const row =
            database->read([&](db::Connection& c) -> Result<std::string> { return std::get<0>(c.one<std::string>(sql).value()); });
        return row ? *row : row.error().detail;
    }
    std::int64_t number(std::string_view sql) {
        return database->read([&](db::Connection& c) -> Result<std::int64_t> { return std::get<0>(c.one<std::int64_t>(sql).value()); })
            .value();
    }
    Result<> run(std::string_view sql) {
        return database->write([&](db::Transaction& tx) -> Result<> { return tx->run(sql), Result<>{}; });
    }
    std::string schema() { return text("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)"); }
};

bool mentions(std::string const& text, std::string_view what) { return text.find(what) != text.npos; }

} // namespace

TEST_CASE("a table with children is rebuilt by a migration without losing them") {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        Family family(dialect);
        auto const lite = std::string(readers_go) + std::string(new_parent) +
                          "DROP TABLE parent; ALTER TABLE parent_new RENAME TO parent;" + std::string(readers_return);
        REQUIRE(why(*family.database, {family_sqlite, family_postgres, {"0002_rebuilt.sqlite.sql", lite}, rebuilt_postgres}) == "");
        CHECK(family.number("SELECT count(*) FROM child") == 3);
        CHECK(family.number("SELECT count(*) FROM parent WHERE colour = 'none'") == 2);
        CHECK(family.number("SELECT count(*) FROM names") == 2);
        CHECK(family.number("SELECT above FROM parent WHERE id = 2") == 1);
        // And it is a parent as before: of its own rows as of others'.
        CHECK_FALSE(family.run("INSERT INTO child VALUES (30, 3)"));
        CHECK_FALSE(family.run("INSERT INTO childless VALUES (3)"));
        CHECK_FALSE(family.run("INSERT INTO parent VALUES (3, 'three', 4)"));
        REQUIRE(family.run("DELETE FROM parent WHERE id = 1"));
        CHECK(family.number("SELECT count(*) FROM child") == 0);
        CHECK(family.number("SELECT count(*) FROM parent") == 0);
        CHECK(family.number("SELECT count(*) FROM told") == 3);
    }
}

TEST_CASE("what a step on SQLite leaves dangling is named and undone") {
    Family family;
    auto const before = family.schema();
    auto const away = "ALTER TABLE parent RENAME TO parent_old; CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT) STRICT;"
                      "INSERT INTO parent SELECT id, name FROM parent_old; DROP TABLE parent_old;";
    struct {
        std::string sql;
        std::string_view says;
    } const table[] = {
        {"DELETE FROM parent WHERE id = 2;", "rows of the table child refer to rows of parent"},
        {std::string(readers_go) + away, "the table child refers to a table parent_old"},
        {std::string(readers_go) + "DELETE FROM child; DROP TABLE parent;", "the table child refers to a table parent"},
        {"DELETE FROM child; DROP TABLE child; DROP TABLE childless;" + std::string(new_parent) +
                "DROP TABLE parent; ALTER TABLE parent_new RENAME TO parent;",
            "view names"},
        {"DROP VIEW names;" + std::string(new_parent) + "DROP TABLE parent; ALTER TABLE parent_new RENAME TO parent;",
            "trigger child_told"},
        {"DROP TABLE told;", "trigger child_told"},
        {"CREATE TABLE lone (name TEXT REFERENCES told (what)) STRICT;", "foreign key mismatch"},
    };
    for (auto const& row : table) {
        auto const text = family.step(row.sql);
        CHECK_MESSAGE(mentions(text, row.says), text);
        CHECK_MESSAGE(mentions(text, "0002_step.sqlite.sql of t_"), text);
        CHECK(mentions(text, "was undone"));
        CHECK(family.schema() == before);
        CHECK(family.number("SELECT count(*) FROM child") == 3);
        CHECK_FALSE(family.run("INSERT INTO child VALUES (30, 3)")); // references are watched again, after a failure too
    }
    // A name that is meant for good takes everything along.
    REQUIRE(family.step("ALTER TABLE parent RENAME TO elder;") == "");
    CHECK(family.number("SELECT count(*) FROM names") == 2);
    CHECK_FALSE(family.run("INSERT INTO child VALUES (30, 3)"));
    REQUIRE(family.run("DELETE FROM elder WHERE id = 1"));
    CHECK(family.number("SELECT count(*) FROM child") == 0);
}

TEST_CASE("the engine itself tells statements apart, whatever their text holds") {
    struct {
        std::string_view sqlite, postgres;
    } const texts[] = {
        {"", ""},
        {" \n;;\n ; -- nothing; at all", " \n;;\n ; -- nothing; at all"},
        {"/* a; 'b */ INSERT INTO told VALUES ('x;y''z;--'); /* ; */",
            "/* a; 'b */ INSERT INTO told VALUES ('x;y''z;--'); /* ; /* ; */ ; */"},
        {"-- it's; \"open\nINSERT INTO told VALUES ('x')", "-- it's; \"open\nINSERT INTO told VALUES ('x')"},
        {"CREATE TABLE \"odd; name\" (\"a;\"\"b\" TEXT, [c;d] TEXT, `e;f` TEXT); INSERT INTO \"odd; name\" VALUES ('1;', '2', '3');",
            "CREATE TABLE \"odd; name\" (\"a;\"\"b\" TEXT); INSERT INTO \"odd; name\" VALUES (E'1\\';');"},
        {"CREATE TRIGGER t1 AFTER INSERT ON told WHEN NEW.what <> 'end;' BEGIN UPDATE told SET what = CASE WHEN 1 THEN 'a; END;' ELSE 'b' "
         "END; "
         "/* END; */ DELETE FROM told WHERE 0; -- END;\n END; INSERT INTO told VALUES ('q');",
            "CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ DECLARE v text; n bigint := 1; BEGIN v := 'a; $t$ :p'; IF n::text = "
            "'1' THEN "
            "v := v || ';'; END IF; RETURN v; END; $$; CREATE FUNCTION g() RETURNS text LANGUAGE sql AS $t$ SELECT $$;$$ || f(); $t$; "
            "INSERT INTO told VALUES (g());"},
    };
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        for (auto const& text : texts) {
            auto const sql = dialect == db::Dialect::sqlite ? text.sqlite : text.postgres;
            CAPTURE(sql);
            Family family(dialect);
            CHECK(why(*family.database, {family_sqlite, family_postgres, {"0002_text.sqlite.sql", text.sqlite},
                                            {"0002_text.postgres.sql", text.postgres}}) == "");
            CHECK(family.number("SELECT count(*) FROM told") == (mentions(std::string(sql), "INTO told VALUES") ? 1 : 0));
            CHECK(family.number("SELECT count(*) FROM schema_migration") == 2);
        }
        Family family(dialect);
        for (auto const* broken :
            {"INSERT INTO told VALUES ('x'); CREATE TABLE half (", "INSERT INTO told VALUES ('x'); INSERT INTO told VALUES ('open)"})
            CHECK(why(*family.database, {family_sqlite, family_postgres, {"0002_text.sql", broken}}) != "");
        CHECK(family.number("SELECT count(*) FROM told") == 0);
    }
}

TEST_CASE("processes that migrate one PostgreSQL at once wait for each other") {
    auto const* url = postgres(Skipped::whole);
    if (!url) return;
    std::vector<EmbeddedFile> const files{family_sqlite, family_postgres,
        {"0002_slow.postgres.sql", "SELECT pg_sleep(0.3); CREATE TABLE slow (id bigint);"}, {"0002_slow.sqlite.sql", ""}};
    auto const name = "together_" + std::to_string(::getpid());
    std::atomic<int> steps{0};
    std::vector<std::string> failures(4);
    std::vector<std::thread> all;
    for (auto& failure : failures)
        all.emplace_back([&] {
            try {
                auto const database = db::Database::open({.name = name, .url = url});
                steps += database->migrate(mozi_platform_schema(), "platform") + database->migrate(files);
            } catch (std::exception const& cause) { failure = cause.what(); }
        });
    for (auto& each : all) each.join();
    for (auto const& failure : failures) CHECK(failure == "");
    CHECK(steps == int(mozi_platform_schema().size()) + 2);
    auto const database = db::Database::open({.name = name, .url = url});
    CHECK(database->write([&](db::Transaction& tx) -> Result<> { return tx->run("DROP SCHEMA videa_" + name + " CASCADE"), Result<>{}; }));
}

TEST_CASE("a step on PostgreSQL may take longer than a question may") {
    auto const* url = postgres(Skipped::whole);
    if (!url) return;
    auto const name = "long_" + std::to_string(::getpid());
    auto const database = db::Database::open({.name = name, .url = url, .read_limit = std::chrono::milliseconds(20)});
    CHECK(why(*database, {{"0001_slow.sqlite.sql", ""}, {"0001_slow.postgres.sql", "SELECT pg_sleep(0.5);"}}) == "");
    CHECK_FALSE(
        database->read([](db::Connection& c) -> Result<> { return c.one<std::string>("SELECT CAST(pg_sleep(0.5) AS text)"), Result<>{}; }));
    CHECK(database->write([&](db::Transaction& tx) -> Result<> { return tx->run("DROP SCHEMA videa_" + name + " CASCADE"), Result<>{}; }));
}

TEST_CASE("a database opened for looking is read and never touched") {
    auto const dir = std::filesystem::temp_directory_path() / ("videa-test-look-" + std::to_string(::getpid()) + "?#%41");
    std::filesystem::remove_all(dir);
    CHECK_THROWS_AS(db::Database::open({.name = "t", .dir = dir, .access = db::Access::look})->belonging(), db::Failure);
    CHECK_FALSE(std::filesystem::exists(dir));
    auto const written = [&] {
        std::map<std::string, std::pair<std::uintmax_t, std::filesystem::file_time_type>> out;
        for (auto const& file : std::filesystem::directory_iterator(dir))
            out[file.path().filename()] = {file.file_size(), file.last_write_time()};
        return out;
    };
    auto writer = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0});
    writer->migrate(note_table);
    REQUIRE(insert(*writer, 1, "one"));
    for (std::string const how : {"with a log", "without", "with a log of nothing"}) {
        CAPTURE(how);
        auto const before = written();
        CHECK(before.size() == (how == "with a log" ? 3 : how == "without" ? 1 : 2));
        {
            auto const looked = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0, .access = db::Access::look});
            CHECK(words(*looked) == std::vector<std::string>{"one"});
            CHECK(looked->check_schema(note_table));
            CHECK(looked->probe());
            CHECK_FALSE(insert(*looked, 2, "two"));
            CHECK_THROWS_AS(looked->migrate(note_table), db::Failure);
            looked->checkpoint();
        }
        CHECK(written() == before);
        writer.reset();
        if (how == "without") std::ofstream(dir / "t.db-wal") << "cut off";
    }
    std::filesystem::remove_all(dir);
    if (auto const* url = postgres()) {
        auto const looked = db::Database::open({.name = "nowhere", .url = url, .access = db::Access::look});
        CHECK_FALSE(looked->belonging().in_use);
        CHECK(id_of(looked->check_schema(note_table)) == "schema.older");
        CHECK_FALSE(looked->write([](db::Transaction& tx) -> Result<> { return tx->run("CREATE SCHEMA videa_nowhere"), Result<>{}; }));
        CHECK_THROWS_AS(looked->migrate(note_table), db::Failure);
    }
}

TEST_CASE("a database opened beside who writes shows each commit, and neither waits for it nor touches it") {
    auto const dir = std::filesystem::temp_directory_path() / ("videa-test-beside-" + std::to_string(::getpid()));
    std::filesystem::remove_all(dir);
    CHECK_THROWS_AS(db::Database::open({.name = "t", .dir = dir, .access = db::Access::beside})->belonging(), db::Failure);
    CHECK_FALSE(std::filesystem::exists(dir));
    {
        auto const writer = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0});
        writer->migrate(note_table);
        REQUIRE(insert(*writer, 1, "one"));
        auto const beside = db::Database::open({.name = "t", .dir = dir, .min_free_bytes = 0, .access = db::Access::beside});
        CHECK(words(*beside) == std::vector<std::string>{"one"});
        REQUIRE(insert(*writer, 2, "two"));
        CHECK(words(*beside).size() == 2);
        CHECK(beside->check_schema(note_table));
        REQUIRE(writer->write([&](db::Transaction& tx) -> Result<> {
            tx->run("INSERT INTO note (id, word) VALUES (3, 'three')");
            CHECK(words(*beside).size() == 2); // inside the unit, that nobody has seen yet
            return {};
        }));
        CHECK_FALSE(insert(*beside, 4, "four"));
        CHECK_THROWS_AS(beside->migrate(note_table), db::Failure);
        beside->checkpoint();
        CHECK(words(*writer).size() == 3);
    }
    std::filesystem::remove_all(dir);
}
