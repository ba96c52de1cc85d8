// Sessions and their tokens.
#include "service.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>
#include <mozi/user/events.hpp>

namespace mozi::user {

namespace {

constexpr std::size_t most_known = 50'000;
constexpr int most_sessions = 100; // per account: the oldest ends
constexpr auto grace = std::chrono::seconds(30); // lived, in which a used refresh token gets its successor once more

constexpr int most_used = 8; // refresh tokens of a session that stay when their grace is over; older ones are known by their seal
constexpr int most_renewals = 60; // of one session in a minute: several tabs that are all reloaded
constexpr int most_presented = 240; // likewise, with those that only hear again what followed
constexpr auto believed = std::chrono::milliseconds(750); // standing and role of an account that somebody changed in the database itself

bool is_out(Status status) { return status == Status::banned || status == Status::deleted; }

Error ended() { return {Code::unauthenticated, "auth.token", "This sign-in has ended. Sign in again.", {.next = "/in"}}; }

Error bad_refresh() { return {Code::unauthenticated, "auth.refresh_token", "This sign-in has ended. Sign in again.", {.next = "/in"}}; }

bool is_fresh(std::chrono::steady_clock::time_point read) { return std::chrono::steady_clock::now() - read < believed; }

// The viewer of a session, where it is that of the token's account.
Result<http::Viewer> belonging(Result<http::Viewer> viewer, std::int64_t account) {
    if (viewer && viewer->id.value != account) return ended();
    return viewer;
}

Error too_often(int retry_s) {
    return {Code::rate_limited, "request.rate", "A short breath: this sign-in was renewed very often. Try again in a minute.",
        {.retry_after_s = retry_s}};
}

std::int64_t seconds(Time time) { return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count(); }

} // namespace

Sessions::Sessions(ModuleContext const& context, Needs const& needs)
    : database_(context.database), outbox_(context.outbox), clock_(context.clock), key_(crypto::derive(needs.secret, "access token")),
      successor_key_(crypto::derive(needs.secret, "successors of refresh tokens")),
      seal_key_(crypto::derive(needs.secret, "seals of refresh tokens")), access_life_(needs.access_life),
      refresh_life_(needs.refresh_life), session_life_(needs.session_life), renewals_(most_renewals, std::chrono::minutes(1)),
      presented_(most_presented, std::chrono::minutes(1)), known_(context.database, most_known) {}

Time Sessions::expiry(Time ends) const { return std::min(database_.lived() + refresh_life_, ends); }

Tokens Sessions::tokens_with(std::string refresh_token, UserId account, SessionId session, Time session_expires) const {
    auto const now = clock_.now();
    Tokens tokens;
    tokens.expires_at = now + access_life_;
    tokens.refresh_expires_at = database_.as_wall(session_expires, clock_);
    tokens.expires_in = access_life_.count();
    tokens.refresh_expires_in = std::chrono::duration_cast<std::chrono::seconds>(session_expires - database_.lived()).count();
    tokens.access_token = crypto::sign_token(key_, {account.value, session.value, seconds(now), seconds(tokens.expires_at)});
    tokens.refresh_token = std::move(refresh_token);
    return tokens;
}

std::string Sessions::seal_of(std::string_view unsealed) const { return base64url(crypto::hmac_sha256(seal_key_, unsealed)); }

std::string Sessions::insert_refresh_token(db::Transaction& tx, SessionId session) {
    // Counted from one, as ids are.
    auto token = random_token() + "." + session.text() + "." + std::to_string(database_.lived().time_since_epoch().count() + 1);
    token += "." + seal_of(token);
    tx->run("INSERT INTO refresh_token (token_sha256, session_id) VALUES (?, ?)", hex(crypto::sha256(token)), session);
    return token;
}

Tokens Sessions::open(db::Transaction& tx, UserId account, std::string_view ip_address, std::string_view user_agent) {
    Session session;
    session.id = next<SessionId>();
    session.account = account;
    session.created_at = session.last_used_at = clock_.now();
    session.ends_at = database_.lived() + session_life_;
    session.expires_at = expiry(*session.ends_at);
    session.ip_address = ip_address.substr(0, 64);
    session.user_agent = user_agent.substr(0, 300);
    if (!is_utf8(session.user_agent) || has_control(session.user_agent)) session.user_agent = "unreadable";
    db::insert(*tx, session);
    // Never the new one, however far behind its clock is.
    auto const surplus =
        tx->all<SessionId>("SELECT id FROM session WHERE account_id = ? AND id <> ? ORDER BY last_used_at DESC, id DESC LIMIT 50 OFFSET ?",
            account, session.id, most_sessions - 1);
    std::vector<SessionId> oldest;
    for (auto const& [id] : surplus) oldest.push_back(id);
    if (!oldest.empty()) end_in(tx, account, std::move(oldest));
    return tokens_with(insert_refresh_token(tx, session.id), account, session.id, session.expires_at);
}

// Whoever reads the database has neither the used token nor the secret; whoever holds an old token has no row to open.
std::string Sessions::successor_key(std::string const& refresh_token) const {
    return crypto::derive(successor_key_ + refresh_token, "successor");
}

std::optional<Sessions::Presented> Sessions::find_presented(db::Connection& c, std::string const& refresh_token) {
    auto const row = c.one<SessionId, UserId, Status, Time, std::optional<Time>, std::optional<Time>, std::optional<std::string>>(
        "SELECT s.id, s.account_id, a.status, s.expires_at, s.ends_at, t.used_at, t.successor FROM refresh_token t "
        "JOIN session s ON s.id = t.session_id JOIN account a ON a.id = s.account_id WHERE t.token_sha256 = ?",
        hex(crypto::sha256(refresh_token)));
    return row ? std::optional(std::make_from_tuple<Presented>(*row)) : std::nullopt;
}

// The one that followed may have been used meanwhile as well: an older answer must not come after a newer one in a browser's cookies.
std::optional<std::string> Sessions::newest_after(db::Connection& c, std::string refresh_token, Presented row) const {
    while (row.used) {
        if (!row.successor || *row.used + grace < database_.lived()) return std::nullopt;
        auto const sealed = from_base64(*row.successor);
        auto next = sealed ? crypto::open(successor_key(refresh_token), *sealed) : std::nullopt;
        auto const after = next ? find_presented(c, *next) : std::nullopt;
        if (!after) return std::nullopt;
        refresh_token = std::move(*next);
        row = *after;
    }
    return refresh_token;
}

std::string Sessions::rotate(db::Transaction& tx, std::string const& used, SessionId session) {
    auto const lived = database_.lived();
    auto fresh = insert_refresh_token(tx, session);
    tx->run("UPDATE refresh_token SET used_at = ?, successor = ? WHERE token_sha256 = ?", lived,
        base64(crypto::seal(successor_key(used), fresh)), hex(crypto::sha256(used)));
    tx->run(
        "UPDATE refresh_token SET successor = NULL WHERE session_id = ? AND used_at < ? AND successor IS NOT NULL", session, lived - grace);
    // However often it is renewed, it takes no more room.
    tx->run(
        "DELETE FROM refresh_token WHERE session_id = ? AND used_at < ? AND token_sha256 NOT IN (SELECT token_sha256 FROM refresh_token "
        "WHERE session_id = ? AND used_at IS NOT NULL ORDER BY used_at DESC LIMIT ?)",
        session, lived - grace, session, most_used);
    return fresh;
}

std::optional<SessionId> Sessions::sealed_for(std::string_view refresh_token) const {
    auto const parts = split(refresh_token, '.');
    if (parts.size() != 4 || !crypto::equal(seal_of(refresh_token.substr(0, refresh_token.rfind('.'))), parts[3])) return std::nullopt;
    auto const session = parse_id(parts[1]);
    return session ? std::optional(SessionId{*session}) : std::nullopt;
}

Result<SessionId> Sessions::look_at(std::string const& refresh_token) {
    auto session = sealed_for(refresh_token);
    if (!session) {
        MOZI_TRY(auto const row,
            database_.read([&](db::Connection& c) -> Result<std::optional<Presented>> { return find_presented(c, refresh_token); }));
        if (!row) return bad_refresh();
        session = row->session;
    }
    if (auto const count = presented_.take(session->text()); count.left < 0) return too_often(count.retry_s);
    return *session;
}

// A row goes with age alone, so whoever issued the token and finds a later one used knows that this one was. That a later one was used is
// asked because a database that was restored knows no token from after its copy, and nobody stole these.
std::optional<std::pair<UserId, SessionId>> Sessions::find_outlived(db::Connection& c, std::string_view refresh_token) const {
    auto const session = sealed_for(refresh_token);
    auto const issued = session ? parse_id(split(refresh_token, '.')[2]) : std::nullopt;
    if (!issued) return std::nullopt;
    auto const row = c.one<UserId, Status>(
        "SELECT a.id, a.status FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = ? AND s.expires_at > ? "
        "AND EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id AND t.used_at >= ?)",
        *session, database_.lived(), Time(std::chrono::microseconds(*issued)));
    if (!row || is_out(std::get<1>(*row))) return std::nullopt;
    return std::pair(std::get<0>(*row), *session);
}

Result<std::pair<UserId, Tokens>> Sessions::refresh(std::string const& refresh_token, std::string_view network) {
    using Refreshed = std::optional<std::pair<UserId, Tokens>>;
    std::optional<UserId> replayed;
    auto done = database_.write([&](db::Transaction& tx) -> Result<Refreshed> {
        db::frees(tx);
        auto const tell = [&](UserId account, SessionId session) {
            replayed = account;
            outbox_.emit(tx, RefreshReplayed{account, session, std::string(network)});
            notices::record(tx, account, NoticeKind::refresh_replayed, network, clock_.now());
        };
        auto row = find_presented(*tx, refresh_token);
        auto outlived = row ? std::nullopt : find_outlived(*tx, refresh_token);
        if (!row && !outlived) return Refreshed{};
        // One at a time in a session; what the one before did is read then.
        db::hold_where<Session>(*tx, "id = ?", row ? row->session : outlived->second);
        row = find_presented(*tx, refresh_token);
        if (!row) {
            outlived = find_outlived(*tx, refresh_token);
            if (!outlived) return Refreshed{};
            tell(outlived->first, outlived->second);
            end_in(tx, outlived->first, {outlived->second});
            return Refreshed{};
        }
        auto const live = row->session_expires > database_.lived() && !is_out(row->status);
        auto newest = live ? newest_after(*tx, refresh_token, *row) : std::nullopt;
        if (!newest) {
            if (live) tell(row->account, row->session);
            end_in(tx, row->account, {row->session});
            return Refreshed{};
        }
        auto expires = row->session_expires;
        if (!row->used) {
            if (auto const count = renewals_.take(row->session.text()); count.left < 0) return too_often(count.retry_s);
            auto const ends = row->session_ends.value_or(database_.lived() + session_life_);
            expires = expiry(ends);
            newest = rotate(tx, refresh_token, row->session);
            tx->run(
                "UPDATE session SET last_used_at = ?, expires_at = ?, ends_at = ? WHERE id = ?", clock_.now(), expires, ends, row->session);
            known_.forget(tx, row->session); // memory knows the earlier end
        }
        return Refreshed{{row->account, tokens_with(std::move(*newest), row->account, row->session, expires)}};
    });
    if (!done) return std::move(done).error();
    if (replayed) log::warn("auth.refresh_replayed", {{"account", replayed->text()}, {"network", log::Address{network}}});
    if (!*done) return bad_refresh();
    return std::move(**done);
}

void Sessions::end_in(db::Transaction& tx, UserId account, std::vector<SessionId> sessions, std::optional<Word> const& word) {
    for (auto const session : sessions) {
        tx->run("DELETE FROM session WHERE id = ?", session);
        known_.forget(tx, session);
    }
    outbox_.emit(
        tx, SessionsEnded{account, std::move(sessions), word ? word->by : std::nullopt, word ? std::optional(word->reason) : std::nullopt});
}

std::vector<SessionId> Sessions::all_of(db::Connection& c, UserId account) {
    std::vector<SessionId> out;
    c.each<SessionId>("SELECT id FROM session WHERE account_id = ? LIMIT 1000", [&](SessionId id) { out.push_back(id); }, account);
    return out;
}

std::size_t Sessions::end_all_in(db::Transaction& tx, UserId account, std::optional<Word> const& word) {
    auto sessions = all_of(*tx, account);
    auto const count = sessions.size();
    if (count > 0) end_in(tx, account, std::move(sessions), word);
    return count;
}

void Sessions::forget_in(db::Transaction& tx, UserId account) {
    for (auto const id : all_of(*tx, account)) known_.forget(tx, id);
}

Result<> Sessions::end(UserId account, SessionId session) {
    MOZI_TRY(auto const there, database_.read([&](db::Connection& c) -> Result<bool> {
        auto const found = db::find<Session>(c, session);
        return found && found->account == account;
    }));
    if (!there) return not_found("session.not_found");
    return database_.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        auto const found = db::find<Session>(*tx, session);
        if (!found || found->account != account) return not_found("session.not_found");
        end_in(tx, account, {session});
        return {};
    });
}

