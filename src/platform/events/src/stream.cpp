// One listener's way through one log.
#include "stream.hpp"

#include <mozi/base/text.hpp>
#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>

namespace mozi::events {

namespace {

constexpr std::int64_t most_at_once = 100, kept_every = 1000;

// What an event is about: the first field of its payload. Empty where that cannot be read.
std::string about(Told const& event) {
    auto const document = json::parse(event.payload);
    auto const* const fields = document ? document->if_object() : nullptr;
    if (!fields || fields->empty()) return {};
    return boost::json::serialize(fields->begin()->value()).substr(0, 200);
}

} // namespace

void Stream::add(Listener listener) {
    begin_ = listener.begin;
    if (listener.rebuild) rebuild_ = listener.rebuild;
    names_.push_back(listener.event);
    by_event_.emplace(names_.back(), std::move(listener));
}

void Stream::carry_with(Relay relay) {
    begin_ = relay.begin;
    names_ = relay.events;
    relay_ = std::move(relay);
}

Result<std::int64_t> Stream::end_of_log() const {
    return from_->read([](db::Connection& c) -> Result<std::int64_t> {
        auto const sqlite = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)";
        auto const postgres = "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence('outbox', 'seq') AS regclass)), 0)";
        return std::get<0>(c.one<std::int64_t>(c.dialect() == db::Dialect::sqlite ? sqlite : postgres).value());
    });
}

Result<bool> Stream::reload() {
    using Kept = std::optional<std::tuple<std::int64_t, std::optional<std::string>, std::int64_t>>;
    MOZI_TRY(auto const kept, to_->read([&](db::Connection& c) -> Result<Kept> {
        return c.one<std::int64_t, std::optional<std::string>, std::int64_t>(
            "SELECT seq, rebuilding, (SELECT count(*) FROM dead_event d WHERE d.listener = c.listener AND d.source = c.source) "
            "FROM listener_cursor c WHERE listener = ? AND source = ?",
            name_, source_);
    }));
    if (!kept) return false;
    has_dead_ = std::get<2>(*kept) > 0;
    rebuilding_ = std::get<1>(*kept);
    reached_ = kept_ = cursor_ = std::get<0>(*kept);
    return true;
}

Result<> Stream::follow() {
    MOZI_TRY(auto const there, reload());
    if (there) return {};
    return Error{Code::unavailable, "event.no_cursor", "The place of a listener is gone. A restart finds it anew."};
}

Result<> Stream::open(db::Database& from) {
    from_ = &from;
    std::string names;
    for (std::size_t i = 0; i < names_.size(); ++i) names += i ? ", ?" : "?";
    sql_ = "SELECT seq, name, version, payload FROM outbox WHERE seq > ? AND seq <= ? AND name IN (" + names + ") ORDER BY seq LIMIT " +
           std::to_string(most_at_once);
    MOZI_TRY(auto const known, reload());
    MOZI_TRY(auto const end, end_of_log());
    MOZI_TRY(auto const forgotten, from_->read([](db::Connection& c) -> Result<std::int64_t> {
        return std::get<0>(c.one<std::int64_t>("SELECT up_to FROM outbox_trim").value());
    }));
    if (!known) {
        auto const at = begin_ == Begin::now || rebuild_ ? end : forgotten;
        auto const rebuilding = rebuild_ ? std::optional(std::string()) : std::nullopt;
        MOZI_CHECK(to_->write([&](db::Transaction& tx) -> Result<> {
            tx->run("INSERT INTO listener_cursor (listener, source, seq, rebuilding) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (listener, source) DO NOTHING",
                name_, source_, at, rebuilding);
            return {};
        }));
        return follow();
    }
    // A source that was restored from an earlier day writes numbers again that this listener has already passed: without this it
    // would not hear them.
    if (cursor_ > end) {
        log::warn("event.log_is_older", {{"listener", name_}, {"source", source_}, {"cursor", cursor_}, {"end", end}});
        return keep(end);
    }
    // A listener that was restored from an earlier day may begin where the log has been forgotten.
    if (cursor_ >= forgotten) return {};
    log::error("event.log_is_shorter", {{"listener", name_}, {"source", source_}, {"cursor", cursor_}, {"forgotten", forgotten}});
    return rebuild_ ? forget() : keep(forgotten);
}

Result<> Stream::forget() {
    MOZI_TRY(auto const end, end_of_log());
    MOZI_CHECK(to_->write([&](db::Transaction& tx) -> Result<> {
        tx->run("UPDATE listener_cursor SET seq = ?, rebuilding = '' WHERE listener = ? AND source = ?", end, name_, source_);
        return {};
    }));
    return follow();
}

