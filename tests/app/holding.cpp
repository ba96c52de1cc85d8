// Who has an installation to himself, as which user, and that an upgrade is whole or not at all.
#include "support.hpp"

#include <sqlite3.h>

#include <fstream>
#include <sys/stat.h>

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

void run_sql(fs::path const& file, std::string const& sql) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    CHECK_MESSAGE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database));
    sqlite3_close(database);
}

// What a database holds: schema and ledgers.
std::string content_of(fs::path const& file) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
    std::string out;
    auto const read = [](void* to, int, char** values, char**) {
        return *static_cast<std::string*>(to) += std::string(values[0]) + "\n", 0;
    };
    CHECK(sqlite3_exec(database,
              "SELECT coalesce(sql, name) FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY type, name; "
              "SELECT name || sha256 FROM platform_migration ORDER BY 1; SELECT name || sha256 FROM schema_migration ORDER BY 1",
              read, &out, nullptr) == SQLITE_OK);
    sqlite3_close(database);
    return out;
}

std::map<std::string, std::string> databases_in(fs::path const& data) {
    std::map<std::string, std::string> out;
    for (auto const* module : {"user", "content", "media", "social", "moderation"})
        out[module] = content_of(data / (std::string(module) + ".db"));
    return out;
}

std::vector<std::vector<std::string>> commands_that_change() {
    return {{"user", "create", "--username", "newcomer", "--email", "newcomer@example.org", "--password-stdin"}, {"events", "retry"},
        {"media", "unknown", "--to-trash"}, {"media", "trash", "--empty"}, {"audit", "accept", "--reason", "because"}};
}

Ran ask(fs::path const& data, std::vector<std::string> const& words, std::vector<std::string> const& sets = {}) {
    return run(command(data, words, sets), "/", std::string(password) + "\n");
}

std::vector<std::string> all_below(fs::path const& root) {
    std::vector<std::string> out;
    for (auto const& entry : fs::recursive_directory_iterator(root))
        out.push_back(entry.path().string() + " " + std::to_string(int(fs::status(entry).permissions())));
    std::sort(out.begin(), out.end());
    return out;
}

} // namespace

TEST_CASE("commands that change something make nothing where nothing is, and say what they took") {
    Folder folder;
    auto const data = folder.path / "data";
    auto all = commands_that_change();
    all.push_back({"installation", "adopt"});
    for (auto const* there : {"missing", "empty"}) {
        CAPTURE(there);
        for (auto const& words : all) {
            CAPTURE(words[0]);
            auto const ran = ask(data, words);
            CHECK(ran.status == 69);
            CHECK_MESSAGE(has(ran.err, words[0] == "installation" ? "nothing to adopt" : "The server's first start makes"), ran.err);
            CHECK_MESSAGE(has(ran.err, "(Data folder " + data.string() + ", from: --set data.dir; "), ran.err);
            CHECK(fs::exists(data) == (there == std::string("empty")));
        }
        fs::create_directories(data);
        if (there == std::string("missing")) fs::permissions(data, fs::perms(0755));
    }
    // The lock of `adopt` aside, which finds out beside nobody.
    fs::remove(data / "lock");
    CHECK(all_below(data).empty());
    CHECK((fs::status(data).permissions() & fs::perms(0777)) == fs::perms(0755));
}

TEST_CASE("commands that change something leave an earlier version's schema and everybody's rights alone") {
    Folder folder;
    auto const data = folder.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    auto const before = databases_in(data);
    for (auto const& words : commands_that_change()) {
        CAPTURE(words[0]);
        auto const ran = ask(data, words);
        CHECK(ran.status == 69);
        CHECK_MESSAGE(has(ran.err, "(schema.older)"), ran.err);
    }
    CHECK(databases_in(data) == before);
    CHECK(ask(data, {"migrate"}).status == 0);
    fs::permissions(data, fs::perms(0750));
    fs::permissions(data / "media", fs::perms(0750));
    for (auto const& words : commands_that_change()) {
        auto const ran = ask(data, words);
        CHECK_MESSAGE(ran.status == 0, ran.err);
    }
    CHECK((fs::status(data).permissions() & fs::perms(0777)) == fs::perms(0750));
    CHECK((fs::status(data / "media").permissions() & fs::perms(0777)) == fs::perms(0750));
}

