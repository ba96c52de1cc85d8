// Durable events: a row of the module's outbox in the transaction that made it true, told to every listener exactly once, in order.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>
#include <mozi/metrics/metrics.hpp>

#include <mozi/base/embedded.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mozi {
// Tables every module's database has (outbox, cursors, idempotency keys); ledger "platform".
std::span<EmbeddedFile const> mozi_platform_schema();
} // namespace mozi

namespace mozi::events {

// A described struct with `static constexpr std::string_view source = "user", name = "user.registered"; static constexpr int version = 1;`
template <class E>
concept Event = json::Described<E> && requires {
    { E::source } -> std::convertible_to<std::string_view>;
    { E::name } -> std::convertible_to<std::string_view>;
    { E::version } -> std::convertible_to<int>;
};

// A module's end of the log. emit() belongs to the unit: undone with it, heard only after its commit.
class Outbox {
public:
    explicit Outbox(std::function<void()> wake) : wake_(std::move(wake)) {}

    template <Event E>
    void emit(db::Transaction& tx, E const& event) { append(tx, E::name, E::version, json::to_json(event)); }

private:
    void append(db::Transaction& tx, std::string_view name, int version, std::string const& payload);
    std::function<void()> wake_;
};

// One listener of one source's log. Its cursor lives in the listening module's database.
struct Listener {
    std::string name;   // "social.people"
    std::string source; // "user"
    std::string event;  // "user.registered"
    std::function<Result<>(db::Transaction&, std::string_view payload)> handle;
};

// on<UserRegistered>("social.people", [this](db::Transaction& tx, UserRegistered const& event) -> Result<> {…})
// The reaction runs in a unit of the listening module together with the moved cursor, so its effect happens exactly once.
template <Event E, class F>
Listener on(std::string name, F reaction) {
    return {std::move(name), std::string(E::source), std::string(E::name), [reaction = std::move(reaction)](db::Transaction& tx, std::string_view payload) -> Result<> {
                MOZI_TRY(auto event, json::from_json<E>(payload));
                return reaction(tx, event);
            }};
}

struct DispatcherOptions {
    int most_tries = 10;                     // then the event is recorded as dead and stepped over
    std::chrono::milliseconds first_retry{1000}, longest_retry{300'000};
    std::chrono::milliseconds sweep{1000};   // looked for without being woken, also other instances' events
};

// Carries events from the logs to the listeners, on its own thread.
class Dispatcher {
public:
    Dispatcher(DispatcherOptions options, metrics::Registry& metrics);
    ~Dispatcher();
    void add_source(std::string module, db::Database& database);
    void add_listeners(db::Database& listening, std::vector<Listener> listeners);
    void start();
    void stop();
    void wake();
    // Everything emitted so far has been handled or given up. For tests and shutdown; false after the time.
    bool settle(std::chrono::milliseconds within);
    // Puts dead events back: they are handled now. Returns how many succeeded.
    int retry_dead();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Transient news: in memory, may be lost. Subscribers are called on the publisher's thread and must not block.
template <class News>
class Bus {
public:
    void subscribe(std::function<void(News const&)> heard) { heard_.push_back(std::move(heard)); } // before threads start
    void publish(News const& news) const { for (auto const& tell : heard_) tell(news); }

private:
    std::vector<std::function<void(News const&)>> heard_;
};

} // namespace mozi::events
