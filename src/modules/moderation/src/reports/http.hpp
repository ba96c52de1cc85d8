// Addresses of reports.
#pragma once

#include "service.hpp"

namespace mozi::moderation {

struct CreateReport {
    SubjectKind content_type = SubjectKind::movie;
    SubjectId content_id;
    ReportType report_type = ReportType::other;
    std::optional<std::string> description;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("contentType", &CreateReport::content_type), field("contentId", &CreateReport::content_id),
            field("reportType", &CreateReport::report_type),
            field("description", &CreateReport::description, {.max = 2000, .format = json::Format::text})};
    }
};

struct ListReports : Paging {
    std::optional<ReportStatus> status;
    std::optional<ReportType> report_type;
    std::optional<int> priority;
    std::optional<SubjectKind> content_type;
    std::optional<UserId> assigned_to;
    static constexpr auto fields() {
        using json::field;
        using json::Where;
        return std::tuple_cat(paging_fields<ListReports>(),
            std::tuple{field("status", &ListReports::status, {.where = Where::query}),
                field("reportType", &ListReports::report_type, {.where = Where::query}),
                field("priority", &ListReports::priority, {.min = lowest_priority, .max = highest_priority, .where = Where::query}),
                field("contentType", &ListReports::content_type, {.where = Where::query}),
                field("assignedTo", &ListReports::assigned_to, {.where = Where::query})});
    }
};

struct OneReport {
    ReportId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &OneReport::id, {.where = json::Where::path})}; }
};

struct AssignReport {
    ReportId id;
    std::optional<UserId> moderator_id;
    static constexpr auto fields() {
        return std::tuple{json::field("id", &AssignReport::id, {.where = json::Where::path}),
            json::field("moderatorId", &AssignReport::moderator_id, {.help = "Absent: oneself."})};
    }
};

struct ResolveReport {
    ReportId id;
    Decision action = Decision::none;
    std::string resolution;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &ResolveReport::id, {.where = json::Where::path}), field("action", &ResolveReport::action),
            field("resolution", &ResolveReport::resolution, decision_words)};
    }
};

class ReportsHttp {
public:
    explicit ReportsHttp(Reports& reports) : reports_(reports) {}
    std::vector<http::Route> routes();

    Result<> look(http::Call& call, CreateReport const& in) {
        MOZI_CHECK(reports_.visible_owner({in.content_type, in.content_id}, call.asking()));
        return {};
    }
    Result<ReportView> create(http::Call& call, CreateReport& in);
    Result<Page<ReportView>> list(http::Call& call, ListReports const& in);
    Result<ReportView> get(http::Call& call, OneReport const& in) { return reports_.get(in.id, call.asking()); }
    Result<ReportSummary> summary(http::Call&, http::Empty const&) { return reports_.summary(); }
    Result<> look_at_claim(http::Call&, AssignReport const& in) { return reports_.look(in.id); }
    Result<> look_at_decision(http::Call&, ResolveReport const& in) { return reports_.look(in.id); }
    Result<ReportView> assign(http::Call& call, AssignReport const& in) { return reports_.assign(in.id, in.moderator_id, call.asking()); }
    Result<void> release(http::Call& call, OneReport const& in) { return reports_.release(in.id, call.asking()); }
    Result<ResolvedReport> resolve(http::Call& call, ResolveReport& in) {
        return reports_.resolve(in.id, in.action, std::move(in.resolution), call.asking());
    }

private:
    Reports& reports_;
};

} // namespace mozi::moderation
