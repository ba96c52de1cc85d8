// A start that is cut off while it migrates: by SIGKILL between any two statements, and by every statement failing.
#include "show.hpp"
#include "support.hpp"

#include "composition.hpp"
#include "installation.hpp"

#include <mozi/events/events.hpp>
#include <mozi/log/log.hpp>

#include <sqlite3.h>
#include <sys/wait.h>

#include <set>

using namespace mozi;
using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

int points_left = 0; // of this process, until it kills itself

int at_point(unsigned, void*, void*, void*) {
    if (--points_left == 0) ::kill(::getpid(), SIGKILL);
    return 0;
}

int watch(sqlite3* database, char**, void const*) { return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, at_point, nullptr); }

app::Settings settings(fs::path const& data, std::string const& url = {}) {
    app::Settings out;
    out.data.dir = data.string();
    out.data.min_free_bytes = 0;
    out.database.url = url;
    out.server.workers = out.server.hashers = 1;
    return out;
}

// What is cut off and then finished: a whole start, or one module's database.
using Start = std::function<void(fs::path const& data)>;

void whole_start(fs::path const& data) { app::House const house(settings(data), app::Purpose::describe, {}); }

Start one_module(std::string const& name) {
    return [name](fs::path const& data) {
        auto const database = db::Database::open({.name = name, .dir = data, .min_free_bytes = 0});
        database->migrate(mozi_platform_schema(), "platform");
        database->migrate(app::module_migrations().at(name));
    };
}

// False when it came to its end before the n-th statement.
bool killed_at(int point, Start const& start, fs::path const& data) {
    auto const child = ::fork();
    if (child == 0) {
        points_left = point;
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(watch));
        try {
            start(data);
        } catch (...) { ::_exit(1); }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK((WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)));
    return WIFSIGNALED(status);
}

std::string rows(db::Database& database, std::string_view sql) {
    std::string out;
    REQUIRE(database.read([&](db::Connection& c) -> Result<> {
        return c.each<std::string>(sql, [&](std::string const& row) { out += row + "\n"; }), Result<>{};
    }));
    return out;
}

std::string const sqlite_schema = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name";
std::string const postgres_schema = "SELECT CAST(table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || "
                                    "coalesce(column_default, '') AS text) AS line "
                                    "FROM information_schema.columns WHERE table_schema = current_schema() UNION ALL "
                                    "SELECT CAST(tablename || ' ' || regexp_replace(indexdef, ' ON [^ ]*', '') AS text) FROM pg_indexes "
                                    "WHERE schemaname = current_schema() "
                                    "UNION ALL SELECT CAST(conname || ' ' || pg_get_constraintdef(oid) AS text) FROM pg_constraint WHERE "
                                    "connamespace = CAST(current_schema() AS regnamespace) "
                                    "ORDER BY 1";
std::string const ledgers =
    "SELECT version || name || sha256 FROM platform_migration UNION ALL SELECT version || name || sha256 FROM schema_migration ORDER BY 1";

// Schema and ledgers of that file.
std::string schema_of(fs::path const& dir, std::string const& name) {
    auto const database = db::Database::open({.name = name, .dir = dir, .access = db::Access::look});
    return rows(*database, sqlite_schema) + rows(*database, ledgers);
}

std::map<std::string, std::string> schemas_in(fs::path const& data) {
    std::map<std::string, std::string> out;
    for (auto const name : app::module_names())
        if (fs::exists(data / (std::string(name) + ".db"))) out[std::string(name)] = schema_of(data, std::string(name));
    return out;
}

