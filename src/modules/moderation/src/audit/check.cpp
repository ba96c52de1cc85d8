// The look through the record.
#include "check.hpp"

#include "../actions/model.hpp"

#include <algorithm>
#include <map>

namespace mozi::moderation::audit {

namespace {

constexpr std::int64_t rows_at_once = 500;

struct Counted {
    std::int64_t hidden = 0, restored = 0;
};

// The decisions a page of rows is about, and how often each is recorded. Asked after the rows: what they record was there before them.
struct Decisions {
    std::map<ActionId, Action> actions;
    std::map<ActionId, Counted> recorded;
};

Decisions decisions_of(db::Connection& c, std::vector<Row> const& rows) {
    std::vector<ActionId> ids;
    for (auto const& row : rows)
        if (row.action) ids.push_back(*row.action);
    Decisions out;
    if (ids.empty()) return out;
    for (auto& action : db::find_many<Action>(c, ids)) out.actions.emplace(action.id, std::move(action));
    c.each<ActionId, std::string, std::int64_t>(
        "SELECT action_id, what, count(*) FROM moderation_audit WHERE action_id IN {list} GROUP BY "
        "action_id, what",
        [&](ActionId id, std::string const& what, std::int64_t count) {
            auto& counted = out.recorded[id];
            (what == to_text(What::content_hidden) ? counted.hidden : counted.restored) += count;
        },
        db::id_list(std::span<ActionId const>(ids)));
    return out;
}

bool names(std::string const& subject, Action const& action, std::optional<Role> as) {
    auto const whole = subject_of(action.subject, action.report, action.id, as.value_or(Role::moderator));
    return subject == whole || (!as && subject == whole.substr(0, whole.rfind(" as ")));
}

// Why the decision a row records is not what the row says; empty: it is.
std::string fault_of_decision(Row const& row, Decisions const& known, bool keyed) {
    auto const hides = row.what == to_text(What::content_hidden), restores = row.what == to_text(What::content_restored);
    if (!hides && !restores) return row.action ? "it names a decision and is none" : "";
    if (!row.action || !known.actions.contains(*row.action)) return "its decision is missing";
    auto const& action = known.actions.at(*row.action);
    auto const& counted = known.recorded.at(*row.action);
    auto const when = Time{std::chrono::microseconds{row.at}};
    if (hides) {
        auto const as = keyed ? std::optional(action.decided_as) : std::nullopt;
        if (!names(row.subject, action, as) || action.moderator != row.actor || action.reason != row.reason || action.created_at != when)
            return "its decision says something else";
        if (counted.hidden != 1) return "its decision is recorded more than once";
        if (action.reverted_at && counted.restored != 1) return "its decision was taken back, and that is not recorded";
        return "";
    }
    auto const same = action.reverted_at == when && action.reverted_by == row.actor && action.revert_reason == row.reason &&
                      row.subject.starts_with(action.subject.text() + " report " + action.report.text() + " action " + action.id.text());
    return same ? "" : "what it takes back stands, or says something else";
}

} // namespace

Error broken(std::int64_t row, std::string const& why) {
    Error out{Code::internal, "moderation.audit_broken",
        "The record of decisions does not fit at row " + std::to_string(row) + ". " + why +
            " Compare it with a backup and with the lines audit.row of the log; what is accepted as it stands is said with: videa-mozi "
            "audit accept"};
    out.detail = std::to_string(row);
    return out;
}

namespace {

class Look {
public:
    Look(std::string_view key, Anchors const& anchors, Mark from) : key_(key), anchors_(anchors) {
        seen_.last = std::move(from);
        seen_.plain = anchors.plain;
        mark_ = std::ranges::lower_bound(anchors_.marks, seen_.last.row + 1, {}, &Mark::row);
    }
    Seen const& seen() const { return seen_; }

