// The machine of a connection: waiting, deadlines, closing; reading and writing have files of their own.
#include "session.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace mozi::net {
namespace {

constexpr std::uint64_t refused_bytes = 256 * 1024; // dropped for a connection that was one too many
constexpr std::size_t one_record = 16 * 1024;

} // namespace

Session::Session(Loop& loop, Socket socket, Listener const& listener, Peer peer, Admission admission)
    : loop_(loop), socket_(std::move(socket)), address_key_(peer.key), peer_(std::move(peer.text)), local_port_(listener.options.port),
      phase_(listener.tls ? Phase::handshake : Phase::head), admission_(admission) {
    if (listener.tls) tls_ = std::make_unique<TlsStream>(listener.tls->current(), socket_.native_handle());
    slot_ = loop.enter(*this);
}

Session::~Session() = default;

void Session::start() {
    try {
        deadline_in(loop_.shared().options.head_timeout);
        if (admission_ == Admission::refused) refuse({503, "server.busy", "The server has too many connections. Try again shortly."});
    } catch (...) { close(); }
    advance();
}

void Session::advance() {
    if (running_) return;
    Pointer const keep(this);
    Running const running(*this);
    try {
        while (step() == Next::go_on) {}
    } catch (...) { // out of memory or descriptors: this connection pays, nobody else
        close();
    }
}

Session::Next Session::step() {
    switch (phase_) {
    case Phase::handshake: return step_handshake();
    case Phase::head: return step_head();
    case Phase::body: return step_body();
    case Phase::answering: return step_out();
    case Phase::lingering: return step_linger();
    case Phase::deciding:
    case Phase::handling:
    case Phase::closed: break;
    }
    return Next::wait;
}

// From another thread, or from this one in the middle of advance().
void Session::receive(Mailbox::Letter&& letter) {
    if (letter.serial != serial_) return;
    Pointer const keep(this);
    try {
        if (auto* const response = std::get_if<Response>(&letter.content)) answer(std::move(*response));
        else if (auto* const accept = std::get_if<std::unique_ptr<Accept>>(&letter.content)) decided(std::move(**accept));
        else end_body();
    } catch (...) { // as in advance()
        close();
    }
}

Session::Next Session::wait_for(Io::State direction) {
    boost::system::error_code ignored;
    if (waiting_) socket_.cancel(ignored);
    waiting_ = true;
    auto const kind = direction == Io::State::want_write ? Socket::wait_write : Socket::wait_read;
    socket_.async_wait(kind, [self = Pointer(this), ticket = ++ticket_](boost::system::error_code) { self->on_ready(ticket); });
    return Next::wait;
}

void Session::on_ready(std::uint32_t ticket) {
    if (ticket != ticket_ || phase_ == Phase::closed) return; // a wait that no longer counts
    waiting_ = false;
    reads_left_ = reads_per_turn;
    advance();
}

void Session::on_deadline() {
    Pointer const keep(this);
    switch (phase_) {
    case Phase::head:
        if (!pending_.empty()) {
            refuse({408, "request.timeout", "The request head did not arrive in time."});
            break;
        }
        [[fallthrough]];
    case Phase::handshake:
    case Phase::lingering: close(); return;
    case Phase::body: body_failed({408, "request.timeout", "The request body did not arrive in time."}); break;
    case Phase::answering: on_write_deadline(); return;
    case Phase::deciding:
    case Phase::handling:
    case Phase::closed: return;
    }
    advance();
}

// A slow reader shows only in the socket's queue: bytes acknowledged there are progress as well.
void Session::on_write_deadline() {
    int queued = 0;
    ::ioctl(socket_.native_handle(), SIOCOUTQ, &queued);
    constexpr int least = 1024;
    if (queued > 0 && last_queued_ - queued < least) {
        report();
        close();
        return;
    }
    last_queued_ = queued;
    deadline_in(loop_.shared().options.write_timeout);
}

Session::Next Session::close() {
    if (phase_ == Phase::closed) return Next::wait;
    phase_ = Phase::closed;
    drop_sink();
    if (tls_) tls_->shutdown();
    boost::system::error_code ignored;
    socket_.close(ignored);
    loop_.wheel().clear(*this);
    if (admission_ == Admission::admitted) {
        loop_.shared().addresses.leave(address_key_);
        loop_.shared().open.fetch_sub(1, std::memory_order_relaxed);
    } else {
        loop_.refusal_ended();
    }
    loop_.leave(slot_);
    return Next::wait;
}

void Session::close_now() {
    Pointer const keep(this);
    close();
}

