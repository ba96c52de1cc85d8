// Reports in SQL.
#include "repository.hpp"

namespace mozi::moderation::repository {

namespace {

#define REPORT_ROWS \
    "SELECT r.id, r.reporter_id, r.subject_kind, r.subject_id, r.owner_id, r.report_type, r.description, r.rank, r.status, " \
    "r.assigned_to, " \
    "r.resolution, r.action_id, a.reverted_at, r.created_at, r.updated_at, r.resolved_at FROM report r LEFT JOIN moderation_action a ON " \
    "a.id = r.action_id "
#define IS_OPEN "status IN ('PENDING', 'UNDER_REVIEW')"

using Text = std::optional<std::string>;
using Moment = std::optional<Time>;

template <class... Out>
struct Columns {
    db::Cell cells[sizeof...(Out)];
    Columns() {
        std::size_t i = 0;
        ((cells[i++].kind = db::cell_kind<Out>()), ...);
    }
    template <class Row>
    Row take() {
        return [&]<std::size_t... k>(std::index_sequence<k...>) { return Row{db::from_cell<Out>(cells[k])...}; }(std::index_sequence_for<Out...>{});
    }
};

// A row as it stands, before rank becomes priority.
struct Stored {
    ReportId id;
    UserId reporter;
    SubjectKind content_type;
    SubjectId content_id;
    UserId owner;
    ReportType type;
    Text description;
    int rank;
    ReportStatus status;
    std::optional<UserId> assigned_to;
    Text resolution;
    std::optional<ActionId> action;
    Moment reverted_at;
    Time created_at, updated_at;
    Moment resolved_at;
};
using StoredColumns = Columns<ReportId, UserId, SubjectKind, SubjectId, UserId, ReportType, Text, int, ReportStatus, std::optional<UserId>,
    Text, std::optional<ActionId>, Moment, Time, Time, Moment>;

std::vector<Report> rows(db::Connection& c, std::string_view sql, std::vector<db::Param> const& params) {
    std::vector<Report> out;
    StoredColumns columns;
    c.execute(sql, params, columns.cells, [&] {
        auto s = columns.take<Stored>();
        out.push_back({s.id, s.reporter, {s.content_type, s.content_id}, s.owner, s.type, std::move(s.description), 4 - s.rank, s.status, s.assigned_to, std::move(s.resolution), s.action,
                       s.reverted_at.has_value(), s.created_at, s.updated_at, s.resolved_at});
        return true;
    });
    return out;
}

std::optional<Report> first(db::Connection& c, std::string_view sql, std::vector<db::Param> const& params) {
    auto found = rows(c, sql, params);
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

// The conditions of fixed text for those filters, and their arguments in the same order.
std::string conditions(ReportQuery const& query, std::vector<db::Param>* params) {
    std::string sql;
    auto const add = [&](std::string_view condition, auto const& value) {
        if (!value) return;
        sql += sql.empty() ? "WHERE " : "AND ";
        sql += condition;
        if (params) params->push_back(db::to_param(*value));
    };
    add("r.status = ? ", query.status);
    add("r.report_type = ? ", query.type);
    add("r.rank = ? ", query.priority ? std::optional{4 - *query.priority} : std::nullopt);
    add("r.subject_kind = ? ", query.content);
    add("r.assigned_to = ? ", query.assigned_to);
    return sql;
}

} // namespace

void lock_open(db::Connection& c, Subject const& subject) {
    if (c.dialect() == db::Dialect::postgres)
        c.all<std::int64_t>("SELECT id FROM report WHERE subject_id = ? AND " IS_OPEN " ORDER BY id FOR UPDATE", subject.id);
}

std::optional<Report> lock_report(db::Connection& c, ReportId id) {
    if (c.dialect() == db::Dialect::postgres) c.one<std::int64_t>("SELECT id FROM report WHERE id = ? FOR UPDATE", id);
    return find_report(c, id);
}

std::optional<Report> find_report(db::Connection& c, ReportId id) { return first(c, REPORT_ROWS "WHERE r.id = ?", {id.value}); }

std::optional<Report> find_open(db::Connection& c, UserId reporter, Subject const& subject, ReportType type) {
    return first(c, REPORT_ROWS "WHERE r.reporter_id = ? AND r.subject_id = ? AND r.report_type = ? AND r." IS_OPEN,
        {reporter.value, subject.id.value, db::to_param(type)});
}

bool insert(db::Connection& c, Report const& r) {
    return c.run("INSERT INTO report (id, reporter_id, subject_kind, subject_id, owner_id, report_type, description, rank, status, "
                 "created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                 "ON CONFLICT DO NOTHING",
               r.id, r.reporter, r.subject.kind, r.subject.id, r.owner, r.type, r.description, 4 - r.priority, r.status, r.created_at,
               r.updated_at) == 1;
}

void update(db::Connection& c, Report const& r) {
    c.run("UPDATE report SET status = ?, assigned_to = ?, resolution = ?, action_id = ?, updated_at = ?, resolved_at = ? WHERE id = ?", r.status, r.assigned_to, r.resolution, r.action, r.updated_at, r.resolved_at, r.id);
}

std::int64_t resolve_others(db::Connection& c, Report const& d) {
    return c.run("UPDATE report SET status = ?, assigned_to = ?, resolution = ?, action_id = ?, updated_at = ?, resolved_at = ? WHERE "
                 "subject_id = ? AND " IS_OPEN " AND id <> ?",
        d.status, d.assigned_to, d.resolution, d.action, d.updated_at, d.resolved_at, d.subject.id, d.id);
}

std::string list_sql(ReportQuery const& query) {
    auto const filters = conditions(query, nullptr);
    return REPORT_ROWS + filters + (filters.empty() ? "WHERE " : "AND ") + "(r.rank, r.created_at, r.id) > (?, ?, ?) ORDER BY r.rank, r.created_at, r.id LIMIT ? OFFSET ?";
}

std::vector<Report> list(db::Connection& c, ReportQuery const& query) {
    std::vector<db::Param> params;
    conditions(query, &params);
    std::apply([&](auto const&... each) { (params.push_back(db::to_param(each)), ...); }, query.after.value_or(SortKey{-1, {}, {}}));
    params.emplace_back(query.limit), params.emplace_back(query.offset);
    return rows(c, list_sql(query), params);
}

std::int64_t count(db::Connection& c, ReportQuery const& query) {
    std::vector<db::Param> params;
    auto const sql = "SELECT count(*) FROM report r " + conditions(query, &params);
    db::Cell total[1];
    c.execute(sql, params, total, [] { return false; });
    return total[0].integer;
}

SortKey sort_key(Report const& r) { return {4 - r.priority, r.created_at, r.id}; }

ReportSummary summary(db::Connection& c) {
    ReportSummary out;
    c.each<ReportStatus, int, std::int64_t>("SELECT status, rank, count(*) FROM report GROUP BY status, rank", [&](ReportStatus status, int rank, std::int64_t count) {
        out.total += count;
        out.at(status) += count;
        out.by_priority.at(4 - rank) += count;
        if (status == ReportStatus::pending || status == ReportStatus::under_review) out.open_by_priority.at(4 - rank) += count;
    });
    return out;
}

} // namespace mozi::moderation::repository
