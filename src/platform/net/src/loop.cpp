// The life of an io thread: accepting within limits, ticking, delivering answers, stopping.
#include "loop.hpp"

#include "session.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mozi::net {
namespace {

thread_local Loop* this_loop = nullptr;

constexpr int accepts_per_turn = 32;
constexpr unsigned most_lingering_refusals = 64;
constexpr std::chrono::milliseconds accept_pause{100};
constexpr Refusal too_busy{503, "server.busy", "The server has too many connections. Try again shortly."};

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

} // namespace

void Mailbox::put(Letter&& letter) {
    if (this_loop != nullptr && this_loop->mailbox().get() == this) {
        this_loop->deliver(std::move(letter));
        return;
    }
    std::lock_guard const lock(mutex_);
    if (closed_) return;
    waiting_.push_back(std::move(letter));
    if (waiting_.size() == 1) asio::post(owner_->executor(), [loop = owner_] { loop->drain_mailbox(); });
}

void Mailbox::close() {
    std::lock_guard const lock(mutex_);
    closed_ = true;
}

std::vector<Mailbox::Letter> Mailbox::take() {
    std::lock_guard const lock(mutex_);
    return std::exchange(waiting_, {});
}

Loop::Loop(Shared& shared)
    : shared_(shared), work_(io_.get_executor()), timer_(io_.get_executor()), wheel_(Clock::now()),
      mailbox_(std::make_shared<Mailbox>(*this)),
      scratch_(std::make_unique_for_overwrite<char[]>(scratch_bytes + shared.options.max_header_bytes)), reserve_fd_(open_reserve()) {}

Loop::~Loop() {
    join();
    if (reserve_fd_ >= 0) ::close(reserve_fd_);
}

void Loop::add_door(Listener const& listener, int listening_fd) {
    auto& door = *doors_.emplace_back(std::make_unique<Door>(executor(), listener));
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(listening_fd, reinterpret_cast<sockaddr*>(&address), &size);
    door.acceptor.assign(address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), listening_fd);
}

void Loop::start() {
    for (auto& door : doors_) arm(*door);
    arm_tick();
    thread_ = std::thread([this] { run(); });
}

void Loop::run() {
    this_loop = this;
    sigset_t pipe; // sendfile has no flag against it; a thread that blocks it just sees the error
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    for (;;) {
        try {
            io_.run();
            break;
        } catch (...) { // no handler of ours lets one out unless memory is gone; the others go on
        }
    }
    this_loop = nullptr;
}

void Loop::arm(Door& door) {
    door.acceptor.async_wait(Acceptor::wait_read, [this, &door](boost::system::error_code error) {
        if (error || stopping_) return;
        accept_some(door);
    });
}

void Loop::accept_some(Door& door) {
    for (int turn = 0; turn < accepts_per_turn || stopping_; ++turn) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        int const fd = ::accept4(door.acceptor.native_handle(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            LoopFigures::add(figures.accepted, 1);
            adopt(door, fd, address);
            continue;
        }
        if (errno == EAGAIN) break;
        if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO || errno == EPERM) continue;
        LoopFigures::add(figures.accept_errors, 1);
        if (stopping_) return;
        if (errno == EMFILE || errno == ENFILE) refuse_without_descriptor(door);
        door.pause.expires_after(accept_pause);
        door.pause.async_wait([this, &door](boost::system::error_code error) {
            if (!error && !stopping_) arm(door);
        });
        return;
    }
    if (!stopping_) arm(door);
}

void Loop::adopt(Door& door, int fd, sockaddr_storage const& address) {
    Socket socket(executor());
    boost::system::error_code error;
    socket.assign(address.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd, error);
    if (error) {
        ::close(fd);
        return;
    }
    auto peer = peer_of(address);
    if (shared_.options.trusted_proxies.contain(peer.text)) peer.key.reset();
    auto const key = peer.key;
    auto admission = Session::Admission::admitted;
    if (shared_.open.fetch_add(1, std::memory_order_relaxed) >= shared_.options.max_connections || !shared_.addresses.enter(key)) {
        shared_.open.fetch_sub(1, std::memory_order_relaxed);
        LoopFigures::add(figures.refused, 1);
        if (door.listener.tls || lingering_refusals_ >= most_lingering_refusals) return; // a TLS refusal would cost a handshake
        ++lingering_refusals_;
        admission = Session::Admission::refused;
    }
    try {
        Session::Pointer const session(new Session(*this, std::move(socket), door.listener, std::move(peer), admission));
        session->start();
    } catch (...) { // no memory: as if the client had not come
        if (admission == Session::Admission::refused) {
            --lingering_refusals_;
        } else {
            shared_.addresses.leave(key);
            shared_.open.fetch_sub(1, std::memory_order_relaxed);
        }
    }
}

