// Routes of accounts and sessions.
#pragma once

#include "service.hpp"

namespace mozi::user {

struct Register {
    std::string email, username, password;
    std::optional<std::string> display_name;
    std::string password_hash; // filled in by the password lane
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("email", &Register::email, email_rules), field("username", &Register::username, username_rules),
            field("password", &Register::password, password_rules), field("displayName", &Register::display_name, display_name_rules)};
    }
};

struct Setup {
    std::string token, email, username, password;
    std::optional<std::string> display_name;
    std::string password_hash;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{
            field("token", &Setup::token, {.min = 1, .max = 200, .format = json::Format::token, .help = "From the one-time link."}),
            field("email", &Setup::email, email_rules), field("username", &Setup::username, username_rules),
            field("password", &Setup::password, password_rules), field("displayName", &Setup::display_name, display_name_rules)};
    }
};

struct GivenAccount {
    std::string email, username, password;
    http::Role role = http::Role::user;
    std::string password_hash;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("email", &GivenAccount::email, email_rules), field("username", &GivenAccount::username, username_rules),
            field("password", &GivenAccount::password, password_rules), field("role", &GivenAccount::role)};
    }
};

struct Login {
    std::string email_or_username, password;
    std::optional<SignIn> proven; // filled in by the password lane
    static constexpr auto fields() {
        using json::field;
        // The longest password there is, every letter of it typed as a base with three marks.
        constexpr json::Rules typed{.min = 1, .max = 1024, .format = json::Format::typed_password};
        return std::tuple{
            field("emailOrUsername", &Login::email_or_username, {.min = 1, .max = 254}), field("password", &Login::password, typed)};
    }
};

struct Refresh {
    std::optional<std::string> refresh_token;
    std::string presented; // filled in before its unit: that, or the cookie's
    static constexpr auto fields() {
        return std::tuple{json::field("refreshToken", &Refresh::refresh_token,
            {.min = 1, .max = 200, .format = json::Format::token, .help = "The web interface leaves it out: its cookie is read."})};
    }
};

struct SignedIn {
    User user;
    Tokens tokens;
    static constexpr auto fields() { return std::tuple{json::field("user", &SignedIn::user), json::field("tokens", &SignedIn::tokens)}; }
};

struct Refreshed {
    Tokens tokens;
    static constexpr auto fields() { return std::tuple{json::field("tokens", &Refreshed::tokens)}; }
};

struct OneSession {
    SessionId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &OneSession::id, {.where = json::Where::path})}; }
};

struct SessionList {
    std::vector<Session> data;
    Pagination pagination;
    static constexpr auto fields() {
        return std::tuple{json::field("data", &SessionList::data), json::field("pagination", &SessionList::pagination)};
    }
};

struct OneNotice {
    NoticeId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &OneNotice::id, {.where = json::Where::path})}; }
};

struct NoticeList {
    std::vector<Notice> data;
    Pagination pagination;
    static constexpr auto fields() {
        return std::tuple{json::field("data", &NoticeList::data), json::field("pagination", &NoticeList::pagination)};
    }
};

struct OneUser {
    UserId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &OneUser::id, {.where = json::Where::path})}; }
};

struct UpdateUser : ProfileChange {
    UserId id;
    static constexpr auto fields() {
        using json::field;
        using Text = json::Patch<std::string>;
        return std::tuple{field("id", &UpdateUser::id, {.where = json::Where::path}),
            field<UpdateUser, std::optional<std::string>>("displayName", &UpdateUser::display_name, display_name_rules),
            field<UpdateUser, Text>("bio", &UpdateUser::bio, {.max = 500, .format = json::Format::text}),
            field<UpdateUser, Text>("website", &UpdateUser::website, web_address_rules),
            field<UpdateUser, Text>("location", &UpdateUser::location, {.max = 100}),
            field<UpdateUser, Text>("avatarUrl", &UpdateUser::avatar_url, picture_rules),
            field<UpdateUser, Text>("coverImageUrl", &UpdateUser::cover_image_url, picture_rules),
            field<UpdateUser, std::optional<bool>>("isPrivate", &UpdateUser::is_private),
            field<UpdateUser, std::optional<std::int64_t>>("version", &UpdateUser::version, {.min = 1})};
    }
};

struct ListUsers : Paging {
    std::optional<http::Role> role;
    std::optional<std::string> search;
    static constexpr auto fields() {
        using json::field;
        return std::tuple_cat(paging_fields<ListUsers>(),
            std::tuple{field("role", &ListUsers::role, {.where = json::Where::query}), field("search", &ListUsers::search,
                                                                                           {.min = 1,
                                                                                               .max = 30,
                                                                                               .format = json::Format::username,
                                                                                               .where = json::Where::query,
                                                                                               .help = "Beginning of a user name."})});
    }
};

class Http {
public:
    Http(ModuleContext const& context, Needs const& needs, Accounts& accounts, Sessions& sessions);
    std::vector<http::Route> routes();

private:
    http::Route after_its_token(http::Route route);
    template <class In>
    Result<> hash_new(In& in, ChosenBy by);
    Result<> hash_register(http::Call& call, Register& in);
    Result<> hash_setup(http::Call& call, Setup& in);
    Result<> hash_given(http::Call& call, GivenAccount& in);
    Result<> verify_login(http::Call& call, Login& in);
    Result<SignedIn> register_account(http::Call& call, Register const& in);
    Result<SignedIn> setup(http::Call& call, Setup const& in);
    Result<User> create_account(http::Call& call, GivenAccount const& in);
    Result<SignedIn> login(http::Call& call, Login const& in);
    // The token of the web interface's cookie; empty where there is none. Error: "auth.origin".
    static Result<std::string> cookie_of(http::Call const& call);
    Result<> look_at_token(http::Call& call, Refresh& in);
    Result<Refreshed> refresh(http::Call& call, Refresh const& in);
    Result<http::Empty> logout(http::Call& call, http::Empty const& in);
    Result<SessionList> list_sessions(http::Call& call, http::Empty const& in);
    Result<http::Empty> end_session(http::Call& call, OneSession const& in);
    Result<http::Empty> end_other_sessions(http::Call& call, http::Empty const& in);
    Result<NoticeList> list_notices(http::Call& call, http::Empty const& in);
    Result<http::Empty> remove_notice(http::Call& call, OneNotice const& in);
    Result<User> get_me(http::Call& call, http::Empty const& in);
    Result<User> get_user(http::Call& call, OneUser const& in);
    Result<User> update_user(http::Call& call, UpdateUser const& in, Precondition const& fits);
    Result<Page<User>> list_users(http::Call& call, ListUsers const& in);

    Result<SignedIn> sign_in(http::Call& call, db::Transaction& tx, Account const& account);
    void keep_in_cookie(http::Call& call, Tokens& tokens);

    db::Database& database_;
    Clock const& clock_;
    Needs needs_;
    Accounts& accounts_;
    Sessions& sessions_;
};

} // namespace mozi::user
