// The route table of administering accounts.
#include "http.hpp"

namespace mozi::user {

Result<Page<KnownUser>> AdministrationHttp::list(http::Call& call, ListKnown const& in) {
    call.header("Cache-Control", "no-store"); // addresses of people
    return administration_.list(in);
}

Result<KnownUserInFull> AdministrationHttp::get(http::Call& call, OneKnown const& in) {
    call.header("Cache-Control", "no-store");
    return administration_.get(in.id);
}

Result<NewPassword> AdministrationHttp::reset_password(http::Call& call, ResetPassword const& in) {
    call.header("Cache-Control", "no-store");
    return administration_.reset_password(in, call.asking());
}

Result<http::Empty> AdministrationHttp::remove(http::Call& call, ActOnUser const& in) {
    MOZI_CHECK(administration_.remove(in, call.asking()));
    return http::Empty{};
}

std::vector<http::Route> AdministrationHttp::routes() {
    using http::Access, http::Method, http::route;
    using Http = AdministrationHttp;
    return {
        route<&Http::list>(*this, Method::get, "/api/admin/users", "listUsersForAdministrators", "Accounts with what administrators see",
            Access::admin, 200, {"request.cursor"}),
        route<&Http::get>(*this, Method::get, "/api/admin/users/{id}", "getUserForAdministrators", "An account, and where it is signed in",
            Access::admin, 200, {"user.not_found"}),
        route<&Http::give_role>(*this, Method::put, "/api/admin/users/{id}/role", "giveRole", "Give an account another rank", Access::admin,
            200, {"user.not_found", "user.last_administrator"}),
        route<&Http::reset_password, &Http::prepare_password>(*this, Method::post, "/api/admin/users/{id}/password", "resetPassword",
            "Give an account a new password, which ends its sessions", Access::admin, 200, {"user.not_found", "user.password_guessable"},
            {.lane = http::Lane::hashing, .limit = http::Limit::write, .repeats = false}),
        route<&Http::end_sessions>(*this, Method::delete_, "/api/admin/users/{id}/sessions", "endSessionsOfUser",
            "Sign an account out everywhere", Access::admin, 200, {"user.not_found"}),
        route<&Http::remove>(*this, Method::delete_, "/api/admin/users/{id}", "deleteUser",
            "Delete an account and all that says who it was; what it made stays, as a deleted account's", Access::admin, 204,
            {"user.not_found", "user.last_administrator"}),
    };
}

} // namespace mozi::user