// No descriptor is left: the reserve makes room to tell one client so.
void Loop::refuse_without_descriptor(Door& door) {
    if (reserve_fd_ >= 0) ::close(std::exchange(reserve_fd_, -1));
    int const fd = ::accept4(door.acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        LoopFigures::add(figures.refused, 1);
        if (!door.listener.tls) {
            auto const response = refusal_response(shared_.application, nullptr, too_busy);
            std::string text;
            format_response_head(text, response, date(), "close");
            if (auto const* body = std::get_if<std::string>(&response.body)) text += *body;
            [[maybe_unused]] auto const sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
            ::shutdown(fd, SHUT_WR);
            [[maybe_unused]] auto const read = ::recv(fd, scratch(), scratch_bytes, 0); // unread bytes would turn the close into a reset
        }
        ::close(fd);
    }
    reserve_fd_ = open_reserve();
}

std::uint32_t Loop::enter(Session& session) {
    if (free_slots_.empty()) {
        free_slots_.reserve(sessions_.size() + 1); // leave() must not need memory
        sessions_.emplace_back(&session);
        return static_cast<std::uint32_t>(sessions_.size() - 1);
    }
    auto const slot = free_slots_.back();
    free_slots_.pop_back();
    sessions_[slot] = Session::Pointer(&session);
    return slot;
}

void Loop::leave(std::uint32_t slot) {
    sessions_[slot].reset();
    free_slots_.push_back(slot);
    look_whether_drained();
}

void Loop::deliver(Mailbox::Letter&& letter) {
    if (letter.slot >= sessions_.size()) return;
    if (auto const session = sessions_[letter.slot]) session->receive(std::move(letter));
}

void Loop::drain_mailbox() {
    for (auto& letter : mailbox_->take()) deliver(std::move(letter));
}

std::string_view Loop::date() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != date_second_ || date_.empty()) {
        date_second_ = now.tv_sec;
        tm parts{};
        ::gmtime_r(&now.tv_sec, &parts);
        static constexpr char const* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr char const* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        char text[64];
        std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon],
            parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
        date_ = text;
    }
    return date_;
}

void Loop::arm_tick() {
    auto const planned = Clock::now() + TimerWheel::tick;
    timer_.expires_at(planned);
    timer_.async_wait([this, planned](boost::system::error_code error) {
        if (!error && !ended_) on_tick(planned); // a tick already due is not undone by cancel()
    });
}

void Loop::on_tick(Clock::time_point planned) {
    auto const now = Clock::now();
    came_round_.store(now, std::memory_order_relaxed);
    note_busy(now - planned);
    wheel_.advance(now);
    arm_tick();
}

void Loop::note_busy(Clock::duration duration) {
    auto const ns = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
    if (ns < 1'000'000) return; // below a millisecond there is nothing to see
    auto const second = std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch()).count();
    auto& lag = lags_[static_cast<std::size_t>(second) % lags_.size()];
    if (lag.second.load(std::memory_order_relaxed) != second) {
        lag.worst_ns.store(0, std::memory_order_relaxed);
        lag.second.store(second, std::memory_order_relaxed);
    }
    if (lag.worst_ns.load(std::memory_order_relaxed) < ns) lag.worst_ns.store(ns, std::memory_order_relaxed);
}

double Loop::lag_seconds(Clock::time_point now) const {
    auto const second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    std::int64_t worst = 0;
    for (auto const& lag : lags_) {
        if (second - lag.second.load(std::memory_order_relaxed) < 10) worst = std::max(worst, lag.worst_ns.load(std::memory_order_relaxed));
    }
    // One that stands still notes nothing: what counts is how long ago it should have come round.
    auto const still = std::chrono::duration<double>(now - came_round_.load(std::memory_order_relaxed) - TimerWheel::tick).count();
    return std::max(static_cast<double>(worst) * 1e-9, still < 0.001 ? 0 : still);
}

void Loop::begin_stop() {
    asio::post(executor(), [this] { stop_here(); });
}

void Loop::stop_here() {
    stopping_ = true;
    for (auto& door : doors_) {
        boost::system::error_code ignored;
        accept_some(*door); // what the kernel has already accepted would be reset otherwise
        door->acceptor.close(ignored);
        door->pause.cancel();
    }
    for (std::size_t slot = 0; slot < sessions_.size(); ++slot) {
        if (auto const session = sessions_[slot]) session->stop();
    }
    look_whether_drained();
}

void Loop::look_whether_drained() {
    if (!stopping_ || free_slots_.size() != sessions_.size()) return;
    std::lock_guard const lock(shared_.mutex);
    drained_.store(true, std::memory_order_release);
    shared_.emptied.notify_all();
}

void Loop::close_all() {
    asio::post(executor(), [this] {
        for (std::size_t slot = 0; slot < sessions_.size(); ++slot) {
            if (auto const session = sessions_[slot]) session->close_now();
        }
    });
}

void Loop::join() {
    if (!thread_.joinable()) return;
    mailbox_->close();
    asio::post(executor(), [this] { // run() returns when the last aborted wait has been handled
        ended_ = true;
        timer_.cancel();
        for (auto& door : doors_) {
            boost::system::error_code ignored;
            door->acceptor.close(ignored);
            door->pause.cancel();
        }
        work_.reset();
    });
    thread_.join();
}

} // namespace mozi::net
