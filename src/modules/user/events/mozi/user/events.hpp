// What the user module tells.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::user {

struct UserRegistered {
    static constexpr std::string_view source = "user", name = "user.created";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::string username;
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &UserRegistered::user_id), json::field("username", &UserRegistered::username)};
    }
};

struct UserUpdated {
    static constexpr std::string_view source = "user", name = "user.updated";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::string display_name;
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &UserUpdated::user_id), json::field("displayName", &UserUpdated::display_name)};
    }
};

// All access of these sessions ends: sign-out, replayed refresh token, suspension.
struct SessionsEnded {
    static constexpr std::string_view source = "user", name = "user.sessions.ended";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::vector<Id<"session">> sessions;
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &SessionsEnded::user_id), json::field("sessions", &SessionsEnded::sessions)};
    }
};

} // namespace mozi::user
