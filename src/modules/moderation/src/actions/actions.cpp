// Moderation actions.
#include "actions.hpp"

#include "../audit/audit.hpp"

namespace mozi::moderation {

namespace repository {

std::vector<Action> newest(db::Connection& c, std::optional<std::tuple<Time, ActionId>> before, std::int64_t limit, std::int64_t offset) {
    static auto const sql =
        db::select<Action>("WHERE (a.created_at, a.id) < (?, ?) ORDER BY a.created_at DESC, a.id DESC LIMIT ? OFFSET ?");
    auto const [at, id] = before ? *before : before_first<Time, ActionId>(SortOrder::desc);
    return db::rows<Action>(c, sql, at, id, limit, offset);
}

std::int64_t count_actions(db::Connection& c) { return std::get<0>(*c.one<std::int64_t>("SELECT count(*) FROM moderation_action")); }

std::set<Subject> hidden(db::Connection& c, std::span<Subject const> subjects) {
    std::vector<SubjectId> ids;
    for (auto const& subject : subjects) ids.push_back(subject.id);
    std::set<Subject> out;
    c.each<SubjectKind, SubjectId>(
        "SELECT subject_kind, subject_id FROM moderation_action WHERE reverted_at IS NULL AND subject_id IN {list}",
        [&](SubjectKind kind, SubjectId id) { out.insert({kind, id}); }, db::id_list<SubjectId>(ids));
    return out;
}

} // namespace repository

Result<> check_not_own(UserId owner, UserId who, Asking const& asking) {
    if (owner != who || (who == asking.user && asking.administers)) return {};
    Error refused{Code::forbidden, "moderation.own", "This is about something of yours. Another moderator decides on it."};
    refused.reason = "Nobody decides on their own case.";
    refused.next = "Leave it in the queue, or assign it to another moderator.";
    return refused;
}

Result<std::vector<ActionView>> Actions::to_views(std::vector<Action> actions) {
    std::vector<UserId> ids;
    for (auto const& action : actions) ids.push_back(action.moderator), ids.push_back(action.reverted_by.value_or(UserId{}));
    MOZI_TRY(auto people, find_participants(users_, std::move(ids)));
    std::vector<ActionView> views;
    for (auto& a : actions)
        views.push_back({a.id, a.kind, a.subject.kind, a.subject.id, a.report, people[a.moderator], std::move(a.reason), a.created_at,
            a.reverted_at, a.reverted_by ? std::optional{people[*a.reverted_by]} : std::nullopt, std::move(a.revert_reason)});
    return views;
}

Result<Page<ActionView>> Actions::list(Paging const& paging) {
    static Pager<Time, ActionId> const pager("actions");
    MOZI_TRY(auto const before, pager.after(paging.after));
    auto const offset = paging.offset();
    std::int64_t total = 0;
    MOZI_TRY(auto actions, database_.read([&](db::Connection& c) -> Result<std::vector<Action>> {
        total = repository::count_actions(c);
        if (offset >= total) return std::vector<Action>{};
        return repository::newest(c, before, paging.limit + 1, offset);
    }));
    auto next = pager.cut(actions, paging.limit, [](Action const& a) { return std::tuple{a.created_at, a.id}; });
    MOZI_TRY(auto views, to_views(std::move(actions)));
    return Page<ActionView>{std::move(views), Pagination::of(paging, total, std::move(next))};
}

Result<ActionView> Actions::revert(ActionId id, std::string reason, Asking const& asking) {
    MOZI_TRY(auto reverted, database_.write([&](db::Transaction& tx) -> Result<Action> {
        auto action = db::hold<Action>(*tx, id);
        if (!action) return not_found("moderation.action_not_found");
        if (action->reverted_at)
            return Error{Code::conflict, "moderation.reverted",
                "This was undone already, at " + to_iso(*action->reverted_at) + ". Nothing more is needed."};
        MOZI_CHECK(check_not_own(action->owner, asking.user, asking));
        action->reverted_at = clock_.now();
        action->reverted_by = asking.user;
        action->revert_reason = reason;
        db::update<&Action::reverted_at, &Action::reverted_by, &Action::revert_reason>(*tx, *action);
        audit::append(
            *tx, {asking.user, audit::What::content_restored,
                     action->subject.text() + " report " + action->report.text() + " action " + id.text(), reason, *action->reverted_at});
        outbox_.emit(tx, ContentRestored{id, action->subject.kind, action->subject.id.value});
        return std::move(*action);
    }));
    MOZI_TRY(auto views, to_views({std::move(reverted)}));
    return std::move(views.front());
}

std::vector<http::Route> ActionsHttp::routes() {
    using http::Access;
    using http::Method;
    using http::route;
    return {
        route<&ActionsHttp::list>(*this, Method::get, "/api/moderation/actions", "listModerationActions",
            "What moderators did, newest first", Access::moderator, 200, {"request.cursor"}),
        route<&ActionsHttp::revert>(*this, Method::post, "/api/moderation/actions/{actionId}/revert", "revertModerationAction",
            "Undo an action: the state before it is back", Access::moderator, 200,
            {"moderation.action_not_found", "moderation.reverted", "moderation.own"}),
    };
}

} // namespace mozi::moderation
