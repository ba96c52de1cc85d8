// What the tests of net share: an application that records, a server on a free port, and a client that sends raw bytes.
#pragma once

#include <doctest/doctest.h>
#include <mozi/net/head_judge.hpp>
#include <mozi/net/server.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::net::test {

using namespace std::chrono_literals;

constexpr auto patience = 10s; // for what must happen; reaching it is a failure

struct Done {
    int status = 0;
    std::string target;
    std::uint64_t bytes = 0;
    Answered times;
};

// Answers every request with "METHOD target\n" and the body, unless told otherwise.
class Recorder final : public Application {
public:
    std::function<Accept(Request&)> head;
    std::function<void(std::shared_ptr<Request>, Responder)> request;

    Accept on_head(Request& request) override;
    void on_request(std::shared_ptr<Request> request, Responder respond) override;
    Response on_refused(Request* request, int status, std::string_view id, std::string_view sentence) override;
    void on_done(Request const& request, Answered const& answered) override;

    std::vector<std::string> targets() const; // of the requests handed over, in order
    std::vector<Done> wait_for_done(std::size_t count) const;
    void note(std::string const& what); // a condition a test waits for
    bool wait_for_note(std::string_view what) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> targets_;
    std::vector<std::string> notes_;
    std::vector<Done> done_;
};

// A server on 127.0.0.1 with one io thread and a free port.
struct Running {
    explicit Running(std::function<void(ServerOptions&)> const& adjust = {});
    std::uint16_t port() const { return server.port(0); }
    Recorder app;
    Server server;

private:
    static ServerOptions options(std::function<void(ServerOptions&)> const& adjust);
};

struct Answer {
    int status = 0;
    std::string head; // with the status line, without the empty line
    std::string body;
    bool complete = false; // false: the connection ended or patience did
    std::string header(std::string_view name) const;
};

// A TCP connection that says exactly what it is told.
class Client {
public:
    explicit Client(std::uint16_t port, char const* from = nullptr); // `from`: source address in 127.0.0.0/8
    ~Client();
    Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}
    Client& operator=(Client&&) = delete;

    bool send(std::string_view bytes); // false: the peer is gone
    Answer read(bool of_head = false);
    Answer get(std::string_view target);
    std::string read_all(std::chrono::milliseconds limit = patience); // until the server closes
    bool closed_within(std::chrono::milliseconds limit = patience); // nothing more came, and the server closed
    bool receive(); // some more bytes into the buffer
    std::string& buffer() { return buffer_; }
    void half_close();
    void close();
    int fd() const { return fd_; }

private:
    int fd_ = -1;
    std::string buffer_;
};

// True as soon as `condition` holds; asked again in short intervals until patience ends.
bool eventually(std::function<bool()> const& condition);

std::string chunked(std::string_view body, std::size_t chunk_size);

// A file of pseudo-random bytes that is gone with its last owner, and the bytes.
struct Sample {
    explicit Sample(std::size_t size);
    std::string bytes;
    std::shared_ptr<File const> file;
};

} // namespace mozi::net::test
