// Starting, asking and ending the executable.
#include "support.hpp"

#include "met.hpp"

#include <mozi/media/jail.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace mozi::test {

namespace fs = std::filesystem;

namespace {

// A server inside this program starts it again as its jail.
__attribute__((constructor)) void become_the_jail(int argc, char** argv, char**) {
    if (argc > 1 && std::strcmp(argv[1], "media-jail") == 0) _exit(media::media_jail_main(argc - 1, argv + 1));
}

// One request on a connection of its own, and everything that comes back; a client as plain as can be.
Reply talk(std::uint16_t port, std::string const& request) {
    auto const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval const patience{30, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
        ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == ssize_t(request.size())) {
        char bytes[65536];
        for (ssize_t got; (got = ::recv(fd, bytes, sizeof bytes, 0)) > 0;) answer.append(bytes, std::size_t(got));
    }
    ::close(fd);
    auto const end = answer.find("\r\n\r\n");
    if (end == answer.npos || !answer.starts_with("HTTP/1.1 ")) return {};
    Reply reply{std::atoi(answer.c_str() + 9), answer.substr(0, end + 2), answer.substr(end + 4)};
    auto const length = reply.header("Content-Length");
    return length.empty() || request.starts_with("HEAD ") || reply.body.size() == std::stoul(length) ? reply : Reply{};
}

} // namespace

std::string Reply::header(std::string const& name) const {
    auto const at = head.find("\r\n" + name + ": ");
    return at == head.npos ? "" : head.substr(at + name.size() + 4, head.find("\r\n", at + 2) - at - name.size() - 4);
}

boost::json::value Reply::json() const {
    boost::system::error_code failed;
    auto value = boost::json::parse(body, failed);
    REQUIRE_MESSAGE(!failed, body);
    return value;
}

std::string Reply::id() const {
    boost::system::error_code failed;
    auto const value = boost::json::parse(body, failed);
    auto const* object = value.if_object();
    auto const* id = object && object->contains("requestId") ? object->if_contains("id") : nullptr;
    return id && id->is_string() ? std::string(id->as_string()) : "";
}

