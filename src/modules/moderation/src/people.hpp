// People as moderators and reporters see them.
#pragma once

#include <mozi/json/describe.hpp>
#include <mozi/moderation/api.hpp>
#include <mozi/moderation/module.hpp>

#include <map>

namespace mozi::moderation {

using UserId = Id<"user">;

struct Participant {
    UserId id;
    std::string username, display_name;
    std::optional<std::string> avatar_url;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Participant::id), field("username", &Participant::username),
            field("displayName", &Participant::display_name), field("avatarUrl", &Participant::avatar_url)};
    }
};

// Zeros are left out. Errors: the user module's.
Result<std::map<UserId, Participant>> find_participants(user::Users& users, std::vector<UserId> ids);

} // namespace mozi::moderation
