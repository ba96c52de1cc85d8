// One io thread: its reactor, listeners, connections, deadlines and mailbox.
#pragma once

#include "address_limit.hpp"
#include "asio.hpp"
#include "timer_wheel.hpp"
#include "tls.hpp"

#include <mozi/net/server.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mozi::net {

class Loop;
class Session;

struct Listener {
    ServerOptions::Listen options;
    std::uint16_t port = 0;
    std::unique_ptr<TlsContext> tls;
};

// What all loops share.
struct Shared {
    Shared(ServerOptions given, Application& app)
        : options(std::move(given)), application(app), addresses(options.max_connections_per_address) {}
    ServerOptions const options;
    Application& application;
    AddressLimit addresses;
    std::vector<Listener> listeners;
    std::atomic<std::size_t> open{0};
    std::mutex mutex; // with `emptied`: a loop that stops has no connection left
    std::condition_variable emptied;
};

struct LoopFigures { // written by the loop's thread only
    std::atomic<std::uint64_t> accepted{0}, refused{0}, requests{0}, bytes_in{0}, bytes_out{0}, accept_errors{0}, refused_framing{0};
    static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n) {
        counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
};

// Where sessions hear from other threads. Outlives its loop: what comes too late is dropped.
class Mailbox {
public:
    struct EndOfBody {}; // its sink wants no more
    struct Letter {
        std::uint32_t slot = 0;
        std::uint64_t serial = 0; // of the request it is about
        std::variant<Response, std::unique_ptr<Accept>, EndOfBody> content;
    };
    explicit Mailbox(Loop& owner) : owner_(&owner) {}
    void put(Letter&& letter); // any thread
    void close();
    std::vector<Letter> take();

private:
    Loop* const owner_;
    std::mutex mutex_;
    bool closed_ = false;
    std::vector<Letter> waiting_;
};

// Acceptor of one listener in one loop.
struct Door {
    Door(Executor executor, Listener const& from) : listener(from), acceptor(executor), pause(executor) {}
    Listener const& listener;
    Acceptor acceptor;
    Timer pause;
};

class Loop {
public:
    static constexpr std::size_t scratch_bytes = 256 * 1024;

    explicit Loop(Shared& shared);
    ~Loop();
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;

    void add_door(Listener const& listener, int listening_fd); // before start(); takes the descriptor
    void start();
    void begin_stop(); // any thread
    void close_all(); // any thread: whatever is still open ends now
    bool drained() const { return drained_.load(std::memory_order_acquire); } // stopping, and no connection is left
    void join(); // ends the thread

    // The rest: this loop's thread only.
    Shared& shared() { return shared_; }
    Executor executor() { return io_.get_executor(); }
    TimerWheel& wheel() { return wheel_; }
    std::shared_ptr<Mailbox> const& mailbox() { return mailbox_; }
    char* scratch() { return scratch_.get(); }
    bool stopping() const { return stopping_; }
    std::uint64_t next_serial() { return ++serial_; }
    std::string_view date();
    void note_busy(Clock::duration duration); // time in which this thread served nobody else
    void deliver(Mailbox::Letter&& letter);
    void drain_mailbox();
    std::uint32_t enter(Session& session); // keeps it alive until leave()
    void leave(std::uint32_t slot);
    void refusal_ended() { --lingering_refusals_; }
    double lag_seconds(Clock::time_point now) const; // any thread

    LoopFigures figures;

private:
    void run();
    void arm(Door& door);
    void accept_some(Door& door);
    void adopt(Door& door, int fd, sockaddr_storage const& address);
    void refuse_without_descriptor(Door& door);
    void arm_tick();
    void on_tick(Clock::time_point planned);
    void stop_here();
    void look_whether_drained();

    Shared& shared_;
    asio::io_context io_{1};
    asio::executor_work_guard<Executor> work_;
    Timer timer_;
    TimerWheel wheel_;
    std::shared_ptr<Mailbox> mailbox_;
    std::vector<std::unique_ptr<Door>> doors_;
    std::vector<boost::intrusive_ptr<Session>> sessions_; // by slot
    std::vector<std::uint32_t> free_slots_;
    std::unique_ptr<char[]> scratch_;
    std::uint64_t serial_ = 0;
    std::time_t date_second_ = 0;
    std::string date_;
    int reserve_fd_ = -1;
    unsigned lingering_refusals_ = 0;
    bool stopping_ = false, ended_ = false;
    std::atomic<bool> drained_{false};
    struct Lag {
        std::atomic<std::int64_t> second{-1};
        std::atomic<std::int64_t> worst_ns{0};
    };
    std::array<Lag, 12> lags_;
    std::atomic<Clock::time_point> came_round_{Clock::now()}; // the latest tick
    std::thread thread_;
};

} // namespace mozi::net