TEST_CASE("root leaves no file in a service's folder that the service could not open, and hears how to run it") {
    if (geteuid() != 0) return skip("only root can give a folder to somebody");
    Folder folder;
    auto const data = folder.path / "data";
    { CHECK(Server(data).stop() == 0); }
    auto const give = [&](uid_t user) {
        REQUIRE(chown(data.c_str(), user, user) == 0);
        for (auto const& entry : fs::recursive_directory_iterator(data)) REQUIRE(chown(entry.path().c_str(), user, user) == 0);
    };
    give(1);
    auto const before = all_below(data);
    auto all = commands_that_change();
    for (auto const* word : {"serve", "migrate"}) all.push_back({word});
    all.push_back({"installation", "adopt"});
    for (auto const& words : all) {
        CAPTURE(words[0]);
        auto const ran = ask(data, words);
        CHECK(ran.status == 77);
        CHECK_MESSAGE(has(ran.err, " belongs to daemon, and this runs as root"), ran.err);
        CHECK_MESSAGE(has(ran.err, "sudo -u daemon in front"), ran.err);
    }
    CHECK(all_below(data) == before);
    CHECK(ask(data, {"doctor"}).status == 0); // who looks may
    give(54321);
    CHECK(has(ask(data, {"migrate"}).err, "setpriv --reuid 54321 --clear-groups in front"));
    auto const fresh = folder.path / "fresh"; // as a unit's StateDirectory before the first start
    fs::create_directories(fresh);
    REQUIRE(chown(fresh.c_str(), 1, 1) == 0);
    CHECK(ask(fresh, {"user", "create", "--new", "--username", "ada", "--email", "ada@example.org", "--password-stdin"}).status == 77);
    CHECK(fs::is_empty(fresh));
    fs::permissions(folder.path, fs::perms(0755)); // a folder of root's that may be written in, as container platforms mount it
    REQUIRE(chown(fresh.c_str(), 0, 1) == 0);
    fs::permissions(fresh, fs::perms(0770));
    auto argv = command(fresh, {"migrate"});
    argv.insert(argv.begin(), {"/usr/bin/setpriv", "--reuid", "1", "--regid", "1", "--clear-groups"});
    auto const ran = run(argv, "/");
    CHECK_MESSAGE(ran.status == 0, ran.err);
}

TEST_CASE("a data folder whose disk is not mounted becomes no new installation where none may begin") {
    Folder folder;
    auto const data = folder.path / "data", aside = folder.path / "aside";
    { CHECK(Server(data).stop() == 0); }
    { CHECK(Server(data, {"data.may_begin=false"}).stop() == 0); }
    fs::rename(data, aside);
    fs::create_directories(data); // the empty place it is mounted at
    for (auto const& words : {std::vector<std::string>{"serve"}, {"migrate"},
             {"user", "create", "--new", "--username", "ada", "--email", "ada@example.org", "--password-stdin"}}) {
        auto const ran = ask(data, words, {"data.may_begin=false"});
        CHECK(ran.status == 78);
        CHECK_MESSAGE(has(ran.err, "is a disk not mounted?"), ran.err);
    }
    fs::remove(data / "lock");
    CHECK(fs::is_empty(data));
}

TEST_CASE("a command that finds another at work says which process it is, and ends as one that may be tried again") {
    Folder folder;
    auto const data = folder.path / "data";
    {
        Server const server(data);
        for (auto const& words :
            {std::vector<std::string>{"events", "retry"}, {"media", "trash", "--empty"}, {"migrate"}, {"installation", "adopt"}}) {
            auto const ran = ask(data, words);
            CHECK(ran.status == 75);
            CHECK_MESSAGE(has(ran.err, ": process " + std::to_string(server.pid()) + " on "), ran.err);
        }
    }
    CHECK(ask(data, {"doctor", "--ready"}).status == 69); // the address of a server that has ended is nobody's
}

