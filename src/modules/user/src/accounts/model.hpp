// Accounts as rows and on the wire.
#pragma once

#include "names.hpp"

#include <mozi/base/text.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/http/route.hpp>
#include <mozi/user/api.hpp>

namespace mozi::user {

enum class Status { active, suspended, banned, pending_verification, deleted };
constexpr auto names(Status) {
    return std::array{std::pair{Status::active, "ACTIVE"sv}, std::pair{Status::suspended, "SUSPENDED"sv},
        std::pair{Status::banned, "BANNED"sv}, std::pair{Status::pending_verification, "PENDING_VERIFICATION"sv},
        std::pair{Status::deleted, "DELETED"sv}};
}

constexpr json::Rules email_rules{.min = 3, .max = 254, .format = json::Format::email};
constexpr json::Rules username_rules{.min = 3, .max = 30, .format = json::Format::username, .help = "Letters, digits and _."};
constexpr json::Rules password_rules{
    .min = 8, .max = 256, .format = json::Format::password, .help = "Counted in NFC; case and spaces around it count."};
constexpr json::Rules web_address_rules{.max = 500, .format = json::Format::uri};
constexpr json::Rules picture_rules{.max = 500,
    .format = json::Format::uri,
    .help = "Shown where it is an address of this site; a picture of another host is kept and not loaded: it would learn who looks."};
constexpr json::Rules display_name_rules{.min = 1, .max = 100};

struct Account {
    UserId id;
    std::string email, username, display_name;
    http::Role role = http::Role::user;
    Status status = Status::active;
    std::optional<std::string> bio, website, location, avatar_url, cover_image_url;
    bool is_private = false;
    std::int64_t version = 1;
    Time created_at, updated_at;
    std::optional<Time> last_login_at;
    bool hidden = false; // by moderation

    static constexpr db::Table table{"account", "a"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Account::id), column("email", &Account::email), column("username", &Account::username),
            column("display_name", &Account::display_name), column("role", &Account::role), column("status", &Account::status),
            column("bio", &Account::bio), column("website", &Account::website), column("location", &Account::location),
            column("avatar_url", &Account::avatar_url), column("cover_image_url", &Account::cover_image_url),
            column("is_private", &Account::is_private), column("version", &Account::version), column("created_at", &Account::created_at),
            column("updated_at", &Account::updated_at), column("last_login_at", &Account::last_login_at),
            db::computed("(SELECT count(*) FROM effect e WHERE e.subject_id = a.id AND e.effect = 'HIDE')", &Account::hidden)};
    }
};

// With what only signing in reads.
struct Credentials : Account {
    std::string password_hash;
    static constexpr auto columns() {
        return std::tuple_cat(
            Account::columns(), std::tuple{db::column("password_hash", &Credentials::password_hash),
                                    db::derived("email_key", [](Account const& a) { return fold(a.email); }),
                                    db::derived("username_key", [](Account const& a) { return fold(a.username); }),
                                    db::derived("username_look", [](Account const& a) { return look_of(a.username); }),
                                    db::derived("display_look", [](Account const& a) { return look_of(a.display_name); })});
    }
};

struct NewAccount {
    std::string email, username, display_name, password_hash;
    http::Role role = http::Role::user;
};

// One shape for everybody; what is not for the viewer is null.
struct User {
    UserId id;
    std::string username, display_name;
    std::optional<std::string> email;
    http::Role role = http::Role::user;
    std::optional<Status> status;
    std::optional<std::string> bio, website, location, avatar_url, cover_image_url;
    bool is_private = false;
    std::optional<std::int64_t> version;
    Time created_at;
    std::optional<Time> updated_at, last_login_at;

    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &User::id), field("username", &User::username), field("displayName", &User::display_name),
            field("email", &User::email, {.help = "Only for oneself and administrators."}), field("role", &User::role),
            field("status", &User::status), field("bio", &User::bio), field("website", &User::website), field("location", &User::location),
            field("avatarUrl", &User::avatar_url), field("coverImageUrl", &User::cover_image_url), field("isPrivate", &User::is_private),
            field("version", &User::version), field("createdAt", &User::created_at), field("updatedAt", &User::updated_at),
            field("lastLoginAt", &User::last_login_at)};
    }
};

User for_viewer(Account const& account, Asking const& asking);

} // namespace mozi::user
