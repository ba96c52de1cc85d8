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

// A wrong password for an account, or for a name that nobody has.
struct SignInFailed {
    static constexpr std::string_view source = "user", name = "user.sign_in.failed";
    static constexpr int version = 1;
    std::optional<Id<"user">> user_id;
    std::string network; // an IPv4 address or an IPv6 /64
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &SignInFailed::user_id), json::field("network", &SignInFailed::network)};
    }
};

// There were too many of these: for a while nobody signs in to that account from there.
struct SignInLocked {
    static constexpr std::string_view source = "user", name = "user.sign_in.locked";
    static constexpr int version = 1;
    std::optional<Id<"user">> user_id;
    std::string network;
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &SignInLocked::user_id), json::field("network", &SignInLocked::network)};
    }
};

// A refresh token came a second time, long after its first use: two have it. The session ends.
struct RefreshReplayed {
    static constexpr std::string_view source = "user", name = "user.refresh.replayed";
    static constexpr int version = 1;
    Id<"user"> user_id;
    Id<"session"> session;
    std::string network;
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &RefreshReplayed::user_id), json::field("session", &RefreshReplayed::session),
            json::field("network", &RefreshReplayed::network)};
    }
};

// An administrator gave an account another rank. In this event and those below `by` is empty where it was the operator's command line.
struct UserRoleChanged {
    static constexpr std::string_view source = "user", name = "user.role.changed";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::string from, to; // "USER", "MODERATOR", "ADMIN"
    std::optional<Id<"user">> by;
    std::string reason;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("userId", &UserRoleChanged::user_id), field("from", &UserRoleChanged::from),
            field("to", &UserRoleChanged::to), field("by", &UserRoleChanged::by), field("reason", &UserRoleChanged::reason)};
    }
};

struct UserPasswordReset {
    static constexpr std::string_view source = "user", name = "user.password.reset";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::optional<Id<"user">> by;
    std::string reason;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{
            field("userId", &UserPasswordReset::user_id), field("by", &UserPasswordReset::by), field("reason", &UserPasswordReset::reason)};
    }
};

// The account is gone for good: name, address and all that was told of the person. What they made stays, as a deleted account's.
struct UserDeleted {
    static constexpr std::string_view source = "user", name = "user.deleted";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::optional<Id<"user">> by;
    std::string reason;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("userId", &UserDeleted::user_id), field("by", &UserDeleted::by), field("reason", &UserDeleted::reason)};
    }
};

// All access of these sessions ends: sign-out, replayed refresh token, suspension, an administrator's word.
struct SessionsEnded {
    static constexpr std::string_view source = "user", name = "user.sessions.ended";
    static constexpr int version = 1;
    Id<"user"> user_id;
    std::vector<Id<"session">> sessions;
    std::optional<Id<"user">> by; // who administers, where that was an act of its own
    std::optional<std::string> reason; // likewise
    static constexpr auto fields() {
        return std::tuple{json::field("userId", &SessionsEnded::user_id), json::field("sessions", &SessionsEnded::sessions),
            json::field("by", &SessionsEnded::by), json::field("reason", &SessionsEnded::reason)};
    }
};

} // namespace mozi::user
