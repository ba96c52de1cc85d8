// People as moderators and reporters see them.
#pragma once

#include <mozi/moderation/api.hpp>
#include <mozi/moderation/module.hpp>

#include <map>

namespace mozi::moderation {

using UserId = Id<"user">;

using Participant = user::Person;

// Why something was decided.
constexpr json::Rules decision_words{.min = 1, .max = 2000, .format = json::Format::text};

// Zeros are left out. Errors: the user module's.
Result<std::map<UserId, Participant>> find_participants(user::Users& users, std::vector<UserId> ids);

} // namespace mozi::moderation
