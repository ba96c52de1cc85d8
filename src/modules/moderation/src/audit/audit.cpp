// The record of decisions.
#include "audit.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/moderation/module.hpp>

namespace mozi::moderation {

namespace {

constexpr std::int64_t rows_at_once = 500;

// Every field with its length in front, so that no two records read alike.
std::string seal(std::int64_t seq, std::int64_t actor, std::string_view what, std::string_view subject, std::string_view reason,
    std::int64_t at, std::string_view previous) {
    std::string record;
    for (auto const& field : {std::to_string(seq), std::to_string(actor), std::string(what), std::string(subject), std::string(reason),
             std::to_string(at), std::string(previous)})
        record += std::to_string(field.size()) + ":" + field;
    return hex(crypto::sha256(record));
}

} // namespace

void audit::append(db::Connection& c, Entry const& entry) {
    // The lock the outbox takes: one row after another, also across instances.
    if (c.dialect() == db::Dialect::postgres) c.one<std::string>("SELECT CAST(pg_advisory_xact_lock(hashtext(current_schema())) AS text)");
    auto const last = c.one<std::int64_t, std::string>("SELECT seq, hash FROM moderation_audit ORDER BY seq DESC LIMIT 1");
    auto const seq = last ? std::get<0>(*last) + 1 : 1;
    auto const previous = last ? std::get<1>(*last) : std::string();
    auto const at = std::int64_t(entry.at.time_since_epoch().count());
    c.run("INSERT INTO moderation_audit (seq, actor_id, what, subject, reason, at, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        seq, entry.actor, entry.what, entry.subject, entry.reason, at, previous,
        seal(seq, entry.actor.value, to_text(entry.what), entry.subject, entry.reason, at, previous));
}

Result<std::int64_t> verify_audit(db::Database& database) {
    std::int64_t checked = 0, broken = 0;
    std::string previous;
    for (;;) {
        MOZI_TRY(auto const rows, database.read([&](db::Connection& c) -> Result<std::int64_t> {
            std::int64_t seen = 0;
            auto const before = checked;
            c.each<std::int64_t, std::int64_t, std::string, std::string, std::string, std::int64_t, std::string, std::string>(
                "SELECT seq, actor_id, what, subject, reason, at, previous_hash, hash FROM moderation_audit WHERE seq > ? ORDER BY seq "
                "LIMIT ?",
                [&](std::int64_t seq, std::int64_t actor, std::string what, std::string subject, std::string reason, std::int64_t at,
                    std::string linked, std::string hash) {
                    ++seen;
                    if (seq != checked + 1 || linked != previous || hash != seal(seq, actor, what, subject, reason, at, previous)) {
                        broken = checked + 1;
                        return false;
                    }
                    ++checked;
                    previous = std::move(hash);
                    return true;
                },
                before, rows_at_once);
            return seen;
        }));
        if (broken)
            return Error{Code::internal, "moderation.audit_broken",
                "The record of decisions was changed at row " + std::to_string(broken) + ". Compare it with a snapshot."};
        if (rows < rows_at_once) return checked;
    }
}

} // namespace mozi::moderation
