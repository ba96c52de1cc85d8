// PostgreSQL that is down, says nothing, refuses, is old, speaks another encoding, has no sessions left, or serves two servers.
#include "doctored.hpp"

#include <sys/socket.h>

using namespace mozi::test;
namespace fs = std::filesystem;

namespace {

std::string packet(char type, std::string const& body) {
    auto const size = std::uint32_t(body.size() + 4);
    return std::string(1, type) + char(size >> 24) + char(size >> 16) + char(size >> 8) + char(size) + body;
}

// What a PostgreSQL of that version says until it is ready, and nothing afterwards.
struct OldPostgres {
    Mute door;
    std::thread thread;
    explicit OldPostgres(std::string version)
        : thread([this, version] {
              using namespace std::string_literals;
              for (int fd; (fd = ::accept(door.fd, nullptr, nullptr)) >= 0; ::close(fd)) {
                  char bytes[2000];
                  auto got = ::recv(fd, bytes, sizeof bytes, 0);
                  while (got == 8 && ::send(fd, "N", 1, MSG_NOSIGNAL) == 1) got = ::recv(fd, bytes, sizeof bytes, 0); // no TLS, no GSS
                  auto const all = packet('R', "\0\0\0\0"s) + packet('S', "server_version\0"s + version + "\0"s) +
                                   packet('S', "server_encoding\0UTF8\0"s) + packet('S', "client_encoding\0UTF8\0"s) + packet('Z', "I");
                  ::send(fd, all.data(), all.size(), MSG_NOSIGNAL);
                  ::recv(fd, bytes, sizeof bytes, 0);
              }
          }) {}
    ~OldPostgres() {
        ::shutdown(door.fd, SHUT_RDWR);
        thread.join();
    }
};

std::string url_of(std::uint16_t port) { return "database.url=postgresql://films:CANARYPW@127.0.0.1:" + std::to_string(port) + "/films"; }

} // namespace

// proves S35
TEST_CASE("doctor says why PostgreSQL does not serve, without a PostgreSQL") {
    Folder folder;
    auto const data = folder.path / "data";
    std::uint16_t closed = 0;
    { closed = Mute().port; }
    Mute const mute;
    OldPostgres const old("12.19");
    struct {
        std::uint16_t port;
        std::string id, says, way_out;
    } const table[] = {{closed, "postgres.unreachable", "Connection refused", "systemctl start postgresql"},
        {mute.port, "postgres.silent", "does not answer within 8 s", "firewall"},
        {old.door.port, "postgres.old", "PostgreSQL 12 is too old", "pg_upgradecluster"}};
    for (auto const& row : table) {
        auto const began = std::chrono::steady_clock::now();
        auto const ran = doctor(data, {url_of(row.port)});
        check_told(ran, row.id, "fault", row.says, row.way_out);
        CHECK(ran.raw.find("CANARYPW") == std::string::npos);
        CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(60));
    }
}

// proves S35
TEST_CASE("doctor says what is wrong with a PostgreSQL that answers") {
    auto const* const given = postgres(Skipped::whole);
    if (!given) return;
    std::string const url = given; // postgresql://mozi:PASSWORD@127.0.0.1:PORT/postgres
    Folder folder;
    auto const name = "doctor_" + std::to_string(::getpid());
    auto const sql = [&](std::string const& text) {
        auto const ran = run({"psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", text}, "/");
        CHECK_MESSAGE(ran.status == 0, ran.err);
    };
    auto const of = [&](std::string const& database) { return "database.url=" + url.substr(0, url.rfind('/') + 1) + database; };
    sql("CREATE DATABASE " + name + " ENCODING 'UTF8' TEMPLATE template0");
    sql("CREATE DATABASE " + name + "_latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    auto const secret = url.substr(url.find(':', 13) + 1, url.find('@') - url.find(':', 13) - 1);
    auto wrong = of(name);
    wrong.replace(wrong.find(secret), secret.size(), "not-" + secret);
    auto const data = folder.path / "data";
    auto const told = [&](std::vector<std::string> const& sets, std::string const& id, std::string const& says,
                          std::string const& way_out) {
        auto const ran = doctor(data, sets);
        check_told(ran, id, "fault", says, way_out);
        CHECK(ran.raw.find(secret) == std::string::npos);
    };
    told({wrong}, "postgres.password", "28P01", "pg_hba.conf");
    told({of(name + "_none")}, "postgres.no_database", "does not exist", "createdb --encoding=UTF8");
    told({of(name + "_latin")}, "postgres.encoding", "The database is in LATIN1", "--template=template0");
    told({of(name), "database.sessions=500"}, "postgres.sessions", "it may use 2500", "max_connections");
    {
        Server const server(data, {of(name)});
        auto const well = doctor(data, {of(name)});
        CHECK_MESSAGE(well.status == 0, well.raw);
        check_told(doctor(folder.path / "other", {of(name)}), "database.shared", "fault", "works in the same database", "of its own");
    }
    CHECK(doctor(data, {of(name)}).status == 0);
    sql("DROP DATABASE " + name);
    sql("DROP DATABASE " + name + "_latin");
}