Result<Stream::Look> Stream::look() const {
    auto const after = reached_;
    return from_->read([&](db::Connection& c) -> Result<Look> {
        Look out;
        // First how far the log goes: what is added meanwhile is for the next look.
        auto const end = c.one<std::optional<std::int64_t>>("SELECT max(seq) FROM outbox").value();
        out.reached = std::max(after, std::get<0>(end).value_or(0));
        if (out.reached == after) return out;
        std::vector<db::Param> params{after, out.reached};
        params.insert(params.end(), names_.begin(), names_.end());
        db::Cell cells[4];
        cells[1].kind = cells[3].kind = db::Cell::Kind::text;
        std::int64_t last = after, found = 0;
        c.execute(sql_, params, cells, [&] {
            last = cells[0].integer;
            ++found;
            Told told{last, std::move(cells[1].text), static_cast<int>(cells[2].integer), std::move(cells[3].text)};
            auto const heard = by_event_.find(told.name);
            if (relay_ || !heard->second.concerns || heard->second.concerns(told)) out.events.push_back(std::move(told));
            return true;
        });
        if (found == most_at_once) out.reached = last;
        return out;
    });
}

bool Stream::claim(db::Transaction& tx) const { return move(tx, cursor_); }

bool Stream::move(db::Transaction& tx, std::int64_t seq) const {
    return tx->run("UPDATE listener_cursor SET seq = ? WHERE listener = ? AND source = ? AND seq = ?", seq, name_, source_, cursor_) == 1;
}

void Stream::moved(std::int64_t seq) {
    reached_ = kept_ = cursor_ = seq;
    tries_ = 0;
    faults_ = 0;
}

Result<> Stream::keep(std::int64_t seq) {
    MOZI_TRY(auto const ours, to_->write(
                                  [&](db::Transaction& tx) -> Result<bool> {
                                      db::frees(tx);
                                      return move(tx, seq);
                                  },
                                  db::Durable::later));
    if (!ours) return follow();
    moved(seq);
    return {};
}

Result<> Stream::rebuild_page() {
    std::optional<std::string> next;
    MOZI_CHECK(to_->write([&](db::Transaction& tx) -> Result<> {
        MOZI_TRY(next, rebuild_(tx, *rebuilding_));
        auto const ours = tx->run("UPDATE listener_cursor SET rebuilding = ? WHERE listener = ? AND source = ? AND rebuilding = ?", next,
                              name_, source_, *rebuilding_) == 1;
        return ours ? Result<>{} : Result<>{Error{Code::unavailable, "event.rebuilt_elsewhere", "Another instance has read this page."}};
    }));
    rebuilding_ = std::move(next);
    tries_ = 0;
    return {};
}

Result<> Stream::handle(std::vector<Told> const& events) {
    Result<> failed;
    bool ours = true;
    auto reached = cursor_;
    MOZI_CHECK(to_->write(
        [&](db::Transaction& tx) -> Result<> {
            db::frees(tx); // what was accepted is carried out
            failed = Result<>{};
            reached = cursor_;
            if (ours = claim(tx); !ours) return {};
            for (auto const& told : events) {
                auto const& listener = by_event_.find(told.name)->second;
                if (auto const effect = tx.database().write([&](db::Transaction& inner) { return listener.handle(inner, told); });
                    !effect) {
                    failed = effect;
                    break;
                }
                reached = told.seq;
            }
            if (reached != cursor_) move(tx, reached);
            return {};
        },
        db::Durable::later)); // lost with the power, it is heard again
    if (!ours) return follow();
    if (reached != cursor_) moved(reached);
    if (log::enabled(log::Level::debug))
        for (auto const& told : events)
            if (told.seq <= cursor_) log::debug("event.handled", {{"eventId", id_of(told.seq)}, {"listener", name_}, {"name", told.name}});
    return failed;
}

Result<> Stream::carry(std::vector<Told> const& events) {
    Result<> failed;
    auto const carried = relay_->carry(events, failed);
    if (carried > 0) MOZI_CHECK(keep(events[std::min(carried, events.size()) - 1].seq));
    return failed;
}

Result<bool> Stream::is_behind(Told const& event) const {
    auto const what = about(event);
    if (what.empty()) return false;
    return to_->read([&](db::Connection& c) -> Result<bool> {
        return c
            .one<std::int64_t>("SELECT seq FROM dead_event WHERE listener = ? AND source = ? AND about = ? LIMIT 1", name_, source_, what)
            .has_value();
    });
}

Result<> Stream::give_up(Told const& event, Error const& why, metrics::Registry& metrics) {
    auto reason = (why.id + " " + why.message + " " + why.detail).substr(0, 2000);
    while (!is_utf8(reason)) reason.pop_back();
    MOZI_TRY(auto const ours, to_->write([&](db::Transaction& tx) -> Result<bool> {
        if (!claim(tx)) return false;
        tx->run("INSERT INTO dead_event (listener, source, seq, name, version, payload, about, reason, failed_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (listener, source, seq) DO NOTHING",
            name_, source_, event.seq, event.name, event.version, event.payload, about(event), reason, system_clock().now());
        move(tx, event.seq);
        return true;
    }));
    if (!ours) return follow();
    moved(event.seq);
    has_dead_ = true;
    dead(metrics).add();
    log::error(
        "event.dead", {{"eventId", id_of(event.seq)}, {"listener", name_}, {"name", event.name}, {"id", why.id}, {"why", why.detail}});
    return {};
}

