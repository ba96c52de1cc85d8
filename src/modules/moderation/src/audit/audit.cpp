// The record of decisions, row by row.
#include "audit.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>

namespace mozi::moderation::audit {

namespace {

std::string record_of(Row const& row) {
    std::string record;
    for (auto const& field :
        {std::to_string(row.seq), row.actor.text(), row.what, row.subject, row.reason, std::to_string(row.at), row.previous})
        record += std::to_string(field.size()) + ":" + field;
    return record;
}

} // namespace

std::string subject_of(Subject const& subject, Id<"user"> owner, Id<"report"> report, std::optional<ActionId> action, Role as) {
    return subject.text() + " of USER " + owner.text() + " report " + report.text() + (action ? " action " + action->text() : "") + " as " +
           std::string(to_text(as));
}

std::string seal(std::string_view key, Row const& row) { return hex(crypto::hmac_sha256(key, record_of(row))); }
std::string plain_seal(Row const& row) { return hex(crypto::sha256(record_of(row))); }

namespace {

std::vector<Row> rows_where(db::Connection& c, std::string const& rest, std::int64_t seq, std::int64_t limit, std::int64_t offset) {
    std::vector<Row> rows;
    c.each<std::int64_t, Id<"user">, std::string, std::string, std::string, std::int64_t, std::string, std::string,
        std::optional<ActionId>>(
        "SELECT seq, actor_id, what, subject, reason, at, previous_hash, hash, action_id FROM moderation_audit WHERE seq " + rest +
            " LIMIT ? OFFSET ?",
        [&](std::int64_t number, Id<"user"> actor, std::string what, std::string subject, std::string reason, std::int64_t at,
            std::string previous, std::string hash, std::optional<ActionId> action) {
            rows.push_back(
                {number, actor, std::move(what), std::move(subject), std::move(reason), at, std::move(previous), std::move(hash), action});
        },
        seq, limit, offset);
    return rows;
}

} // namespace

std::vector<Row> rows_after(db::Connection& c, std::int64_t seq, std::int64_t limit) {
    return rows_where(c, "> ? ORDER BY seq", seq, limit, 0);
}
std::vector<Row> rows_before(db::Connection& c, std::int64_t seq, std::int64_t limit, std::int64_t offset) {
    return rows_where(c, "< ? ORDER BY seq DESC", seq, limit, offset);
}

std::optional<std::pair<std::int64_t, std::string>> last_row(db::Connection& c) {
    auto const last = c.one<std::int64_t, std::string>("SELECT seq, hash FROM moderation_audit ORDER BY seq DESC LIMIT 1");
    return last ? std::optional(std::pair{std::get<0>(*last), std::get<1>(*last)}) : std::nullopt;
}

std::pair<std::int64_t, std::string> append(db::Connection& c, std::string_view key, Entry const& entry) {
    // The lock the outbox takes: one row after another, also across instances.
    if (c.dialect() == db::Dialect::postgres) c.one<std::string>("SELECT CAST(pg_advisory_xact_lock(hashtext(current_schema())) AS text)");
    auto const last = last_row(c);
    Row row{.seq = last ? last->first + 1 : 1,
        .actor = entry.actor,
        .what = std::string(to_text(entry.what)),
        .subject = entry.subject,
        .reason = entry.reason,
        .at = std::int64_t(entry.at.time_since_epoch().count()),
        .previous = last ? last->second : std::string(),
        .hash = {},
        .action = entry.action};
    row.hash = seal(key, row);
    c.run("INSERT INTO moderation_audit (seq, actor_id, what, subject, reason, at, previous_hash, hash, action_id) VALUES (?, ?, ?, ?, ?, "
          "?, ?, ?, ?)",
        row.seq, row.actor, row.what, row.subject, row.reason, row.at, row.previous, row.hash, row.action);
    return {row.seq, row.hash};
}

bool is_anchored(db::Connection& c) { return c.one<int>("SELECT one FROM audit_anchored").has_value(); }
void note_anchored(db::Connection& c) { c.run("INSERT INTO audit_anchored (one) VALUES (1) ON CONFLICT (one) DO NOTHING"); }

} // namespace mozi::moderation::audit