TEST_CASE("two servers with folders of their own do not share a PostgreSQL database") {
    if (!postgres()) return skip("no PostgreSQL: MOZI_TEST_POSTGRES");
    Folder folder;
    auto const one = folder.path / "one", two = folder.path / "two";
    auto const url = std::string("database.url=") + postgres();
    for (auto const* module : {"user", "content", "media", "social", "moderation"})
        run({"psql", "-q", "-c", "DROP SCHEMA IF EXISTS videa_" + std::string(module) + " CASCADE", postgres()});
    {
        Server server(one, {url});
        fs::copy(one, two, fs::copy_options::recursive); // with secret and mark, as a clone of a machine has it
        auto const refused = ask(two, {"serve"}, {url});
        CHECK(refused.status == 75);
        CHECK_MESSAGE(has(refused.err, "process " + std::to_string(server.pid()) + " on "), refused.err);
        CHECK(ask(two, {"migrate"}, {url}).status == 75);
        CHECK(server.get("/health/ready").status == 200);
        CHECK(server.stop(SIGKILL) == 128 + SIGKILL);
    }
    { CHECK(Server(two, {url}).stop() == 0); }
    for (auto const* module : {"user", "content", "media", "social", "moderation"})
        run({"psql", "-q", "-c", "DROP SCHEMA IF EXISTS videa_" + std::string(module) + " CASCADE", postgres()});
}

// proves S31
TEST_CASE("an upgrade of which a later database's step fails leaves every database as it was, and goes through once that is mended") {
    Folder folder;
    auto const data = folder.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    run_sql(data / "media.db", "CREATE TABLE effect (planted INTEGER)"); // which a step of the third module is about to make
    auto const before = databases_in(data);
    for (int i = 0; i < 2; ++i) { // again and again, as a service manager does
        auto const ran = ask(data, {i == 0 ? "serve" : "migrate"});
        CHECK(ran.status == 69);
        CHECK_MESSAGE(has(ran.err, " of media failed and was undone"), ran.err);
        CHECK_MESSAGE(has(ran.err, "Put back as they were before: user, content, media."), ran.err);
        CHECK(databases_in(data) == before);
        CHECK_FALSE(fs::exists(data / "upgrade"));
    }
    CHECK(has(ask(data, {"doctor"}).out, "(schema.older)"));
    // Cut off while they are put back: the next start goes on with it, and who looks says so.
    run_sql(data / "user.db", "CREATE TABLE half_done (id INTEGER)");
    fs::create_directories(data / "snapshots");
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", folder.path / "again");
    fs::rename(folder.path / "again/user.db", data / "snapshots/user.before-x.db");
    std::ofstream(data / "upgrade") << "user user.before-x.db\ncontent content.before-x.db\nback\n"; // content's is done already
    CHECK(has(ask(data, {"events", "dead"}).err, "putting them back was cut off"));
    run_sql(data / "media.db", "DROP TABLE effect");
    auto const ran = ask(data, {"migrate"});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK_FALSE(has(content_of(data / "user.db"), "half_done"));
    CHECK_FALSE(fs::exists(data / "upgrade"));
    CHECK(fs::exists(data / "snapshots"));
    CHECK(ask(data, {"doctor"}).status == 0);
}

TEST_CASE("a start on a database whose end is missing names the file and how to restore it, and an upgrade looks at every page first") {
    Folder folder;
    auto const data = folder.path / "data";
    { CHECK(Server(data).stop() == 0); }
    for (auto const* module : {"user", "content", "media", "social", "moderation"})
        run_sql(data / (std::string(module) + ".db"), "PRAGMA wal_checkpoint(TRUNCATE)");
    auto const whole = fs::file_size(data / "social.db");
    auto const kept = read_file(data / "social.db");
    fs::resize_file(data / "social.db", whole - 4096);
    for (auto const* word : {"serve", "migrate"}) {
        auto const ran = ask(data, {word});
        CHECK(ran.status == 69);
        CHECK_MESSAGE(
            has(ran.err, "The file " + (data / "social.db").string() + " is damaged: its end is missing, 4096 bytes. Restore it"), ran.err);
    }
    std::ofstream(data / "social.db", std::ios::binary) << kept;
    { CHECK(Server(data).stop() == 0); }

    auto const old = folder.path / "old";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", old);
    run_sql(old / "content.db", "PRAGMA wal_checkpoint(TRUNCATE)");
    {
        std::fstream file(old / "content.db", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4096 * 3);
        file << std::string(4096, '\x5a');
    }
    auto const ran = ask(old, {"migrate"});
    CHECK(ran.status == 69);
    CHECK_MESSAGE(has(ran.err, "content.db is damaged"), ran.err);
    CHECK_FALSE(fs::exists(old / "snapshots"));
}
