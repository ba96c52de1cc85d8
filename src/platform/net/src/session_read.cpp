// Reading requests: heads strictly framed, bodies straight to whoever wants them.
#include "head_reader.hpp"
#include "session.hpp"

#include <algorithm>

namespace mozi::net {
namespace {

constexpr std::size_t head_read = 32 * 1024; // also the most a pipelining client can have waiting here
constexpr std::size_t chunked_read = 64 * 1024;
constexpr std::size_t first_reserve = 1024 * 1024;
constexpr Refusal body_too_large{413, "request.too_large", "The request body is larger than this address accepts."};
constexpr Refusal no_body_here{413, "request.too_large", "This address takes no body with this method. Send the request without one."};
constexpr Refusal body_too_slow{408, "request.timeout", "The request body arrives too slowly."};
constexpr Refusal failed{500, "server.internal", "Something went wrong on the server."};

} // namespace

Session::Next Session::step_head() {
    if (!skipped_crlf_ && pending_.size() >= 2 && pending_[0] == '\r' && pending_[1] == '\n') {
        pending_.erase(0, 2); // one empty line in front of a request is forgiven
        skipped_crlf_ = true;
    }
    if (pending_.empty() || pending_ == "\r") return fill_head();
    auto const& options = loop_.shared().options;
    HeadLimits const limits{options.max_header_bytes, options.max_target_bytes, options.max_headers};
    auto const scan = scan_head(pending_, scanned_, limits);
    if (scan.state == HeadScan::State::complete) return take_head(scan.end);
    if (scan.state == HeadScan::State::refused) return refuse(scan.refusal);
    return fill_head();
}

Session::Next Session::fill_head() {
    if (reads_left_ == 0 && !tls_) return wait_for_head();
    if (reads_left_ == 0 && !tls_->has_pending()) return wait_for(Io::State::want_read);
    auto const io = read_some(loop_.scratch(), head_read);
    if (io.state == Io::State::closed) return close();
    reads_left_ = 0;
    if (io.state != Io::State::ok) return wait_for(io.state);
    take_bytes(loop_.scratch(), io.bytes);
    return Next::go_on;
}

void Session::take_bytes(char const* bytes, std::size_t size) {
    if (pending_.empty()) {
        first_byte_ = Clock::now();
        loop_.wheel().set(*this, first_byte_ + loop_.shared().options.head_timeout);
    }
    pending_.append(bytes, size);
}

// Reading into a buffer that is already there saves a system call per request over waiting first.
Session::Next Session::wait_for_head() {
    if (!head_in_) head_in_ = std::make_unique_for_overwrite<char[]>(head_in_bytes);
    // One under way goes on: it may have taken bytes already, and those would be lost with it.
    if (waiting_ && reading_ == ticket_) return Next::wait;
    boost::system::error_code ignored;
    if (waiting_) socket_.cancel(ignored);
    waiting_ = true;
    reading_ = ++ticket_;
    socket_.async_read_some(
        asio::buffer(head_in_.get(), head_in_bytes), [self = Pointer(this), ticket = ticket_](boost::system::error_code error,
                                                         std::size_t size) { self->on_head_bytes(ticket, error, size); });
    return Next::wait;
}

void Session::on_head_bytes(std::uint32_t ticket, boost::system::error_code error, std::size_t size) {
    if (ticket != ticket_ || phase_ == Phase::closed) return;
    waiting_ = false;
    if (error) {
        close_now();
        return;
    }
    LoopFigures::add(loop_.figures.bytes_in, size);
    take_bytes(head_in_.get(), size);
    reads_left_ = size == head_in_bytes ? 1 : 0;
    advance();
}

Session::Next Session::take_head(std::size_t size) {
    auto request = std::make_shared<Request>();
    request->head_.assign(pending_, 0, size);
    pending_.erase(0, size);
    describe(*request);
    request_ = std::move(request);
    serial_ = loop_.next_serial();
    body_open_ = false;
    body_taken_ = 0;
    LoopFigures::add(loop_.figures.requests, 1);
    spend(Time::own);
    auto const& options = loop_.shared().options;
    auto const facts = check_head(request_->head_, {options.max_header_bytes, options.max_target_bytes, options.max_headers});
    if (facts.refusal) return refuse(facts.refusal);
    if (auto const why = read_head(*request_, facts)) return refuse(why);
    keep_alive_ = facts.keep_alive;
    http10_ = facts.http10;
    expects_continue_ = facts.expect_continue;
    head_method_ = request_->method == Method::head;
    Accept accept;
    auto const before = Clock::now();
    try {
        accept = loop_.shared().application.on_head(*request_);
    } catch (...) { return refuse(failed); }
    loop_.note_busy(Clock::now() - before);
    body_open_ = facts.chunked || facts.content_length.value_or(0) > 0;
    if (!accept.later) return follow(std::move(accept));
    phase_ = Phase::deciding;
    loop_.wheel().clear(*this);
    accept.later(request_, Decider([mailbox = loop_.mailbox(), slot = slot_, serial = serial_](
                                       Accept&& given) { mailbox->put({slot, serial, std::make_unique<Accept>(std::move(given))}); }));
    return Next::go_on;
}

void Session::decided(Accept&& accept) {
    if (phase_ != Phase::deciding) return;
    {
        Running const running(*this); // an answer that is given at once is written by the advance() below
        if (loop_.stopping() && body_open_ && !accept.refuse) body_failed(server_stopping);
        else follow(std::move(accept));
    }
    advance();
}

// What was decided about the body.
Session::Next Session::follow(Accept&& accept) {
    if (accept.refuse) {
        if (body_open_) after_ = After::linger;
        set_response(std::move(*accept.refuse));
        return Next::go_on;
    }
    sink_ = std::move(accept.sink);
    body_limit_ = accept.body_limit;
    if (!body_open_) return body_done();
    if (request_->content_length.value_or(0) > body_limit_) return body_failed(body_limit_ ? body_too_large : no_body_here);
    return begin_body();
}

void Session::describe(Request& request) const {
    request.peer_ = peer_;
    request.peer = request.peer_;
    request.local_port = local_port_;
    request.tls = tls_ != nullptr;
}

Session::Next Session::begin_body() {
    phase_ = Phase::body;
    spend(Time::receiving);
    body_start_ = spending_since_;
    chunks_ = ChunkDecoder(request_->find("trailer") != nullptr ? Trailers::kept : Trailers::dropped);
    if (sink_)
        sink_->begin([mailbox = loop_.mailbox(), slot = slot_, serial = serial_] { mailbox->put({slot, serial, Mailbox::EndOfBody{}}); });
    if (!sink_ && request_->content_length)
        request_->body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*request_->content_length, first_reserve)));
    loop_.wheel().set(*this, body_start_ + loop_.shared().options.body_timeout);
    if (expects_continue_ && pending_.empty() && !send_continue()) return close();
    reads_left_ = reads_per_turn;
    return Next::go_on;
}

