// On whose behalf a module is asked, and on what condition: what services know of a request.
#pragma once

#include <mozi/base/id.hpp>
#include <mozi/base/result.hpp>
#include <mozi/base/role.hpp>

#include <functional>

namespace mozi {

struct Asking {
    Id<"user"> user{}; // 0: a visitor
    Id<"session"> session{}; // signatures for what is not public end with it
    bool moderates = false; // sees what is hidden or not released
    bool administers = false; // besides
    bool active = false; // may write: neither suspended nor unverified
    // As what they act now: a suspended moderator is a user.
    Role rank() const { return administers ? Role::admin : moderates ? Role::moderator : user ? Role::user : Role::visitor; }
};

// Called with the current version while the thing is held; its error ends the change.
using Precondition = std::function<Result<>(std::int64_t version)>;

} // namespace mozi
