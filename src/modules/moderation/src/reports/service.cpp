// The rules of reports.
#include "service.hpp"

#include "../actions/repository.hpp"

#include <mozi/db/frees.hpp>

namespace mozi::moderation {

namespace {

Error resolved_already(Report const& report) {
    Error late{Code::conflict, "report.resolved", "This report was decided already."};
    if (report.resolution) late.reason = "The decision: " + *report.resolution;
    late.next = report.action && !report.action_reverted ? "If the decision was wrong, undo its action." : "Read the report again.";
    return late;
}

} // namespace

Reports::Reports(ModuleContext const& context, Needs const& needs, audit::Chain& record)
    : database_(context.database), outbox_(context.outbox), clock_(context.clock), needs_(needs), record_(record) {}

Result<UserId> Reports::visible_owner(Subject const& subject, Asking const& asking) {
    auto facts = needs_.directory.get_visible(subject, asking);
    if (facts) return facts->owner;
    if (facts.error().code != Code::not_found) return std::move(facts).error();
    auto gone = not_found("report.content_not_found");
    gone.message = "What you report is not here, or not for everyone.";
    return gone;
}

Result<std::vector<ReportView>> Reports::to_views(std::vector<Report> reports, Asking const& asking) {
    std::vector<Subject> about;
    std::vector<UserId> ids;
    for (auto const& report : reports)
        about.push_back(report.subject), ids.push_back(report.reporter), ids.push_back(report.assigned_to.value_or(UserId{})),
            ids.push_back(report.owner);
    std::set<SubjectId> reported; // by who asks
    MOZI_TRY(auto const hidden, database_.read([&](db::Connection& c) -> Result<std::set<Subject>> {
        std::vector<SubjectId> things;
        for (auto const& subject : about) things.push_back(subject.id);
        if (asking.moderates) reported = repository::reported_among(c, asking.user, things);
        return repository::hidden(c, about);
    }));
    MOZI_TRY(auto const contents, needs_.directory.find(about, asking));
    for (auto const& [subject, facts] : contents) ids.push_back(facts.owner);
    MOZI_TRY(auto const people, find_participants(needs_.users, std::move(ids)));
    auto const person = [&](UserId id) {
        auto const at = people.find(id);
        return at == people.end() ? std::nullopt : std::optional{at->second};
    };
    std::map<UserId, bool> others; // who may decide on what that owner made
    std::vector<ReportView> views;
    views.reserve(reports.size());
    for (auto& r : reports) {
        auto const accused = r.owner == asking.user; // also while he moderates: who reported him is not for him
        auto& view = views.emplace_back(ReportView{r.id, r.subject.kind, r.subject.id, r.type, std::move(r.description), r.priority(),
            r.status, accused ? std::nullopt : person(r.reporter), std::nullopt, std::move(r.resolution), r.action, r.action_reverted,
            r.created_at, r.updated_at, r.resolved_at, std::nullopt, std::nullopt});
        if (accused) view.description.reset();
        if (asking.moderates) {
            if (r.assigned_to) view.assigned_to = person(*r.assigned_to); // who decides is not for those who report
            MOZI_TRY(auto const owner_rank, needs_.users.role_of(r.owner)); // found with the people above
            auto accuses = reported.contains(r.subject.id);
            if (accuses && !others.contains(r.owner)) {
                UserId const besides[] = {asking.user, r.owner};
                MOZI_TRY(others[r.owner], needs_.users.others_moderate(owner_rank, besides));
            }
            accuses = accuses && others[r.owner];
            auto const may =
                check_may_judge({r.owner, owner_rank, r.decided_as.value_or(Role::visitor), accuses}, asking.user, asking.rank());
            if (!may) view.barred = may.error().message;
        }
        auto const at = contents.find(r.subject);
        if (at == contents.end()) continue;
        auto const& c = at->second;
        view.content = ReportedContent{
            r.subject.kind, r.subject.id, c.title, c.text, person(c.owner), asking.moderates && hidden.contains(r.subject), c.address};
    }
    return views;
}

Result<ReportView> Reports::to_view(Report report, Asking const& asking) {
    std::vector<Report> one;
    one.push_back(std::move(report));
    MOZI_TRY(auto views, to_views(std::move(one), asking));
    return std::move(views.front());
}

Result<std::pair<ReportView, Reports::Novelty>> Reports::create(Told told, Asking const& asking) {
    MOZI_TRY(auto const owner, visible_owner(told.subject, asking));
    if (owner == asking.user) {
        Error own{Code::conflict, "report.own", "This is yours: change or delete it instead of reporting it."};
        own.reason = "Reports are for what others made.";
        return own;
    }
    auto novelty = Novelty::fresh;
    MOZI_TRY(auto report, database_.write([&](db::Transaction& tx) -> Result<Report> {
        Report made;
        made.id = next<ReportId>();
        made.reporter = asking.user;
        made.subject = told.subject;
        made.owner = owner;
        made.type = told.type;
        made.description = told.description;
        made.rank = highest_priority - priority_of(told.type);
        made.created_at = made.updated_at = clock_.now();
        if (db::insert(*tx, made, "ON CONFLICT DO NOTHING") == 0) { // this person has an open one for that thing and reason
            novelty = Novelty::repeated;
            auto open = repository::find_open(*tx, asking.user, told.subject, told.type);
            if (!open)
                return Error{
                    Code::unavailable, "storage.busy", "Your earlier report was just decided. Send it again.", {.retry_after_s = 1}};
            return std::move(*open);
        }
        if (repository::count_open(*tx, asking.user) > most_open_reports) {
            Error many{Code::conflict, "report.too_many",
                "You have " + std::to_string(most_open_reports) + " reports that nobody has decided yet. What you wrote is kept here."};
            many.reason = "Moderators read every report, one after another.";
            many.next = "Wait until some of them are decided, and send it then. What cannot wait, tell a moderator.";
            return many;
        }
        outbox_.emit(tx, ReportCreated{made.id, made.subject.kind, made.subject.id.value, made.priority()});
        return made;
    }));
    MOZI_TRY(auto view, to_view(std::move(report), asking));
    return std::pair{std::move(view), novelty};
}

Result<ReportView> Reports::get(ReportId id, Asking const& asking) {
    MOZI_TRY(auto report, database_.read([&](db::Connection& c) -> Result<Report> {
        auto found = db::find<Report>(c, id);
        if (!found) return not_found("report.not_found");
        return std::move(*found);
    }));
    return to_view(std::move(report), asking);
}

Result<Page<ReportView>> Reports::list(repository::ReportQuery query, Paging const& paging, Asking const& asking) {
    static Pager<std::int64_t, Time, ReportId> const pager("reports");
    MOZI_TRY(query.after, pager.after(paging.after));
    query.limit = paging.limit + 1;
    query.offset = paging.offset();
    std::int64_t total = 0;
    MOZI_TRY(auto reports, database_.read([&](db::Connection& c) -> Result<std::vector<Report>> {
        total = repository::count(c, query);
        if (query.offset >= total) return std::vector<Report>{};
        return repository::list(c, query);
    }));
    auto next = pager.cut(reports, paging.limit, repository::sort_key);
    MOZI_TRY(auto views, to_views(std::move(reports), asking));
    return Page<ReportView>{std::move(views), Pagination::of(paging, total, std::move(next))};
}

Result<ReportSummary> Reports::summary() {
    return database_.read([](db::Connection& c) -> Result<ReportSummary> { return repository::summary(c); });
}

Result<> Reports::check_target(UserId moderator) {
    auto may = needs_.users.is_moderator(moderator);
    if (!may && may.error().code != Code::not_found) return std::move(may).error();
    if (may && *may) return {};
    return invalid({{"/moderatorId", "report.not_moderator", "Only moderators can take a report. Choose one of them."}});
}

Result<> Reports::check_free(Report const& report, Asking const& asking) {
    if (!report.open()) return resolved_already(report);
    if (!report.assigned_to || *report.assigned_to == asking.user) return {};
    auto const holder = needs_.users.get_person(*report.assigned_to);
    auto const name = holder ? holder->display_name : "Another moderator";
    Error taken{Code::conflict, "report.claimed", name + " was first and has this report."};
    taken.reason = "One report, one moderator.";
    taken.next = "Take another one, or ask " + name + " to give it back.";
    return taken;
}

Result<> Reports::look(ReportId id) {
    MOZI_TRY(
        auto const report, database_.read([&](db::Connection& c) -> Result<std::optional<Report>> { return db::find<Report>(c, id); }));
    if (report) MOZI_CHECK(needs_.users.role_of(report->owner));
    return {};
}

Result<> Reports::check_judge(db::Connection& c, Report const& report, UserId judge, Role rank) {
    MOZI_TRY(auto const owner_rank, needs_.users.role_of(report.owner));
    MOZI_TRY(auto const accuses, is_barring_accuser(c, needs_.users, report.subject, report.owner, owner_rank, judge));
    return check_may_judge({report.owner, owner_rank, Role::visitor, accuses}, judge, rank);
}

// Nor does who has a part in the case say who judges it; that somebody of a higher rank has to is no such part.
Result<> Reports::check_no_part(db::Connection& c, Report const& report, UserId who) {
    MOZI_TRY(auto const owner_rank, needs_.users.role_of(report.owner));
    MOZI_TRY(auto const accuses, is_barring_accuser(c, needs_.users, report.subject, report.owner, owner_rank, who));
    return check_may_judge({report.owner, Role::visitor, Role::visitor, accuses}, who, Role::visitor);
}

Result<ReportView> Reports::assign(ReportId id, std::optional<UserId> moderator, Asking const& asking) {
    auto const target = moderator.value_or(asking.user);
    if (target != asking.user) MOZI_CHECK(check_target(target));
    MOZI_TRY(auto const rank, target == asking.user ? Result<Role>(asking.rank()) : needs_.users.role_of(target));
    MOZI_TRY(auto report, database_.write([&](db::Transaction& tx) -> Result<Report> {
        db::frees(tx);
        auto found = db::hold<Report>(*tx, id);
        if (!found) return not_found("report.not_found");
        if (found->open() && found->assigned_to == target) return std::move(*found);
        MOZI_CHECK(check_free(*found, asking));
        MOZI_CHECK(check_no_part(*tx, *found, asking.user));
        MOZI_CHECK(check_judge(*tx, *found, target, rank));
        found->status = ReportStatus::under_review;
        found->assigned_to = target;
        found->updated_at = clock_.now();
        repository::update(*tx, *found);
        return std::move(*found);
    }));
    return to_view(std::move(report), asking);
}

Result<> Reports::release(ReportId id, Asking const& asking) {
    return database_.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        auto found = db::hold<Report>(*tx, id);
        if (!found) return not_found("report.not_found");
        if (!found->open()) return resolved_already(*found);
        if (!found->assigned_to) return {};
        if (*found->assigned_to != asking.user) {
            if (!asking.administers) {
                Error other{Code::forbidden, "report.not_holder", "Only who holds a report gives it back."};
                other.next = "Ask its holder, or an administrator.";
                return other;
            }
            MOZI_CHECK(check_no_part(*tx, *found, asking.user));
        }
        found->status = ReportStatus::pending;
        found->assigned_to.reset();
        found->updated_at = clock_.now();
        repository::update(*tx, *found);
        return {};
    });
}

