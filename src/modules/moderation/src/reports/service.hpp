// The rules of reports: who may report what, who holds one, what a decision does. Thread-safe.
#pragma once

#include "../audit/chain.hpp"
#include "../judging.hpp"
#include "repository.hpp"

namespace mozi::moderation {

class Reports {
public:
    Reports(ModuleContext const& context, Needs const& needs, audit::Chain& record);

    struct Told {
        Subject subject;
        ReportType type = ReportType::other;
        std::optional<std::string> description;
    };
    enum class Novelty { fresh, repeated };
    // Whose it is, where who asks sees it. create() asks again; whoever calls that in a unit asks here before, so that another module's
    // answer is in memory then. Error: "report.content_not_found".
    Result<UserId> visible_owner(Subject const& subject, Asking const& asking);
    // Errors: "report.content_not_found", "report.own", "report.too_many" (conflict).
    Result<std::pair<ReportView, Novelty>> create(Told told, Asking const& asking);

    // Error: "report.not_found".
    Result<ReportView> get(ReportId id, Asking const& asking);
    // `query.after`, limit and offset come from `paging`. Error: "request.cursor".
    Result<Page<ReportView>> list(repository::ReportQuery query, Paging const& paging, Asking const& asking);
    Result<ReportSummary> summary();

    // Before the unit of assign() or resolve(): what they ask the user module is in memory then.
    Result<> look(ReportId id);
    // Gives it to `moderator`, by default who asks. Errors: "report.not_found", "report.resolved", "report.claimed",
    // "report.not_moderator", check_may_judge()'s.
    Result<ReportView> assign(ReportId id, std::optional<UserId> moderator, Asking const& asking);
    // Gives it back to the queue; fine when nobody holds it. Errors: "report.not_found", "report.resolved", "report.not_holder".
    Result<> release(ReportId id, Asking const& asking);
    // Errors: "report.not_found", "report.resolved", "report.claimed", check_may_judge()'s.
    Result<ResolvedReport> resolve(ReportId id, Decision decision, std::string resolution, Asking const& asking);

private:
    Result<std::vector<ReportView>> to_views(std::vector<Report> reports, Asking const& asking);
    Result<ReportView> to_view(Report report, Asking const& asking);
    Result<> check_target(UserId moderator);
    Result<> check_judge(db::Connection& c, Report const& report, UserId judge, Role rank);
    Result<> check_no_part(db::Connection& c, Report const& report, UserId who);
    // Open, and not in another moderator's hands.
    Result<> check_free(Report const& report, Asking const& asking);
    ActionId hide(db::Transaction& tx, Report const& report, std::string const& reason, Asking const& asking, Time now);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    Needs needs_;
    audit::Chain& record_;
};

} // namespace mozi::moderation