Folder::Folder() {
    auto name = (fs::temp_directory_path() / "videa-test-app-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    path = name;
}

Folder::~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

std::vector<std::string> command(fs::path const& data, std::vector<std::string> const& words, std::vector<std::string> const& sets) {
    std::vector<std::string> argv{MOZI_BINARY};
    for (auto const& set : {std::string("data.dir=" + data.string()), std::string("server.port=0"), std::string("server.host=127.0.0.1"),
             std::string("server.module_ports=false"), std::string("data.min_free_bytes=0"), std::string("log.format=json"),
             std::string("community.registration=OPEN")})
        argv.insert(argv.end(), {"--set", set});
    for (auto const& set : sets) argv.insert(argv.end(), {"--set", set});
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
}

std::string read_file(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    REQUIRE_MESSAGE(in, path.string());
    return out.str();
}

void restore(fs::path const& release, fs::path const& data) {
    fs::create_directories(data / "media");
    for (auto const* module : {"user", "content", "media", "social", "moderation"}) {
        sqlite3* opened = nullptr;
        REQUIRE(sqlite3_open((data / (std::string(module) + ".db")).c_str(), &opened) == SQLITE_OK);
        std::unique_ptr<sqlite3, int (*)(sqlite3*)> const database(opened, sqlite3_close);
        auto const sql = "PRAGMA journal_mode = wal;" + read_file(release / (std::string(module) + ".sql"));
        REQUIRE_MESSAGE(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, sqlite3_errmsg(opened));
    }
    for (auto const* file : {"secret", "installation"}) {
        fs::copy_file(release / file, data / file);
        fs::permissions(data / file, fs::perms::owner_read | fs::perms::owner_write);
    }
    fs::copy_file(release / "installation", data / "media/installation");
}

Server::Server(fs::path data, std::vector<std::string> sets) : data_(std::move(data)) {
    int said[2];
    REQUIRE(::pipe2(said, O_CLOEXEC) == 0);
    auto const argv = command(data_, {"serve"}, sets);
    std::vector<char*> pointers;
    for (auto const& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    child_ = ::fork();
    if (child_ == 0) {
        ::dup2(said[1], STDOUT_FILENO), ::dup2(said[1], STDERR_FILENO);
        if (::chdir("/") != 0) ::_exit(126);
        ::execv(pointers[0], pointers.data());
        ::_exit(127);
    }
    ::close(said[1]);
    reader_ = std::thread([this, from = said[0]] {
        char bytes[8192];
        for (ssize_t got; (got = ::read(from, bytes, sizeof bytes)) > 0;) {
            std::scoped_lock const held(mutex_);
            log_.append(bytes, std::size_t(got));
            said_.notify_all();
        }
        ::close(from);
        std::scoped_lock const held(mutex_);
        ended_ = true;
        said_.notify_all();
    });
    auto const ready = wait_for_log("server.ready");
    REQUIRE_MESSAGE(ready, log());
    std::string address;
    std::ifstream(data_ / "lock") >> address;
    port_ = std::uint16_t(std::atoi(address.substr(address.rfind(':') + 1).c_str()));
    REQUIRE(port_ != 0);
}

Server::~Server() {
    if (child_ > 0) stop();
}

int Server::stop(int signal) {
    ::kill(child_, signal);
    auto const handle = int(::syscall(SYS_pidfd_open, child_, 0));
    pollfd ends{handle, POLLIN, 0};
    if (handle >= 0 && ::poll(&ends, 1, 30'000) == 0) ::kill(child_, SIGKILL);
    if (handle >= 0) ::close(handle);
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    reader_.join();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Server::log() const {
    std::scoped_lock const held(mutex_);
    return log_;
}

bool Server::wait_until(std::function<bool()> const& done, std::chrono::seconds within) const {
    for (auto const end = std::chrono::steady_clock::now() + within; !done();) {
        std::unique_lock held(mutex_);
        if (std::chrono::steady_clock::now() > end || ended_) return false;
        said_.wait_for(held, std::chrono::milliseconds(20));
    }
    return true;
}

bool Server::wait_for_log(std::string const& text, std::chrono::seconds within) const {
    std::unique_lock held(mutex_);
    said_.wait_for(held, within, [&] { return ended_ || log_.find(text) != log_.npos; });
    return log_.find(text) != log_.npos;
}

Reply Server::ask(std::string const& method, std::string const& target, std::string const& token, std::string const& body,
    std::vector<std::pair<std::string, std::string>> headers) const {
    if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
    auto const says_type = std::ranges::any_of(headers, [](auto const& header) { return header.first == "Content-Type"; });
    if (!body.empty() && !says_type) headers.emplace_back("Content-Type", "application/json");
    std::string request = method + " " + target +
                          " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    for (auto const& [name, value] : headers) request += name + ": " + value + "\r\n";
    auto reply = talk(port_, request + "\r\n" + body);
    if (reply.status >= 400) meet(method, target, reply.body);
    return reply;
}

Reply Server::get_at(std::uint16_t port, std::string const& target) const {
    return talk(port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

Person person_of(Reply const& reply) {
    auto const json = reply.json();
    REQUIRE_MESSAGE(reply.status / 100 == 2, reply.body);
    auto const text = [](boost::json::value const& value) { return std::string(value.as_string()); };
    return {text(json.at("user").at("id")), text(json.at("tokens").at("accessToken")), text(json.at("tokens").at("refreshToken"))};
}

std::string setup_token(Server const& server) {
    std::ostringstream text;
    text << std::ifstream(server.data() / "setup-link").rdbuf();
    auto const link = text.str();
    REQUIRE(link.find('#') != link.npos);
    return link.substr(link.find('#') + 1, link.find_last_not_of('\n') - link.find('#'));
}

Person first_admin(Server const& server) {
    return person_of(server.ask("POST", "/api/auth/setup", {},
        R"({"token":")" + setup_token(server) + R"(","email":"root@example.org","username":"root","password":")" + std::string(password) +
            "\"}"));
}

Person join(Server const& server, std::string const& name) {
    return person_of(server.ask("POST", "/api/auth/register", {},
        R"({"email":")" + name + R"(@example.org","username":")" + name + R"(","password":")" + std::string(password) + "\"}"));
}

Person sign_in(Server const& server, std::string const& name) {
    return person_of(
        server.ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":")" + name + R"(","password":")" + std::string(password) + "\"}"));
}

Person appoint(Server const& server, std::string const& name, std::string const& role) {
    auto const ran = run(command(server.data(),
                             {"user", "create", "--username", name, "--email", name + "@example.org", "--role", role, "--password-stdin"}),
        "/", std::string(password) + "\n");
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    return sign_in(server, name);
}

} // namespace mozi::test
