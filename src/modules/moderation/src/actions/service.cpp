// The rules of moderation actions.
#include "service.hpp"

#include "../reports/repository.hpp"
#include "repository.hpp"

#include <mozi/db/frees.hpp>

namespace mozi::moderation {

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

Result<> Actions::look(ActionId id) {
    MOZI_TRY(
        auto const action, database_.read([&](db::Connection& c) -> Result<std::optional<Action>> { return db::find<Action>(c, id); }));
    if (action) MOZI_CHECK(users_.role_of(action->owner));
    return {};
}

Result<ActionView> Actions::revert(ActionId id, std::string reason, Asking const& asking) {
    MOZI_TRY(auto reverted, database_.write([&](db::Transaction& tx) -> Result<Action> {
        db::frees(tx);
        auto action = db::hold<Action>(*tx, id);
        if (!action) return not_found("moderation.action_not_found");
        if (action->reverted_at)
            return Error{Code::conflict, "moderation.reverted",
                "This was undone already, at " + to_iso(*action->reverted_at) + ". Nothing more is needed."};
        MOZI_TRY(auto const owner_rank, users_.role_of(action->owner));
        MOZI_TRY(auto const reported, is_barring_accuser(*tx, users_, action->subject, action->owner, owner_rank, asking.user));
        MOZI_CHECK(check_may_judge({action->owner, owner_rank, action->decided_as, reported}, asking.user, asking.rank()));
        action->reverted_at = clock_.now();
        action->reverted_by = asking.user;
        action->revert_reason = reason;
        db::update<&Action::reverted_at, &Action::reverted_by, &Action::revert_reason>(*tx, *action);
        record_.append(tx,
            {asking.user, audit::What::content_restored,
                audit::subject_of(action->subject, action->owner, action->report, id, asking.rank()), id, reason, *action->reverted_at});
        outbox_.emit(tx, ContentRestored{id, action->subject.kind, action->subject.id.value});
        return std::move(*action);
    }));
    MOZI_TRY(auto views, to_views({std::move(reverted)}));
    return std::move(views.front());
}

} // namespace mozi::moderation
