// One connection: a state machine that moves until it has to wait for the peer or for an answer.
#pragma once

#include "loop.hpp"

#include <mozi/net/head_judge.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <utility>

namespace mozi::net {

inline constexpr Refusal server_stopping{503, "server.stopping", "The server is stopping. Try again shortly."};

// The application's words for a refusal, or a bare status if it has none.
Response refusal_response(Application& application, Request* request, Refusal const& why);
// Status line and headers; `connection` is the value of that header, empty for none.
void format_response_head(std::string& out, Response const& response, std::string_view date, std::string_view connection);

// Lives on its loop's thread alone, hence the plain reference count.
class Session final : private Timed {
public:
    using Pointer = boost::intrusive_ptr<Session>;
    enum class Admission : std::uint8_t { admitted, refused };

    Session(Loop& loop, Socket socket, Listener const& listener, Peer peer, Admission admission);
    ~Session();

    void start();
    void receive(Mailbox::Letter&& letter);
    void stop(); // the server stops: idle closes, a body in transit is given up, a running request may finish
    void close_now();

    friend void intrusive_ptr_add_ref(Session* session) { ++session->references_; }
    friend void intrusive_ptr_release(Session* session) {
        if (--session->references_ == 0) delete session;
    }

private:
    enum class Phase : std::uint8_t { handshake, head, deciding, body, handling, answering, lingering, closed };
    enum class Next : std::uint8_t { go_on, wait };
    enum class After : std::uint8_t { keep, close, linger }; // what follows the answer
    enum class Fed : std::uint8_t { more, stop, failed };
    static constexpr std::uint8_t reads_per_turn = 4; // of a body, before other connections have their turn

    // As long as it lives, advance() leaves the work to its maker.
    class Running {
    public:
        explicit Running(Session& session) : session_(session), before_(std::exchange(session.running_, true)) {}
        ~Running() { session_.running_ = before_; }
        Running(Running const&) = delete;
        Running& operator=(Running const&) = delete;

    private:
        Session& session_;
        bool before_;
    };

    // session.cpp: the machine, waiting, deadlines
    void advance();
    Next step();
    Next wait_for(Io::State direction);
    void on_ready(std::uint32_t ticket);
    void on_deadline() override;
    void on_write_deadline();
    void deadline_in(Clock::duration from_now) { loop_.wheel().set(*this, Clock::now() + from_now); }
    Next close();
    Io read_some(char* to, std::size_t room);
    Io write_some(iovec const* parts, int count, int flags);
    Next step_handshake();
    Next begin_linger();
    Next step_linger();
    Clock::duration linger_patience() const;
    bool dropping_is_worth_it(Clock::time_point now) const;

    // session_read.cpp: heads and bodies
    Next step_head();
    Next fill_head();
    Next wait_for_head();
    void on_head_bytes(std::uint32_t ticket, boost::system::error_code error, std::size_t size);
    void take_bytes(char const* bytes, std::size_t size);
    Next take_head(std::size_t size);
    void describe(Request& request) const;
    Next follow(Accept&& accept);
    void decided(Accept&& accept);
    Next begin_body();
    bool send_continue();
    Next step_body();
    Next take_body(std::span<char> bytes);
    Fed feed(std::span<char const> payload);
    bool below_rate(std::uint64_t bytes, Clock::duration elapsed) const;
    void keep_trailers();
    void end_body();
    Next body_done();
    Next body_failed(Refusal const& why);
    void drop_sink();
    Next hand_over();
    Next refuse(Refusal const& why);

    // session_write.cpp: answers
    void answer(Response&& response);
    void set_response(Response&& response);
    Next step_out();
    void count_sent(std::size_t bytes);
    Io::State send_memory();
    Io::State send_file_plain();
    Io::State send_file_tls();
    Next answer_sent();
    void report();
    std::string_view memory_body() const;

    Loop& loop_;
    Socket socket_;
    std::unique_ptr<TlsStream> tls_;
    std::optional<std::uint64_t> address_key_;
    std::string peer_;
    std::uint16_t local_port_;
    std::uint32_t slot_ = 0;
    std::uint32_t references_ = 0;
    std::uint32_t ticket_ = 0; // of the wait whose completion counts
    std::uint32_t reading_ = 0; // the ticket of the last read of a head
    Phase phase_;
    After after_ = After::keep;
    Admission admission_;
    std::uint8_t reads_left_ = reads_per_turn;
    bool running_ = false, waiting_ = false, skipped_crlf_ = false;
    bool body_open_ = false; // bytes of a body may still come

    static constexpr std::size_t head_in_bytes = 2048;
    std::unique_ptr<char[]> head_in_;
    std::string pending_; // bytes read but not yet understood
    std::size_t scanned_ = 0;
    std::uint64_t serial_ = 0; // of the request
    std::shared_ptr<Request> request_;
    Clock::time_point first_byte_{}; // of this head
    bool keep_alive_ = true, http10_ = false, expects_continue_ = false, head_method_ = false;

    std::shared_ptr<BodySink> sink_;
    std::uint64_t body_limit_ = 0, body_taken_ = 0;
    Clock::time_point body_start_{};
    ChunkDecoder chunks_;

    Response response_;
    std::string head_out_;
    std::uint64_t head_sent_ = 0, body_sent_ = 0, body_size_ = 0;
    int last_queued_ = 0;

    // Where the time of this request went.
    enum class Time : std::uint8_t { none, own, receiving, sending };
    void spend(Time on); // from now on
    Time spending_ = Time::none;
    Clock::time_point spending_since_{};
    Clock::duration spent_[4]{};

    Clock::time_point linger_start_{}, linger_end_{};
    std::uint64_t dropped_ = 0; // while lingering
};

} // namespace mozi::net
