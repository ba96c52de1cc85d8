// Binding addresses, owning the loops, stopping them in order.
#include "loop.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mozi::net {
namespace {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    std::string text;
};

[[noreturn]] void fail(int code, std::string const& what) { throw std::system_error(code, std::generic_category(), what); }

Address resolve(std::string const& host, std::uint16_t port) {
    Address address;
    auto const service = std::to_string(port);
    address.text = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + service;
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), service.c_str(), &hints, &found) != 0 || found == nullptr) {
        fail(EADDRNOTAVAIL, "cannot listen on " + address.text + ": the address is not known");
    }
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owner(found, &::freeaddrinfo);
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    return address;
}

enum class Sharing : std::uint8_t { none, port };

Descriptor bound_socket(Address const& address, Sharing sharing) {
    Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) fail(errno, "cannot listen on " + address.text);
    int const on = 1, off = 0;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (sharing == Sharing::port) ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (address.storage.ss_family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // accepted sockets inherit it
    if (::bind(socket.get(), reinterpret_cast<sockaddr const*>(&address.storage), address.size) != 0)
        fail(errno, "cannot listen on " + address.text);
    return socket;
}

void listen_on(Descriptor const& socket, Address const& address) {
    if (::listen(socket.get(), 4096) != 0) fail(errno, "cannot listen on " + address.text);
}

std::uint16_t port_of(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (bound.ss_family == AF_INET6) {
        std::memcpy(&v6, &bound, sizeof v6);
        return ntohs(v6.sin6_port);
    }
    std::memcpy(&v4, &bound, sizeof v4);
    return ntohs(v4.sin_port);
}

} // namespace

struct Server::Impl {
    Impl(ServerOptions options, Application& application) : shared(std::move(options), application) {}
    void open_listener(Listener& listener);

    Shared shared;
    std::vector<std::unique_ptr<Loop>> loops; // after `shared`, which they use
    bool running = false;
};

// With SO_REUSEPORT a second instance would quietly share the port: a socket without it finds out first.
void Server::Impl::open_listener(Listener& listener) {
    auto const& options = listener.options;
    auto port = options.port;
    if (port != 0) {
        auto const address = resolve(options.host, port);
        listen_on(bound_socket(address, Sharing::none), address);
    }
    for (auto& loop : loops) {
        auto const address = resolve(options.host, port);
        auto socket = bound_socket(address, Sharing::port);
        listen_on(socket, address);
        port = port_of(socket.get());
        loop->add_door(listener, socket.release());
    }
    listener.port = port;
}

Server::Server(ServerOptions options, Application& application) : impl_(std::make_unique<Impl>(std::move(options), application)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::start() {
    auto& shared = impl_->shared;
    for (auto const& listen : shared.options.listen) {
        auto& listener = shared.listeners.emplace_back();
        listener.options = listen;
        if (!listen.tls) continue;
        listener.tls = std::make_unique<TlsContext>(*listen.tls);
        if (auto const error = listener.tls->reload(); !error.empty()) fail(EINVAL, error);
    }
    for (int i = 0; i < std::max(1, shared.options.io_threads); ++i) impl_->loops.push_back(std::make_unique<Loop>(shared));
    try {
        for (auto& listener : shared.listeners) impl_->open_listener(listener);
    } catch (...) {
        impl_->loops.clear();
        throw;
    }
    impl_->running = true;
    for (auto& loop : impl_->loops) loop->start();
}

std::uint16_t Server::port(std::size_t listener) const { return impl_->shared.listeners.at(listener).port; }

void Server::stop(std::chrono::milliseconds grace) {
    auto& loops = impl_->loops;
    if (!std::exchange(impl_->running, false)) return;
    auto& shared = impl_->shared;
    auto const drained = [&loops] { return std::all_of(loops.begin(), loops.end(), [](auto const& loop) { return loop->drained(); }); };
    for (auto& loop : loops) loop->begin_stop();
    {
        std::unique_lock lock(shared.mutex);
        shared.emptied.wait_for(lock, grace, drained);
    }
    for (auto& loop : loops) loop->close_all();
    for (auto& loop : loops) loop->join();
}

std::string Server::reload_tls() {
    std::string errors;
    for (auto& listener : impl_->shared.listeners) {
        if (!listener.tls) continue;
        auto const error = listener.tls->reload();
        if (!error.empty()) errors.append(errors.empty() ? "" : "; ").append(error);
    }
    return errors;
}

std::optional<std::int64_t> Server::certificate_end() const {
    std::optional<std::int64_t> earliest;
    for (auto const& listener : impl_->shared.listeners)
        if (listener.tls) earliest = std::min(earliest.value_or(listener.tls->end()), listener.tls->end());
    return earliest;
}

ServerFigures Server::figures() const {
    ServerFigures sum;
    auto const now = Clock::now();
    auto const get = [](std::atomic<std::uint64_t> const& counter) { return counter.load(std::memory_order_relaxed); };
    for (auto const& loop : impl_->loops) {
        auto const& figures = loop->figures;
        sum.accepted += get(figures.accepted);
        sum.refused += get(figures.refused);
        sum.requests += get(figures.requests);
        sum.bytes_in += get(figures.bytes_in);
        sum.bytes_out += get(figures.bytes_out);
        sum.accept_errors += get(figures.accept_errors);
        sum.refused_framing += get(figures.refused_framing);
        sum.loop_lag_seconds_max = std::max(sum.loop_lag_seconds_max, loop->lag_seconds(now));
    }
    sum.open = impl_->shared.open.load(std::memory_order_relaxed);
    return sum;
}

} // namespace mozi::net
