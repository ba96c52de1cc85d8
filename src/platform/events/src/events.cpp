// The outbox and the dispatcher.
#include <mozi/events/events.hpp>

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
    tx->run("INSERT INTO outbox (name, version, payload, created_at) VALUES (?, ?, ?, ?)", name, version, payload, system_clock().now());
    tx.after_commit(wake_);
}

namespace {

constexpr int most_per_unit = 50;

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
        int tries = 0;
        Steady::time_point not_before{};
    };

    DispatcherOptions options;
    metrics::Registry& metrics;
    std::map<std::string, db::Database*> sources;
    std::vector<Stream> streams;
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t asked = 1, done = 0; // wakes asked for, and the last one answered completely
    bool stopping = false, idle = false;
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

    std::vector<Row> read_rows(Stream& stream, std::int64_t after) {
        auto rows = stream.from->read([&](db::Connection& c) -> Result<std::vector<Row>> {
            std::vector<Row> out;
            c.each<std::int64_t, std::string, std::string>("SELECT seq, name, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT 50", [&](std::int64_t seq, std::string name, std::string payload) {
                out.push_back({seq, std::move(name), std::move(payload)});
            }, after);
            return out;
        });
        return rows ? std::move(*rows) : std::vector<Row>{};
    }

    static Result<> move_cursor(db::Transaction& tx, Stream const& stream, std::int64_t seq) {
        tx->run("INSERT INTO listener_cursor (listener, source, seq) VALUES (?, ?, ?) ON CONFLICT (listener, source) DO UPDATE SET seq = excluded.seq", stream.listener, stream.source, seq);
        return {};
    }

    // Handles rows in one unit. Returns the error of the first that failed; those before it are done.
    Result<> handle(Stream& stream, std::vector<Row> const& rows) {
        Result<> failed;
        std::int64_t reached = *stream.cursor;
        auto const unit = stream.to->write([&](db::Transaction& tx) -> Result<> {
            failed = Result<>{};
            reached = *stream.cursor;
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
            return reached == *stream.cursor ? Result<>{} : move_cursor(tx, stream, reached);
        });
        if (!unit) return unit;
        if (reached != *stream.cursor) stream.tries = 0;
        stream.cursor = reached;
        return failed;
    }

    void give_up(Stream& stream, Row const& row, Error const& why) {
        auto const unit = stream.to->write([&](db::Transaction& tx) -> Result<> {
            tx->run("INSERT INTO dead_event (listener, source, seq, name, payload, reason, failed_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (listener, source, seq) DO NOTHING", stream.listener, stream.source,
                    row.seq, row.name, row.payload, (why.id + " " + why.message + " " + why.detail).substr(0, 2000), system_clock().now());
            return move_cursor(tx, stream, row.seq);
        });
        if (!unit) return;
        stream.cursor = row.seq;
        stream.tries = 0;
        metrics.counter("videa_events_dead_total", "Events given up", "listener=\"" + stream.listener + "\"").add();
        log::error("event.dead", {{"listener", stream.listener}, {"source", stream.source}, {"seq", row.seq}, {"name", row.name}, {"why", why.detail}});
    }

    // True when it has nothing more to do now.
    bool advance(Stream& stream) {
        if (Steady::now() < stream.not_before) return true;
        auto const after = read_cursor(stream);
        if (after < 0) return true;
        auto const rows = read_rows(stream, after);
        if (rows.empty()) return true;
        auto const outcome = handle(stream, rows);
        if (outcome) return rows.size() < most_per_unit;
        auto const failed = std::find_if(rows.begin(), rows.end(), [&](Row const& row) { return row.seq > *stream.cursor; });
        ++stream.tries;
        log::warn("event.failed", {{"listener", stream.listener}, {"source", stream.source}, {"seq", failed == rows.end() ? 0 : failed->seq}, {"try", stream.tries}, {"id", outcome.error().id}, {"why", outcome.error().detail}});
        // A database that is full or away is not the event's fault: it waits and is never given up.
        auto const environment = outcome.error().code == Code::unavailable || outcome.error().code == Code::disk_full;
        if (stream.tries >= options.most_tries && !environment && failed != rows.end()) {
            give_up(stream, *failed, outcome.error());
            return false;
        }
        auto const wait = std::min<std::chrono::milliseconds>(options.longest_retry, options.first_retry * (1 << std::min(stream.tries - 1, 12)));
        stream.not_before = Steady::now() + wait;
        return true;
    }

    void trim() {
        if (Steady::now() - last_trim < std::chrono::minutes(10)) return;
        last_trim = Steady::now();
        for (auto const& [module, database] : sources) {
            std::int64_t seen = std::numeric_limits<std::int64_t>::max();
            for (auto& stream : streams)
                if (stream.source == module) seen = std::min(seen, stream.cursor.value_or(0));
            auto const done_with = database->write([&](db::Transaction& tx) -> Result<> {
                tx->run("DELETE FROM outbox WHERE seq <= ? AND created_at < ?", seen, system_clock().now() - std::chrono::hours(24 * 7));
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
            bool quiet = false;
            while (!quiet) {
                quiet = true;
                for (auto& stream : streams) quiet &= advance(stream);
                std::scoped_lock const look(mutex);
                if (stopping) break;
            }
            trim();
            auto next = Steady::now() + options.sweep;
            for (auto const& stream : streams)
                if (stream.tries > 0) next = std::min(next, std::max(stream.not_before, Steady::now()));
            held.lock();
            done = answering;
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
            impl_->streams.push_back({listener.name, listener.source, nullptr, &listening, {}, {}, 0, {}});
            at = std::prev(impl_->streams.end());
        }
        at->by_event.emplace(listener.event, std::move(listener));
    }
}

void Dispatcher::start() {
    for (auto& stream : impl_->streams) stream.from = impl_->sources.at(stream.source);
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
            auto const unit = stream.to->write([&](db::Transaction& tx) -> Result<> {
                if (found != stream.by_event.end()) MOZI_CHECK(found->second.handle(tx, row.payload));
                tx->run("DELETE FROM dead_event WHERE listener = ? AND source = ? AND seq = ?", stream.listener, stream.source, row.seq);
                return {};
            });
            handled += unit ? 1 : 0;
        }
    }
    return handled;
}

} // namespace mozi::events
