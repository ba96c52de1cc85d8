// The look through the record.
#include "check.hpp"

#include "../actions/model.hpp"
#include "../reports/model.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace mozi::moderation::audit {

namespace {

constexpr std::int64_t rows_at_once = 500;

// The number right behind those words.
std::optional<std::int64_t> number_behind(std::string_view text, std::string_view words) {
    auto const at = text.find(words);
    std::int64_t number = 0;
    if (at == text.npos) return std::nullopt;
    auto const rest = text.substr(at + words.size());
    return std::from_chars(rest.data(), rest.data() + rest.size(), number).ec == std::errc() ? std::optional(number) : std::nullopt;
}

constexpr auto accepted_decisions = ", decisions up to "sv, accepted_reports = ", reports closed without one: "sv;

Accepted accepted_in(std::string_view text) {
    return {{number_behind(text, accepted_decisions).value_or(0)}, number_behind(text, accepted_reports)};
}

struct Counted {
    std::int64_t hidden = 0, restored = 0;
};

// What a page of rows is about, and how often each decision is recorded. Asked after the rows: what they record was there before them.
struct Decisions {
    std::map<ActionId, Action> actions;
    std::map<ActionId, Counted> recorded;
    std::map<ReportId, Report> reports;
};

std::optional<ReportId> report_in(Row const& row) {
    auto const id = number_behind(row.subject, " report ");
    return id ? std::optional(ReportId{*id}) : std::nullopt;
}

Decisions decisions_of(db::Connection& c, std::vector<Row> const& rows) {
    std::vector<ActionId> ids;
    std::vector<ReportId> reports;
    for (auto const& row : rows) {
        if (row.action) ids.push_back(*row.action);
        if (auto const report = report_in(row)) reports.push_back(*report);
    }
    Decisions out;
    for (auto& report : db::find_many<Report>(c, reports)) out.reports.emplace(report.id, std::move(report));
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

// What a row says behind thing, owner, report and decision: the rank. Nothing: it is about something else.
std::optional<std::string> rank_in(Row const& row, Subject const& subject, UserId owner, ReportId report, std::optional<ActionId> action) {
    for (auto const& whose : {" of USER " + owner.text(), std::string()}) {
        auto const begin = subject.text() + whose + " report " + report.text() + (action ? " action " + action->text() : "");
        if (!row.subject.starts_with(begin)) continue;
        auto rest = row.subject.substr(begin.size());
        if (rest.empty() || rest.starts_with(" as ")) return rest;
    }
    return std::nullopt;
}

// Why the report a row closed is not what the row says; empty: it is.
std::string fault_of_report(Row const& row, Decisions const& known, ReportStatus status) {
    auto const id = report_in(row);
    auto const at = id ? known.reports.find(*id) : known.reports.end();
    if (at == known.reports.end()) return "its report is missing";
    auto const& report = at->second;
    auto const same = report.status == status && report.assigned_to == row.actor && report.resolution == row.reason &&
                      report.resolved_at == Time{std::chrono::microseconds{row.at}} && report.action == row.action &&
                      rank_in(row, report.subject, report.owner, report.id, row.action);
    return same ? "" : "its report says something else";
}

// The same of the decision, and of the report.
std::string fault_of_decision(Row const& row, Decisions const& known, bool keyed) {
    auto const hides = row.what == to_text(What::content_hidden), restores = row.what == to_text(What::content_restored);
    if (!hides && !restores && row.action) return "it names a decision and is none";
    if (row.what == to_text(What::report_dismissed)) return fault_of_report(row, known, ReportStatus::dismissed);
    if (!hides && !restores) return "";
    if (!row.action || !known.actions.contains(*row.action)) return "its decision is missing";
    auto const& action = known.actions.at(*row.action);
    auto const& counted = known.recorded.at(*row.action);
    auto const when = Time{std::chrono::microseconds{row.at}};
    auto const rank = rank_in(row, action.subject, action.owner, action.report, action.id);
    if (hides) {
        auto const as = " as " + std::string(to_text(action.decided_as));
        auto const ranked = keyed ? rank == as : rank && (rank->empty() || *rank == as);
        if (!ranked || action.moderator != row.actor || action.reason != row.reason || action.created_at != when)
            return "its decision says something else";
        if (counted.hidden != 1) return "its decision is recorded more than once";
        if (action.reverted_at && counted.restored != 1) return "its decision was taken back, and that is not recorded";
        return fault_of_report(row, known, ReportStatus::resolved);
    }
    auto const same = action.reverted_at == when && action.reverted_by == row.actor && action.revert_reason == row.reason && rank;
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
    Look(std::string_view key, Anchors const& anchors, Mark from, Accepted accepted) : key_(key), anchors_(anchors) {
        seen_.last = std::move(from);
        seen_.accepted = accepted;
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
        seen_.dismissed += row.what == to_text(What::report_dismissed) ? 1 : 0;
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
    Accepted accepted;
    if (from.row > 0) {
        MOZI_TRY(
            auto const rows, database.read([&](db::Connection& c) -> Result<std::vector<Row>> { return rows_after(c, from.row - 1, 1); }));
        auto const same = !rows.empty() && rows.front().seq == from.row && rows.front().hash == from.hash;
        if (!same || (from.hash != seal(key, rows.front()) && from.hash != plain_seal(rows.front())))
            return broken(from.row, "It is not the one that was looked at before.");
        if (from == anchors.accepted) accepted = accepted_in(rows.front().subject);
    }
    Look look(key, anchors, std::move(from), accepted);
    for (auto page = rows_at_once;;) {
        std::vector<Row> rows;
        auto const decisions = database.read([&](db::Connection& c) -> Result<Decisions> {
            rows = rows_after(c, look.seen().last.row, page);
            return decisions_of(c, rows);
        });
        if (!decisions && decisions.error().code != Code::internal) return decisions.error();
        if (!decisions && page == 1) return broken(look.seen().last.row + 1, "It, its report or its decision holds what cannot be read.");
        if (!decisions) {
            page = 1; // which of them it is
            continue;
        }
        for (auto const& row : rows) MOZI_CHECK(look.take(row, *decisions));
        if (!go_on()) return look.seen();
        if (std::ssize(rows) < page) break;
    }
    MOZI_CHECK(look.end());
    if (anchors.there) return look.seen();
    MOZI_TRY(auto const anchored, database.read([](db::Connection& c) -> Result<bool> { return is_anchored(c); }));
    if (anchored || look.seen().plain < look.seen().last.row)
        return Error{Code::internal, "moderation.audit_unanchored",
            "The record of decisions has " + std::to_string(look.seen().last.row) +
                " rows, and the file audit-anchor beside the secret is missing, which says how many there were. Restore it from a backup; "
                "what is accepted as it stands is said with: videa-mozi audit accept"};
    return look.seen();
}

namespace {

// Of the next reports behind that one, how many were closed without a decision that says the same; the last of them, if there was one.
std::optional<ReportId> count_closed(db::Connection& c, ReportId after, std::int64_t& closed) {
    std::optional<ReportId> last;
    c.each<ReportId, bool>(
        "SELECT r.id, CASE WHEN r.status IN ('PENDING', 'UNDER_REVIEW') OR (r.status = 'RESOLVED' AND a.subject_kind = r.subject_kind AND "
        "a.subject_id = r.subject_id AND a.owner_id = r.owner_id AND a.moderator_id = r.assigned_to AND a.reason = r.resolution AND "
        "a.created_at = r.resolved_at) THEN 0 ELSE 1 END "
        "FROM report r LEFT JOIN moderation_action a ON a.id = r.action_id WHERE r.id > ? ORDER BY r.id LIMIT ?",
        [&](ReportId id, bool without) { last = id, closed += without ? 1 : 0; }, after, rows_at_once);
    return last;
}

Result<> look_for_unrecorded_actions(db::Database& database, Seen const& seen, std::function<bool()> const& go_on) {
    for (auto after = seen.accepted.decisions; go_on();) {
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

} // namespace

Result<> look_for_unrecorded(db::Database& database, Seen const& seen, std::function<bool()> const& go_on) {
    MOZI_CHECK(look_for_unrecorded_actions(database, seen, go_on));
    if (!seen.accepted.closed) return {};
    // A closed report stays closed: at least those that had their row before this, at most those that have it afterwards.
    std::int64_t closed = 0;
    for (std::optional<ReportId> after = ReportId{}; after;) {
        if (!go_on()) return {};
        MOZI_TRY(
            after, database.read([&](db::Connection& c) -> Result<std::optional<ReportId>> { return count_closed(c, *after, closed); }));
    }
    MOZI_TRY(auto const added, database.read([&](db::Connection& c) -> Result<std::int64_t> {
        return std::get<0>(*c.one<std::int64_t>(
            "SELECT count(*) FROM moderation_audit WHERE seq > ? AND what = ?", seen.last.row, What::report_dismissed));
    }));
    auto const least = *seen.accepted.closed + seen.dismissed, most = least + added;
    if (closed > most)
        return broken(
            seen.last.row + added + 1, "Reports were closed without a decision, or say something else than theirs, and no row knows it: " +
                                           std::to_string(closed - most) + ".");
    if (closed < least)
        return broken(
            seen.last.row + added + 1, "Reports that were closed are open again, or gone: " + std::to_string(least - closed) + ".");
    return {};
}

Accepted count_accepted(db::Connection& c) {
    auto const last = c.one<ActionId>("SELECT id FROM moderation_action ORDER BY id DESC LIMIT 1");
    std::int64_t closed = 0;
    for (std::optional<ReportId> after = ReportId{}; after;) after = count_closed(c, *after, closed);
    return {last ? std::get<0>(*last) : ActionId{}, closed};
}

std::string text_of(std::int64_t rows, Accepted const& accepted) {
    return "rows up to " + std::to_string(rows) + std::string(accepted_decisions) + accepted.decisions.text() +
           std::string(accepted_reports) + std::to_string(accepted.closed.value_or(0));
}

} // namespace mozi::moderation::audit
