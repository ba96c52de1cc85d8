// Moderation actions: what was done to a thing, listed and undone exactly. Thread-safe.
#pragma once

#include "../people.hpp"

#include <mozi/db/rows.hpp>
#include <mozi/http/route.hpp>
#include <mozi/moderation/events.hpp>

#include <set>

namespace mozi::moderation {

enum class ActionKind { hide };
constexpr auto names(ActionKind) { return std::array{std::pair{ActionKind::hide, "HIDE"sv}}; }

struct Action {
    ActionId id;
    ActionKind kind = ActionKind::hide;
    Subject subject;
    UserId owner;
    ReportId report;
    UserId moderator;
    std::string reason;
    Time created_at;
    std::optional<Time> reverted_at;
    std::optional<UserId> reverted_by;
    std::optional<std::string> revert_reason;

    static constexpr db::Table table{"moderation_action", "a"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Action::id), column("action", &Action::kind),
            column("subject_kind", &Action::subject, &Subject::kind), column("subject_id", &Action::subject, &Subject::id),
            column("owner_id", &Action::owner), column("report_id", &Action::report), column("moderator_id", &Action::moderator),
            column("reason", &Action::reason), column("created_at", &Action::created_at), column("reverted_at", &Action::reverted_at),
            column("reverted_by", &Action::reverted_by), column("revert_reason", &Action::revert_reason)};
    }
};

struct ActionView {
    ActionId id;
    ActionKind action = ActionKind::hide;
    SubjectKind content_type = SubjectKind::movie;
    SubjectId content_id;
    ReportId report_id;
    std::optional<Participant> moderator;
    std::string reason;
    Time created_at;
    std::optional<Time> reverted_at;
    std::optional<Participant> reverted_by;
    std::optional<std::string> revert_reason;
    static std::string schema_name() { return "ModerationAction"; }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &ActionView::id), field("action", &ActionView::action),
            field("contentType", &ActionView::content_type), field("contentId", &ActionView::content_id),
            field("reportId", &ActionView::report_id), field("moderator", &ActionView::moderator), field("reason", &ActionView::reason),
            field("createdAt", &ActionView::created_at), field("revertedAt", &ActionView::reverted_at),
            field("revertedBy", &ActionView::reverted_by), field("revertReason", &ActionView::revert_reason)};
    }
};

namespace repository {

// All throw db::Failure.
std::vector<Action> newest(db::Connection& c, std::optional<std::tuple<Time, ActionId>> before, std::int64_t limit, std::int64_t offset);
std::int64_t count_actions(db::Connection& c);
// Those of them that an action hides now. One query.
std::set<Subject> hidden(db::Connection& c, std::span<Subject const> subjects);

} // namespace repository

class Actions {
public:
    Actions(ModuleContext const& context, Needs const& needs)
        : database_(context.database), outbox_(context.outbox), clock_(context.clock), users_(needs.users) {}
    // Error: "request.cursor".
    Result<Page<ActionView>> list(Paging const& paging);
    // Errors: "moderation.action_not_found", "moderation.reverted", "moderation.own".
    Result<ActionView> revert(ActionId id, std::string reason, Asking const& asking);

private:
    Result<std::vector<ActionView>> to_views(std::vector<Action> actions);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    user::Users& users_;
};

// Error "moderation.own" (forbidden) for a moderator's own case. Administrators may: a small house has nobody else, and the
// record shows it.
Result<> check_not_own(UserId owner, UserId who, Asking const& asking);

struct ListActions : Paging {
    static constexpr auto fields() { return paging_fields<ListActions>(); }
};

struct RevertAction {
    ActionId action_id;
    std::string reason;
    static constexpr auto fields() {
        return std::tuple{json::field("actionId", &RevertAction::action_id, {.where = json::Where::path}),
            json::field("reason", &RevertAction::reason, decision_words)};
    }
};

class ActionsHttp {
public:
    explicit ActionsHttp(Actions& actions) : actions_(actions) {}
    std::vector<http::Route> routes();
    Result<Page<ActionView>> list(http::Call&, ListActions const& in) { return actions_.list(in); }
    Result<ActionView> revert(http::Call& call, RevertAction& in) {
        return actions_.revert(in.action_id, std::move(in.reason), call.asking());
    }

private:
    Actions& actions_;
};

} // namespace mozi::moderation
