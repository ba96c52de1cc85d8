// What the tests of events share: a place that speaks, one that listens, and the log between them.
#pragma once

#include "show.hpp"
#include "temp_database.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace mozi::test {

using namespace std::chrono_literals;

struct Spoken {
    std::int64_t number = 0;
    std::string words;
    static constexpr std::string_view source = "there", name = "there.spoken";
    static constexpr int version = 1;
    static constexpr auto fields() { return std::tuple{json::field("number", &Spoken::number), json::field("words", &Spoken::words)}; }
};

struct Sung {
    std::int64_t number = 0;
    static constexpr std::string_view source = "there", name = "there.sung";
    static constexpr int version = 1;
    static constexpr auto fields() { return std::tuple{json::field("number", &Sung::number)}; }
};

// What was "there.spoken" is now richer: an old one did not say who spoke.
struct SpokenLater {
    std::int64_t number = 0;
    std::string words, speaker;
    static constexpr std::string_view source = "there", name = "there.spoken";
    static constexpr int version = 3;
    static void upgrade(int from, boost::json::object& fields) {
        if (from < 2) fields["speaker"] = "somebody";
    }
    static constexpr auto fields() {
        return std::tuple{json::field("number", &SpokenLater::number), json::field("words", &SpokenLater::words),
            json::field("speaker", &SpokenLater::speaker)};
    }
};

inline constexpr EmbeddedFile heard_table[] = {{"0001_heard.sql",
    "CREATE TABLE heard (at INTEGER PRIMARY KEY AUTOINCREMENT, listener TEXT NOT NULL, number INTEGER NOT NULL) STRICT;\n"}};
inline events::DispatcherOptions const impatient{.most_tries = 3, .first_retry = 1ms, .longest_retry = 4ms, .sweep = 20ms};
inline Error const refusal{Code::conflict, "test.no", "No.", {.detail = "detail of it"}};
inline Error const away{Code::unavailable, "storage.gone", "The database does not answer."};
using Numbers = std::vector<std::int64_t>;

// A place that speaks, a place that listens, and the log between them.
struct Pair {
    TempDatabase there, here;
    metrics::Registry metrics;
    std::mutex mutex;
    events::Dispatcher* dispatcher = nullptr; // the outbox wakes whichever runs
    events::Outbox outbox{[this](db::Database const& source) {
        std::scoped_lock const held(mutex);
        if (dispatcher) dispatcher->wake(source);
    }};

    explicit Pair(db::Dialect dialect = db::Dialect::sqlite) : there("there", {}, dialect), here("here", heard_table, dialect) {}

    Result<> say(std::int64_t number, Result<> ending = {}) {
        return there->write([&](db::Transaction& tx) -> Result<> {
            outbox.emit(tx, Spoken{number, "w"});
            return ending;
        });
    }

    using React = std::function<Result<>(std::int64_t)>;
    events::Listener hears(std::string name, React react = {}) {
        return events::on<Spoken>(name, [name, react](db::Transaction& tx, Spoken const& event) -> Result<> {
            tx->run("INSERT INTO heard (listener, number) VALUES (?, ?)", name, event.number); // also when it fails below: must be undone
            return react ? react(event.number) : Result<>{};
        });
    }

    std::unique_ptr<events::Dispatcher> start(std::vector<events::Listener> listeners, events::DispatcherOptions options = impatient) {
        auto made = std::make_unique<events::Dispatcher>(options, metrics);
        made->add_source("there", *there);
        made->add_listeners(*here, std::move(listeners));
        made->start();
        std::scoped_lock const held(mutex);
        dispatcher = made.get();
        return made;
    }
    void stop(std::unique_ptr<events::Dispatcher> running) {
        {
            std::scoped_lock const held(mutex);
            dispatcher = nullptr;
        }
        running->stop();
    }

    Numbers numbers(db::Database& database, std::string const& sql, auto const&... in) {
        auto const rows = database.read([&](db::Connection& c) -> Result<Numbers> {
            Numbers out;
            c.each<std::int64_t>(sql, [&](std::int64_t number) { out.push_back(number); }, in...);
            return out;
        });
        REQUIRE(rows);
        return *rows;
    }
    Numbers heard(std::string const& listener) {
        return numbers(*here, "SELECT number FROM heard WHERE listener = ? ORDER BY at", listener);
    }
    Numbers dead() { return numbers(*here, "SELECT seq FROM dead_event ORDER BY seq"); }
};

inline Numbers up_to(std::int64_t last) {
    Numbers out;
    for (std::int64_t i = 1; i <= last; ++i) out.push_back(i);
    return out;
}

template <class F>
void on_each_engine(F&& check) {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        Pair pair(dialect);
        check(pair);
    }
}

} // namespace mozi::test
