// Dead events over all databases, and maintenance in a file of the data folder.
#include "administration.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>

#include <algorithm>
#include <iterator>

namespace mozi::app {

namespace {

constexpr std::string_view kept_in = "maintenance";
constexpr std::size_t most_kept = 4096;
constexpr std::string_view usual = "This house is being looked after. Reading and watching go on; writing comes back in a while.";

// Of one listener, in the order of its key.
using Place = std::tuple<std::string, std::string, std::string, std::int64_t>; // database, listener, source, seq

std::string id_of(std::string const& database, DeadEvent const& event) {
    return database + "." + event.source + "." + std::to_string(event.seq) + "." + event.listener;
}

std::optional<Place> place_of(std::string_view id) {
    auto const parts = split(id, '.');
    if (parts.size() < 4) return std::nullopt;
    auto const seq = parse_id(parts[2]);
    if (!seq) return std::nullopt;
    auto const listener = id.substr(parts[0].size() + parts[1].size() + parts[2].size() + 3);
    return Place{std::string(parts[0]), std::string(listener), std::string(parts[1]), *seq};
}

std::vector<DeadEvent> dead_in(db::Connection& c, std::string const& database, Place const& after, std::int64_t limit) {
    std::vector<DeadEvent> out;
    c.each<std::string, std::string, std::int64_t, std::string, std::string, Time>(
        "SELECT listener, source, seq, name, reason, failed_at FROM dead_event WHERE (listener, source, seq) > (?, ?, ?) "
        "ORDER BY listener, source, seq LIMIT ?",
        [&](std::string listener, std::string source, std::int64_t seq, std::string name, std::string reason, Time at) {
            DeadEvent event{{}, std::move(listener), std::move(source), std::move(name), std::move(reason), seq, at};
            event.id = id_of(database, event);
            out.push_back(std::move(event));
        },
        std::get<1>(after), std::get<2>(after), std::get<3>(after), limit);
    return out;
}

} // namespace

AdministrationRoutes::AdministrationRoutes(Needs needs) : needs_(needs) {
    auto const kept = needs_.dir.read(kept_in, most_kept);
    if (kept) needs_.gateway.set_maintenance(trim(*kept).empty() ? std::string(usual) : std::string(trim(*kept)));
}

std::vector<http::Route> AdministrationRoutes::routes() {
    using http::Access, http::Lane, http::Method, http::route;
    using Routes = AdministrationRoutes;
    return {
        route<&Routes::list>(*this, Method::get, "/api/admin/events/dead", "listDeadEvents", "Events that a listener failed on for good",
            Access::admin, 200, {"request.cursor"}),
        route<&Routes::retry>(*this, Method::post, "/api/admin/events/dead/retry", "retryDeadEvents", "Let them be heard again, now",
            Access::admin, 200, {}, {.lane = Lane::work, .repeats = false}),
        route<&Routes::forget>(*this, Method::delete_, "/api/admin/events/dead/{id}", "forgetDeadEvent",
            "Give one up for good: what it would have done is never done", Access::admin, 204, {"event.not_found"}, {.lane = Lane::work}),
        route<&Routes::get>(
            *this, Method::get, "/api/admin/maintenance", "getMaintenance", "Whether only administrators write", Access::admin, 200),
        route<&Routes::put>(*this, Method::put, "/api/admin/maintenance", "setMaintenance",
            "Let only administrators write, or everybody again; it outlives a restart", Access::admin, 200, {}, {.lane = Lane::work}),
    };
}

Result<std::int64_t> AdministrationRoutes::count_dead() const {
    std::int64_t total = 0;
    for (auto const& [name, database] : needs_.databases) {
        MOZI_TRY(auto const count, database->read([](db::Connection& c) -> Result<std::int64_t> { return events::count_dead(c); }));
        total += count;
    }
    return total;
}

// Database after database: there are five.
Result<Page<DeadEvent>> AdministrationRoutes::list(http::Call& call, ListDead const& in) {
    static Pager<std::string, std::string, std::string, std::int64_t> const pager("dead-events");
    call.header("Cache-Control", "no-store");
    MOZI_TRY(auto const after, pager.after(in.after));
    auto const most = in.limit + in.offset() + 1;
    std::vector<DeadEvent> rows;
    for (auto const& [name, database] : needs_.databases) {
        if (after && name < std::get<0>(*after)) continue;
        auto const from = after && name == std::get<0>(*after) ? *after : Place{};
        MOZI_TRY(auto some, database->read([&](db::Connection& c) -> Result<std::vector<DeadEvent>> {
            return dead_in(c, name, from, most - std::ssize(rows));
        }));
        std::ranges::move(some, std::back_inserter(rows));
    }
    rows.erase(rows.begin(), rows.begin() + std::min<std::int64_t>(in.offset(), std::ssize(rows)));
    auto next = pager.cut(rows, in.limit, [](DeadEvent const& event) { return place_of(event.id).value(); });
    MOZI_TRY(auto const total, count_dead());
    return Page<DeadEvent>{std::move(rows), Pagination::of(in, total, std::move(next))};
}

Result<RetriedEvents> AdministrationRoutes::retry(http::Call&, http::Empty const&) {
    std::scoped_lock const held(mutex_);
    RetriedEvents out;
    out.handled = needs_.dispatcher.retry_dead();
    MOZI_TRY(out.left, count_dead());
    return out;
}

Result<http::Empty> AdministrationRoutes::forget(http::Call& call, ForgetDead const& in) {
    auto const gone = error(Code::not_found, "event.not_found", "There is no such event: it was heard meanwhile, or forgotten already.");
    auto const place = place_of(in.id);
    auto const database = place ? needs_.databases.find(std::get<0>(*place)) : needs_.databases.end();
    if (database == needs_.databases.end()) return gone;
    auto const find = [&](db::Connection& c) {
        return c.one<std::string>("SELECT name FROM dead_event WHERE listener = ? AND source = ? AND seq = ?", std::get<1>(*place),
            std::get<2>(*place), std::get<3>(*place));
    };
    MOZI_TRY(auto const event,
        database->second->read([&](db::Connection& c) -> Result<std::optional<std::tuple<std::string>>> { return find(c); }));
    if (!event) return gone;
    // The record first: what was given up for good is never without its row.
    MOZI_CHECK(needs_.record.note(call.viewer.id, "EVENT_FORGOTTEN", (std::get<0>(*event) + " of " + in.id).substr(0, 200), in.reason));
    MOZI_CHECK(database->second->write([&](db::Transaction& tx) -> Result<> {
        tx->run("DELETE FROM dead_event WHERE listener = ? AND source = ? AND seq = ?", std::get<1>(*place), std::get<2>(*place),
            std::get<3>(*place));
        return {};
    }));
    return http::Empty{};
}

Result<Maintenance> AdministrationRoutes::get(http::Call& call, http::Empty const&) {
    call.header("Cache-Control", "no-store");
    auto sentence = needs_.gateway.maintenance();
    return Maintenance{sentence.has_value(), std::move(sentence)};
}

// The file first: what was said holds after a crash as well.
Result<Maintenance> AdministrationRoutes::put(http::Call& call, SetMaintenance const& in) {
    std::scoped_lock const held(mutex_);
    auto const before = needs_.gateway.maintenance();
    auto sentence = in.on ? std::optional(in.message.value_or(before.value_or(std::string(usual)))) : std::nullopt;
    if (!sentence) {
        needs_.dir.remove(kept_in);
    } else {
        MOZI_CHECK(needs_.dir.write(kept_in, *sentence + "\n"));
    }
    needs_.gateway.set_maintenance(sentence);
    if (sentence != before)
        MOZI_CHECK(needs_.record.note(call.viewer.id, in.on ? "MAINTENANCE_BEGUN" : "MAINTENANCE_ENDED", "HOUSE", in.reason));
    return Maintenance{in.on, std::move(sentence)};
}

} // namespace mozi::app
