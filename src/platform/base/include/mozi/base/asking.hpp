// On whose behalf a module is asked: what api headers know of a viewer.
#pragma once

#include <mozi/base/id.hpp>

namespace mozi {

struct Asking {
    Id<"user"> user{};       // 0: a visitor
    Id<"session"> session{}; // signatures for what is not public end with it
    bool moderates = false;  // sees what is hidden or not released
};

} // namespace mozi
