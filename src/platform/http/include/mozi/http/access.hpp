// Who asks, and who may. A route without an Access does not compile: it is a parameter without default.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/enum.hpp>
#include <mozi/base/id.hpp>
#include <mozi/base/result.hpp>

#include <array>
#include <functional>
#include <optional>
#include <string_view>

namespace mozi::http {

using mozi::Role;

// Standing of a signed-in account, as far as requests are concerned.
enum class Standing { active, unverified, suspended };
constexpr auto names(Standing) {
    return std::array{std::pair{Standing::active, "ACTIVE"sv}, std::pair{Standing::unverified, "PENDING_VERIFICATION"sv},
        std::pair{Standing::suspended, "SUSPENDED"sv}};
}

struct Viewer {
    Id<"user"> id{};
    Id<"session"> session{};
    Role role = Role::visitor;
    Standing standing = Standing::active;

    // The command line of this machine: nobody's account, with an administrator's rank where only those may act.
    bool operates() const { return !id && role == Role::admin; }
    bool signed_in() const { return bool(id); }
    bool active() const { return signed_in() && standing == Standing::active; }
    bool moderates() const { return operates() || (active() && role >= Role::moderator); }
    bool administers() const { return operates() || (active() && role == Role::admin); }
    Asking asking() const { return {id, session, moderates(), administers(), active()}; }
};

enum class Access {
    anyone, // no account is needed; a stale token does no harm
    reader, // visitors where the community lets them read, else any account
    account, // signed in, also while suspended or unverified: one's own account, signing out
    member, // an active account
    moderator, // moderator or admin
    admin,
};
constexpr auto names(Access) {
    return std::array{std::pair{Access::anyone, "anyone"sv}, std::pair{Access::reader, "reader"sv}, std::pair{Access::account, "account"sv},
        std::pair{Access::member, "member"sv}, std::pair{Access::moderator, "moderator"sv}, std::pair{Access::admin, "admin"sv}};
}

enum class Visitors { may_read, must_sign_in };

// The error of that access for that viewer, if any: 401 not signed in, 403 signed in but not allowed.
Result<> check_access(Access access, Viewer const& viewer, Visitors visitors);

// Errors: "auth.token" (unauthenticated), "storage.*" where it could not be read. The first two say what memory knows, on threads that must
// not wait; nothing: it has to be read.
struct Authenticate {
    std::function<std::optional<Result<Viewer>>(std::string_view token)> recall_token;
    std::function<std::optional<Result<Viewer>>(Id<"session">)> recall_session;
    // When the head is here.
    std::function<Result<Viewer>(std::string_view token)> by_token;
    // When the request is run, as the viewer stands then: a body may take its time to come.
    std::function<Result<Viewer>(Id<"session">)> by_session;
    // Whether this is a token of ours, ended or not: nobody guessed it.
    std::function<bool(std::string_view token)> issued;
};

} // namespace mozi::http
