// What the server says of its own health, where something it stands on is taken away and given back.
#include "support.hpp"

#include "show.hpp"

#include <mozi/db/database.hpp>

#include <arpa/inet.h>
#include <atomic>
#include <netinet/in.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

template <class Test>
bool becomes(Test&& test, std::chrono::seconds within = 30s) {
    auto const until = std::chrono::steady_clock::now() + within;
    while (!test()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(100ms);
    }
    return true;
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(std::uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// Stands between the server and PostgreSQL. Frozen it keeps every connection, takes new ones, and carries not a byte.
class Line {
public:
    explicit Line(int to) : to_(to), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto address = loopback(0);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_, 64) == 0);
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port = ntohs(address.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~Line() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
        for (auto const& [from, to] : pairs_) ::close(from), ::close(to);
    }
    int port = 0;
    std::atomic<bool> frozen{false};

private:
    static bool carry(int from, int to) {
        char buffer[65536];
        auto const got = ::recv(from, buffer, sizeof buffer, 0);
        for (ssize_t sent = 0; sent < got;) {
            auto const more = ::send(to, buffer + sent, std::size_t(got - sent), MSG_NOSIGNAL);
            if (more <= 0) return false;
            sent += more;
        }
        return got > 0;
    }
    void run() {
        while (!stopping_) {
            if (frozen) {
                std::this_thread::sleep_for(10ms);
                continue;
            }
            std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
            for (auto const& [from, to] : pairs_) waiting.push_back({from, POLLIN, 0}), waiting.push_back({to, POLLIN, 0});
            if (::poll(waiting.data(), waiting.size(), 20) <= 0 || frozen) continue;
            std::vector<std::pair<int, int>> kept;
            for (std::size_t i = 0; i < pairs_.size(); ++i) {
                auto const [from, to] = pairs_[i];
                auto const open = (!waiting[1 + 2 * i].revents || carry(from, to)) && (!waiting[2 + 2 * i].revents || carry(to, from));
                if (open) kept.push_back(pairs_[i]);
                else ::close(from), ::close(to);
            }
            pairs_ = std::move(kept);
            if (!waiting[0].revents) continue;
            auto const from = ::accept(listener_, nullptr, nullptr), to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            auto const there = loopback(to_);
            if (from >= 0 && ::connect(to, reinterpret_cast<sockaddr const*>(&there), sizeof there) == 0) pairs_.emplace_back(from, to);
            else ::close(from), ::close(to);
        }
    }

    int to_, listener_;
    std::atomic<bool> stopping_{false};
    std::vector<std::pair<int, int>> pairs_;
    std::thread thread_;
};

void drop_schemas(std::string const& url) {
    for (auto const* name : {"user", "content", "media", "social", "moderation"})
        REQUIRE(db::Database::open({.name = name, .url = url})->write([&](db::Transaction& tx) -> Result<> {
            tx->run("DROP SCHEMA IF EXISTS videa_" + std::string(name) + " CASCADE");
            return {};
        }));
}

} // namespace

// proves S35
TEST_CASE("a database that cannot be written is told by name, and ready is said again when it can") {
    Folder folder;
    Server const server(folder.path / "data");
    REQUIRE(server.get("/health/ready").status == 200);
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open((folder.path / "data/social.db").c_str(), &other) == SQLITE_OK);
    sqlite3_busy_timeout(other, 5000);
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(becomes([&] { return server.get("/health/ready").status == 503; }));
    auto const ready = server.get("/health/ready").json();
    CHECK(ready.at("id") == "server.not_ready");
    CHECK(std::string(ready.at("detail").as_string()).find("social") != std::string::npos);
    auto const health = server.get("/health");
    CHECK(health.status == 503);
    CHECK(health.json().at("status") == "unhealthy");
    CHECK(health.json().at("problems") == boost::json::value{"database.social"});
    CHECK(server.get("/health/live").status == 200);
    CHECK(server.get("/metrics").body.find("\nvidea_degraded 1\n") != std::string::npos);
    sqlite3_close(other);
    CHECK(becomes([&] { return server.get("/health/ready").status == 200; }));
    CHECK(server.get("/health").json().at("problems").as_array().empty());
}

// proves S35
TEST_CASE("a full disk is a weakness that is told, and reading goes on") {
    Folder folder;
    auto const data = folder.path / "data";
    { Server const server(data); }
    Server const server(data, {"data.min_free_bytes=1000000000000000"});
    auto const health = server.get("/health");
    CHECK(health.status == 200);
    CHECK(health.json().at("status") == "degraded");
    CHECK(health.json().at("problems") == boost::json::value{"disk"});
    CHECK(server.get("/health/ready").status == 200);
    CHECK(server.get("/api/movies").status == 200);
}

// proves S26
TEST_CASE("a PostgreSQL that says nothing holds up nobody who does not need it, is told, and signs nobody out") {
    auto const* url = postgres(Skipped::whole);
    if (!url) return;
    std::string address(url);
    auto const colon = address.rfind(':'), slash = address.find('/', colon);
    Line line(std::stoi(address.substr(colon + 1, slash - colon - 1)));
    drop_schemas(url);
    address.replace(colon + 1, slash - colon - 1, std::to_string(line.port));
    {
        Folder folder;
        Server const server(folder.path / "data",
            {"database.url=" + address, "server.io_threads=1", "limits.enabled=false", "community.registration=OPEN"});
        auto const ada = join(server, "ada");
        REQUIRE(server.get("/api/movies").status == 200); // kept from here on
        REQUIRE(server.get("/health/ready").status == 200);
        line.frozen = true;
        std::this_thread::sleep_for(1s); // what memory believes of a session is over
        std::vector<std::thread> waiting;
        std::atomic<int> answered{0};
        for (int i = 0; i < 4; ++i)
            waiting.emplace_back([&] {
                auto const reply = server.get("/api/users/me", ada.access);
                ++answered;
                CHECK_MESSAGE(reply.status == 503, reply.status << " " << reply.body);
            });
        std::this_thread::sleep_for(200ms);
        for (int i = 0; i < 20; ++i) {
            auto const before = std::chrono::steady_clock::now();
            for (auto const* where : {"/health/ping", "/health/live", "/health/ready", "/health", "/api/movies", "/"}) {
                CAPTURE(where);
                auto const status = server.get(where, std::string_view(where) == "/health/live" ? ada.access : "").status;
                CHECK((status == 200 || std::string_view(where).starts_with("/health")));
            }
            CHECK(std::chrono::steady_clock::now() - before < 1s);
        }
        CHECK(becomes([&] { return server.get("/health/ready").status == 503; }, 20s));
        CHECK(becomes([&] { return answered == 4; }, 40s)); // no wait is without an end
        for (auto& each : waiting) each.join();
        line.frozen = false;
        CHECK(becomes([&] { return server.get("/health/ready").status == 200; }));
        CHECK(becomes([&] { return server.get("/api/users/me", ada.access).status == 200; }));
    }
    drop_schemas(url);
}
