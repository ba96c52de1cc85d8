// What was done to a thing, listed and undone exactly. Thread-safe.
#pragma once

#include "model.hpp"

namespace mozi::moderation {

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

} // namespace mozi::moderation
