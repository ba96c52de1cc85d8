// The threads that carry events: one per receiving database, one per relay.
#include "stream.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace mozi::events {

struct Dispatcher::Impl {
    using Steady = std::chrono::steady_clock;

    // A stream, and the wake after which it had nothing left, and when that was.
    struct Followed {
        Stream* stream;
        std::uint64_t done = 0;
        Steady::time_point rested = Steady::now();
    };
    // What one thread goes through.
    struct Room {
        db::Database* to = nullptr; // nothing: a relay's
        std::vector<Followed> streams;
        std::condition_variable called; // to work
        std::thread thread;
    };

    DispatcherOptions options;
    metrics::Registry& metrics;
    std::map<std::string, db::Database*> sources;
    std::deque<Stream> streams;
    std::deque<Room> rooms;
    std::mutex mutex;
    std::condition_variable settled; // something may be, for who waits for that
    std::uint64_t asked = 1, all = 1; // wakes so far, and the last that meant every stream
    std::map<db::Database const*, std::uint64_t> woken; // the last of each source
    bool stopping = false;

    Impl(DispatcherOptions o, metrics::Registry& m) : options(o), metrics(m) {}

    Stream& stream_of(std::string const& name, std::string const& source, db::Database& to) {
        auto const at =
            std::ranges::find_if(streams, [&](Stream const& known) { return known.name() == name && known.source() == source; });
        return at != streams.end() ? *at : streams.emplace_back(name, source, to);
    }

    void make_rooms() {
        rooms.clear();
        for (auto& stream : streams) {
            auto at = std::ranges::find_if(rooms, [&](Room const& room) { return room.to == &stream.to(); });
            if (stream.is_relay() || at == rooms.end()) {
                auto& made = rooms.emplace_back();
                if (!stream.is_relay()) made.to = &stream.to();
                made.streams.push_back({&stream});
            } else {
                at->streams.push_back({&stream});
            }
        }
    }

    // Under the mutex: the last wake that stream has to answer.
    std::uint64_t called(Stream const& stream) const {
        auto const at = woken.find(&stream.from());
        return at == woken.end() ? all : std::max(all, at->second);
    }
    bool has_work(Room const& room) const {
        return std::ranges::any_of(room.streams, [&](Followed const& each) { return called(*each.stream) > each.done; });
    }

    bool is_stopping() {
        std::scoped_lock const held(mutex);
        return stopping;
    }

    // Goes on as long as anything moves. Whether nothing is left in that stream, now or later.
    std::vector<bool> go_through(std::vector<Stream*> const& due) {
        std::vector<bool> at_rest(due.size());
        for (auto more = true; more && !is_stopping();) {
            more = false;
            for (std::size_t i = 0; i < due.size(); ++i) {
                auto const standing = due[i]->advance(options, metrics);
                more |= standing == Stream::Standing::more;
                at_rest[i] = standing == Stream::Standing::settled;
            }
        }
        return at_rest;
    }

    void run(Room& room) {
        std::unique_lock held(mutex);
        auto swept = Steady::now();
        while (!stopping) {
            auto const answering = asked;
            auto const now = Steady::now();
            auto const sweep = now - swept >= options.sweep;
            if (sweep) swept = now;
            std::vector<Stream*> due;
            std::vector<Followed*> whose;
            for (auto& each : room.streams)
                if (auto const retry = each.stream->next_try(); sweep || called(*each.stream) > each.done || (retry && *retry <= now))
                    due.push_back(each.stream), whose.push_back(&each);
            held.unlock();
            auto const at_rest = go_through(due);
            auto next = swept + options.sweep;
            for (auto const& each : room.streams)
                if (auto const at = each.stream->next_try()) next = std::min(next, *at);
            held.lock();
            for (std::size_t i = 0; i < due.size(); ++i)
                if (at_rest[i]) whose[i]->done = answering, whose[i]->rested = Steady::now();
            settled.notify_all();
            room.called.wait_until(held, next, [&] { return stopping || (asked != answering && has_work(room)); });
        }
    }
};

Dispatcher::Dispatcher(DispatcherOptions options, metrics::Registry& metrics) : impl_(std::make_unique<Impl>(options, metrics)) {}
Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::add_source(std::string module, db::Database& database) { impl_->sources[std::move(module)] = &database; }

