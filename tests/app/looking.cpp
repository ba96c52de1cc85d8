// Commands that look leave everything as it was: an earlier release's data, a later one's, an empty folder, none at all.
#include "support.hpp"
#include "tree.hpp"

#include <sqlite3.h>

#include <fstream>

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

struct Told {
    std::vector<std::string> words;
    int status;
    std::string says; // in what it prints
};

void check(fs::path const& data, std::vector<Told> const& all, std::vector<std::string> const& sets = {}) {
    for (auto const& told : all) {
        CAPTURE(told.words.front());
        auto const before = tree(data.parent_path());
        auto const ran = run(command(data, told.words, sets), "/");
        CHECK(tree(data.parent_path()) == before);
        CHECK_MESSAGE(ran.status == told.status, ran.out << ran.err);
        CHECK_MESSAGE((ran.out + ran.err).find(told.says) != std::string::npos, ran.out << ran.err);
    }
}

std::vector<Told> same_everywhere() {
    return {{{"openapi"}, 0, "\"openapi\""}, {{"config", "print"}, 0, "data"}, {{"config", "check"}, 0, "fine"},
        {{"config", "example"}, 0, "[data]"}, {{"version"}, 0, "videa-mozi "}, {{"--help"}, 0, "serve"}};
}

void run_sql(fs::path const& file, char const* sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    CHECK_MESSAGE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database));
    sqlite3_close(database);
}

} // namespace

TEST_CASE("looking at nothing makes nothing") {
    Folder folder;
    std::string const none = "The server's first start makes";
    std::vector<Told> const all{{{"doctor"}, 0, none}, {{"events", "dead"}, 69, none}, {{"events", "retry"}, 69, none},
        {{"media", "unknown"}, 69, none}, {{"media", "trash"}, 69, none}, {{"doctor", "--ready"}, 69, "No server runs"}};
    for (auto const* made : {"missing", "empty"}) {
        CAPTURE(made);
        check(folder.path / "data", all);
        check(folder.path / "data", same_everywhere());
        fs::create_directories(folder.path / "data");
        fs::permissions(folder.path / "data", fs::perms(0755));
    }
    if (auto const* url = postgres()) check(folder.path / "data", all, {std::string("database.url=") + url});
}

// proves S35
TEST_CASE("an earlier release's data is looked at, named as what it is, and left alone until a start") {
    Folder folder;
    auto const data = folder.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    std::string const way_out = "Start the server, or run videa-mozi migrate";
    check(data, same_everywhere());
    check(data,
        {{{"doctor"}, 69, "(schema.older)"}, {{"doctor"}, 69, way_out}, {{"events", "dead"}, 69, "0003_effects.sql has not been applied"},
            {{"events", "retry"}, 69, "(schema.older)"}, {{"media", "unknown"}, 69, way_out}, {{"media", "trash"}, 69, way_out}});
    CHECK(run(command(data, {"migrate"}), "/").status == 0);
    std::vector<Told> const current{{{"doctor"}, 0, "All is well."}, {{"events", "dead"}, 0, "0 dead events."},
        {{"media", "unknown"}, 0, "0 of 0"}, {{"media", "trash"}, 0, "0 folders"}};
    check(data, current);
    {
        Server server(data);
        join(server, "newcomer");
        CHECK(server.stop(SIGKILL) == 128 + SIGKILL);
    }
    REQUIRE(fs::file_size(data / "user.db-wal") > 0); // what is not in the file yet is read as well
    check(data, current);
    fs::remove(data / "user.db-shm"); // as in a copy
    check(data, current);
    run_sql(data / "user.db", "PRAGMA foreign_keys=0; "
                              "INSERT INTO session (id, account_id, ip_address, user_agent, created_at, last_used_at, expires_at) "
                              "VALUES (41, 77, 'x', 'x', 1, 1, 1)");
    check(data, {{{"doctor"}, 0, "user database: row 41 of the table session refers to a row of account that is not there"},
                    {{"doctor"}, 0, "DELETE FROM <table> WHERE rowid = <row>"}});
}

TEST_CASE("a later release's data is refused by those who look and by a start, before any database is changed") {
    Folder folder;
    auto const data = folder.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    run_sql(data / "social.db", "INSERT INTO platform_migration SELECT version + 90, name, sha256, applied_at FROM platform_migration;"
                                "INSERT INTO platform_migration SELECT version + 100, name, sha256, applied_at FROM platform_migration;");
    std::string const way_out = "Start that version, or restore a snapshot";
    check(data, {{{"doctor"}, 69, "(schema.newer)"}, {{"doctor"}, 69, "(schema.older)"}, {{"events", "dead"}, 69, "(schema."},
                    {{"events", "retry"}, 69, "(schema."}});
    check(data, {{{"doctor"}, 69, way_out}});
    auto const databases = [&] {
        std::string out;
        for (auto const* module : {"user", "content", "media", "social", "moderation"})
            out += read_file(data / (std::string(module) + ".db"));
        return out;
    };
    auto const before = databases();
    for (auto const* word : {"serve", "migrate"}) {
        auto const ran = run(command(data, {word}), "/");
        CHECK(ran.status == 69);
        CHECK_MESSAGE(ran.err.find(way_out) != std::string::npos, ran.err);
        CHECK(databases() == before);
        CHECK_FALSE(fs::exists(data / "snapshots"));
    }
}

