// What is for who runs the house, what is for one person alone, and what reaches neither the log nor a cache.
#include "described.hpp"

#include <sqlite3.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

using namespace mozi::test;

namespace {

// The status of a request whose head is exactly this, with the Host it says.
int status_of(Server const& server, std::string const& target, std::string const& host, std::vector<std::string> const& headers = {}) {
    auto const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    auto head = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n";
    for (auto const& header : headers) head += header + "\r\n";
    head += "\r\n";
    REQUIRE(::send(fd, head.data(), head.size(), MSG_NOSIGNAL) == ssize_t(head.size()));
    std::string answer;
    char bytes[4096];
    for (ssize_t got; (got = ::recv(fd, bytes, sizeof bytes, 0)) > 0;) answer.append(bytes, std::size_t(got));
    ::close(fd);
    return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0;
}

constexpr std::string_view insiders[]{"/metrics", "/health/metrics", "/health/services"};
constexpr std::string_view everybodys[]{"/health", "/health/live", "/health/ready", "/health/ping"};

void run_sql(std::filesystem::path const& file, std::string const& sql) {
    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &opened) == SQLITE_OK);
    sqlite3_busy_timeout(opened, 10'000);
    CHECK_MESSAGE(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(opened));
    sqlite3_close(opened);
}

} // namespace

// proves S34
TEST_CASE("figures are for this machine, asked by its own name and for itself") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const port = ":" + std::to_string(server.port());
    auto const admin = first_admin(server), ada = join(server, "ada");
    for (auto const& where : insiders) {
        std::string const target(where);
        CAPTURE(target);
        for (auto const& host :
            {"localhost" + port, "127.0.0.1" + port, "[::1]" + port, std::string("LOCALHOST"), std::string("127.0.0.2")})
            CHECK(status_of(server, target, host) == 200);
        // A page of another site whose name was made to lead here, and a proxy on this machine.
        for (auto const& host : {"evil.example" + port, "films.example.org" + port, std::string("127.0.0.1.evil.example"),
                 "localhost.evil.example" + port, std::string("192.0.2.1"), std::string("[2001:db8::1]")})
            CHECK(status_of(server, target, host) == 404);
        for (auto const* header : {"X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1",
                 "X-Forwarded-Proto: https", "X-Forwarded-Host: localhost", "Via: 1.1 proxy", "Forwarded:"})
            CHECK(status_of(server, target, "localhost" + port, {header}) == 404);
        CHECK(status_of(server, target, "films.example.org", {"Authorization: Bearer " + admin.access}) == 200);
        CHECK(status_of(server, target, "films.example.org", {"Authorization: Bearer " + ada.access}) == 404);
        CHECK(server.get(target).header("Cache-Control") == "no-store");
    }
    for (auto const& where : everybodys)
        CHECK(status_of(server, std::string(where), "films.example.org", {"X-Forwarded-For: 203.0.113.9"}) == 200);
}

TEST_CASE("with a token of its own the figures ask for that, from anywhere") {
    Folder folder;
    std::string const token = "a-token-for-prometheus";
    Server const server(folder.path / "data", {"limits.enabled=false", "server.metrics_token=" + token});
    for (auto const& where : insiders) {
        std::string const target(where);
        CHECK(status_of(server, target, "localhost") == 404);
        CHECK(status_of(server, target, "films.example.org", {"X-Forwarded-For: 203.0.113.9", "Authorization: Bearer " + token}) == 200);
        for (auto const& wrong : {token + "x", token.substr(1), std::string()})
            CHECK(status_of(server, target, "localhost", {"Authorization: Bearer " + wrong}) == 404);
        CHECK(status_of(server, target, "localhost", {"Authorization: Basic " + token}) == 404);
    }
    for (auto const& where : everybodys) CHECK(status_of(server, std::string(where), "localhost") == 200);
    auto const refused = run(command(folder.path / "other", {"config", "check"}, {"server.metrics_token=short"}), "/");
    CHECK(refused.status == 78);
    CHECK(refused.err.find("server.metrics_token") != std::string::npos);
}

TEST_CASE("figures are for the addresses of the settings, and for nobody whom a proxy that is not named speaks for") {
    Folder folder;
    auto const answers = [&](std::vector<std::string> sets, std::vector<std::string> const& headers) {
        static int number = 0;
        sets.push_back("limits.enabled=false");
        Server const server(folder.path / std::to_string(++number), sets);
        std::set<int> found;
        for (auto const& where : insiders) found.insert(status_of(server, std::string(where), "films.example.org", headers));
        REQUIRE(found.size() == 1);
        return *found.begin();
    };
    std::string const from = R"(server.metrics_from=["10.1.0.0/16", "127.0.0.1"])", trusted = R"(server.trusted_proxies=["127.0.0.1"])";
    CHECK(answers({from}, {}) == 200);
    CHECK(answers({R"(server.metrics_from=["10.1.0.0/16"])"}, {}) == 404);
    CHECK(answers({from}, {"X-Forwarded-For: 10.1.2.3"}) == 404); // whoever that is, says so himself
    CHECK(answers({from, trusted}, {"X-Forwarded-For: 10.1.2.3"}) == 200);
    CHECK(answers({from, trusted}, {"X-Forwarded-For: 10.2.2.3"}) == 404);
    CHECK(answers({from, trusted}, {"X-Forwarded-For: 10.1.2.3, 203.0.113.9"}) == 404); // the nearest counts
    CHECK(answers({from, "server.metrics_token=a-token-for-prometheus"}, {}) == 200); // one of the two is enough
    auto const refused = run(command(folder.path / "other", {"config", "check"}, {R"(server.metrics_from=["everybody"])"}), "/");
    CHECK(refused.status == 78);
    CHECK(refused.err.find("server.metrics_from holds \"everybody\"") != std::string::npos);
}

