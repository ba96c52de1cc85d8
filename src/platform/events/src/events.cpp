// The outbox.
#include <mozi/events/events.hpp>

#include <mozi/log/log.hpp>

#include <algorithm>

namespace mozi::events {

using namespace std::string_view_literals;

void Outbox::append(db::Transaction& tx, Told const& event) {
    // On PostgreSQL numbers are drawn before commits happen; the lock makes the order of the log the order of the commits.
    if (tx->dialect() == db::Dialect::postgres)
        tx->one<std::string>("SELECT CAST(pg_advisory_xact_lock(hashtext(current_schema())) AS text)");
    // Kept for a week that the server lives through: a wall clock that is behind shortens it no more than one that is ahead.
    auto const at = std::max(system_clock().now(), tx.database().lived());
    constexpr auto sql = "INSERT INTO outbox (name, version, payload, created_at) VALUES (?, ?, ?, ?)"sv;
    if (log::enabled(log::Level::debug)) {
        auto const seq = tx->one<std::int64_t>(std::string(sql) + " RETURNING seq", event.name, event.version, event.payload, at);
        auto const id = tx.database().name() + "/" + std::to_string(std::get<0>(seq.value()));
        log::debug("event.emitted", {{"eventId", id}, {"name", event.name}});
    } else {
        tx->run(sql, event.name, event.version, event.payload, at);
    }
    tx.after_commit([wake = wake_, source = &tx.database()] { wake(*source); });
}

} // namespace mozi::events
