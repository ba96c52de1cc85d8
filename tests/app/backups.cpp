// Backups by the real executable: beside a running server and without one, held against themselves, put back, refused.
#include "support.hpp"

#include <sqlite3.h>

#include <fstream>
#include <sys/stat.h>

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> sets_for(std::string const& url) {
    return url.empty() ? std::vector<std::string>{} : std::vector<std::string>{"database.url=" + url};
}

// Whole ones, by name.
std::vector<fs::path> whole(fs::path const& dir) {
    std::vector<fs::path> out;
    for (auto const& entry : fs::directory_iterator(dir))
        if (entry.path().filename().string().size() == 16) out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
}

Ran told(fs::path const& data, std::vector<std::string> const& words, std::vector<std::string> const& sets = {}) {
    return run(command(data, words, sets), "/");
}

bool says(Ran const& ran, std::string const& what) { return (ran.out + ran.err).find(what) != std::string::npos; }

void drop_schemas(std::string const& url) {
    for (auto const* module : {"user", "content", "media", "social", "moderation"})
        run({"psql", "-X", "-q", "-c", std::string("DROP SCHEMA IF EXISTS videa_") + module + " CASCADE", url});
}

void overwrite(fs::path const& file, std::string const& bytes, std::streamoff at) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(at);
    out << bytes;
    REQUIRE(out.flush());
}

nlink_t names_of(fs::path const& file) {
    struct stat info{};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    return info.st_nlink;
}

// A film that is ready, with so many bytes.
void add_film(fs::path const& data, std::string const& id, std::string const& source) {
    auto const folder = data / "media/files" / id;
    fs::create_directories(folder / "r1");
    std::ofstream(folder / "source") << source;
    std::ofstream(folder / "r1/master.m3u8") << "#EXTM3U\n";
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open((data / "media.db").c_str(), &database) == SQLITE_OK);
    auto const sql = "INSERT INTO medium (id, owner_id, filename, metadata, size, received, status, playable, run, created_at) VALUES (" +
                     id + ", 1, 'film.mkv', '', " + std::to_string(source.size()) + ", " + std::to_string(source.size()) +
                     ", 'READY', 1, 1, 0)";
    CHECK_MESSAGE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(database));
    sqlite3_close(database);
}

} // namespace

TEST_CASE("what a running server backs up starts again elsewhere and is well") {
    std::vector<std::string> engines{""};
    if (auto const* url = postgres()) engines.emplace_back(url);
    for (auto const& url : engines) {
        CAPTURE(url.empty());
        Folder folder;
        auto const data = folder.path / "data", backups = folder.path / "backups", other = folder.path / "other";
        auto const sets = sets_for(url);
        if (!url.empty()) drop_schemas(url);
        {
            Server server(data, sets);
            join(server, "ada");
            auto const made = told(data, {"backup", backups.string()}, sets);
            CHECK_MESSAGE(made.status == 0, made.out << made.err);
            join(server, "later");
            CHECK(read_file(data / "backup-status").find("lastGood") != std::string::npos);
            CHECK(server.get("/metrics").body.find("videa_backup_age_seconds nan") == std::string::npos);
            // Two of the same second have names of their own.
            CHECK(told(data, {"backup", backups.string()}, sets).status == 0);
            REQUIRE(whole(backups).size() == 2);
            // Nobody without the secret begins one, and no administrator of the community alone.
            auto const boss = appoint(server, "boss", "ADMIN").access;
            CHECK(server.ask("POST", "/api/admin/backups", boss, R"({"dir":"/tmp/x"})").id() == "auth.operator");
            CHECK(server.ask("POST", "/api/admin/backups", {}, R"({"dir":"/tmp/x"})").status == 401);
            CHECK(server.ask("POST", "/api/admin/backups", "operator.1.x", R"({"dir":"/tmp/x"})").status == 401);
            auto const inside = told(data, {"backup", (data / "here").string()}, sets);
            CHECK_MESSAGE((inside.status != 0 && says(inside, "lies in the data folder")), inside.err);
            CHECK(server.stop() == 0);
        }
        for (auto const& entry : fs::recursive_directory_iterator(backups))
            CHECK_MESSAGE((entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none, entry.path());
        auto const first = whole(backups).front();
        auto const verified = told(data, {"backup", "verify", first.string()});
        CHECK_MESSAGE(verified.status == 0, verified.out << verified.err);
        auto const full = told(data, {"restore", first.string()}, sets);
        CHECK_MESSAGE((full.status != 0 && says(full, "is not empty")), full.out << full.err);
        if (!url.empty()) {
            auto const taken = told(other, {"restore", first.string()}, sets);
            CHECK_MESSAGE((taken.status != 0 && says(taken, "has tables")), taken.out << taken.err);
            drop_schemas(url);
            fs::remove_all(other);
        }
        auto const back = told(other, {"restore", first.string()}, sets);
        REQUIRE_MESSAGE(back.status == 0, back.out << back.err);
        auto const doctor = told(other, {"doctor"}, sets);
        CHECK_MESSAGE(says(doctor, "record of decisions: 0 rows"), doctor.out);
        CHECK_MESSAGE(!says(doctor, "database:"), doctor.out);
        Server again(other, sets);
        CHECK(again.ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":"ada","password":")" + std::string(password) + "\"}").status ==
              200);
        CHECK(
            again.ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":"later","password":")" + std::string(password) + "\"}").status ==
            401);
        // What counts by itself goes on where it was: an event of a number that listeners know is never heard.
        join(again, "new_one");
        CHECK(again.wait_until([&] { return again.get("/health").json().at("problems").as_array().empty(); }));
        CHECK(again.stop() == 0);
    }
}

