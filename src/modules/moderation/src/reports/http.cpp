// Addresses of reports.
#include "http.hpp"

namespace mozi::moderation {

using http::Access;
using http::Call;
using http::Method;
using http::route;

std::vector<http::Route> ReportsHttp::routes() {
    return {
        route<&ReportsHttp::create, &ReportsHttp::look>(*this, Method::post, "/api/reports", "createReport",
            "Report something; repeating an open report answers with it", Access::member, 201,
            {"report.content_not_found", "report.own", "report.too_many"}),
        route<&ReportsHttp::list>(*this, Method::get, "/api/reports", "listReports", "The queue: most urgent first, then oldest",
            Access::moderator, 200, {"request.cursor"}),
        route<&ReportsHttp::get>(*this, Method::get, "/api/reports/{id}", "getReport", "A report with what was reported", Access::moderator,
            200, {"report.not_found"}),
        route<&ReportsHttp::summary>(*this, Method::get, "/api/reports/stats/summary", "reportSummary",
            "How many reports there are, by status and priority", Access::moderator, 200),
        route<&ReportsHttp::assign, &ReportsHttp::look_at_claim>(*this, Method::post, "/api/reports/{id}/assign", "assignReport",
            "Claim a report, or give it to a moderator", Access::moderator, 200,
            {"report.not_found", "report.resolved", "report.claimed", "report.not_moderator", "moderation.own", "moderation.reporter",
                "moderation.rank"}),
        route<&ReportsHttp::release>(*this, Method::delete_, "/api/reports/{id}/assign", "releaseReport", "Give a report back to the queue",
            Access::moderator, 204, {"report.not_found", "report.resolved", "report.not_holder", "moderation.own", "moderation.reporter"}),
        route<&ReportsHttp::resolve, &ReportsHttp::look_at_decision>(*this, Method::post, "/api/reports/{id}/resolve", "resolveReport",
            "Decide: hide the thing, or see no breach", Access::moderator, 200,
            {"report.not_found", "report.resolved", "report.claimed", "moderation.own", "moderation.reporter", "moderation.rank"}),
    };
}

Result<ReportView> ReportsHttp::create(Call& call, CreateReport& in) {
    MOZI_TRY(auto made, reports_.create({{in.content_type, in.content_id}, in.report_type, std::move(in.description)}, call.asking()));
    if (made.second == Reports::Novelty::repeated) call.status = 200;
    else call.location("/api/reports/" + made.first.id.text());
    return std::move(made.first);
}

Result<Page<ReportView>> ReportsHttp::list(Call& call, ListReports const& in) {
    repository::ReportQuery query;
    query.status = in.status;
    query.type = in.report_type;
    query.priority = in.priority;
    query.content = in.content_type;
    query.assigned_to = in.assigned_to;
    return reports_.list(std::move(query), in, call.asking());
}

} // namespace mozi::moderation
