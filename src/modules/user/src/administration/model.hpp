// What administrators see of accounts and say about them.
#pragma once

#include "../accounts/model.hpp"
#include "../sessions/model.hpp"

#include <mozi/json/page.hpp>

namespace mozi::user {

// Why somebody with power acts, kept in the record of decisions.
constexpr json::Rules why_rules{.min = 1, .max = 1000, .format = json::Format::text, .help = "Kept in the record of decisions."};
constexpr json::Rules why_in_query{.min = 1,
    .max = 1000,
    .format = json::Format::text,
    .where = json::Where::query,
    .absent = json::Absent::refused,
    .help = "Kept in the record of decisions."};

template <class T>
constexpr auto known_fields() {
    using json::field;
    return std::tuple{field<T, UserId>("id", &T::id), field<T, std::string>("username", &T::username),
        field<T, std::string>("displayName", &T::display_name), field<T, std::string>("email", &T::email), field<T, Role>("role", &T::role),
        field<T, Status>("status", &T::status), field<T, bool>("hidden", &T::hidden, {.help = "By a moderator."}),
        field<T, Time>("createdAt", &T::created_at), field<T, std::optional<Time>>("lastLoginAt", &T::last_login_at)};
}

struct KnownUser {
    UserId id;
    std::string username, display_name, email;
    Role role = Role::user;
    Status status = Status::active;
    bool hidden = false;
    Time created_at;
    std::optional<Time> last_login_at;
    static std::string schema_name() { return "AdministeredUser"; }
    static constexpr auto fields() { return known_fields<KnownUser>(); }
};
KnownUser known(Account const& account);

struct KnownUserInFull : KnownUser {
    std::vector<Session> sessions; // at most 100, latest first
    static std::string schema_name() { return "AdministeredUserInFull"; }
    static constexpr auto fields() {
        return std::tuple_cat(known_fields<KnownUserInFull>(), std::tuple{json::field("sessions", &KnownUserInFull::sessions)});
    }
};

// Newest first; with a name in the order of names.
struct ListKnown : Paging {
    std::optional<std::string> name;
    std::optional<Role> role;
    std::optional<Status> status;
    static constexpr auto fields() {
        using json::field;
        using json::Where;
        return std::tuple_cat(paging_fields<ListKnown>(),
            std::tuple{field("name", &ListKnown::name,
                           {.min = 1,
                               .max = 30,
                               .format = json::Format::username,
                               .where = Where::query,
                               .help = "Beginning of a user name; the list is then in the order of names."}),
                field("role", &ListKnown::role, {.where = Where::query}),
                field("status", &ListKnown::status, {.where = Where::query, .help = "Without it, all but deleted ones."})});
    }
};

struct GiveRole {
    UserId id;
    Role role = Role::user;
    std::string reason;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &GiveRole::id, {.where = json::Where::path}), field("role", &GiveRole::role),
            field("reason", &GiveRole::reason, why_rules)};
    }
};

struct ResetPassword {
    UserId id;
    std::string reason;
    std::optional<std::string> password;
    std::string made, hash; // filled in by the password lane
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &ResetPassword::id, {.where = json::Where::path}), field("reason", &ResetPassword::reason, why_rules),
            field("password", &ResetPassword::password, password_rules)};
    }
};

struct NewPassword {
    std::optional<std::string> password;
    std::int64_t ended_sessions = 0;
    static constexpr auto fields() {
        return std::tuple{json::field("password", &NewPassword::password, {.help = "Where none was given: told once, and kept nowhere."}),
            json::field("endedSessions", &NewPassword::ended_sessions)};
    }
};

struct EndedSessions {
    std::int64_t ended_sessions = 0;
    static constexpr auto fields() { return std::tuple{json::field("endedSessions", &EndedSessions::ended_sessions)}; }
};

struct ActOnUser {
    UserId id;
    std::string reason;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &ActOnUser::id, {.where = json::Where::path}), field("reason", &ActOnUser::reason, why_in_query)};
    }
};

} // namespace mozi::user