metrics::Counter& Stream::dead(metrics::Registry& metrics) const {
    return metrics.counter("videa_events_dead_total", "Events a listener gave up", "listener=\"" + name_ + "\"");
}

metrics::Counter& Stream::failed(metrics::Registry& metrics) const {
    return metrics.counter("videa_events_failed_total", "Tries of a listener that failed", "listener=\"" + name_ + "\"");
}

void Stream::count_from_zero(metrics::Registry& metrics) const { dead(metrics), failed(metrics); }

Stream::Standing Stream::wait(DispatcherOptions const& options) {
    ++tries_;
    not_before_ =
        Steady::now() + std::min<std::chrono::milliseconds>(options.longest_retry, options.first_retry * (1 << std::min(tries_ - 1, 12)));
    return Standing::waiting;
}

std::optional<std::chrono::steady_clock::time_point> Stream::next_try() const {
    return tries_ > 0 ? std::optional(not_before_) : std::nullopt;
}

Stream::Standing Stream::advance(DispatcherOptions const& options, metrics::Registry& metrics) {
    if (tries_ > 0 && Steady::now() < not_before_) return Standing::waiting;
    auto const complain = [&](Error const& why, std::int64_t seq) {
        failed(metrics).add();
        log::warn("event.failed", {{"eventId", id_of(seq)}, {"listener", name_}, {"try", tries_ + 1}, {"id", why.id}, {"why", why.detail}});
    };
    if (rebuilding_) {
        if (auto const page = rebuild_page(); !page) return complain(page.error(), cursor_), wait(options);
        if (!rebuilding_) log::info("event.rebuilt", {{"listener", name_}, {"source", source_}});
        return Standing::more;
    }
    auto seen = look();
    if (!seen) return wait(options);
    if (seen->events.empty()) {
        auto const further = seen->reached != reached_;
        if (seen->reached - cursor_ >= kept_every && !keep(seen->reached)) return wait(options);
        reached_ = seen->reached;
        tries_ = 0;
        faults_ = 0;
        return further ? Standing::more : Standing::settled;
    }
    // Whoever heard the later one first and the earlier one when it is tried again would take back what came after it.
    if (has_dead_) {
        bool known = true; // where it cannot be asked, nothing is heard
        auto const behind = std::ranges::find_if(seen->events, [&](Told const& told) {
            auto const waits_behind = is_behind(told);
            known = known && waits_behind;
            return !waits_behind || *waits_behind;
        });
        if (!known) return wait(options);
        if (behind == seen->events.begin()) {
            Error const why{Code::conflict, "event.behind", "An earlier event about the same could not be handled yet."};
            return give_up(*behind, why, metrics) ? Standing::more : wait(options);
        }
        seen->events.erase(behind, seen->events.end());
    }
    auto const outcome = relay_ ? carry(seen->events) : handle(seen->events);
    if (outcome) return Standing::more;
    auto const failed = std::ranges::find_if(seen->events, [&](Told const& told) { return told.seq > cursor_; });
    auto const there = failed != seen->events.end();
    auto const& why = outcome.error();
    // A database that is full or away is not the event's fault: it waits and is never given up.
    if (why.code != Code::unavailable && why.code != Code::disk_full) ++faults_;
    if (why.id == "request.json" || why.id == "request.fields") faults_ = options.most_tries; // it will not become readable
    complain(why, there ? failed->seq : 0);
    if (faults_ >= options.most_tries && there && give_up(*failed, why, metrics)) return Standing::more;
    return wait(options);
}

int Stream::retry_dead() {
    int handled = 0;
    auto const events = to_->read([&](db::Connection& c) -> Result<std::vector<std::pair<Told, std::string>>> {
        std::vector<std::pair<Told, std::string>> out;
        c.each<std::int64_t, std::string, int, std::string, std::string>(
            "SELECT seq, name, version, payload, about FROM dead_event WHERE listener = ? AND source = ? ORDER BY seq LIMIT 1000",
            [&](std::int64_t seq, std::string name, int version, std::string payload, std::string what) {
                out.emplace_back(Told{seq, std::move(name), version, std::move(payload)}, std::move(what));
            },
            name_, source_);
        return out;
    });
    if (!events) return 0;
    std::set<std::string> failed; // what is about these stays behind them
    for (auto const& [told, what] : *events) {
        if (failed.contains(what)) continue;
        bool mine = false;
        auto const unit = to_->write([&, &event = told](db::Transaction& tx) -> Result<> {
            // First: whoever deletes it is the one that handles it.
            mine = tx->run("DELETE FROM dead_event WHERE listener = ? AND source = ? AND seq = ?", name_, source_, event.seq) == 1;
            if (!mine) return {};
            if (relay_) {
                Result<> refused;
                relay_->carry({&event, 1}, refused);
                return refused;
            }
            auto const heard = by_event_.find(event.name);
            return heard == by_event_.end() ? Result<>{} : heard->second.handle(tx, event);
        });
        if (!unit && !what.empty()) failed.insert(what);
        handled += unit && mine ? 1 : 0;
    }
    return handled;
}

} // namespace mozi::events
