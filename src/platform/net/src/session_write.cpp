// Writing answers: one system call for head and body, files straight from the page cache.
#include "session.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mozi::net {
namespace {

constexpr std::size_t sendfile_chunk = 2048 * 1024; // the share of one connection before others have their turn
constexpr std::size_t tls_file_chunk = 64 * 1024;
constexpr std::size_t kept_capacity = 512; // of a buffer while the connection is idle

std::string_view reason(int status) {
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 460: return "Checksum Mismatch";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return status < 400 ? "OK" : "Error";
    }
}

void append_number(std::string& text, std::uint64_t number) {
    char digits[20];
    auto const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    text.append(digits, end);
}

bool has_no_body(int status) { return status < 200 || status == 204 || status == 304; }

} // namespace

void format_response_head(std::string& out, Response const& response, std::string_view date, std::string_view connection) {
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::uint64_t>(response.status));
    out.append(1, ' ').append(reason(response.status)).append("\r\nServer: VideaMozi\r\nDate: ").append(date).append("\r\n");
    out.append(response.head);
    if (!has_no_body(response.status)) {
        out.append("Content-Length: ");
        append_number(out, response.body_size());
        out.append("\r\n");
    }
    if (!connection.empty()) out.append("Connection: ").append(connection).append("\r\n");
    out.append("\r\n");
}

void Session::answer(Response&& response) {
    if (phase_ != Phase::handling) return;
    set_response(std::move(response));
    advance();
}

void Session::set_response(Response&& response) {
    if (response.status < 200 || response.status > 599) {
        Refusal const why{500, "server.internal", "Something went wrong on the server."};
        response = refusal_response(loop_.shared().application, request_.get(), why);
        response.close = after_ != After::keep;
    }
    response_ = std::move(response);
    if (response_.close || loop_.stopping()) after_ = After::linger;
    else if (!keep_alive_ && after_ == After::keep) after_ = After::close;
    body_size_ = head_method_ || has_no_body(response_.status) ? 0 : response_.body_size();
    head_out_.clear();
    head_sent_ = body_sent_ = 0;
    std::string_view const connection = after_ != After::keep ? "close" : http10_ ? "keep-alive" : "";
    format_response_head(head_out_, response_, loop_.date(), connection);
    phase_ = Phase::answering;
    spend(Time::sending);
    last_queued_ = INT_MAX;
    loop_.wheel().set(*this, spending_since_ + loop_.shared().options.write_timeout);
}

std::string_view Session::memory_body() const {
    if (auto const* text = std::get_if<std::string>(&response_.body)) return *text;
    auto const* shared = std::get_if<std::shared_ptr<std::string const>>(&response_.body);
    return shared != nullptr && *shared ? std::string_view(**shared) : std::string_view{};
}

Session::Next Session::step_out() {
    auto const before = head_sent_ + body_sent_;
    Io::State state = Io::State::ok;
    bool const file = std::holds_alternative<FileRange>(response_.body) && body_size_ > 0;
    if (!file) state = send_memory();
    else state = tls_ ? send_file_tls() : send_file_plain();
    if (state == Io::State::closed) {
        report();
        return close();
    }
    if (head_sent_ == head_out_.size() && body_sent_ == body_size_) return answer_sent();
    if (head_sent_ + body_sent_ != before) {
        last_queued_ = INT_MAX; // asked when the deadline comes
        loop_.wheel().set(*this, Clock::now() + loop_.shared().options.write_timeout);
    }
    return wait_for(state == Io::State::ok ? Io::State::want_write : state);
}

void Session::count_sent(std::size_t bytes) {
    auto const of_head = std::min<std::uint64_t>(bytes, head_out_.size() - head_sent_);
    head_sent_ += of_head;
    body_sent_ += bytes - of_head;
}

Io::State Session::send_memory() {
    auto const body = memory_body();
    for (int turn = 0; turn < 64; ++turn) {
        iovec parts[2];
        int count = 0;
        if (head_sent_ < head_out_.size()) parts[count++] = {head_out_.data() + head_sent_, head_out_.size() - head_sent_};
        if (body_sent_ < body_size_)
            parts[count++] = {const_cast<char*>(body.data()) + body_sent_, static_cast<std::size_t>(body_size_ - body_sent_)};
        if (count == 0) return Io::State::ok;
        auto const io = write_some(parts, count, 0);
        if (io.state != Io::State::ok) return io.state;
        count_sent(io.bytes);
    }
    return Io::State::ok;
}

