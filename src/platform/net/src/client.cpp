// The command line's request, over a socket of its own; Beast parses the answer.
#include <mozi/net/client.hpp>

#include "tls.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <charconv>
#include <memory>

#include <netdb.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace mozi::net {

namespace {

int connect_to(std::string const& host, std::string const& port, std::chrono::milliseconds within) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
    int fd = -1;
    for (auto* at = found; at && fd < 0; at = at->ai_next) {
        fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        timeval const limit{within.count() / 1000, (within.count() % 1000) * 1000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (::connect(fd, at->ai_addr, at->ai_addrlen) != 0) ::close(fd), fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

struct Address {
    bool tls = false;
    std::string host, port, authority, target;
};

std::optional<Address> address_of(std::string_view url) {
    Address out;
    if (url.starts_with("https://")) {
        out.tls = true;
        url.remove_prefix(8);
    } else if (url.starts_with("http://")) url.remove_prefix(7);
    else return std::nullopt;
    auto const slash = url.find('/');
    out.target = slash == url.npos ? "/" : std::string(url.substr(slash));
    out.authority = std::string(url.substr(0, slash));
    auto const end = out.authority.starts_with('[') ? out.authority.find(']') : out.authority.find(':');
    if (out.authority.starts_with('[') && end == std::string::npos) return std::nullopt;
    auto const bracketed = out.authority.starts_with('[');
    out.host = bracketed ? out.authority.substr(1, end - 1) : out.authority.substr(0, end);
    auto const colon = out.authority.find(':', bracketed ? end : 0);
    out.port = colon == std::string::npos ? (out.tls ? "443" : "80") : out.authority.substr(colon + 1);
    std::uint16_t number = 0;
    auto const [last, failed] = std::from_chars(out.port.data(), out.port.data() + out.port.size(), number);
    if (out.host.empty() || failed != std::errc{} || last != out.port.data() + out.port.size() || number == 0) return std::nullopt;
    return out;
}

// The bytes of one exchange, plain or under TLS.
class Wire {
public:
    Wire(Address const& address, std::chrono::milliseconds within) : fd_(connect_to(address.host, address.port, within)) {
        if (fd_ < 0 || !address.tls) return;
        std::shared_ptr<SSL_CTX> const context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
        if (context) tls_ = std::make_unique<TlsStream>(context, fd_, TlsSide::client);
        broken_ = !tls_ || tls_->handshake().state != Io::State::ok;
    }
    ~Wire() {
        if (fd_ >= 0) ::close(fd_);
    }
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;
    bool good() const { return fd_ >= 0 && !broken_; }
    bool send(std::string const& bytes) {
        if (tls_) return tls_->write(bytes.data(), bytes.size()).bytes == bytes.size();
        return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size());
    }
    // 0: the end; below: broken, or too late.
    ssize_t receive(char* to, std::size_t room) {
        if (!tls_) return ::recv(fd_, to, room, 0);
        auto const io = tls_->read(to, room);
        return io.state == Io::State::ok ? ssize_t(io.bytes) : io.state == Io::State::closed ? 0 : -1;
    }

private:
    int fd_;
    bool broken_ = false;
    std::unique_ptr<TlsStream> tls_;
};

} // namespace

std::optional<Fetched> fetch(std::string const& url, std::string const& method,
    std::vector<std::pair<std::string, std::string>> const& headers, std::string const& body, std::chrono::milliseconds within) {
    auto const address = address_of(url);
    if (!address) return std::nullopt;
    Wire wire(*address, within);
    if (!wire.good()) return std::nullopt;
    std::string request = method + " " + address->target + " HTTP/1.1\r\nHost: " + address->authority + "\r\nConnection: close\r\n";
    for (auto const& [name, value] : headers) request += name + ": " + value + "\r\n";
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    request += "\r\n" + body;
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    parser.eager(true);
    parser.body_limit(1 << 20);
    boost::beast::error_code failed;
    bool const sent = wire.send(request);
    std::string pending;
    char chunk[16384];
    while (sent && !parser.is_done() && !failed) {
        auto const got = wire.receive(chunk, sizeof chunk);
        if (got < 0) break;
        if (got == 0) {
            if (parser.got_some()) parser.put_eof(failed);
            break;
        }
        pending.append(chunk, std::size_t(got));
        while (!pending.empty()) {
            auto const used = parser.put(boost::asio::buffer(pending), failed);
            if (failed == boost::beast::http::error::need_more) failed = {};
            pending.erase(0, used);
            if (used == 0 || failed || parser.is_done()) break;
        }
    }
    if (!parser.is_done()) return std::nullopt;
    return Fetched{int(parser.get().result_int()), parser.get().body()};
}

} // namespace mozi::net
