// Handlers of accounts and sessions.
#include "http.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>
#include <mozi/net/networks.hpp>

namespace mozi::user {

using http::Access;
using http::Call;
using http::Empty;
using http::Lane;
using http::Limit;
using http::Method;

namespace {

http::Viewer as_viewer(Account const& account) {
    http::Viewer viewer;
    viewer.id = account.id;
    viewer.role = account.role;
    return viewer;
}

} // namespace

Http::Http(ModuleContext const& context, Needs const& needs, Accounts& accounts, Sessions& sessions)
    : database_(context.database), clock_(context.clock), needs_(needs), accounts_(accounts), sessions_(sessions) {}

std::vector<http::Route> Http::routes() {
    using http::route;
    http::Options const hashing{.lane = Lane::hashing, .limit = Limit::sign_in};
    auto signing_in = hashing;
    signing_in.in_maintenance = true;
    // It counts for its session, once its seal is known; the grace of a used token is shorter than what a key remembers.
    http::Options const renewing{.lane = Lane::write, .limit = Limit::none, .body_limit = 4096, .repeats = false, .in_maintenance = true};
    // With nothing to end they only read, so neither number nor a full queue of writes keeps anybody from leaving.
    http::Options const ending{.lane = Lane::work, .limit = Limit::ending, .in_maintenance = true},
        leaving{.lane = Lane::work, .limit = Limit::none, .repeats = false, .in_maintenance = true};
    return {
        route<&Http::register_account, &Http::hash_register>(*this, Method::post, "/api/auth/register", "registerAccount",
            "Create an account and sign in", Access::anyone, 201,
            {"user.email_taken", "user.username_taken", "user.name_reserved", "user.password_guessable", "user.registration_closed"},
            hashing),
        after_its_token(route<&Http::setup, &Http::hash_setup>(*this, Method::post, "/api/auth/setup", "setupFirstAdmin",
            "Make the first administrator with the one-time link", Access::anyone, 201,
            {"setup.done", "setup.link", "user.email_taken", "user.username_taken", "user.password_guessable"}, hashing)),
        route<&Http::create_account, &Http::hash_given>(*this, Method::post, "/api/admin/users", "createAccount",
            "Create an account for somebody", Access::admin, 201, {"user.email_taken", "user.username_taken", "user.password_guessable"},
            {.lane = Lane::hashing, .limit = Limit::write}),
        route<&Http::login, &Http::verify_login>(*this, Method::post, "/api/auth/login", "login", "Sign in", Access::anyone, 200,
            {"auth.credentials", "auth.too_many", "account.banned"}, signing_in),
        route<&Http::refresh, &Http::look_at_token>(*this, Method::post, "/api/auth/refresh", "refreshTokens",
            "Exchange a refresh token for new tokens", Access::anyone, 200, {"auth.refresh_token", "auth.origin"}, renewing),
        route<&Http::logout>(*this, Method::post, "/api/auth/logout", "logout",
            "End the session of the access token, whether or not it has expired, and that of the web interface's cookie; safe to repeat",
            Access::anyone, 204, {"auth.origin"}, leaving),
        route<&Http::list_sessions>(
            *this, Method::get, "/api/auth/sessions", "listSessions", "Where this account is signed in", Access::account, 200),
        route<&Http::end_session>(*this, Method::delete_, "/api/auth/sessions/{id}", "endSession", "End one session", Access::account, 204,
            {"session.not_found"}, ending),
        route<&Http::end_other_sessions>(*this, Method::delete_, "/api/auth/sessions", "endOtherSessions", "End all sessions but this one",
            Access::account, 204, {}, ending),
        route<&Http::list_notices>(*this, Method::get, "/api/auth/notices", "listNotices",
            "What happened to this account: failed sign-ins, lock-outs, tokens that came twice", Access::account, 200),
        route<&Http::remove_notice>(*this, Method::delete_, "/api/auth/notices/{id}", "removeNotice", "Put a notice away", Access::account,
            204, {"notice.not_found"}),
        route<&Http::get_me>(
            *this, Method::get, "/api/users/me", "getMe", "The signed-in account", Access::account, 200, {}, {.lane = Lane::quick}),
        route<&Http::get_user>(*this, Method::get, "/api/users/{id}", "getUser", "A member's profile", Access::reader, 200,
            {"user.not_found"}, {.lane = Lane::quick}),
        route<&Http::update_user>(*this, Method::put, "/api/users/{id}", "updateUser", "Change one's own profile", Access::member, 200,
            {"user.not_found", "user.not_yours", "user.hidden", "user.version", "user.name_reserved"}),
        route<&Http::list_users>(*this, Method::get, "/api/users", "listUsers", "Members", Access::account, 200, {"request.cursor"}),
    };
}

namespace {

template <class In>
NewAccount new_account(In const& in, http::Role role) {
    NewAccount account{in.email, in.username, in.username, in.password_hash, role};
    if constexpr (requires { in.display_name; }) account.display_name = in.display_name.value_or(in.username);
    return account;
}

} // namespace

template <class In>
Result<> Http::hash_new(In& in, ChosenBy by) {
    MOZI_CHECK(accounts_.check_new(new_account(in, http::Role::user), in.password, by));
    in.password_hash = crypto::hash_password(in.password);
    return {};
}

Result<> Http::hash_register(Call& call, Register& in) {
    if (needs_.registration == Registration::closed)
        return Error{Code::forbidden, "user.registration_closed", "This community is closed to new members. Ask somebody who runs it."};
    MOZI_CHECK(accounts_.count_joining(call.client));
    return hash_new(in, ChosenBy::anybody);
}

// Without the right token nothing else of the request is looked at, so that nothing is learnt from how it is refused.
http::Route Http::after_its_token(http::Route route) {
    route.prepare = [this, prepare = std::move(route.prepare)](Call& call) -> Result<std::shared_ptr<void>> {
        boost::json::value body;
        MOZI_CHECK(http::InputReader(call).read_body_json(body));
        auto const* fields = body.if_object();
        auto const* token = fields ? fields->if_contains("token") : nullptr;
        MOZI_CHECK(accounts_.check_setup_token(token && token->is_string() ? std::string_view(token->get_string()) : ""));
        return prepare(call);
    };
    return route;
}

Result<> Http::hash_setup(Call&, Setup& in) { return hash_new(in, ChosenBy::operators); }

Result<> Http::hash_given(Call&, GivenAccount& in) {
    if (in.role == http::Role::visitor) in.role = http::Role::user;
    return hash_new(in, ChosenBy::operators);
}

Result<> Http::verify_login(Call& call, Login& in) {
    MOZI_TRY(in.proven, accounts_.check_credentials(in.email_or_username, in.password, call.client));
    return {};
}

void Http::keep_in_cookie(Call& call, Tokens& tokens) {
    if (!call.from_web()) return;
    if (!call.same_origin()) { // a proxy that replaces Host and is not known as one: who signed in is signed out by a reload
        log::warn("auth.cookie_refused",
            {{"origin", call.find("origin")}, {"host", call.request->host}, {"peer", log::Address{call.request->peer}}});
        return;
    }
    auto const name = call.refresh_cookie();
    auto const secure = name.starts_with("__Host-");
    call.header("Set-Cookie", std::string(name) + "=" + *tokens.refresh_token + "; HttpOnly; SameSite=Strict; Max-Age=" +
                                  std::to_string(tokens.refresh_expires_in) + (secure ? "; Secure; Path=/" : "; Path=/api/auth"));
    tokens.refresh_token.reset();
}

Result<SignedIn> Http::sign_in(Call& call, db::Transaction& tx, Account const& account) {
    SignedIn out{for_viewer(account, as_viewer(account).asking()), sessions_.open(tx, account.id, call.client, call.find("user-agent"))};
    keep_in_cookie(call, out.tokens);
    return out;
}

Result<SignedIn> Http::register_account(Call& call, Register const& in) {
    return database_.write([&](db::Transaction& tx) -> Result<SignedIn> {
        MOZI_TRY(auto account, accounts_.create(tx, new_account(in, http::Role::user)));
        call.location("/api/users/" + account.id.text());
        return sign_in(call, tx, account);
    });
}

Result<SignedIn> Http::setup(Call& call, Setup const& in) {
    return database_.write([&](db::Transaction& tx) -> Result<SignedIn> {
        MOZI_CHECK(accounts_.use_setup_token(tx, in.token));
        MOZI_TRY(auto account, accounts_.create(tx, new_account(in, http::Role::admin)));
        call.location("/api/users/" + account.id.text());
        return sign_in(call, tx, account);
    });
}

Result<User> Http::create_account(Call& call, GivenAccount const& in) {
    return database_.write([&](db::Transaction& tx) -> Result<User> {
        MOZI_TRY(auto account, accounts_.create(tx, new_account(in, in.role)));
        call.location("/api/users/" + account.id.text());
        return for_viewer(account, as_viewer(account).asking());
    });
}

Result<SignedIn> Http::login(Call& call, Login const& in) {
    return database_.write([&](db::Transaction& tx) -> Result<SignedIn> {
        db::frees(tx); // who cannot come in cannot make room
        auto const& [account, rehash, hash] = *in.proven;
        // A password that was given anew while this one was being looked at lets nobody in any more.
        if (!repository::has_hash(*tx, account.id, hash))
            return Error{Code::unauthenticated, "auth.credentials",
                "The password of this account was changed a moment ago. Sign in with the new one."};
        repository::set_login_time(*tx, account.id, clock_.now());
        if (rehash) repository::replace_hash(*tx, account.id, rehash->from, rehash->to);
        return sign_in(call, tx, account);
    });
}

Result<std::string> Http::cookie_of(Call const& call) {
    std::string token(call.cookie(call.refresh_cookie()));
    if (!token.empty() && (!call.from_web() || !call.same_origin()))
        return Error{Code::forbidden, "auth.origin", "The cookie is only taken from pages of this site."};
    return token;
}

Result<> Http::look_at_token(Call& call, Refresh& in) {
    in.presented = in.refresh_token.value_or("");
    if (in.presented.empty()) { MOZI_TRY(in.presented, cookie_of(call)); }
    MOZI_TRY(auto const session, sessions_.look_at(in.presented));
    call.proven = session.text();
    return {};
}

Result<Refreshed> Http::refresh(Call& call, Refresh const& in) {
    MOZI_TRY(auto refreshed, sessions_.refresh(in.presented, net::network_of(call.client)));
    keep_in_cookie(call, refreshed.second);
    return Refreshed{std::move(refreshed.second)};
}

Result<Empty> Http::logout(Call& call, Empty const&) {
    if (call.from_web())
        call.header("Set-Cookie", std::string(call.refresh_cookie()) + "=; HttpOnly; SameSite=Strict; Max-Age=0; Path=" +
                                      (call.refresh_cookie().starts_with("__Host-") ? "/; Secure" : "/api/auth"));
    if (call.viewer.signed_in()) {
        auto const ended = sessions_.end(call.viewer.id, call.viewer.session);
        if (!ended && ended.error().code != Code::not_found) return ended.error();
    } else {
        auto const bearer = call.find("authorization");
        MOZI_CHECK(sessions_.end_by_access_token(trim(bearer.substr(std::min(bearer.find(' '), bearer.size())))));
    }
    MOZI_TRY(auto const cookie, cookie_of(call));
    if (!cookie.empty()) MOZI_CHECK(sessions_.end_by_refresh_token(cookie));
    return Empty{};
}

Result<SessionList> Http::list_sessions(Call& call, Empty const&) {
    MOZI_TRY(auto sessions, sessions_.list(call.viewer.id, call.viewer.session));
    Paging all;
    all.limit = 100;
    auto const total = std::int64_t(sessions.size());
    call.header("Cache-Control", "no-store");
    return SessionList{std::move(sessions), Pagination::of(all, total, std::nullopt)};
}

Result<Empty> Http::end_session(Call& call, OneSession const& in) {
    MOZI_CHECK(sessions_.end(call.viewer.id, in.id));
    return Empty{};
}

Result<Empty> Http::end_other_sessions(Call& call, Empty const&) {
    MOZI_CHECK(sessions_.end_others(call.viewer.id, call.viewer.session));
    return Empty{};
}

Result<NoticeList> Http::list_notices(Call& call, Empty const&) {
    MOZI_TRY(auto notices, accounts_.list_notices(call.viewer.id));
    Paging all;
    all.limit = notices::most;
    auto const total = std::int64_t(notices.size());
    call.header("Cache-Control", "no-store");
    return NoticeList{std::move(notices), Pagination::of(all, total, std::nullopt)};
}

Result<Empty> Http::remove_notice(Call& call, OneNotice const& in) {
    MOZI_CHECK(accounts_.remove_notice(call.viewer.id, in.id));
    return Empty{};
}

Result<User> Http::get_me(Call& call, Empty const&) {
    MOZI_TRY(auto account, accounts_.get(call.viewer.id));
    call.version = std::to_string(account.version);
    return for_viewer(account, call.asking());
}

Result<User> Http::get_user(Call& call, OneUser const& in) {
    MOZI_TRY(auto account, accounts_.get(in.id));
    call.version = std::to_string(account.version);
    return for_viewer(account, call.asking());
}

Result<User> Http::update_user(Call& call, UpdateUser const& in, Precondition const& fits) {
    if (in.id != call.viewer.id) {
        MOZI_TRY(auto const known, accounts_.get(in.id));
        return Error{Code::forbidden, "user.not_yours", "This is " + known.username + "'s profile. Only its owner changes it."};
    }
    MOZI_TRY(auto account, accounts_.update(in.id, in, fits));
    call.version = std::to_string(account.version);
    return for_viewer(account, call.asking());
}

Result<Page<User>> Http::list_users(Call& call, ListUsers const& in) {
    static Pager<Time, UserId> const pager("users");
    repository::ListQuery query{in.role, std::nullopt, in.limit + 1, in.offset(), std::nullopt};
    if (in.search) query.search = fold(*in.search);
    MOZI_TRY(query.after, pager.after(in.after));
    MOZI_TRY(auto list, accounts_.list(query));
    auto cursor = pager.cut(list.accounts, in.limit, [](Account const& a) { return std::tuple{a.created_at, a.id}; });
    Page<User> page;
    for (auto const& account : list.accounts) page.data.push_back(for_viewer(account, call.asking()));
    page.pagination = Pagination::of(in, list.total, std::move(cursor));
    return page;
}

} // namespace mozi::user