// proves S35
TEST_CASE("a start that is refused changes no database, not even its kind of journal") {
    Folder folder;
    auto const data = folder.path / "data";
    { CHECK(Server(data).stop() == 0); }
    fs::create_directories(folder.path / "backup");
    for (auto const* module : {"user", "content", "media", "social", "moderation"}) { // as operations.md has it
        auto const name = std::string(module) + ".db";
        run_sql(data / name, ("VACUUM INTO '" + (folder.path / "backup" / name).string() + "'").c_str());
        for (auto const* beside : {"-wal", "-shm"}) fs::remove(data / (name + beside));
        fs::rename(folder.path / "backup" / name, data / name);
    }
    auto const refused = [&](std::string_view says) {
        for (auto const* word : {"serve", "migrate"}) {
            auto before = tree(data), after = before;
            auto const ran = run(command(data, {word}), "/");
            after = tree(data);
            for (auto* const found : {&before, &after}) found->erase((data / "lock").string());
            CHECK(after == before);
            CHECK(ran.status != 0);
            CHECK_MESSAGE(ran.err.find(says) != std::string::npos, ran.err);
        }
    };
    fs::rename(data / "social.db", folder.path / "social.db");
    refused("database of social is missing");
    fs::rename(folder.path / "social.db", data / "social.db");
    run_sql(data / "moderation.db", "INSERT INTO schema_migration SELECT version + 90, name, sha256, applied_at FROM schema_migration");
    refused("written by a newer videa-mozi");
    run_sql(data / "moderation.db", "DELETE FROM schema_migration WHERE version > 90");
    fs::permissions(data / "secret", fs::perms(0644));
    refused("chmod 600");
    fs::permissions(data / "secret", fs::perms(0600));
    Server server(data);
    CHECK(server.get("/health/ready").status == 200);
}

TEST_CASE("an upgrade that cannot have room is refused before any database is changed") {
    Folder folder;
    auto const data = folder.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    auto const whole = fs::file_size(data / "user.db");
    std::error_code failed;
    fs::resize_file(data / "user.db", std::uintmax_t(4) << 40, failed); // holes; SQLite reads as far as its header says
    if (failed) return skip("no file of 4 TiB here: " + failed.message());
    auto const ran = run(command(data, {"migrate"}), "/");
    CHECK(ran.status == 69);
    for (auto const& part : {data.string() + " has ", std::string(" bytes free"), std::string("needs 1319")}) // 12 TiB and a little
        CHECK_MESSAGE(ran.err.find(part) != std::string::npos, ran.err);
    CHECK_FALSE(fs::exists(data / "snapshots"));
    fs::resize_file(data / "user.db", whole);
    CHECK(run(command(data, {"doctor"}), "/").out.find("(schema.older)") != std::string::npos);
    CHECK(run(command(data, {"migrate"}), "/").status == 0);
}

TEST_CASE("what a start would refuse doctor finds, and a damaged file is named with the way out") {
    Folder folder;
    auto const data = folder.path / "data";
    { CHECK(Server(data).stop() == 0); }
    check(data, {{{"doctor"}, 0, "All is well."}});
    auto const secret = read_file(data / "secret");
    auto const refused = [&](std::string const& says) {
        check(data, {{{"doctor"}, 69, says}});
        auto const ran = run(command(data, {"serve"}), "/");
        CHECK(ran.status != 0);
        CHECK_MESSAGE(ran.err.find(says) != std::string::npos, ran.err);
    };
    fs::permissions(data / "secret", fs::perms(0644));
    refused("chmod 600");
    fs::permissions(data / "secret", fs::perms(0600));
    std::ofstream(data / "secret") << "short\n";
    refused("too short for a secret");
    std::ofstream(data / "secret") << std::string(250, 'x');
    refused("too long for a secret");
    fs::remove(data / "secret"), fs::create_directory(data / "secret");
    refused("is no file");
    fs::remove(data / "secret");
    std::ofstream(data / "secret") << secret;
    fs::permissions(data / "secret", fs::perms(0600));

    auto const whole = read_file(data / "media.db");
    std::ofstream(data / "media.db") << std::string(50'000, 'g');
    refused("media.db is damaged, or no database at all");
    refused("Restore it from a backup");
    std::ofstream(data / "media.db") << whole.substr(0, whole.size() / 2);
    check(data, {{{"doctor"}, 69, "media.db is damaged"}});
    std::ofstream(data / "media.db") << whole;
    run_sql(data / "social.db", "DROP TABLE reaction");
    check(data, {{{"doctor"}, 69, "tables are missing that its ledger says were made: reaction"}});
}
