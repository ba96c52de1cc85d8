// Accounts: registering, signing in, profiles, the first admin.
#pragma once

#include "../sessions/service.hpp"
#include "repository.hpp"

namespace mozi::user {

struct ProfileChange {
    std::optional<std::string> display_name;
    json::Patch<std::string> bio, website, location, avatar_url, cover_image_url;
    std::optional<bool> is_private;
    std::optional<std::int64_t> version;
};

// Whose name and password were right, and the hash to be kept from now on where the one that is kept was made from another form.
struct SignIn {
    struct Rehash {
        std::string from, to;
    };
    Account account;
    std::optional<Rehash> rehash;
};

// Counts failed sign-ins per account and address, in memory.
class Attempts {
public:
    // Error "auth.too_many" (rate_limited) when the limit is used up; else how many tries are left.
    Result<int> check(std::string const& key, std::chrono::steady_clock::time_point now);
    void failed(std::string const& key, std::chrono::steady_clock::time_point now);
    void succeeded(std::string const& key);

private:
    struct Count {
        int failures = 0;
        std::chrono::steady_clock::time_point since;
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Count> counts_;
};

class Accounts final : public Users {
public:
    Accounts(ModuleContext const& context, db::Topic* people);

    // Users
    Result<std::vector<Person>> find_people(std::span<UserId const> ids) override;
    Result<Person> get_person(UserId id) override;
    Result<bool> is_moderator(UserId id) override;
    Result<Role> role_of(UserId id) override;

    // The same person may not have two accounts: "user.email_taken", "user.username_taken" (conflict), "user.password_name" (invalid).
    Result<> check_new(std::string const& email, std::string const& username, std::string const& password);
    Result<Account> create(db::Transaction& tx, NewAccount const& account);
    // Verifies a password as it was typed: as OpaqueString has it, then, where that differs, as it is. Takes as long for an unknown
    // name. Runs in the password lane. Errors: "auth.credentials", "auth.too_many", "account.banned".
    Result<SignIn> check_credentials(std::string const& name, std::string const& typed, std::string_view address);
    Result<Account> get(UserId id);
    // Errors: "user.not_found", "user.hidden", "user.version", the precondition's.
    Result<Account> update(UserId id, ProfileChange const& change, Precondition const& fits);
    struct List {
        std::vector<Account> accounts;
        std::int64_t total;
    };
    Result<List> list(repository::ListQuery query);

    // First admin
    bool has_admin() const { return has_admin_.load(); }
    Result<std::optional<std::string>> new_setup_token();
    // Errors, both gone: "setup.done" when an admin exists, "setup.link" when it is not the token.
    Result<> check_setup_token(std::string const& token) const;
    // The same, in the caller's unit; the token is gone afterwards.
    Result<> use_setup_token(db::Transaction& tx, std::string const& token);

    // Profiles as subjects.
    SubjectEntry subject();

private:
    struct Known {
        Person person;
        Role role = Role::user;
    };
    Result<std::vector<std::optional<Known>>> find_known(std::span<UserId const> ids);
    void changed(db::Transaction& tx, UserId id);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    db::Topic* people_topic_;
    Attempts attempts_;
    std::atomic<bool> has_admin_{false};
    db::Remembered<UserId, Known> people_;
};

} // namespace mozi::user
