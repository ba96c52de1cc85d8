// Ranks of accounts, said once and in rising order: who may what is compared by that order, nowhere by a word.
#pragma once

#include <mozi/base/enum.hpp>

#include <array>

namespace mozi {

enum class Role { visitor, user, moderator, admin };
constexpr auto names(Role) {
    return std::array{std::pair{Role::visitor, "VISITOR"sv}, std::pair{Role::user, "USER"sv}, std::pair{Role::moderator, "MODERATOR"sv},
        std::pair{Role::admin, "ADMIN"sv}};
}

} // namespace mozi
