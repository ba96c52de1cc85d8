// Sessions as rows and on the wire, and the tokens that open them.
#pragma once

#include "../accounts/model.hpp"

namespace mozi::user {

using SessionId = Id<"session">;

struct Tokens {
    std::string access_token;
    std::optional<std::string> refresh_token; // null for the web interface: it is in the cookie
    Time expires_at, refresh_expires_at;
    std::int64_t expires_in = 0, refresh_expires_in = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("accessToken", &Tokens::access_token), field("refreshToken", &Tokens::refresh_token),
            field("expiresAt", &Tokens::expires_at), field("refreshExpiresAt", &Tokens::refresh_expires_at),
            field("expiresIn", &Tokens::expires_in,
                {.help = "Seconds from this answer on: count these by a clock that is never set, and leave expiresAt to people."}),
            field("refreshExpiresIn", &Tokens::refresh_expires_in, {.help = "Likewise, unless the session is used before."})};
    }
};

struct Session {
    SessionId id;
    std::string ip_address, user_agent;
    Time created_at, last_used_at, expires_at;
    bool current = false;
    UserId account = {};
    std::optional<Time> ends_at; // lived: then it ends, however much it is used; of sessions from before, with their next use

    static constexpr db::Table table{"session", "s"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Session::id), column("account_id", &Session::account), column("ip_address", &Session::ip_address),
            column("user_agent", &Session::user_agent), column("created_at", &Session::created_at),
            column("last_used_at", &Session::last_used_at), column("expires_at", &Session::expires_at),
            column("ends_at", &Session::ends_at)};
    }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Session::id), field("ipAddress", &Session::ip_address), field("userAgent", &Session::user_agent),
            field("createdAt", &Session::created_at), field("lastUsedAt", &Session::last_used_at), field("expiresAt", &Session::expires_at),
            field("current", &Session::current, {.help = "The session this request was made with."})};
    }
};

} // namespace mozi::user
