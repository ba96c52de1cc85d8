// TLS over a non-blocking socket with OpenSSL: contexts that can be reloaded, and one connection's records.
#pragma once

#include <mozi/net/server.hpp>

#include <memory>
#include <mutex>
#include <string>

#include <sys/uio.h>

struct ssl_ctx_st;
struct ssl_st;

namespace mozi::net {

// Outcome of one attempt to move bytes. `bytes` counts only with `ok`.
struct Io {
    enum class State : std::uint8_t { ok, want_read, want_write, closed };
    State state = State::closed;
    std::size_t bytes = 0;
};

// Certificate and key of one listener. TLS 1.2 and newer, ALPN http/1.1. Any thread.
class TlsContext {
public:
    explicit TlsContext(TlsFiles files) : files_(std::move(files)) {}
    std::string reload(); // error text, empty when taken; on error the former pair stays
    std::shared_ptr<ssl_ctx_st> current() const;
    std::int64_t end() const; // of the certificate, in seconds since 1970

private:
    TlsFiles const files_;
    mutable std::mutex mutex_;
    std::shared_ptr<ssl_ctx_st> context_;
};

enum class TlsSide { server, client };

// One connection. One thread: the io thread, or the command line's.
class TlsStream {
public:
    TlsStream(std::shared_ptr<ssl_ctx_st> context, int fd, TlsSide side = TlsSide::server);
    ~TlsStream();
    TlsStream(TlsStream const&) = delete;
    TlsStream& operator=(TlsStream const&) = delete;

    Io handshake();
    Io read(char* to, std::size_t room);
    // Repeat with the same bytes after want_*.
    Io write(char const* from, std::size_t size);
    bool has_pending() const; // bytes already taken from the socket
    void shutdown(); // says goodbye, does not wait for the answer

private:
    Io outcome(int result);
    std::shared_ptr<ssl_ctx_st> context_;
    ssl_st* ssl_ = nullptr;
};

} // namespace mozi::net
