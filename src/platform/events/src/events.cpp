// The outbox and the dispatcher.
#include <mozi/events/events.hpp>

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace mozi::events {

using Steady = std::chrono::steady_clock;

void Outbox::append(db::Transaction& tx, std::string_view name, int version, std::string const& payload) {
    // On PostgreSQL numbers are drawn before commits happen; the lock makes the order of the log the order of the commits.
    if (tx->dialect() == db::Dialect::postgres) tx->one<std::string>("SELECT CAST(pg_advisory_xact_lock(hashtext(current_schema())) AS text)");
    // Kept for a week that the server lives through: a wall clock that is behind shortens it no more than one that is ahead.
    auto const at = std::max(system_clock().now(), tx.database().lived());
    tx->run("INSERT INTO outbox (name, version, payload, created_at) VALUES (?, ?, ?, ?)", name, version, payload, at);
    tx.after_commit(wake_);
}

namespace {

struct Row {
    std::int64_t seq;
    std::string name, payload;
};

} // namespace

struct Dispatcher::Impl {
    // All events one named listener takes from one source, in order.
    struct Stream {
        std::string listener, source;
        db::Database* from;
        db::Database* to;
        std::map<std::string, Listener, std::less<>> by_event;
        std::optional<std::int64_t> cursor;
        int tries = 0;  // in vain since it last moved
        int faults = 0; // of those, the ones the event itself is to blame for
        Steady::time_point not_before{};
        void moved(std::optional<std::int64_t> reached) { cursor = reached, tries = 0, faults = 0; }
    };

    DispatcherOptions options;
    metrics::Registry& metrics;
    std::map<std::string, db::Database*> sources;
    std::vector<Stream> streams;
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t asked = 1, done = 0; // wakes asked for, and the last one after which nothing was left
    bool stopping = false;
    std::thread thread;
    Steady::time_point last_trim{};

    Impl(DispatcherOptions o, metrics::Registry& m) : options(o), metrics(m) {}

    std::int64_t read_cursor(Stream& stream) {
        if (stream.cursor) return *stream.cursor;
        auto const found = stream.to->read([&](db::Connection& c) -> Result<std::int64_t> {
            auto const row = c.one<std::int64_t>("SELECT seq FROM listener_cursor WHERE listener = ? AND source = ?", stream.listener, stream.source);
            return row ? std::get<0>(*row) : 0;
        });
        if (found) stream.cursor = *found;
        return found ? *found : -1;
    }

    // The number of the last event ever written to this log.
    static Result<std::int64_t> end_of_log(db::Database& source) {
        return source.read([](db::Connection& c) -> Result<std::int64_t> {
            auto const sqlite = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)";
            auto const postgres = "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence('outbox', 'seq') AS regclass)), 0)";
            return std::get<0>(c.one<std::int64_t>(c.dialect() == db::Dialect::sqlite ? sqlite : postgres).value());
        });
    }

    // A source that was restored from an earlier day writes numbers again that this listener has already passed: without this it
    // would not hear them.
    void step_back(Stream& stream) {
        auto const reached = read_cursor(stream);
        auto const end = end_of_log(*stream.from);
        if (!end || reached <= *end) return;
        auto const moved = stream.to->write([&](db::Transaction& tx) -> Result<bool> { return move_cursor(tx, stream, *end); });
        if (moved && *moved) stream.moved(*end);
        log::warn("event.log_is_older", {{"listener", stream.listener}, {"source", stream.source}, {"cursor", reached}, {"end", *end}});
    }

    static Result<std::vector<Row>> read_rows(Stream& stream, std::int64_t after) {
        return stream.from->read([&](db::Connection& c) -> Result<std::vector<Row>> {
            std::vector<Row> out;
            c.each<std::int64_t, std::string, std::string>("SELECT seq, name, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT 50", [&](std::int64_t seq, std::string name, std::string payload) {
                out.push_back({seq, std::move(name), std::move(payload)});
            }, after);
            return out;
        });
    }

    // Takes the cursor for this unit. False: another instance has moved it; what we have read is its business.
    static bool claim(db::Transaction& tx, Stream const& stream) {
        if (*stream.cursor == 0) tx->run("INSERT INTO listener_cursor (listener, source, seq) VALUES (?, ?, 0) ON CONFLICT (listener, source) DO NOTHING", stream.listener, stream.source);
        return move_cursor(tx, stream, *stream.cursor);
    }

    static bool move_cursor(db::Transaction& tx, Stream const& stream, std::int64_t seq) {
        return tx->run("UPDATE listener_cursor SET seq = ? WHERE listener = ? AND source = ? AND seq = ?", seq, stream.listener, stream.source, *stream.cursor) == 1;
    }

    // Handles rows in one unit. Returns the error of the first that failed; those before it are done.
    Result<> handle(Stream& stream, std::vector<Row> const& rows) {
        Result<> failed;
        bool ours = true;
        std::int64_t reached = *stream.cursor;
        auto const unit = stream.to->write([&](db::Transaction& tx) -> Result<> {
            failed = Result<>{};
            reached = *stream.cursor;
            if (ours = claim(tx, stream); !ours) return {};
            for (auto const& row : rows) {
                if (auto const found = stream.by_event.find(row.name); found != stream.by_event.end()) {
                    auto const effect = tx.database().write([&](db::Transaction& inner) { return found->second.handle(inner, row.payload); });
                    if (!effect) {
                        failed = effect;
                        break;
                    }
                }
                reached = row.seq;
            }
            if (reached != *stream.cursor) move_cursor(tx, stream, reached);
            return {};
        });
        if (!unit) return unit;
        if (!ours) return stream.moved({}), Result<>{};
        if (reached != *stream.cursor) stream.moved(reached);
        return failed;
    }

    Result<> give_up(Stream& stream, Row const& row, Error const& why) {
        auto reason = (why.id + " " + why.message + " " + why.detail).substr(0, 2000);
        while (!is_utf8(reason)) reason.pop_back();
        bool ours = true;
        auto const unit = stream.to->write([&](db::Transaction& tx) -> Result<> {
            if (ours = claim(tx, stream); !ours) return {};
            tx->run("INSERT INTO dead_event (listener, source, seq, name, payload, reason, failed_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (listener, source, seq) DO NOTHING", stream.listener, stream.source,
                    row.seq, row.name, row.payload, reason, system_clock().now());
            move_cursor(tx, stream, row.seq);
            return {};
        });
        if (!unit) return unit;
        stream.moved(ours ? std::optional(row.seq) : std::nullopt);
        if (!ours) return {};
        metrics.counter("videa_events_dead_total", "Events given up", "listener=\"" + stream.listener + "\"").add();
        log::error("event.dead", {{"listener", stream.listener}, {"source", stream.source}, {"seq", row.seq}, {"name", row.name}, {"why", why.detail}});
        return {};
    }

    enum class Standing { settled, waiting, more };

    Standing wait(Stream& stream) {
        ++stream.tries;
        stream.not_before = Steady::now() + std::min<std::chrono::milliseconds>(options.longest_retry, options.first_retry * (1 << std::min(stream.tries - 1, 12)));
        return Standing::waiting;
    }

    Standing advance(Stream& stream) {
        if (Steady::now() < stream.not_before) return Standing::waiting;
        auto const after = read_cursor(stream);
        if (after < 0) return wait(stream);
        auto const read = read_rows(stream, after);
        if (!read) return wait(stream);
        auto const& rows = *read;
        if (rows.empty()) return stream.moved(after), Standing::settled;
        auto const outcome = handle(stream, rows);
        if (outcome) return Standing::more;
        auto const failed = std::find_if(rows.begin(), rows.end(), [&](Row const& row) { return row.seq > *stream.cursor; });
        auto const& why = outcome.error();
        // A database that is full or away is not the event's fault: it waits and is never given up.
        if (why.code != Code::unavailable && why.code != Code::disk_full) ++stream.faults;
        log::warn("event.failed", {{"listener", stream.listener}, {"source", stream.source}, {"seq", failed == rows.end() ? 0 : failed->seq}, {"try", stream.tries + 1}, {"id", why.id}, {"why", why.detail}});
        if (stream.faults >= options.most_tries && failed != rows.end() && give_up(stream, *failed, why)) return Standing::more;
        return wait(stream);
    }

    void trim() {
        if (Steady::now() - last_trim < std::chrono::minutes(10)) return;
        last_trim = Steady::now();
        for (auto const& [module, database] : sources) {
            std::int64_t seen = std::numeric_limits<std::int64_t>::max();
            for (auto& stream : streams)
                if (stream.source == module) seen = std::min(seen, stream.cursor.value_or(0));
            auto const done_with = database->write([&](db::Transaction& tx) -> Result<> {
                tx->run("DELETE FROM outbox WHERE seq <= ? AND created_at < ?", seen, database->lived() - std::chrono::hours(24 * 7));
                return {};
            });
            (void)done_with;
        }
    }

    void run() {
        std::unique_lock held(mutex);
        while (!stopping) {
            auto const answering = asked;
            held.unlock();
            bool settled = false;
            for (bool more = true; more;) {
                more = false, settled = true;
                for (auto& stream : streams) {
                    auto const standing = advance(stream);
                    more |= standing == Standing::more;
                    settled &= standing == Standing::settled;
                }
                std::scoped_lock const look(mutex);
                if (stopping) break;
            }
            trim();
            auto next = Steady::now() + options.sweep;
            for (auto const& stream : streams)
                if (stream.tries > 0) next = std::min(next, std::max(stream.not_before, Steady::now()));
            held.lock();
            if (settled) done = answering;
            changed.notify_all();
            changed.wait_until(held, next, [&] { return stopping || asked != answering; });
            if (asked == answering) ++asked; // a sweep
        }
    }
};