bool Session::send_continue() {
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    iovec const part{const_cast<char*>(text.data()), text.size()};
    auto const io = write_some(&part, 1, 0);
    // A full socket takes nothing: the client sends its body unasked after a while.
    return (io.state == Io::State::ok && io.bytes == text.size()) || (io.state == Io::State::want_write && !tls_);
}

Session::Next Session::step_body() {
    if (!pending_.empty()) {
        std::string early;
        early.swap(pending_); // what follows the body comes back to pending_
        return take_body({early.data(), early.size()});
    }
    if (reads_left_ == 0 && !(tls_ && tls_->has_pending())) return wait_for(Io::State::want_read);
    std::size_t room = chunked_read;
    if (request_->content_length)
        room = static_cast<std::size_t>(std::min<std::uint64_t>(*request_->content_length - body_taken_, Loop::scratch_bytes));
    auto const io = read_some(loop_.scratch(), room);
    if (io.state == Io::State::closed) return close();
    if (io.state != Io::State::ok) return wait_for(io.state);
    if (reads_left_ > 0) --reads_left_;
    return take_body({loop_.scratch(), io.bytes});
}

Session::Next Session::take_body(std::span<char> bytes) {
    bool done = false;
    std::size_t payload = 0;
    if (request_->content_length) {
        payload = static_cast<std::size_t>(std::min<std::uint64_t>(*request_->content_length - body_taken_, bytes.size()));
        done = body_taken_ + payload == *request_->content_length;
        pending_.assign(bytes.data() + payload, bytes.size() - payload);
    } else {
        auto const part = chunks_.decode(bytes);
        if (part.refusal) return body_failed(part.refusal);
        payload = part.payload;
        done = part.done;
        pending_.assign(bytes.data() + part.consumed, bytes.size() - part.consumed);
    }
    body_taken_ += payload;
    body_open_ = !done;
    if (body_taken_ > body_limit_) return body_failed(body_limit_ ? body_too_large : no_body_here);
    if (payload > 0) {
        switch (feed(bytes.first(payload))) {
        case Fed::more: break;
        case Fed::stop:
            if (!done) after_ = After::linger;
            return hand_over();
        case Fed::failed: return body_failed(failed);
        }
    }
    if (done) return body_done();
    auto const now = Clock::now();
    if (below_rate(body_taken_, now - body_start_)) return body_failed(body_too_slow);
    loop_.wheel().set(*this, now + loop_.shared().options.body_timeout);
    return Next::go_on;
}

