// Sessions: access tokens, rotating refresh tokens, and the memory that makes signing out immediate.
#pragma once

#include "../notices/notices.hpp"
#include "../tally.hpp"
#include "model.hpp"

#include <mozi/db/remembered.hpp>
#include <mozi/events/events.hpp>
#include <mozi/user/module.hpp>

#include <list>

namespace mozi::user {

class Sessions {
public:
    Sessions(ModuleContext const& context, Needs const& needs);

    // A new session in the caller's unit.
    Tokens open(db::Transaction& tx, UserId account, std::string_view ip_address, std::string_view user_agent);
    // Before refresh(), outside any unit: whose session a token of ours is of, by its seal, or by its row where it is older than seals.
    // Errors: "auth.refresh_token", "request.rate": presented more often than anybody needs.
    Result<SessionId> look_at(std::string const& refresh_token);
    // Rotates. One that was used a moment ago gets what its first use got: the answer was lost, or two tabs asked at once. Errors:
    // "auth.refresh_token" (unauthenticated); one that was used longer ago is a replay and ends the session, of which the account is told;
    // one of an account that is banned or deleted ends it as well. "request.rate": more than anybody needs.
    Result<std::pair<UserId, Tokens>> refresh(std::string const& refresh_token, std::string_view network);
    // These write only where there is something to end. Errors of the first: "session.not_found".
    Result<> end(UserId account, SessionId session);
    Result<> end_others(UserId account, SessionId keep);
    // Of whoever has either token of it, also one that has ended or was used; nothing where it is no token of ours.
    Result<> end_by_access_token(std::string_view access_token);
    Result<> end_by_refresh_token(std::string const& refresh_token);
    Result<std::vector<Session>> list(UserId account, SessionId current); // at most 100, latest first
    // Errors: "auth.token" (unauthenticated), "storage.*".
    Result<http::Viewer> authenticate(std::string_view access_token);
    // Whether it is an access token of ours, also one that has ended.
    bool issued(std::string_view access_token) const;
    // Whose session this is, as he stands now. Errors: "auth.token", "storage.*".
    Result<http::Viewer> viewer(SessionId session);
    // The same from memory alone; nothing: it has to be read.
    std::optional<Result<http::Viewer>> recall_token(std::string_view access_token);
    std::optional<Result<http::Viewer>> recall_session(SessionId session);
    // In the caller's unit: every session of the account ends; how many there were. `word`: of an administrator who does just that.
    struct Word {
        std::optional<UserId> by;
        std::string reason;
    };
    std::size_t end_all_in(db::Transaction& tx, UserId account, std::optional<Word> const& word = {});
    // In the caller's unit: standing or role of the account changed, and what memory knows of its sessions is forgotten.
    void forget_in(db::Transaction& tx, UserId account);

private:
    struct Known {
        http::Viewer viewer;
        Time expires_at; // lived
        std::chrono::steady_clock::time_point read;
    };
    // A row of refresh_token with what its session and account say.
    struct Presented {
        SessionId session;
        UserId account;
        Status status;
        Time session_expires;
        std::optional<Time> session_ends;
        std::optional<Time> used;
        std::optional<std::string> successor;
    };
    static std::optional<Presented> find_presented(db::Connection& c, std::string const& refresh_token);
    // The newest token of the chain that begins with this used one; nothing when it was used too long ago.
    std::optional<std::string> newest_after(db::Connection& c, std::string refresh_token, Presented row) const;
    std::string rotate(db::Transaction& tx, std::string const& used, SessionId session);
    std::string insert_refresh_token(db::Transaction& tx, SessionId session);
    std::string seal_of(std::string_view unsealed) const; // the last part of a refresh token
    std::optional<SessionId> sealed_for(std::string_view refresh_token) const;
    // Whose session it was of, where no row knows the token any more and a later one was used: a replay as well.
    std::optional<std::pair<UserId, SessionId>> find_outlived(db::Connection& c, std::string_view refresh_token) const;
    std::string successor_key(std::string const& refresh_token) const;
    Tokens tokens_with(std::string refresh_token, UserId account, SessionId session, Time session_expires) const;
    void end_in(db::Transaction& tx, UserId account, std::vector<SessionId> sessions, std::optional<Word> const& word = {});
    static std::vector<SessionId> all_of(db::Connection& c, UserId account);
    Result<std::optional<Known>> find(SessionId session);
    Result<std::optional<Known>> remembered(SessionId session);
    Result<http::Viewer> judge(std::optional<Known> const& known) const;
    Time expiry(Time ends) const; // of a session that is used now

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    std::string key_, successor_key_, seal_key_;
    std::chrono::seconds access_life_, refresh_life_, session_life_;
    Tally renewals_, presented_;
    db::Remembered<SessionId, Known> known_;
};

} // namespace mozi::user
