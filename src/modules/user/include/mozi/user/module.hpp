// Makes the user module; for app and tests only.
#pragma once

#include <mozi/json/describe.hpp>
#include <mozi/module/module.hpp>
#include <mozi/user/api.hpp>

namespace mozi::user {

enum class Registration { open, closed };
constexpr auto names(Registration) {
    return std::array{std::pair{Registration::open, "OPEN"sv}, std::pair{Registration::closed, "CLOSED"sv}};
}

// The section [auth] of the config file.
struct Settings {
    int access_minutes = 15, refresh_days = 30, session_days = 90;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("access_minutes", &Settings::access_minutes,
                              {.min = 1, .max = 1440, .help = "Life of an access token. Signing out ends it at once all the same."}),
            field("refresh_days", &Settings::refresh_days,
                {.min = 1, .max = 3650, .help = "A session nobody uses ends after this many days."}),
            field("session_days", &Settings::session_days,
                {.min = 1, .max = 3650, .help = "Every session ends after this many days, however much it is used."})};
    }
};

struct Needs {
    std::string secret; // the installation's; keys are derived from it
    Registration registration = Registration::open;
    std::chrono::seconds access_life{900};
    std::chrono::seconds refresh_life{30 * 86400};
    db::Topic* people = nullptr; // moves when what others show of a person changes
    std::chrono::seconds session_life{90 * 86400};
    std::vector<std::string> words = {}; // of the place, as its name and address: no password is made of them alone
    int sign_ins_per_minute = 0; // that fail, of one network; likewise tries to register. 0: as many as there are
};

struct UserModule {
    Module module;
    std::shared_ptr<Users> users;
    http::Authenticate authenticate;
    // While there is no admin: a fresh one-time token for the setup page, replacing older ones. Nothing when there is one.
    std::function<Result<std::optional<std::string>>()> setup_token;
    std::function<bool()> has_admin; // memory
    std::function<Result<std::int64_t>()> count_sessions; // that are alive; asks the database
    // As a request for it, for tests.
    std::function<Result<Id<"user">>(std::string email, std::string username, std::string password, http::Role role)> create_account;
};
UserModule make_user(ModuleContext const& context, Needs const& needs);
std::span<EmbeddedFile const> user_migrations();
std::vector<effects::Place> user_places(); // where its things lie, and what it keeps of effects

// What the command line proves itself with (`Authorization: Bearer`) where administrators may act: valid for a minute, made from the
// installation's secret.
std::string operator_token(std::string_view secret, Time now);

} // namespace mozi::user