Result<> Sessions::end_others(UserId account, SessionId keep) {
    MOZI_TRY(auto const any, database_.read([&](db::Connection& c) -> Result<bool> {
        return c.one<SessionId>("SELECT id FROM session WHERE account_id = ? AND id <> ? LIMIT 1", account, keep).has_value();
    }));
    if (!any) return {};
    return database_.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        std::vector<SessionId> others;
        for (auto const& [id] : tx->all<SessionId>("SELECT id FROM session WHERE account_id = ? AND id <> ? LIMIT 1000", account, keep))
            others.push_back(id);
        if (!others.empty()) end_in(tx, account, std::move(others));
        return {};
    });
}

Result<> Sessions::end_by_access_token(std::string_view access_token) {
    auto const claims = crypto::read_token(key_, access_token);
    if (!claims) return {};
    auto ended = end({claims->subject}, {claims->session});
    return !ended && ended.error().code == Code::not_found ? Result<>{} : std::move(ended);
}

Result<> Sessions::end_by_refresh_token(std::string const& refresh_token) {
    MOZI_TRY(auto const found, database_.read([&](db::Connection& c) -> Result<std::optional<std::pair<UserId, SessionId>>> {
        auto const row = find_presented(c, refresh_token);
        if (row) return std::optional(std::pair(row->account, row->session));
        auto const session = sealed_for(refresh_token);
        auto const known = session ? db::find<Session>(c, *session) : std::nullopt;
        return known ? std::optional(std::pair(known->account, known->id)) : std::nullopt;
    }));
    if (!found) return {};
    auto ended = end(found->first, found->second);
    return !ended && ended.error().code == Code::not_found ? Result<>{} : std::move(ended);
}

