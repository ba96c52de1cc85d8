// The recorder, the raw client and the files of the net tests.
#include "support.hpp"

#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mozi::net::test {

Accept Recorder::on_head(Request& incoming) {
    if (head) return head(incoming);
    Accept accept;
    accept.body_limit = 1024 * 1024;
    return accept;
}

void Recorder::on_request(std::shared_ptr<Request> incoming, Responder respond) {
    {
        std::lock_guard const lock(mutex_);
        targets_.emplace_back(incoming->target);
    }
    changed_.notify_all();
    if (request) {
        request(std::move(incoming), std::move(respond));
        return;
    }
    Response response;
    response.add("Content-Type", "text/plain");
    response.body = std::string(incoming->method_text) + " " + std::string(incoming->target) + "\n" + incoming->body;
    respond(std::move(response));
}

Response Recorder::on_refused(Request*, int status, std::string_view id, std::string_view sentence) {
    Response response;
    response.status = status;
    response.add("Content-Type", "text/plain");
    response.body = std::string(id) + ": " + std::string(sentence);
    return response;
}

void Recorder::on_done(Request const& incoming, Answered const& answered) {
    std::lock_guard const lock(mutex_);
    done_.push_back({answered.status, std::string(incoming.target), answered.bytes_sent, answered});
    changed_.notify_all();
}

std::vector<std::string> Recorder::targets() const {
    std::lock_guard const lock(mutex_);
    return targets_;
}

std::vector<Done> Recorder::wait_for_done(std::size_t count) const {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, patience, [&] { return done_.size() >= count; }));
    return done_;
}

void Recorder::note(std::string const& what) {
    std::lock_guard const lock(mutex_);
    notes_.push_back(what);
    changed_.notify_all();
}

bool Recorder::wait_for_note(std::string_view what) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return std::find(notes_.begin(), notes_.end(), what) != notes_.end(); });
}

Running::Running(std::function<void(ServerOptions&)> const& adjust) : server(options(adjust), app) { server.start(); }

ServerOptions Running::options(std::function<void(ServerOptions&)> const& adjust) {
    ServerOptions options;
    options.listen.push_back({"127.0.0.1", 0, {}});
    options.io_threads = 1;
    if (adjust) adjust(options);
    return options;
}

std::string Answer::header(std::string_view name) const {
    for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
        auto const line = std::string_view(head).substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        auto const colon = line.find(": ");
        if (colon != std::string_view::npos && iequals(line.substr(0, colon), name)) return std::string(line.substr(colon + 2));
    }
    return {};
}

Client::Client(std::uint16_t port, char const* from) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(fd_ >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (from != nullptr) {
        address.sin_addr.s_addr = inet_addr(from);
        REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

Client::~Client() { close(); }

void Client::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Client::half_close() { ::shutdown(fd_, SHUT_WR); }

bool Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Client::receive() {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) <= 0) return false;
    char bytes[64 * 1024];
    auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
}

Answer Client::read(bool of_head) {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return answer;
    }
    answer.head = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
    bool const bodiless = of_head || answer.status < 200 || answer.status == 204 || answer.status == 304;
    std::size_t const size = bodiless ? 0 : std::strtoull(answer.header("Content-Length").c_str(), nullptr, 10);
    while (buffer_.size() < size) {
        if (!receive()) return answer;
    }
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    answer.complete = true;
    return answer;
}

Answer Client::get(std::string_view target) {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return read();
}

std::string Client::read_all(std::chrono::milliseconds limit) {
    auto const end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        pollfd waiting{fd_, POLLIN, 0};
        if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) {
            FAIL_CHECK("the server did not close in time");
            break;
        }
        if (!receive()) break;
    }
    return std::exchange(buffer_, {});
}

bool Client::closed_within(std::chrono::milliseconds limit) {
    pollfd waiting{fd_, POLLIN, 0};
    if (!buffer_.empty() || ::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return false;
    char byte = 0;
    return ::recv(fd_, &byte, 1, 0) == 0; // a reset is not an orderly close
}

bool eventually(std::function<bool()> const& condition) {
    auto const end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

std::string chunked(std::string_view body, std::size_t chunk_size) {
    std::string text;
    char size[24];
    for (std::size_t at = 0; at < body.size(); at += chunk_size) {
        auto const part = body.substr(at, chunk_size);
        std::snprintf(size, sizeof size, "%zx\r\n", part.size());
        text.append(size).append(part).append("\r\n");
    }
    return text + "0\r\n\r\n";
}

Sample::Sample(std::size_t size) : bytes(size, '\0') {
    std::mt19937 random(7);
    for (auto& byte : bytes) byte = static_cast<char>(random());
    int const fd = ::memfd_create("sample", MFD_CLOEXEC);
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    file = std::make_shared<File const>(fd, size);
}

} // namespace mozi::net::test
