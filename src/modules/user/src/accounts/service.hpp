// Accounts: registering, signing in, profiles, the first admin.
#pragma once

#include "../sessions/service.hpp"
#include "repository.hpp"

#include <limits>

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
    std::string hash; // of the password, as it was then
};

// Who chose the name of an account: who runs the house may call somebody "admin".
enum class ChosenBy { anybody, operators };

class Accounts final : public Users {
public:
    // `paced`: failed sign-ins, and tries to register, of one network in a minute; 0: as many as there are.
    Accounts(ModuleContext const& context, db::Topic* people, std::vector<std::string> words, int paced = 0);

    // Users
    Result<std::vector<Person>> find_people(std::span<UserId const> ids) override;
    Result<Person> get_person(UserId id) override;
    Result<bool> is_moderator(UserId id) override;
    Result<Role> role_of(UserId id) override;
    Result<bool> others_moderate(Role least, std::span<UserId const> besides) override;

    // What is wrong with the names or the password, all of it: "field.invisible", "user.name_reserved", "user.password_guessable"
    // (invalid). Else the same person may not have two accounts: "user.email_taken", "user.username_taken" (conflict), the latter also for
    // who joins by a name that looks like another's.
    Result<> check_new(NewAccount const& account, std::string const& password, ChosenBy by);
    // Accounts from before names were kept as they look. Before anybody registers; in pages, each a unit of its own.
    Result<> fill_looks();
    // One more that registers from that address. Error: "request.rate".
    Result<> count_joining(std::string const& from);
    Result<Account> create(db::Transaction& tx, NewAccount const& account);
    // Verifies a password as it was typed: as OpaqueString has it, then, where that differs, as it is. Takes as long for an unknown
    // name. `from`: the client's address. Runs in the password lane. Errors: "auth.credentials", "auth.too_many", "account.banned".
    Result<SignIn> check_credentials(std::string const& name, std::string const& typed, std::string const& from);
    Result<Account> get(UserId id);
    // Errors: "user.not_found", "user.hidden", "user.version", "field.invisible", "user.name_reserved", the precondition's.
    Result<Account> update(UserId id, ProfileChange const& change, Precondition const& fits);
    struct List {
        std::vector<Account> accounts;
        std::int64_t total;
    };
    Result<List> list(repository::ListQuery query);

    // First admin
    bool has_admin() const { return has_admin_.load(); }
    void note_admin() { has_admin_ = true; } // somebody became one
    Result<std::optional<std::string>> new_setup_token();
    // From memory, in the same time for every token. Errors, both gone: "setup.done" when an admin exists, "setup.link" when it is not
    // the token.
    Result<> check_setup_token(std::string_view token) const;
    // The same, in the caller's unit; the token is gone afterwards.
    Result<> use_setup_token(db::Transaction& tx, std::string const& token);

    // What the account is told, latest first. Errors of the second: "notice.not_found".
    Result<std::vector<Notice>> list_notices(UserId account);
    Result<> remove_notice(UserId account, NoticeId id);

    // In the caller's unit: what others show of that person is out of date.
    void changed(db::Transaction& tx, UserId id);

    // Profiles as subjects.
    SubjectEntry subject();

private:
    struct Known {
        Person person;
        Role role = Role::user;
    };
    Result<std::vector<std::optional<Known>>> find_known(std::span<UserId const> ids);
    void check_shown(std::string_view name, ChosenBy by, std::vector<FieldError>& wrong) const;
    struct Try;
    Result<> begin(Try& one);
    bool has_been_at(UserId account, std::string const& network);
    void failed(Try const& one);

    // Sixteen times as many from one /48.
    struct Pace {
        explicit Pace(int a_minute)
            : networks(a_minute ? a_minute : unbounded, std::chrono::minutes(1)),
              sites(a_minute ? a_minute * 16 : unbounded, std::chrono::minutes(1)) {}
        static constexpr int unbounded = std::numeric_limits<int>::max();
        Tally networks, sites;
    };

    // Tries to sign in by what became of them.
    struct Tries {
        explicit Tries(metrics::Registry& metrics);
        metrics::Counter &succeeded, &failed, &locked, &closed;
    };

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    Tries tries_;
    db::Topic* people_topic_;
    std::vector<std::string> const words_, houses_; // of the place, and what it is called
    // Failed sign-ins: to one account from one network, to one from one /48, to one account, from one network, from one /48.
    Tally pairs_, near_, accounts_, networks_, sites_;
    Pace trying_, joining_;
    std::atomic<bool> has_admin_{false};
    mutable std::mutex setup_mutex_;
    std::string setup_hash_ = std::string(64, '-'); // of the token that is valid now
    db::Remembered<UserId, Known> people_;
};

} // namespace mozi::user
