// Sessions: access tokens, rotating refresh tokens, and the memory that makes signing out immediate.
#pragma once

#include "../accounts/model.hpp"

#include <mozi/db/remembered.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/events/events.hpp>
#include <mozi/user/module.hpp>

#include <list>

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

    static constexpr db::Table table{"session", "s"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Session::id), column("account_id", &Session::account), column("ip_address", &Session::ip_address),
            column("user_agent", &Session::user_agent), column("created_at", &Session::created_at),
            column("last_used_at", &Session::last_used_at), column("expires_at", &Session::expires_at)};
    }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Session::id), field("ipAddress", &Session::ip_address), field("userAgent", &Session::user_agent),
            field("createdAt", &Session::created_at), field("lastUsedAt", &Session::last_used_at), field("expiresAt", &Session::expires_at),
            field("current", &Session::current, {.help = "The session this request was made with."})};
    }
};

class Sessions {
public:
    Sessions(ModuleContext const& context, Needs const& needs);

    // A new session in the caller's unit.
    Tokens open(db::Transaction& tx, UserId account, std::string_view ip_address, std::string_view user_agent);
    // Rotates. One that was used a moment ago gets what its first use got: the answer was lost, or two tabs asked at once. Errors:
    // "auth.refresh_token" (unauthenticated); one that was used longer ago is a replay and ends the session, which is committed.
    Result<std::pair<UserId, Tokens>> refresh(std::string const& refresh_token);
    // Errors: "session.not_found".
    Result<> end(UserId account, SessionId session);
    Result<> end_others(UserId account, SessionId keep);
    Result<std::vector<Session>> list(UserId account, SessionId current); // at most 100, latest first
    // Errors: "auth.token" (unauthenticated).
    Result<http::Viewer> authenticate(std::string_view access_token);
    bool lives(SessionId session);
    // Standing or role of the account changed: what memory knows of it is forgotten.
    void forget_account(UserId account);

private:
    struct Known {
        http::Viewer viewer;
        Time expires_at; // lived
    };
    // A row of refresh_token with what its session says.
    struct Presented {
        SessionId session;
        UserId account;
        Time session_expires;
        std::optional<Time> used;
        std::optional<std::string> successor;
    };
    static std::optional<Presented> find_presented(db::Connection& c, std::string const& refresh_token);
    // The newest token of the chain that begins with this used one; nothing when it was used too long ago.
    std::optional<std::string> newest_after(db::Connection& c, std::string refresh_token, Presented row) const;
    std::string rotate(db::Transaction& tx, std::string const& used, SessionId session);
    std::string insert_refresh_token(db::Transaction& tx, SessionId session);
    std::string successor_key(std::string const& refresh_token) const;
    Tokens tokens_with(std::string refresh_token, UserId account, SessionId session, Time session_expires) const;
    void end_in(db::Transaction& tx, UserId account, std::vector<SessionId> sessions);
    std::optional<Known> find(SessionId session);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    std::string key_, successor_key_;
    std::chrono::seconds access_life_, refresh_life_;
    db::Remembered<SessionId, Known> known_;
};

} // namespace mozi::user
