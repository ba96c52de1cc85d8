// Addresses of moderation actions.
#pragma once

#include "service.hpp"

namespace mozi::moderation {

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
    Result<> look(http::Call&, RevertAction const& in) { return actions_.look(in.action_id); }
    Result<ActionView> revert(http::Call& call, RevertAction& in) {
        return actions_.revert(in.action_id, std::move(in.reason), call.asking());
    }

private:
    Actions& actions_;
};

} // namespace mozi::moderation
