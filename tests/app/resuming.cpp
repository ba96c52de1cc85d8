// Uploads over sockets to the real executable: a connection that died, and refusals for somebody who is still sending.
#include "support.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace mozi::test;

namespace {

// A connection that says exactly what it is told.
class Line {
public:
    explicit Line(Server const& server) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        timeval const patience{30, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    ~Line() { ::close(fd_); }
    Line(Line const&) = delete;
    Line& operator=(Line const&) = delete;

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(std::size_t(sent));
        }
        return true;
    }
    // Whether something has come, or comes within so many milliseconds.
    bool answered(int within) {
        pollfd waits{fd_, POLLIN, 0};
        return ::poll(&waits, 1, within) > 0;
    }
    // All that comes until the server closes; "reset" where it did not do so in order.
    std::string rest() {
        std::string out;
        char bytes[65536];
        ssize_t got = 0;
        while ((got = ::recv(fd_, bytes, sizeof bytes, 0)) > 0) out.append(bytes, std::size_t(got));
        return got == 0 ? out : "reset";
    }

private:
    int fd_;
};

std::vector<std::pair<std::string, std::string>> const tus{{"Tus-Resumable", "1.0.0"}};

std::string announce(Server const& server, Person const& who, std::size_t size) {
    auto const made =
        server.ask("POST", "/api/media/uploads", who.access, {}, {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", std::to_string(size)}});
    REQUIRE(made.status == 201);
    return made.header("Location");
}

std::string chunk_head(std::string const& where, Person const& who, std::size_t offset, std::size_t length) {
    return "PATCH " + where + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + who.access +
           "\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: " + std::to_string(offset) +
           "\r\nContent-Type: application/offset+octet-stream\r\nConnection: close\r\nContent-Length: " + std::to_string(length) +
           "\r\n\r\n";
}

std::string offset_of(Server const& server, Person const& who, std::string const& where) {
    return server.ask("HEAD", where, who.access, {}, tus).header("Upload-Offset");
}

std::string film(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = char((i * 2654435761U) >> 13);
    return bytes;
}

} // namespace

// proves S22
TEST_CASE("an upload whose connection has died goes on over another at once, and nothing is lost or mixed") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const ada = join(server, "ada");
    auto const bytes = film(3'000'000);
    auto const where = announce(server, ada, bytes.size());
    Line dead(server);
    REQUIRE(dead.send(chunk_head(where, ada, 0, bytes.size()) + bytes.substr(0, 1'000'000)));
    auto const began = std::chrono::steady_clock::now();
    while (offset_of(server, ada, where) != "1000000")
        REQUIRE(std::chrono::steady_clock::now() - began < std::chrono::seconds(20)); // what was sent arrives
    Line fresh(server);
    REQUIRE(fresh.send(chunk_head(where, ada, 1'000'000, 2'000'000)));
    auto const told = dead.rest(); // before a byte of the newcomer
    CHECK(told.find("upload.taken_over") != std::string::npos);
    dead.send(std::string(100'000, 'x'));
    REQUIRE(fresh.send(bytes.substr(1'000'000)));
    CHECK(fresh.rest().starts_with("HTTP/1.1 204"));
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(10));
    CHECK(server.get(where, ada.access).body == bytes);
}

TEST_CASE("a refusal reaches somebody who is still sending") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const ada = join(server, "ada"), ben = join(server, "ben");
    std::size_t const size = 20'000'000;
    auto const where = announce(server, ada, size);
    struct {
        std::string head, id;
    } const table[] = {
        {chunk_head(where, {}, 0, size), "auth.token"},
        {chunk_head(where, ben, 0, size), "upload.not_found"},
        {chunk_head("/api/media/uploads/77", ada, 0, size), "upload.not_found"},
        {chunk_head(where, ada, 5, size - 5), "upload.offset"},
        {chunk_head(where, ada, 0, size + 1), "upload.too_long"},
        {chunk_head(where, ada, 0, size).insert(chunk_head(where, ada, 0, size).find("\r\n") + 2, "Content-Encoding: gzip\r\n"),
            "request.coding"},
        {chunk_head("/nowhere", ada, 0, size), "request.address"},
        {"POST /api/movies HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer " + ada.access +
                "\r\nContent-Length: 20000000\r\n\r\n",
            "request.too_large"},
    };
    for (auto const& row : table) {
        CAPTURE(row.id);
        Line line(server);
        CHECK(line.send(row.head));
        CHECK(line.send(std::string(size, 'b')));
        auto const answer = line.rest();
        CHECK(answer.find("HTTP/1.1 ") == 0);
        CHECK(answer.find("\"id\":\"" + row.id + "\"") != std::string::npos);
    }
}

// Whether something of a film has been written below this folder.
static bool keeps_bytes(std::filesystem::path const& folder) {
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.path().filename() == "source" && entry.file_size() > 0) return true;
    return false;
}

TEST_CASE("an end of the session reaches somebody who is still sending, and what arrived is kept") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const ada = join(server, "ada");
    auto const where = announce(server, ada, 50'000'000);
    Line line(server);
    std::string const piece(10'000, 'b');
    REQUIRE(line.send(chunk_head(where, ada, 0, 50'000'000) + std::string(100'000, 'b')));
    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!keeps_bytes(folder.path / "data" / "media") && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(server.ask("POST", "/api/auth/logout", ada.access).status == 204);
    for (int i = 0; i < 2000 && !line.answered(5); ++i) REQUIRE(line.send(piece));
    for (int i = 0; i < 100; ++i) REQUIRE(line.send(piece)); // it has not looked yet
    auto const answer = line.rest();
    CHECK(answer.find("auth.token") != std::string::npos);
    CHECK(std::stoll(offset_of(server, sign_in(server, "ada"), where)) >= 100'000);
}
