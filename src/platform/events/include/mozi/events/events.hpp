// Durable events: a row of the module's outbox in the transaction that made it true, told to every listener exactly once, and carried
// by every relay at least once, in order.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>
#include <mozi/metrics/metrics.hpp>

#include <mozi/base/embedded.hpp>

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mozi {
// Tables every module's database has (outbox, cursors, effects, idempotency keys); ledger "platform".
std::span<EmbeddedFile const> mozi_platform_schema();
} // namespace mozi

namespace mozi::events {

// A described struct with `static constexpr std::string_view source = "user", name = "user.registered"; static constexpr int version = 1;`
// Its fields have no rules: what was accepted once stays readable. Where a later version cannot read an earlier one as it stands, it
// has `static void upgrade(int version, boost::json::object&)`. Its first field names what it is about: events about the same reach a
// listener in their order, also where one of them failed and was tried again later.
template <class E>
concept Event = json::Described<E> && requires {
    { E::source } -> std::convertible_to<std::string_view>;
    { E::name } -> std::convertible_to<std::string_view>;
    { E::version } -> std::convertible_to<int>;
};

template <class E>
constexpr bool is_unruled() {
    bool out = true;
    json::for_each_field<E>([&](auto const& field) { out = out && field.rules.min == 0 && field.rules.max == 0; });
    return out;
}

// An event as it stands in a log.
struct Told {
    std::int64_t seq = 0;
    std::string name;
    int version = 1;
    std::string payload;
};

template <Event E>
Told told(E const& event) {
    static_assert(is_unruled<E>(), "the fields of an event have no rules: whoever wrote it has judged them");
    return {0, std::string(E::name), E::version, json::to_json(event)};
}

// Keys it does not know are left alone, so that a later version's event can be read as well. Errors: "request.json", "request.fields".
template <Event E>
Result<E> read(Told const& told) {
    if constexpr (requires(boost::json::object& fields) { E::upgrade(1, fields); }) {
        if (told.version < E::version) {
            MOZI_TRY(auto document, json::parse(told.payload));
            if (auto* fields = document.if_object()) E::upgrade(told.version, *fields);
            return json::from_value<E>(document, json::Words::kept);
        }
    }
    return json::from_json<E>(told.payload);
}

// A module's end of the log. emit() belongs to the unit: undone with it, heard only after its commit.
class Outbox {
public:
    using Wake = std::function<void(db::Database const& source)>;
    explicit Outbox(Wake wake) : wake_(std::move(wake)) {}

    template <Event E>
    void emit(db::Transaction& tx, E const& event) {
        append(tx, told(event));
    }

private:
    void append(db::Transaction& tx, Told const& event);
    Wake wake_;
};

// Where a listener begins that this installation has not had before.
enum class Begin {
    kept, // with what the log still holds (a week): where what happened before cannot matter
    now, // with what happens from now on: mail, notifications
};

// One page of what there is: writes its part in the unit, answers where the next page begins (at most 200 characters), or nothing at
// the end. `after`: empty at first. May be given the same page twice.
using Rebuild = std::function<Result<std::optional<std::string>>(db::Transaction& tx, std::string const& after)>;

// One listener of one source's log. Its cursor lives in the listening module's database.
struct Listener {
    std::string name; // "social.people"
    std::string source; // "user"
    std::string event; // "user.registered"
    std::function<Result<>(db::Transaction&, Told const&)> handle;
    std::function<bool(Told const&)> concerns = {}; // empty: every one. What does not costs no unit
    Begin begin = Begin::kept;
    Rebuild rebuild = {}; // instead: first what there is, then the log from where it stood when that began
};

// on<UserRegistered>("social.people", [this](db::Transaction& tx, UserRegistered const& event) -> Result<> {…})
// The reaction runs in a unit of the listening module together with the moved cursor, so its effect happens exactly once.
// All listeners of one name and source begin alike.
template <Event E, class F>
Listener on(std::string name, F reaction, Begin begin = Begin::kept) {
    return {.name = std::move(name),
        .source = std::string(E::source),
        .event = std::string(E::name),
        .handle = [reaction = std::move(reaction)](db::Transaction& tx, Told const& told) -> Result<> {
            MOZI_TRY(auto event, read<E>(told));
            return reaction(tx, event);
        },
        .begin = begin};
}

// What may take time or be away (a broker, a search engine, mail): outside any unit, in batches, at least once, on a thread of its own.
struct Relay {
    std::string name; // "mail"
    std::string source; // "user"
    std::vector<std::string> events;
    // Carries them in order; answers how many it carried before it failed, by `failed`.
    std::function<std::size_t(std::span<Told const> events, Result<>& failed)> carry;
    Begin begin = Begin::now;
};

struct DispatcherOptions {
    int most_tries = 10; // then the event is recorded as dead and stepped over
    std::chrono::milliseconds first_retry{1000}, longest_retry{300'000};
    std::chrono::milliseconds sweep{1000}; // looked for without being woken, also other instances' events
};

// How many events the listeners of that database have given up.
std::int64_t count_dead(db::Connection& c);

struct Lag {
    std::string listener, source;
    std::chrono::milliseconds behind{0};
};

// Carries events from the logs to the listeners: one thread per receiving database, one per relay.
class Dispatcher {
public:
    Dispatcher(DispatcherOptions options, metrics::Registry& metrics);
    ~Dispatcher();
    void add_source(std::string module, db::Database& database);
    void add_listeners(db::Database& listening, std::vector<Listener> listeners);
    void add_relays(db::Database& keeping, std::vector<Relay> relays); // their cursors are kept there
    // New listeners have their place in the logs when this returns.
    void start();
    void stop();
    void wake(db::Database const& source); // something was added to its log
    // Everything emitted so far has been handled or given up. For tests and shutdown; false after the time.
    bool settle(std::chrono::milliseconds within);
    // How far each listener and relay is behind: since it had heard all there was. Any thread.
    std::vector<Lag> lags() const;
    // Puts dead events back: they are handled now. Returns how many succeeded.
    int retry_dead();
    // That listener reads again what there is, whatever its cursor says; false when there is none that can. While it is stopped.
    bool rebuild(std::string_view listener);
    // Deletes what everybody has heard and a week of lived time has passed over. Any thread, now and then.
    void trim();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// Transient news: in memory, may be lost. Subscribers are called on the publisher's thread and must not block.
template <class News>
class Bus {
public:
    void subscribe(std::function<void(News const&)> heard) { heard_.push_back(std::move(heard)); } // before threads start
    void publish(News const& news) const {
        for (auto const& tell : heard_) tell(news);
    }

private:
    std::vector<std::function<void(News const&)>> heard_;
};

} // namespace mozi::events
