// Addresses of moderation actions.
#include "http.hpp"

namespace mozi::moderation {

std::vector<http::Route> ActionsHttp::routes() {
    using http::Access;
    using http::Method;
    using http::route;
    return {
        route<&ActionsHttp::list>(*this, Method::get, "/api/moderation/actions", "listModerationActions",
            "What moderators did, newest first", Access::moderator, 200, {"request.cursor"}),
        route<&ActionsHttp::revert, &ActionsHttp::look>(*this, Method::post, "/api/moderation/actions/{actionId}/revert",
            "revertModerationAction", "Undo an action: the state before it is back", Access::moderator, 200,
            {"moderation.action_not_found", "moderation.reverted", "moderation.own", "moderation.reporter", "moderation.rank"}),
    };
}

} // namespace mozi::moderation
