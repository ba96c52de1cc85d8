// Accounts as rows and on the wire.
#pragma once

#include <mozi/http/route.hpp>
#include <mozi/user/api.hpp>

namespace mozi::user {

enum class Status { active, suspended, banned, pending_verification, deleted };
constexpr auto names(Status) {
    return std::array{std::pair{Status::active, "ACTIVE"sv}, std::pair{Status::suspended, "SUSPENDED"sv}, std::pair{Status::banned, "BANNED"sv},
                      std::pair{Status::pending_verification, "PENDING_VERIFICATION"sv}, std::pair{Status::deleted, "DELETED"sv}};
}

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
        return std::tuple{field("id", &User::id), field("username", &User::username), field("displayName", &User::display_name), field("email", &User::email, {.help = "Only for oneself and administrators."}),
                          field("role", &User::role), field("status", &User::status), field("bio", &User::bio), field("website", &User::website), field("location", &User::location),
                          field("avatarUrl", &User::avatar_url), field("coverImageUrl", &User::cover_image_url), field("isPrivate", &User::is_private), field("version", &User::version),
                          field("createdAt", &User::created_at), field("updatedAt", &User::updated_at), field("lastLoginAt", &User::last_login_at)};
    }
};

User for_viewer(Account const& account, Asking const& asking);

struct NewAccount {
    std::string email, username, display_name, password_hash;
    http::Role role = http::Role::user;
};

} // namespace mozi::user