    Result<> take(Row const& row, Decisions const& decisions) {
        auto const wanted = seen_.last.row + 1;
        if (row.seq != wanted) return broken(wanted, "It is missing, or the rows behind it were renumbered.");
        if (row.previous != seen_.last.hash) return broken(wanted, "It does not follow the row before it.");
        auto const keyed = row.hash == seal(key_, row);
        auto const plain = !keyed && row.hash == plain_seal(row);
        auto const leads = plain && (anchors_.there ? row.seq <= anchors_.plain : row.seq == seen_.plain + 1);
        if (!leads && (!keyed || (anchors_.there && row.seq <= anchors_.plain)))
            return broken(wanted, "It was changed or added, or the installation's secret is another than before.");
        if (leads && !anchors_.there) seen_.plain = row.seq;
        for (; mark_ != anchors_.marks.end() && mark_->row <= row.seq; ++mark_)
            if (mark_->row == row.seq && mark_->hash != row.hash) return broken(wanted, "Another one stood there when it was anchored.");
        if (auto const why = fault_of_decision(row, decisions, keyed); !why.empty()) return broken(wanted, "It is whole, but " + why + ".");
        seen_.last = {row.seq, row.hash};
        ++seen_.rows;
        return {};
    }
    Result<> end() const {
        if (mark_ != anchors_.marks.end())
            return broken(
                seen_.last.row + 1, "It and what followed, up to row " + std::to_string(anchors_.marks.back().row) + ", are missing.");
        return {};
    }

private:
    std::string_view key_;
    Anchors const& anchors_;
    Seen seen_;
    std::vector<Mark>::const_iterator mark_;
};

} // namespace

Result<Seen> look_through(
    db::Database& database, std::string_view key, Anchors const& anchors, Mark from, std::function<bool()> const& go_on) {
    if (from.row < anchors.accepted.row) from = anchors.accepted;
    if (from.row > 0) {
        MOZI_TRY(auto const row, database.read([&](db::Connection& c) -> Result<std::optional<std::string>> {
            auto found = rows_after(c, from.row - 1, 1);
            return found.empty() || found.front().seq != from.row ? std::nullopt : std::optional(found.front().hash);
        }));
        if (row != from.hash) return broken(from.row, "It is not the one that was looked at before.");
    }
    Look look(key, anchors, std::move(from));
    for (;;) {
        std::vector<Row> rows;
        MOZI_TRY(auto const decisions, database.read([&](db::Connection& c) -> Result<Decisions> {
            rows = rows_after(c, look.seen().last.row, rows_at_once);
            return decisions_of(c, rows);
        }));
        for (auto const& row : rows) MOZI_CHECK(look.take(row, decisions));
        if (!go_on()) return look.seen();
        if (std::ssize(rows) < rows_at_once) break;
    }
    MOZI_CHECK(look.end());
    if (!anchors.there && look.seen().plain < look.seen().last.row)
        return Error{Code::internal, "moderation.audit_unanchored",
            "The record of decisions has " + std::to_string(look.seen().last.row) +
                " rows, and the file audit-anchor beside the secret is missing, which says how many there were. Restore it from a backup; "
                "what "
                "is accepted as it stands is said with: videa-mozi audit accept"};
    return look.seen();
}

Result<> look_for_unrecorded(db::Database& database, std::function<bool()> const& go_on) {
    for (ActionId after{0}; go_on();) {
        std::vector<ActionId> ids;
        MOZI_TRY(auto const unrecorded, database.read([&](db::Connection& c) -> Result<std::optional<ActionId>> {
            c.each<ActionId>(
                "SELECT id FROM moderation_action WHERE id > ? ORDER BY id LIMIT ?", [&](ActionId id) { ids.push_back(id); }, after,
                rows_at_once);
            auto left = ids;
            c.each<ActionId>(
                "SELECT DISTINCT action_id FROM moderation_audit WHERE action_id IN {list}", [&](ActionId id) { std::erase(left, id); },
                db::id_list(std::span<ActionId const>(ids)));
            return left.empty() ? std::nullopt : std::optional(left.front());
        }));
        if (unrecorded) {
            MOZI_TRY(auto const last, database.read([](db::Connection& c) -> Result<std::int64_t> {
                auto const row = last_row(c);
                return row ? row->first : 0;
            }));
            return broken(last + 1, "It should record the decision " + unrecorded->text() + ", which no row knows.");
        }
        if (std::ssize(ids) < rows_at_once) break;
        after = ids.back();
    }
    return {};
}

} // namespace mozi::moderation::audit