Result<std::vector<Session>> Sessions::list(UserId account, SessionId current) {
    return database_.read([&](db::Connection& c) -> Result<std::vector<Session>> {
        static auto const sql =
            db::select<Session>("WHERE s.account_id = ? AND s.expires_at > ? ORDER BY s.last_used_at DESC, s.id DESC LIMIT 100");
        auto found = db::rows<Session>(c, sql, account, database_.lived());
        for (auto& session : found) {
            session.expires_at = database_.as_wall(session.expires_at, clock_);
            session.current = session.id == current;
        }
        return found;
    });
}

Result<std::optional<Sessions::Known>> Sessions::find(SessionId session) {
    MOZI_TRY(auto known, remembered(session));
    if (!known || is_fresh(known->read)) return known;
    known_.forget(session);
    return remembered(session);
}

Result<std::optional<Sessions::Known>> Sessions::remembered(SessionId session) {
    MOZI_TRY(auto found, known_.find(std::span(&session, 1), [](db::Connection& c, std::span<SessionId const> missing) {
        std::unordered_map<SessionId, Known> read;
        auto const row = c.one<UserId, http::Role, Status, Time>(
            "SELECT a.id, a.role, a.status, s.expires_at FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = ?",
            missing.front());
        if (!row) return read;
        auto const& [account, role, status, expires] = *row;
        if (is_out(status)) return read;
        auto const standing = status == Status::suspended              ? http::Standing::suspended
                              : status == Status::pending_verification ? http::Standing::unverified
                                                                       : http::Standing::active;
        read.emplace(missing.front(), Known{{account, missing.front(), role, standing}, expires, std::chrono::steady_clock::now()});
        return read;
    }));
    return found.front();
}

Result<http::Viewer> Sessions::authenticate(std::string_view access_token) {
    auto const claims = crypto::verify_token(key_, access_token, clock_.now());
    if (!claims) return ended();
    return belonging(viewer({claims->session}), claims->subject);
}

std::optional<Result<http::Viewer>> Sessions::recall_token(std::string_view access_token) {
    auto const claims = crypto::verify_token(key_, access_token, clock_.now());
    if (!claims) return ended();
    auto recalled = recall_session({claims->session});
    return recalled ? std::optional(belonging(std::move(*recalled), claims->subject)) : std::nullopt;
}

bool Sessions::issued(std::string_view access_token) const { return crypto::read_token(key_, access_token).has_value(); }

Result<http::Viewer> Sessions::judge(std::optional<Known> const& known) const {
    if (!known || known->expires_at <= database_.lived()) return ended();
    return known->viewer;
}

Result<http::Viewer> Sessions::viewer(SessionId session) {
    MOZI_TRY(auto const known, find(session));
    return judge(known);
}

std::optional<Result<http::Viewer>> Sessions::recall_session(SessionId session) {
    auto const known = known_.recall(session);
    if (!known || !is_fresh(known->read)) return std::nullopt;
    return judge(known);
}

} // namespace mozi::user
