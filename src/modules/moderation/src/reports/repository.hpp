// Reports in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>

#include <set>

namespace mozi::moderation::repository {

// All open reports on one thing, kept from changing until the unit ends, in an order that cannot dead-lock.
void hold_open(db::Connection& c, Subject const& subject);
// Whether that person ever reported the thing; those of them all.
bool has_reported(db::Connection& c, UserId reporter, Subject const& subject);
std::set<SubjectId> reported_among(db::Connection& c, UserId reporter, std::span<SubjectId const> ids);
// How many of that person's are open; on PostgreSQL no other of theirs is made until the unit ends.
std::int64_t count_open(db::Connection& c, UserId reporter);
std::optional<Report> find_open(db::Connection& c, UserId reporter, Subject const& subject, ReportType type);

void update(db::Connection& c, Report const& report); // status, assigned_to, resolution, action, updated_at, resolved_at
// Closes every other open report on the same thing as `decided` was. How many.
std::int64_t resolve_others(db::Connection& c, Report const& decided);

using SortKey = std::tuple<std::int64_t, Time, ReportId>; // rank, created_at, id

struct ReportQuery {
    std::optional<ReportStatus> status;
    std::optional<ReportType> type;
    std::optional<int> priority;
    std::optional<SubjectKind> content;
    std::optional<UserId> assigned_to;
    std::optional<SortKey> after;
    std::int64_t limit = 20, offset = 0;
};
// Most urgent first, then oldest.
std::vector<Report> list(db::Connection& c, ReportQuery const& query);
std::int64_t count(db::Connection& c, ReportQuery const& query);
SortKey sort_key(Report const& report);
// The statement list() runs for those filters.
std::string list_sql(ReportQuery const& query);

ReportSummary summary(db::Connection& c);

} // namespace mozi::moderation::repository