TEST_CASE("films are kept by another name, once, and a film without its file is named") {
    Folder folder;
    auto const data = folder.path / "data", backups = folder.path / "backups";
    { Server(data).stop(); }
    add_film(data, "4100000000000000001", std::string(3 << 20, 'f'));
    auto const source = "media/files/4100000000000000001/source";
    CHECK(told(data, {"backup", backups.string()}).status == 0);
    CHECK(told(data, {"backup", backups.string()}).status == 0);
    CHECK(names_of(data / source) == 3);
    for (auto const& backup : whole(backups)) {
        auto const verified = told(data, {"backup", "verify", backup.string()});
        CHECK_MESSAGE((verified.status == 0 && says(verified, "1 films")), verified.out << verified.err);
    }
    // Deleted, it stays in both.
    fs::remove_all(data / "media/files/4100000000000000001");
    CHECK(told(data, {"backup", "verify", backups.string()}).status == 0);
    CHECK(told(data, {"backup", backups.string()}).status == 0);
    auto const lost = told(data, {"backup", "verify", backups.string()});
    CHECK_MESSAGE((lost.status != 0 && says(lost, "The film 4100000000000000001 has no file")), lost.out << lost.err);
    // What comes back is no second name: nothing done to it reaches the backup.
    auto const other = folder.path / "other";
    CHECK(told(other, {"restore", whole(backups).front().string()}).status == 0);
    CHECK(names_of(other / source) == 1);
    CHECK(read_file(other / source) == std::string(3 << 20, 'f'));
}

TEST_CASE("what is half, changed, missing or newer is never put back") {
    Folder folder;
    auto const data = folder.path / "data", backups = folder.path / "backups", other = folder.path / "other";
    { Server(data).stop(); }
    fs::create_directories(backups / "20200101T000000Z.half");
    std::ofstream(backups / "20200101T000000Z.half/manifest.json") << "{}";
    auto const none = told(other, {"restore", backups.string()});
    CHECK_MESSAGE((none.status != 0 && says(none, "only one that was cut off")), none.err);
    auto const made = told(data, {"backup", backups.string()});
    CHECK_MESSAGE((made.status == 0 && says(made, "Removed " + (backups / "20200101T000000Z.half").string())), made.out << made.err);
    auto const backup = whole(backups).front();
    auto const refused = [&](std::string const& why) {
        for (auto const& words : {std::vector<std::string>{"backup", "verify", backup.string()}, {"restore", backup.string()}}) {
            auto const ran = told(other, words);
            CHECK_MESSAGE((ran.status != 0 && says(ran, why)), ran.out << ran.err);
        }
        CHECK(!fs::exists(other / "user.db"));
    };
    auto const database = backup / "databases/user.db";
    auto const before = read_file(database);
    overwrite(database, "X", std::streamoff(before.size() / 2));
    refused("user.db is not what was saved");
    fs::resize_file(database, before.size() - 4096);
    refused("user.db has");
    std::ofstream(database, std::ios::binary) << before;
    CHECK(told(data, {"backup", "verify", backup.string()}).status == 0);
    fs::rename(backup / "folder/secret", folder.path / "secret");
    refused("folder/secret is missing");
    fs::rename(folder.path / "secret", backup / "folder/secret");
    auto const manifest = read_file(backup / "manifest.json");
    auto newer = manifest;
    newer.replace(newer.find("\"schema\":") + 9, 1, "99");
    std::ofstream(backup / "manifest.json") << newer;
    auto const ran = told(other, {"restore", backup.string()});
    CHECK_MESSAGE((ran.status != 0 && says(ran, "this version knows")), ran.out << ran.err);
    std::ofstream(backup / "manifest.json") << manifest.substr(0, manifest.size() / 2);
    refused("damaged");
    fs::remove(backup / "manifest.json");
    refused("no whole backup");
}

