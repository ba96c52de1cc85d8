// What was done to a thing, listed and undone exactly. Thread-safe.
#pragma once

#include "../audit/chain.hpp"
#include "../judging.hpp"
#include "model.hpp"

namespace mozi::moderation {

class Actions {
public:
    Actions(ModuleContext const& context, Needs const& needs, audit::Chain& record)
        : database_(context.database), outbox_(context.outbox), clock_(context.clock), users_(needs.users), record_(record) {}
    // Error: "request.cursor".
    Result<Page<ActionView>> list(Paging const& paging);
    // Before the unit of revert(): what that asks the user module is in memory then.
    Result<> look(ActionId id);
    // Errors: "moderation.action_not_found", "moderation.reverted", check_may_judge()'s.
    Result<ActionView> revert(ActionId id, std::string reason, Asking const& asking);

private:
    Result<std::vector<ActionView>> to_views(std::vector<Action> actions);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    user::Users& users_;
    audit::Chain& record_;
};

} // namespace mozi::moderation
