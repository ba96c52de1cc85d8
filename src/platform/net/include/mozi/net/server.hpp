// The HTTP/1.1 edge: listeners, strict framing, time-outs, TLS, files. The only part that knows Beast.
#pragma once

#include <mozi/net/networks.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mozi::net {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
std::string_view to_string(Method method);

struct Header {
    std::string_view name; // as sent; compare with iequals
    std::string_view value;
};

// One request. The head is parsed and checked before anybody sees it; views point into the request itself.
class Request {
public:
    Method method = Method::other;
    std::string_view method_text;
    std::string_view target; // raw, origin-form, starts with '/'
    std::string_view path; // raw target up to '?', still percent-encoded
    std::string_view query; // raw, without '?'
    std::string_view host;
    std::vector<Header> headers;
    std::string body; // complete when on_request is called, unless a sink took it
    std::optional<std::uint64_t> content_length; // none: chunked or no body
    bool chunked = false;
    std::vector<Header> trailers; // of a chunked body that announced some by Trailer, once it is complete; values may have spaces around
    std::string_view peer; // textual address without port
    std::uint16_t local_port = 0; // port of the listener's configuration, tells which listener it was
    bool tls = false;
    std::shared_ptr<void> context; // the application's own, from on_head to on_done

    // First header of that name (case-insensitive), or nullptr.
    std::string_view const* find(std::string_view name) const;
    // The last one: what the nearest proxy wrote, where some of them add a line instead of replacing what they were sent.
    std::string_view const* find_last(std::string_view name) const;

    std::string head_, tail_; // own the bytes the views point into
    std::string peer_;
};

