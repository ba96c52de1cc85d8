// The outbox.
#include <mozi/events/events.hpp>

#include <algorithm>

namespace mozi::events {

void Outbox::append(db::Transaction& tx, Told const& event) {
    // On PostgreSQL numbers are drawn before commits happen; the lock makes the order of the log the order of the commits.
    if (tx->dialect() == db::Dialect::postgres)
        tx->one<std::string>("SELECT CAST(pg_advisory_xact_lock(hashtext(current_schema())) AS text)");
    // Kept for a week that the server lives through: a wall clock that is behind shortens it no more than one that is ahead.
    auto const at = std::max(system_clock().now(), tx.database().lived());
    tx->run("INSERT INTO outbox (name, version, payload, created_at) VALUES (?, ?, ?, ?)", event.name, event.version, event.payload, at);
    tx.after_commit([wake = wake_, source = &tx.database()] { wake(*source); });
}

} // namespace mozi::events