TEST_CASE("no reply to who is signed in, and none that is not for everybody, may be kept by others") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const admin = first_admin(server), ada = join(server, "ada");
    Description const described(server);
    auto const made = server.ask("POST", "/api/movies", ada.access, R"({"title":"T","status":"RELEASED"})");
    REQUIRE(made.status == 201);
    auto const movie = text(made.json().at("id"));
    int asked = 0;
    for (auto const& operation : described.operations) {
        if (operation.id == "logout" || operation.id == "endOtherSessions") continue;
        for (auto const& [who, token] : {std::pair{"visitor", std::string()}, {"member", ada.access}, {"admin", admin.access}}) {
            auto path = operation.path;
            for (auto from = path.find('{'); from != path.npos; from = path.find('{'))
                path.replace(from, path.find('}') - from + 1, path.starts_with("/api/movies/") ? movie : "1");
            auto const reply = server.ask(operation.method, path, token, operation.body ? "{}" : "");
            auto const cached = reply.header("Cache-Control");
            auto const kept_by_nobody = cached.find("no-store") != cached.npos || cached.find("private") != cached.npos;
            // To everybody the same, whoever asks: how it is, what the community is, what is spoken.
            auto const same = operation.access == "anyone" && reply.status < 400 && operation.method == "GET" && cached == "no-cache";
            if (*who != 'v' || operation.access != "anyone")
                CHECK_MESSAGE((kept_by_nobody || same || (operation.access == "reader" && *who == 'v')),
                    who << " " << operation.method << " " << path << " → " << reply.status << " " << cached);
            if (*who == 'm' && !same) CHECK_MESSAGE(kept_by_nobody, operation.id << " → " << cached);
            CHECK_MESSAGE(cached.find("public") == cached.npos, operation.id << " → " << cached);
            ++asked;
        }
    }
    CHECK(asked > 120);
    for (auto const* target : {"/api/auth/sessions", "/api/auth/notices"})
        CHECK(server.get(target, ada.access).header("Cache-Control") == "no-store");
    CHECK(server.get("/api/users/me", ada.access).header("Cache-Control") == "private, no-cache");
    CHECK(server.ask("POST", "/api/auth/refresh", {}, R"({"refreshToken":")" + ada.refresh + "\"}").header("Cache-Control") == "no-store");
}

// proves S1
TEST_CASE("no signed address, query or Referer is ever in the log") {
    Folder folder;
    Server server(folder.path / "data", {"log.level=debug", "limits.enabled=false"});
    auto const ada = join(server, "ada");
    std::string const key = "sv9-1-canarycanarycanarycanarycanary";
    for (auto const* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"})
        for (auto const& target :
            {"/media/5/" + key + "/master.m3u8", "/media/5/" + key, "/media/5/" + key + "/r1/v0/1.m4s/x", "//media/5/" + key,
                "/%6dedia/5/" + key + "/master.m3u8", "/api/v1/media/5/" + key + "/master.m3u8", "/canary" + key, "/reset/" + key})
            server.ask(method, target, ada.access, {}, {{"Referer", "https://films.example.org/?t=canary"}});
    for (auto const* target : {"/api/movies?search=canary", "/?token=canary", "/media/5/open/master.m3u8?sig=canary", "/nowhere?canary"})
        server.ask("GET", target, ada.access, {}, {{"Referer", "https://films.example.org/canary"}});
    server.get("/wp-login.php");
    CHECK(server.stop() == 0);
    auto const log = server.log();
    CHECK(log.find("canary") == log.npos);
    CHECK(log.find("/media/{id}/{key}/master.m3u8") != log.npos);
    CHECK(log.find("\"/media/5/…/") != log.npos);
    CHECK(log.find("/wp-login.php") != log.npos); // what a scanner looks for is seen
}

// proves S3
TEST_CASE("who is banned in the database itself is out within a second") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const ada = join(server, "ada"), ben = join(server, "ben");
    CHECK(server.get("/api/users/me", ada.access).status == 200);
    run_sql(server.data() / "user.db", "UPDATE account SET status = 'BANNED' WHERE username = 'ada'");
    std::this_thread::sleep_for(std::chrono::seconds(1)); // the promise itself
    CHECK(server.get("/api/users/me", ada.access).status == 401);
    CHECK(server.ask("POST", "/api/auth/refresh", {}, R"({"refreshToken":")" + ada.refresh + "\"}").status == 401);
    CHECK(server.get("/api/users/me", ben.access).status == 200);
}

TEST_CASE("a proxy that nobody named is in the log and told by doctor") {
    Folder folder;
    auto const data = folder.path / "data";
    Server const server(data, {});
    auto const doctor = [&] { return run(command(data, {"doctor"}), "/").out; };
    CHECK(doctor().find("trusted_proxies") == std::string::npos);
    for (int i = 0; i < 20; ++i) CHECK(status_of(server, "/api/movies", "films.example.org", {"X-Forwarded-For: 203.0.113.9"}) == 200);
    REQUIRE(server.wait_for_log("net.proxy_unnamed"));
    auto const log = server.log();
    CHECK(log.find("net.proxy_unnamed") == log.rfind("net.proxy_unnamed")); // once
    auto const told = doctor();
    CHECK(told.find("LOOK  A proxy at 127.0.0.1 forwards requests and is not in server.trusted_proxies") != std::string::npos);
    CHECK(told.find("server.trusted_proxies = [\"127.0.0.1\"]") != std::string::npos);
}