Session::Fed Session::feed(std::span<char const> payload) {
    try {
        if (!sink_) {
            request_->body.append(payload.data(), payload.size());
            return Fed::more;
        }
        if (sink_->write(payload) == BodySink::More::yes) return Fed::more;
        sink_.reset();
        return Fed::stop;
    } catch (...) { return Fed::failed; }
}

bool Session::below_rate(std::uint64_t bytes, Clock::duration elapsed) const {
    auto const& options = loop_.shared().options;
    if (elapsed <= options.body_timeout) return false;
    return static_cast<double>(bytes) < static_cast<double>(options.min_body_bytes_per_s) * std::chrono::duration<double>(elapsed).count();
}

// The sink has had enough, and says so while nothing comes.
void Session::end_body() {
    if (phase_ != Phase::body || !sink_) return;
    sink_.reset();
    after_ = After::linger;
    {
        Running const running(*this);
        hand_over();
    }
    advance();
}

void Session::keep_trailers() {
    request_->tail_ = chunks_.take_trailers();
    std::string_view rest = request_->tail_;
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
        auto const line = rest.substr(0, end);
        auto const colon = line.find(':');
        request_->trailers.push_back({line.substr(0, colon), line.substr(colon + 1)});
        rest.remove_prefix(end + 1);
    }
}

Session::Next Session::body_done() {
    if (spending_ != Time::own) spend(Time::own);
    if (request_->chunked) keep_trailers();
    if (auto const sink = std::exchange(sink_, nullptr)) {
        try {
            sink->finish(true);
        } catch (...) { return refuse(failed); }
    }
    return hand_over();
}

Session::Next Session::body_failed(Refusal const& why) {
    drop_sink();
    return refuse(why);
}

void Session::drop_sink() {
    auto const sink = std::exchange(sink_, nullptr);
    if (!sink) return;
    try {
        sink->finish(false);
    } catch (...) { // its own affair: the connection goes on to close
    }
}

Session::Next Session::hand_over() {
    phase_ = Phase::handling;
    if (spending_ != Time::own) spend(Time::own);
    loop_.wheel().clear(*this);
    Responder responder([mailbox = loop_.mailbox(), slot = slot_, serial = serial_](
                            Response&& response) { mailbox->put({slot, serial, std::move(response)}); });
    auto const before = Clock::now();
    try {
        loop_.shared().application.on_request(request_, std::move(responder));
    } catch (...) { // the responder, dropped on the way, has answered 500
    }
    loop_.note_busy(Clock::now() - before);
    return Next::go_on;
}

Session::Next Session::refuse(Refusal const& why) {
    if (!request_) {
        request_ = std::make_shared<Request>();
        describe(*request_);
    }
    if (why.status == 400 || why.status == 414 || why.status == 417 || why.status == 431 || why.status == 505) {
        LoopFigures::add(loop_.figures.refused_framing, 1);
    }
    if (why.status == 408) body_open_ = false; // it has had its time
    after_ = After::linger;
    set_response(refusal_response(loop_.shared().application, request_.get(), why));
    return Next::go_on;
}

Response refusal_response(Application& application, Request* request, Refusal const& why) {
    Response response;
    try {
        response = application.on_refused(request, why.status, why.id, why.sentence);
    } catch (...) {
        response = {};
        response.status = why.status;
    }
    response.close = true;
    if (why.status == 503 && response.head.find("Retry-After:") == std::string::npos) response.add("Retry-After", "1");
    return response;
}

} // namespace mozi::net