void Dispatcher::add_listeners(db::Database& listening, std::vector<Listener> listeners) {
    for (auto& listener : listeners) impl_->stream_of(listener.name, listener.source, listening).add(std::move(listener));
}

void Dispatcher::add_relays(db::Database& keeping, std::vector<Relay> relays) {
    for (auto& relay : relays) impl_->stream_of(relay.name, relay.source, keeping).carry_with(std::move(relay));
}

void Dispatcher::start() {
    for (auto& stream : impl_->streams)
        if (auto const opened = stream.open(*impl_->sources.at(stream.source())); !opened)
            throw std::runtime_error("the events of " + stream.source() + " cannot be followed: " + opened.error().detail);
    impl_->make_rooms();
    for (auto& room : impl_->rooms) room.thread = std::thread([this, &room] { impl_->run(room); });
}

void Dispatcher::stop() {
    {
        std::scoped_lock const held(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->settled.notify_all();
    for (auto& room : impl_->rooms) room.called.notify_all();
    for (auto& room : impl_->rooms)
        if (room.thread.joinable()) room.thread.join();
}

void Dispatcher::wake(db::Database const& source) {
    std::scoped_lock const held(impl_->mutex);
    // Who has something to do looks again before it rests, and who hears nothing of this source is left asleep.
    auto const rests = [&](Impl::Followed const& each) {
        return &each.stream->from() == &source && impl_->called(*each.stream) <= each.done;
    };
    for (auto& room : impl_->rooms)
        if (std::ranges::any_of(room.streams, rests)) room.called.notify_one();
    impl_->woken[&source] = ++impl_->asked;
}

bool Dispatcher::settle(std::chrono::milliseconds within) {
    auto& i = *impl_;
    auto const until = std::chrono::steady_clock::now() + within;
    std::unique_lock held(i.mutex);
    // What is heard may be answered by further events: they wake their listeners again.
    for (;;) {
        auto const mine = i.all = ++i.asked;
        for (auto& room : i.rooms) room.called.notify_one();
        auto const done = [&] {
            return std::ranges::all_of(i.rooms, [&](Impl::Room const& room) {
                return std::ranges::all_of(room.streams, [&](Impl::Followed const& each) { return each.done >= mine; });
            });
        };
        if (!i.settled.wait_until(held, until, [&] { return done() || i.stopping; }) || !done()) return false;
        if (i.asked == mine) return true;
    }
}

std::int64_t count_dead(db::Connection& c) { return std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM dead_event").value()); }

std::vector<Lag> Dispatcher::lags() const {
    std::vector<Lag> out;
    std::scoped_lock const held(impl_->mutex);
    auto const now = Impl::Steady::now();
    for (auto const& room : impl_->rooms)
        for (auto const& each : room.streams)
            out.push_back(
                {each.stream->name(), each.stream->source(), std::chrono::duration_cast<std::chrono::milliseconds>(now - each.rested)});
    return out;
}

int Dispatcher::retry_dead() {
    int handled = 0;
    for (auto& stream : impl_->streams) handled += stream.retry_dead();
    return handled;
}

bool Dispatcher::rebuild(std::string_view listener) {
    bool found = false;
    for (auto& stream : impl_->streams)
        if (stream.name() == listener && stream.can_rebuild()) found = stream.open(*impl_->sources.at(stream.source())) && stream.forget();
    return found;
}

void Dispatcher::trim() {
    for (auto const& [module, database] : impl_->sources) {
        auto seen = std::numeric_limits<std::int64_t>::max();
        for (auto const& stream : impl_->streams)
            if (stream.source() == module) seen = std::min(seen, stream.kept());
        auto const done = database->write([&, from = database](db::Transaction& tx) -> Result<> {
            db::frees(tx);
            auto const before = from->lived() - std::chrono::hours(24 * 7);
            tx->run("UPDATE outbox_trim SET up_to = coalesce((SELECT max(seq) FROM outbox WHERE seq <= ? AND created_at < ?), up_to)", seen,
                before);
            tx->run("DELETE FROM outbox WHERE seq <= ? AND created_at < ?", seen, before);
            return {};
        });
        if (!done) log::warn("event.not_trimmed", {{"source", module}, {"why", done.error().detail}});
    }
}

} // namespace mozi::events