// Part of a file, sent with sendfile on plain connections. The descriptor is closed with the last owner.
struct File {
    int fd = -1;
    std::uint64_t size = 0;
    explicit File(int descriptor, std::uint64_t bytes) : fd(descriptor), size(bytes) {}
    ~File();
    File(File const&) = delete;
    File& operator=(File const&) = delete;
};
struct FileRange {
    std::shared_ptr<File const> file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

// `head` lines are "Name: value\r\n" without Content-Length, Date, Connection and Server: the session writes those.
// A response to HEAD carries the body it would have had; the session sends the head alone.
struct Response {
    int status = 200;
    std::string head;
    std::variant<std::string, std::shared_ptr<std::string const>, FileRange> body;
    bool close = false; // close after sending
    void add(std::string_view name, std::string_view value);
    std::uint64_t body_size() const;
    static Response missing(); // of which the session makes its 500
};

// Gives what was asked for, exactly once, from any thread. Dropped before that: gives what is `missing()`.
template <class Given>
class Once {
public:
    using Send = std::function<void(Given&&)>;
    explicit Once(Send send) : send_(std::move(send)) {}
    Once(Once&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
    Once& operator=(Once&& other) noexcept {
        std::swap(send_, other.send_);
        return *this;
    }
    ~Once() {
        if (send_) (*this)(Given::missing());
    }
    void operator()(Given&& given) {
        if (send_) std::exchange(send_, nullptr)(std::move(given));
    }

private:
    Send send_;
};
struct Accept;
using Responder = Once<Response>;
using Decider = Once<Accept>;

// Takes a body as it arrives, on the io thread. The session never buffers more than one chunk (256 KiB).
class BodySink {
public:
    virtual ~BodySink() = default;
    // Before the first byte. `stop` ends the body early, from any thread and as write() answering `stop` would; late calls do nothing.
    virtual void begin(std::function<void()> stop) { (void)stop; }
    enum class More { yes, stop }; // stop: no more is read, finish(false) is not called, the sink has kept what it wants to say
    virtual More write(std::span<char const> bytes) = 0;
    // The body is complete, or (aborted) the connection ended or timed out first. Called at most once.
    virtual void finish(bool complete) = 0;
};

// What the application wants after seeing the head, before the body is read (100-continue is sent only then).
struct Accept {
    std::uint64_t body_limit = 0; // a longer body: 413 by the session
    std::shared_ptr<BodySink> sink; // none: the body is collected in request.body
    std::optional<Response> refuse; // answer now, do not read the body, close if it had one
    // The decision needs a thread that may block: called once, and nothing is read until the decider has been given another Accept.
    std::function<void(std::shared_ptr<Request>, Decider)> later;
    static Accept missing() { return {.refuse = Response::missing()}; }
};

// A request that was answered. Its time is the server's own and the network's: a slow client makes only the latter long.
struct Answered {
    int status = 0;
    std::uint64_t bytes_sent = 0; // head and body
    double seconds = 0; // from first byte of the head to last byte sent
    double own = 0; // seconds of them from the head or the body being complete to the answer being ready
    double receiving = 0, sending = 0; // seconds of them in which the body came, in which the answer left
};

// Implemented by the http part. Both are called on the connection's io thread and must not block.
class Application {
public:
    virtual ~Application() = default;
    virtual Accept on_head(Request& request) = 0;
    virtual void on_request(std::shared_ptr<Request> request, Responder respond) = 0;
    // A request the session itself refuses (framing, limits, time-outs) or cannot serve: the body for that status.
    // `request` is null where none was read; else what is known of it may be kept in its context for on_done. Called on the io thread.
    virtual Response on_refused(Request* request, int status, std::string_view id, std::string_view sentence) = 0;
    // One structured line and metrics per answered request.
    virtual void on_done(Request const& request, Answered const& answered) = 0;
};

struct TlsFiles {
    std::string certificate_chain;
    std::string private_key;
};

struct ServerOptions {
    struct Listen {
        std::string host = "0.0.0.0"; // "::" listens on both families
        std::uint16_t port = 3001; // 0: any free one, see Server::port()
        std::optional<TlsFiles> tls;
    };
    std::vector<Listen> listen;
    int io_threads = 2;
    std::size_t max_header_bytes = 16 * 1024;
    std::size_t max_target_bytes = 8 * 1024; // longer: 414
    std::size_t max_headers = 100;
    std::chrono::milliseconds head_timeout{10'000}; // first byte to end of head, and connect to first byte
    std::chrono::milliseconds body_timeout{15'000}; // a stall; after it at least min_body_bytes_per_s on average
    std::uint64_t min_body_bytes_per_s = 1024;
    std::chrono::milliseconds idle_timeout{60'000}; // keep-alive
    std::chrono::milliseconds write_timeout{30'000}; // no byte taken by the peer
    // A client that is still sending when its answer is ready can read it only after its last byte: what comes is dropped meanwhile, with
    // the patience of a body, but no longer and no more than this. It counts as a connection of its address all the while.
    std::chrono::milliseconds linger_time{300'000};
    std::chrono::milliseconds linger_pause{2'000}; // of silence, where no more bytes have to come
    std::uint64_t linger_bytes = 1ULL << 30;
    std::size_t max_connections = 20'000; // more: accepted, answered 503, closed
    std::size_t max_connections_per_address = 256; // counted per IPv4 or IPv6 /64; more: 503, closed
    Networks trusted_proxies; // speak for many: not counted per address
    std::size_t pipeline_depth = 16; // requests handled ahead per connection is 1; unread bytes are bounded
};

struct ServerFigures { // for /metrics
    std::uint64_t accepted = 0, refused = 0, open = 0, requests = 0, bytes_in = 0, bytes_out = 0, accept_errors = 0, refused_framing = 0;
    double loop_lag_seconds_max = 0; // worst of the last 10 s, over the io threads
};

// Owns the io threads. start() throws std::system_error when an address cannot be bound, with the address in the text.
class Server {
public:
    Server(ServerOptions options, Application& application);
    ~Server();
    void start();
    std::uint16_t port(std::size_t listener) const;
    // Stops accepting, closes idle connections, lets running requests finish (their answers say Connection: close),
    // aborts bodies still being received, and after `grace` closes everything. Blocks; callable once.
    void stop(std::chrono::milliseconds grace);
    // Re-reads certificate files. Returns an error text, empty when all were taken.
    std::string reload_tls();
    // Of the certificates in use the earliest end, in seconds since 1970; nothing without TLS. Any thread.
    std::optional<std::int64_t> certificate_end() const;
    ServerFigures figures() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace mozi::net