Io::State Session::send_file_plain() {
    while (head_sent_ < head_out_.size()) {
        iovec const part{head_out_.data() + head_sent_, head_out_.size() - head_sent_};
        auto const io = write_some(&part, 1, MSG_MORE); // leaves together with the first bytes of the file
        if (io.state != Io::State::ok) return io.state;
        count_sent(io.bytes);
    }
    auto const& range = std::get<FileRange>(response_.body);
    for (std::size_t turn = 0; turn < sendfile_chunk && body_sent_ < body_size_;) {
        auto offset = static_cast<off_t>(range.offset + body_sent_);
        auto const want = static_cast<std::size_t>(std::min<std::uint64_t>(body_size_ - body_sent_, sendfile_chunk));
        auto const sent = ::sendfile(socket_.native_handle(), range.file->fd, &offset, want);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return Io::State::want_write;
        if (sent <= 0) return Io::State::closed; // an error, or the file became shorter than promised
        body_sent_ += static_cast<std::uint64_t>(sent);
        turn += static_cast<std::size_t>(sent);
        LoopFigures::add(loop_.figures.bytes_out, static_cast<std::uint64_t>(sent));
    }
    return Io::State::ok;
}

// No per-connection buffer: what the socket does not take is read again from the page cache.
Io::State Session::send_file_tls() {
    auto const& range = std::get<FileRange>(response_.body);
    for (std::size_t turn = 0; turn < sendfile_chunk && body_sent_ < body_size_;) {
        char* const buffer = loop_.scratch();
        auto const head_left = static_cast<std::size_t>(head_out_.size() - head_sent_);
        std::memcpy(buffer, head_out_.data() + head_sent_, head_left);
        auto const want = static_cast<std::size_t>(std::min<std::uint64_t>(body_size_ - body_sent_, tls_file_chunk));
        auto const got = ::pread(range.file->fd, buffer + head_left, want, static_cast<off_t>(range.offset + body_sent_));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return Io::State::closed;
        auto const ready = head_left + static_cast<std::size_t>(got);
        for (std::size_t sent = 0; sent < ready;) {
            iovec const part{buffer + sent, ready - sent};
            auto const io = write_some(&part, 1, 0);
            if (io.state != Io::State::ok) return io.state;
            sent += io.bytes;
            turn += io.bytes;
            count_sent(io.bytes);
        }
    }
    return Io::State::ok;
}

Session::Next Session::answer_sent() {
    report();
    if (after_ == After::close) return close();
    if (after_ == After::linger || loop_.stopping()) return begin_linger();
    phase_ = Phase::head;
    request_.reset();
    response_ = {};
    scanned_ = 0;
    skipped_crlf_ = head_method_ = false;
    if (head_out_.capacity() > kept_capacity) std::string().swap(head_out_);
    auto const now = Clock::now();
    if (pending_.empty()) {
        if (pending_.capacity() > kept_capacity) std::string().swap(pending_);
        loop_.wheel().set(*this, now + loop_.shared().options.idle_timeout);
    } else {
        first_byte_ = now;
        loop_.wheel().set(*this, now + loop_.shared().options.head_timeout);
    }
    return Next::go_on;
}

void Session::spend(Time on) {
    auto const now = Clock::now();
    spent_[int(spending_)] += now - spending_since_;
    spending_ = on;
    spending_since_ = now;
}

void Session::report() {
    if (admission_ == Admission::refused || !request_) return;
    spend(Time::none);
    auto const seconds = [](Clock::duration time) { return std::chrono::duration<double>(time).count(); };
    try {
        loop_.shared().application.on_done(
            *request_, {response_.status, head_sent_ + body_sent_, seconds(spending_since_ - first_byte_), seconds(spent_[int(Time::own)]),
                           seconds(spent_[int(Time::receiving)]), seconds(spent_[int(Time::sending)])});
    } catch (...) { // an answer already given cannot fail any more
    }
    for (auto& spent : spent_) spent = {};
}

} // namespace mozi::net
