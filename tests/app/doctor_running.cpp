// Faults planted beside a running server: doctor names them, waits for nothing that hangs, and disturbs nobody.
#include "doctored.hpp"

#include <sys/stat.h>

#include <fstream>

using namespace mozi::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

double seconds_of(std::function<void()> const& f) {
    auto const began = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void set_time(fs::path const& file, long offset) {
    timespec const when[2]{{::time(nullptr) + offset, 0}, {::time(nullptr) + offset, 0}};
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), when, 0) == 0);
}

} // namespace

// proves S35
TEST_CASE("doctor finds beside a running server what is wrong with it, and nothing where all is well") {
    Folder folder;
    auto const data = folder.path / "data";
    Server server(data, {"server.metrics_token=a-token-of-some-length"});
    std::vector<std::string> const sets{"server.metrics_token=a-token-of-some-length"};
    auto const well = doctor(data, sets);
    CHECK_MESSAGE(well.status == 0, well.raw);
    for (auto const* id : {"server.silent", "port.taken", "data.shared", "clock.stepped", "jobs.stuck", "log.closed"})
        CHECK_MESSAGE(well.of(id).empty(), well.raw);
    CHECK(well.raw.find("a-token-of-some-length") == std::string::npos);

    // The same port, for another folder: by whom it is taken.
    auto const port = doctor(folder.path / "other", {"server.port=" + std::to_string(server.port())});
    check_told(port, "port.taken", "fault", "process " + std::to_string(server.pid()) + " (videa-mozi)", "server.port");

    // As a clock leaves it that was set back, or forward, by two hours since the start.
    set_time(data / "lock", 7200);
    check_told(doctor(data, sets), "clock.stepped", "fault", "set back by 2 hours", "timedatectl");
    set_time(data / "lock", -7200);
    check_told(doctor(data, sets), "clock.stepped", "look", "forward by", "what set the clock");
    set_time(data / "lock", 0);

    // A preparation that somebody has taken and that does nothing.
    fs::create_directories(data / "media/files/4711");
    run_sql(data / "media.db",
        "INSERT INTO medium (id, owner_id, filename, metadata, size, received, status, created_at) VALUES (4711, 1, 'f.mp4', '', 1, 1, "
        "'PROCESSING', 1);"
        "INSERT INTO job (medium_id, tries, starts, lease_until, queued_at) VALUES (4711, 1, 1, 9000000000000000, 1);");
    CHECK(doctor(data, sets).of("jobs.stuck").empty());
    set_time(data / "media/files/4711", -3600);
    check_told(doctor(data, sets), "jobs.stuck", "fault", "not moved for a quarter of an hour: 4711", "DELETE /api/jobs/ID");
    run_sql(data / "media.db", "DELETE FROM job; DELETE FROM medium;");
    CHECK(server.get("/health/ready").status == 200);
}

TEST_CASE("doctor says when a named proxy lets the client's own word through beside its own") {
    Folder folder;
    auto const data = folder.path / "data";
    Server const server(data, {"server.trusted_proxies=[\"127.0.0.1\"]"});
    auto const ask = [&](std::string const& other) {
        CHECK(server.ask("GET", "/api/movies", {}, {}, {{"X-Forwarded-For", "203.0.113.9"}, {"Forwarded", "for=" + other}}).status == 200);
    };
    ask("203.0.113.9"); // both say the same
    CHECK(doctor(data).of("proxy.doubled").empty());
    ask("198.51.100.1");
    check_told(doctor(data), "proxy.doubled", "look", "got 1 requests from a named proxy", "del-header Forwarded");
}

TEST_CASE("doctor comes to its end beside a server that was stopped, and through an address that says nothing") {
    Folder folder;
    auto const data = folder.path / "data";
    Mute const mute;
    Server server(data);
    CHECK(seconds_of([&] {
        check_told(doctor(data, {"server.base_url=http://127.0.0.1:" + std::to_string(mute.port)}), "base_url.silent", "look",
            "does not answer", "DNS");
    }) < 60);
    ::kill(server.pid(), SIGSTOP);
    CHECK(seconds_of([&] { check_told(doctor(data), "server.silent", "fault", "does not say how it is", "log"); }) < 90);
    ::kill(server.pid(), SIGCONT);
    CHECK(server.get("/health/ready").status == 200);
}

TEST_CASE("doctor says when a database has been locked for long, and whose listeners wait for it") {
    Folder folder;
    auto const data = folder.path / "data";
    Server server(data);
    auto const maker = join(server, "maker");
    auto const made = server.ask("POST", "/api/movies", maker.access, R"({"title":"Gone","status":"RELEASED"})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open((data / "social.db").c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    auto const gone = server.ask(
        "DELETE", "/api/movies/" + std::string(made.json().at("id").as_string()), maker.access, {}, {{"If-Match", made.header("ETag")}});
    REQUIRE_MESSAGE(gone.status == 204, gone.body); // social hears of it
    CHECK(server.wait_until([&] { return server.get("/health").body.find("events.social") != std::string::npos; }, 60s));
    auto const ran = doctor(data);
    check_told(ran, "database.social", "fault", "The database of social", "");
    check_told(ran, "data.shared", "fault", "(test_app) has " + (data / "social.db").string() + " open", "Stop that process");
    auto const late = std::any_of(ran.told.begin(), ran.told.end(), [](Told const& one) {
        return one.id.starts_with("events.social.") && one.sentence.find("has not heard the latest events of content") != std::string::npos;
    });
    CHECK_MESSAGE(late, ran.raw);
    sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(other);
}

TEST_CASE("doctor says when the log goes into a file that was deleted, and when the server has too few descriptors") {
    Folder folder;
    auto const data = folder.path / "data";
    std::vector<std::string> words{
        "prlimit", "--nofile=400:400", "sh", "-c", "\"$@\" >\"$0\" 2>&1 </dev/null & echo $!", (folder.path / "log").string()};
    for (auto const& word : command(data, {"serve"})) words.push_back(word);
    auto const pid = std::atoi(run(words, "/").out.c_str());
    REQUIRE(pid > 1);
    for (int tries = 0; tries < 300 && run(command(data, {"doctor", "--ready"}), "/").status != 0; ++tries) ::usleep(100'000);
    check_told(doctor(data), "descriptors", "fault", "the running server may have 400 files open", "LimitNOFILE=");
    fs::remove(folder.path / "log");
    check_told(doctor(data), "log.deleted", "fault", "a file that was deleted: " + (folder.path / "log").string(), "copytruncate");
    ::kill(pid, SIGTERM);
    for (int tries = 0; tries < 200 && ::kill(pid, 0) == 0; ++tries) ::usleep(100'000);
}