void Session::stop() {
    Pointer const keep(this);
    switch (phase_) {
    case Phase::handshake: close(); return;
    case Phase::head:
        if (!pending_.empty()) return;
        reads_left_ = reads_per_turn;
        fill_head(); // a request that is already here is still served
        if (pending_.empty()) close();
        break;
    case Phase::body: body_failed(server_stopping); break;
    case Phase::lingering:
        linger_end_ = std::min(linger_end_, Clock::now() + loop_.shared().options.linger_pause);
        loop_.wheel().set(*this, linger_end_);
        return;
    default: return;
    }
    advance();
}

Io Session::read_some(char* to, std::size_t room) {
    Io io;
    if (tls_) {
        io = tls_->read(to, room);
    } else {
        auto const got = ::recv(socket_.native_handle(), to, room, 0);
        if (got > 0) io = {Io::State::ok, static_cast<std::size_t>(got)};
        else if (got < 0 && (errno == EAGAIN || errno == EINTR)) io.state = Io::State::want_read;
    }
    if (io.state == Io::State::ok) LoopFigures::add(loop_.figures.bytes_in, io.bytes);
    return io;
}

// Up to two parts; `flags` as for send(2), plain connections only.
Io Session::write_some(iovec const* parts, int count, int flags) {
    Io io;
    if (tls_) {
        iovec part = parts[0];
        if (count > 1 && part.iov_len < one_record) { // one record instead of two
            auto const more = std::min(parts[1].iov_len, one_record - part.iov_len);
            std::memcpy(loop_.scratch(), part.iov_base, part.iov_len);
            std::memcpy(loop_.scratch() + part.iov_len, parts[1].iov_base, more);
            part = {loop_.scratch(), part.iov_len + more};
        }
        io = tls_->write(static_cast<char const*>(part.iov_base), part.iov_len);
    } else {
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(parts); // sendmsg does not write to it
        message.msg_iovlen = static_cast<std::size_t>(count);
        auto const sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | flags);
        if (sent >= 0) io = {Io::State::ok, static_cast<std::size_t>(sent)};
        else if (errno == EAGAIN || errno == EINTR) io.state = Io::State::want_write;
    }
    if (io.state == Io::State::ok) LoopFigures::add(loop_.figures.bytes_out, io.bytes);
    return io;
}

Session::Next Session::step_handshake() {
    auto const io = tls_->handshake();
    if (io.state == Io::State::ok) {
        phase_ = Phase::head;
        return Next::go_on;
    }
    return io.state == Io::State::closed ? close() : wait_for(io.state);
}

// Closing with unread bytes would reset the connection and may take the answer with it (RFC 9112 section 9.6); browsers read it only
// after their last byte. So what still comes is read and dropped, for as long as a body would be waited for, and within bounds.
Session::Next Session::begin_linger() {
    if (tls_) tls_->shutdown();
    ::shutdown(socket_.native_handle(), SHUT_WR);
    phase_ = Phase::lingering;
    response_ = {};
    dropped_ = pending_.size();
    std::string().swap(pending_);
    auto const& options = loop_.shared().options;
    linger_start_ = Clock::now();
    linger_end_ = linger_start_ + (admission_ == Admission::refused || loop_.stopping() ? options.linger_pause : options.linger_time);
    loop_.wheel().set(*this, std::min(linger_end_, linger_start_ + linger_patience()));
    reads_left_ = reads_per_turn;
    return Next::go_on;
}

Session::Next Session::step_linger() {
    if (reads_left_ == 0) return wait_for(Io::State::want_read);
    --reads_left_;
    // MSG_TRUNC: the kernel throws the bytes away without copying them. What is inside TLS records does not matter any more.
    auto const got = ::recv(socket_.native_handle(), loop_.scratch(), Loop::scratch_bytes, MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait_for(Io::State::want_read);
    if (got <= 0) return close();
    LoopFigures::add(loop_.figures.bytes_in, static_cast<std::uint64_t>(got));
    dropped_ += static_cast<std::uint64_t>(got);
    auto const now = Clock::now();
    if (!dropping_is_worth_it(now)) return close();
    loop_.wheel().set(*this, std::min(linger_end_, now + linger_patience()));
    return Next::go_on;
}

// How long a lingering connection may be silent.
Clock::duration Session::linger_patience() const {
    auto const& options = loop_.shared().options;
    auto const more = body_open_ && (!request_->content_length || body_taken_ + dropped_ < *request_->content_length);
    return more ? options.body_timeout : options.linger_pause;
}

bool Session::dropping_is_worth_it(Clock::time_point now) const {
    auto const& options = loop_.shared().options;
    if (admission_ == Admission::refused) return dropped_ < refused_bytes;
    return dropped_ < options.linger_bytes && now < linger_end_ && !below_rate(dropped_, now - linger_start_);
}

} // namespace mozi::net