Dispatcher::Dispatcher(DispatcherOptions options, metrics::Registry& metrics) : impl_(std::make_unique<Impl>(options, metrics)) {}
Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::add_source(std::string module, db::Database& database) { impl_->sources[std::move(module)] = &database; }

void Dispatcher::add_listeners(db::Database& listening, std::vector<Listener> listeners) {
    for (auto& listener : listeners) {
        auto at = std::find_if(impl_->streams.begin(), impl_->streams.end(), [&](auto const& s) { return s.listener == listener.name && s.source == listener.source; });
        if (at == impl_->streams.end()) {
            impl_->streams.push_back({listener.name, listener.source, nullptr, &listening, {}, {}, 0, 0, {}});
            at = std::prev(impl_->streams.end());
        }
        at->by_event.emplace(listener.event, std::move(listener));
    }
}

void Dispatcher::start() {
    for (auto& stream : impl_->streams) {
        stream.from = impl_->sources.at(stream.source);
        impl_->step_back(stream);
    }
    impl_->thread = std::thread([this] { impl_->run(); });
}

void Dispatcher::stop() {
    {
        std::scoped_lock const held(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->changed.notify_all();
    if (impl_->thread.joinable()) impl_->thread.join();
}

void Dispatcher::wake() {
    {
        std::scoped_lock const held(impl_->mutex);
        ++impl_->asked;
    }
    impl_->changed.notify_all();
}

bool Dispatcher::settle(std::chrono::milliseconds within) {
    std::unique_lock held(impl_->mutex);
    auto const mine = ++impl_->asked;
    impl_->changed.notify_all();
    return impl_->changed.wait_for(held, within, [&] { return impl_->done >= mine || impl_->stopping; }) && impl_->done >= mine;
}

int Dispatcher::retry_dead() {
    int handled = 0;
    for (auto& stream : impl_->streams) {
        auto const rows = stream.to->read([&](db::Connection& c) -> Result<std::vector<Row>> {
            std::vector<Row> out;
            c.each<std::int64_t, std::string, std::string>("SELECT seq, name, payload FROM dead_event WHERE listener = ? AND source = ? ORDER BY seq LIMIT 1000",
                                                           [&](std::int64_t seq, std::string name, std::string payload) { out.push_back({seq, std::move(name), std::move(payload)}); }, stream.listener, stream.source);
            return out;
        });
        if (!rows) continue;
        for (auto const& row : *rows) {
            auto const found = stream.by_event.find(row.name);
            bool mine = false;
            auto const unit = stream.to->write([&](db::Transaction& tx) -> Result<> {
                // First: whoever deletes it is the one that handles it.
                mine = tx->run("DELETE FROM dead_event WHERE listener = ? AND source = ? AND seq = ?", stream.listener, stream.source, row.seq) == 1;
                return mine && found != stream.by_event.end() ? found->second.handle(tx, row.payload) : Result<>{};
            });
            handled += unit && mine ? 1 : 0;
        }
    }
    return handled;
}

} // namespace mozi::events
