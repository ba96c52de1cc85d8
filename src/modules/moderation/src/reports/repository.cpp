// Reports in SQL.
#include "repository.hpp"

namespace mozi::moderation::repository {

namespace {

#define IS_OPEN "status IN ('PENDING', 'UNDER_REVIEW')"

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
    add("r.rank = ? ", query.priority ? std::optional{highest_priority - *query.priority} : std::nullopt);
    add("r.subject_kind = ? ", query.content);
    add("r.assigned_to = ? ", query.assigned_to);
    return sql;
}

} // namespace

void hold_open(db::Connection& c, Subject const& subject) { db::hold_where<Report>(c, "subject_id = ? AND " IS_OPEN, subject.id); }

std::optional<Report> find_open(db::Connection& c, UserId reporter, Subject const& subject, ReportType type) {
    static auto const sql = db::select<Report>("WHERE r.reporter_id = ? AND r.subject_id = ? AND r.report_type = ? AND r." IS_OPEN);
    return db::row<Report>(c, sql, reporter, subject.id, type);
}

bool has_reported(db::Connection& c, UserId reporter, Subject const& subject) {
    return c.one<ReportId>("SELECT id FROM report WHERE subject_id = ? AND reporter_id = ? LIMIT 1", subject.id, reporter).has_value();
}

std::set<SubjectId> reported_among(db::Connection& c, UserId reporter, std::span<SubjectId const> ids) {
    std::set<SubjectId> out;
    if (ids.empty()) return out;
    c.each<SubjectId>(
        "SELECT subject_id FROM report WHERE subject_id IN {list} AND reporter_id = ?", [&](SubjectId id) { out.insert(id); },
        db::id_list(ids), reporter);
    return out;
}

std::int64_t count_open(db::Connection& c, UserId reporter) {
    if (c.dialect() == db::Dialect::postgres) c.one<std::string>("SELECT CAST(pg_advisory_xact_lock(?) AS text)", reporter);
    return std::get<0>(*c.one<std::int64_t>("SELECT count(*) FROM report WHERE reporter_id = ? AND " IS_OPEN, reporter));
}

void update(db::Connection& c, Report const& report) {
    db::update<&Report::status, &Report::assigned_to, &Report::resolution, &Report::action, &Report::updated_at, &Report::resolved_at>(
        c, report);
}

std::int64_t resolve_others(db::Connection& c, Report const& decided) {
    return db::update_where<&Report::status, &Report::assigned_to, &Report::resolution, &Report::action, &Report::updated_at,
        &Report::resolved_at>(c, decided, "subject_id = ? AND " IS_OPEN " AND id <> ?", decided.subject.id, decided.id);
}

std::string list_sql(ReportQuery const& query) {
    auto const filters = conditions(query, nullptr);
    return db::select<Report>(filters + (filters.empty() ? "WHERE " : "AND ") +
                              "(r.rank, r.created_at, r.id) > (?, ?, ?) ORDER BY r.rank, r.created_at, r.id LIMIT ? OFFSET ?");
}

std::vector<Report> list(db::Connection& c, ReportQuery const& query) {
    std::vector<db::Param> params;
    conditions(query, &params);
    std::apply([&](auto const&... each) { (params.push_back(db::to_param(each)), ...); },
        query.after.value_or(before_first<std::int64_t, Time, ReportId>(SortOrder::asc)));
    params.emplace_back(query.limit), params.emplace_back(query.offset);
    return db::rows<Report>(c, list_sql(query), std::span<db::Param const>(params));
}

std::int64_t count(db::Connection& c, ReportQuery const& query) {
    std::vector<db::Param> params;
    auto const sql = "SELECT count(*) FROM report r " + conditions(query, &params);
    db::Cell total[1];
    c.execute(sql, params, total, [] { return false; });
    return total[0].integer;
}

SortKey sort_key(Report const& r) { return {r.rank, r.created_at, r.id}; }

ReportSummary summary(db::Connection& c) {
    ReportSummary out;
    c.each<ReportStatus, int, std::int64_t>(
        "SELECT status, rank, count(*) FROM report GROUP BY status, rank", [&](ReportStatus status, int rank, std::int64_t count) {
            out.total += count;
            out.at(status) += count;
            out.by_priority.at(highest_priority - rank) += count;
            if (status == ReportStatus::pending || status == ReportStatus::under_review)
                out.open_by_priority.at(highest_priority - rank) += count;
        });
    return out;
}

} // namespace mozi::moderation::repository