TEST_CASE("the server makes backups by itself, keeps as many as it is told, and says when it cannot") {
    Folder folder;
    auto const data = folder.path / "data", backups = folder.path / "backups";
    std::vector<std::string> const sets{"backup.dir=" + backups.string(), "backup.keep=2"};
    for (auto const* name : {"20200101T000000Z", "20200102T000000Z"}) fs::create_directories(backups / name);
    {
        Server server(data, sets);
        CHECK(server.wait_for_log("backup.made"));
        CHECK(server.stop() == 0);
    }
    REQUIRE(whole(backups).size() == 3); // what is no backup is nobody's to remove
    auto const latest = whole(backups).back().filename();
    for (auto const* name : {"20210101T000000Z", "20210102T000000Z"}) {
        fs::copy(backups / latest, backups / name, fs::copy_options::recursive);
    }
    fs::remove(data / "backup-status");
    {
        Server server(data, sets);
        CHECK(server.wait_for_log("backup.made"));
        CHECK(server.wait_for_log("\"folder\":\"" + (backups / "20210101T000000Z").string()));
        CHECK(server.stop() == 0);
    }
    CHECK(!fs::exists(backups / "20210101T000000Z"));
    CHECK(!fs::exists(backups / "20210102T000000Z"));
    CHECK(fs::exists(backups / latest));
    // A folder that cannot be: a problem by its name, and a sentence in the status file.
    fs::remove(data / "backup-status");
    std::ofstream(folder.path / "file") << "x";
    Server server(data, {"backup.dir=" + (folder.path / "file/below").string()});
    CHECK(server.wait_for_log("backup.failed"));
    CHECK(server.wait_until([&] { return server.get("/health").body.find("\"backup.old\"") != std::string::npos; }));
    CHECK(server.get("/health/ready").status == 200);
    CHECK(server.get("/metrics").body.find("videa_backup_failures_total 1") != std::string::npos);
    CHECK(read_file(data / "backup-status").find("\"sentence\":\"") != std::string::npos);
}

TEST_CASE("a snapshot that is put back beside another's log is named by who looks and mended by a start") {
    Folder folder;
    auto const data = folder.path / "data", backups = folder.path / "backups";
    { Server(data).stop(); }
    CHECK(told(data, {"backup", backups.string()}).status == 0);
    {
        Server server(data);
        join(server, "lost");
        server.stop(SIGKILL);
    }
    REQUIRE(fs::file_size(data / "user.db-wal") > 0);
    fs::copy_file(whole(backups).front() / "databases/user.db", data / "user.db", fs::copy_options::overwrite_existing);
    auto const doctor = told(data, {"doctor"});
    CHECK_MESSAGE((doctor.status != 0 && says(doctor, "was put back beside user.db-wal")), doctor.out);
    CHECK(fs::file_size(data / "user.db-wal") > 0);
    {
        Server server(data);
        CHECK(
            server.ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":"lost","password":")" + std::string(password) + "\"}").status ==
            401);
        join(server, "again");
        CHECK(server.stop() == 0);
    }
    CHECK(fs::exists(data / "snapshots/user.db-wal.left"));
}

TEST_CASE("an upgrade says beforehand what it will do, and changes nothing") {
    Folder folder;
    auto const data = folder.path / "data";
    restore(fs::path(MOZI_SOURCE_DIR) / "tests/releases/2026-11-29", data);
    auto const check = told(data, {"upgrade", "--check"});
    CHECK_MESSAGE(check.status == 0, check.out << check.err);
    for (auto const* part : {"0003_effects.sql", "tried on a copy: all went through", "MiB are free", "videa-mozi backup"})
        CHECK_MESSAGE(says(check, part), check.out);
    CHECK(!fs::exists(data / "snapshots"));
    // Data of the version before is backed up by the new one, before anything is done to it.
    CHECK(told(data, {"backup", (folder.path / "backups").string()}).status == 0);
    CHECK(told(data, {"backup", "verify", (folder.path / "backups").string()}).status == 0);
    CHECK(told(data, {"migrate"}).status == 0);
    auto const after = told(data, {"upgrade", "--check"});
    CHECK_MESSAGE(says(after, "a start changes nothing"), after.out);
    CHECK_MESSAGE(says(after, "user.before-"), after.out);
    auto const back = told(folder.path / "other", {"restore", (folder.path / "backups").string()});
    CHECK_MESSAGE((back.status == 0 && says(back, "of an earlier version")), back.out << back.err);
    Server server(folder.path / "other");
    CHECK(server.stop() == 0);
}