// In memory where there is such a folder: nothing here is about what a disk forgets.
struct Quick {
    fs::path path;
    Quick() {
        std::string name = (fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / "videa-test-kill-XXXXXX";
        REQUIRE(::mkdtemp(name.data()));
        path = name;
    }
    ~Quick() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

// Kills a start at every point, or at every `stride`th, each on a copy of `data`, and lets the next one finish. Returns the points.
int kill_everywhere(fs::path const& data, Start const& start, int stride, std::function<void(fs::path const&)> const& check) {
    auto const copy = [&](Quick const& folder) {
        fs::create_directories(folder.path / "data");
        if (!data.empty()) fs::copy(data, folder.path / "data", fs::copy_options::recursive);
        return folder.path / "data";
    };
    Quick const undisturbed;
    start(copy(undisturbed));
    auto const expected = schemas_in(undisturbed.path / "data");
    REQUIRE_FALSE(expected.empty());
    int point = 1;
    for (bool killed = true; killed; point += stride) {
        CAPTURE(point);
        Quick const folder;
        auto const here = copy(folder);
        killed = killed_at(point, start, here);
        start(here);
        REQUIRE(schemas_in(here) == expected);
        check(here);
    }
    return point;
}

constexpr int some = 37; // of a whole start's many; each statement has its turn in its module

} // namespace

TEST_CASE("a first start that is killed at any statement is finished by the next") {
    log::configure({"error", "text"});
    for (auto const& [name, migrations] : app::module_migrations()) {
        CAPTURE(name);
        CHECK(kill_everywhere({}, one_module(name), 1, [](fs::path const&) {}) > 40);
    }
    CHECK(kill_everywhere({}, whole_start, some, [](fs::path const&) {}) > 500);
}

// proves S31
TEST_CASE("an update that is killed at any statement is finished by the next, and the copy from before it stays") {
    log::configure({"error", "text"});
    Quick const once;
    auto const data = once.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    auto const before = schemas_in(data);
    // Of so many databases.
    auto const has_copies = [&](std::size_t wanted) {
        return [&before, wanted](fs::path const& here) {
            std::set<std::string> kept;
            for (auto const& file : fs::directory_iterator(here / "snapshots")) {
                auto const name = file.path().stem().string(), module = name.substr(0, name.find('.'));
                if (file.path().extension() == ".db" && schema_of(here / "snapshots", name) == before.at(module)) kept.insert(module);
            }
            REQUIRE(kept.size() == wanted);
        };
    };
    for (auto const& [name, migrations] : app::module_migrations()) {
        CAPTURE(name);
        CHECK(kill_everywhere(data, one_module(name), 1, has_copies(1)) > 20);
    }
    CHECK(kill_everywhere(data, whole_start, some, has_copies(before.size())) > 200);
}

TEST_CASE("whichever statement of a step fails, the step is undone and runs whole the next time") {
    log::configure({"error", "text"});
    std::vector<std::string> addresses{""};
    if (auto const* url = postgres()) addresses.push_back(url);
    for (auto const& address : addresses) {
        CAPTURE(address.empty());
        auto const other_form = std::string(address.empty() ? ".postgres.sql" : ".sqlite.sql");
        for (auto const& [module, own] : app::module_migrations()) {
            CAPTURE(module);
            Folder folder;
            auto const open = [&](std::string const& name) {
                return db::Database::open({.name = name, .dir = folder.path, .url = address, .min_free_bytes = 0});
            };
            auto const tried = open("tried_" + module), undisturbed = open("undisturbed_" + module);
            undisturbed->migrate(mozi_platform_schema(), "platform");
            undisturbed->migrate(own);
            auto const schema = [&](db::Database& database) { return rows(database, address.empty() ? sqlite_schema : postgres_schema); };
            tried->migrate(std::span<EmbeddedFile const>{}, "platform"),
                tried->migrate(std::span<EmbeddedFile const>{}); // the ledgers alone
            auto const each_step = [&](std::span<EmbeddedFile const> files, std::string const& ledger) {
                std::vector<EmbeddedFile> steps;
                for (auto const& file : files) {
                    if (file.path.ends_with(other_form)) continue;
                    CAPTURE(file.path);
                    auto const twin = std::string(file.path.substr(0, file.path.find('.'))) + other_form;
                    for (auto const& form : files)
                        if (form.path == twin) steps.push_back(form);
                    auto const before = schema(*tried);
                    for (std::size_t end = 0; end != std::string::npos; end = file.bytes.find(";\n", end + 1)) {
                        auto const text = std::string(file.bytes.substr(0, end ? end + 2 : 0)) + "INSERT INTO nowhere VALUES (1);\n" +
                                          std::string(file.bytes.substr(end ? end + 2 : 0));
                        steps.push_back({file.path, text});
                        CHECK_THROWS_AS(tried->migrate(steps, ledger), db::Failure);
                        steps.pop_back();
                        CHECK(schema(*tried) == before);
                    }
                    steps.push_back(file);
                    REQUIRE(tried->migrate(steps, ledger) == 1);
                }
            };
            each_step(mozi_platform_schema(), "platform");
            each_step(own, "schema");
            CHECK(schema(*tried) == schema(*undisturbed));
            CHECK(rows(*tried, ledgers) == rows(*undisturbed, ledgers));
            std::istringstream lines(schema(*undisturbed)); // words grow: a list of them would have to be rebuilt with its table
            auto const has = [](std::string const& line, char const* what) { return line.find(what) != line.npos; };
            for (std::string line; std::getline(lines, line);)
                CHECK_MESSAGE(!(has(line, "CHECK") && (has(line, "IN ('") || has(line, "ARRAY['"))), line);
            if (!address.empty())
                for (auto* const database : {tried.get(), undisturbed.get()})
                    CHECK(database->write([&](db::Transaction& tx) -> Result<> {
                        return tx->run("DROP SCHEMA videa_" + database->name() + " CASCADE"), Result<>{};
                    }));
        }
    }
}
