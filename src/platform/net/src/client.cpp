// The command line's request, over a plain socket; Beast parses the answer.
#include <mozi/net/client.hpp>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace mozi::net {

namespace {

int connect_to(std::string const& host, std::uint16_t port, std::chrono::milliseconds within) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return -1;
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

} // namespace

std::optional<Fetched> fetch(std::string const& host, std::uint16_t port, std::string const& method, std::string const& target, std::vector<std::pair<std::string, std::string>> const& headers,
                             std::string const& body, std::chrono::milliseconds within) {
    auto const fd = connect_to(host, port, within);
    if (fd < 0) return std::nullopt;
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) + "\r\nConnection: close\r\n";
    for (auto const& [name, value] : headers) request += name + ": " + value + "\r\n";
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    request += "\r\n" + body;
    boost::beast::http::response_parser<boost::beast::http::string_body> parser;
    parser.eager(true);
    parser.body_limit(1 << 20);
    boost::beast::error_code failed;
    bool const sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == ssize_t(request.size());
    std::string pending;
    char chunk[16384];
    while (sent && !parser.is_done() && !failed) {
        auto const got = ::recv(fd, chunk, sizeof chunk, 0);
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
    ::close(fd);
    if (!parser.is_done()) return std::nullopt;
    return Fetched{int(parser.get().result_int()), parser.get().body()};
}

} // namespace mozi::net