ActionId Reports::hide(db::Transaction& tx, Report const& report, std::string const& reason, Asking const& asking, Time now) {
    Action action;
    action.id = next<ActionId>();
    action.subject = report.subject;
    action.owner = report.owner;
    action.report = report.id;
    action.moderator = asking.user;
    action.decided_as = asking.rank();
    action.reason = reason;
    action.created_at = now;
    db::insert(*tx, action);
    outbox_.emit(tx, ContentHidden{action.id, report.subject.kind, report.subject.id.value});
    return action.id;
}

Result<ResolvedReport> Reports::resolve(ReportId id, Decision decision, std::string resolution, Asking const& asking) {
    std::int64_t also = 0;
    MOZI_TRY(auto report, database_.write([&](db::Transaction& tx) -> Result<Report> {
        db::frees(tx);
        auto found = db::find<Report>(*tx, id);
        if (found) repository::hold_open(*tx, found->subject);
        found = db::hold<Report>(*tx, id);
        if (!found) return not_found("report.not_found");
        MOZI_CHECK(check_free(*found, asking));
        MOZI_CHECK(check_judge(*tx, *found, asking.user, asking.rank()));
        auto const now = clock_.now();
        found->status = decision == Decision::hide ? ReportStatus::resolved : ReportStatus::dismissed;
        found->assigned_to = asking.user;
        found->resolution = resolution;
        found->updated_at = now;
        found->resolved_at = now;
        if (decision == Decision::hide) found->action = hide(tx, *found, resolution, asking, now);
        repository::update(*tx, *found);
        also = decision == Decision::hide ? repository::resolve_others(*tx, *found) : 0;
        auto const what = decision == Decision::hide ? audit::What::content_hidden : audit::What::report_dismissed;
        record_.append(tx, {asking.user, what, audit::subject_of(found->subject, found->owner, id, found->action, asking.rank()),
                               found->action, resolution, now});
        outbox_.emit(tx, ReportResolved{id, found->subject.kind, found->subject.id.value, found->action, also});
        return std::move(*found);
    }));
    MOZI_TRY(auto view, to_view(std::move(report), asking));
    ResolvedReport out;
    static_cast<ReportView&>(out) = std::move(view);
    out.also_resolved = also;
    return out;
}

} // namespace mozi::moderation
