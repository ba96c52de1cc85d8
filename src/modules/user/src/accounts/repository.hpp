// All SQL of accounts.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>
#include <mozi/subject/effects.hpp>

namespace mozi::user::repository {

// By folded e-mail or user name.
std::optional<Credentials> find_by_name(db::Connection& c, std::string const& key);
bool email_taken(db::Connection& c, std::string const& email_key);
bool username_taken(db::Connection& c, std::string const& username_key);
// Somebody has a user name that looks like that.
bool username_looks_taken(db::Connection& c, std::string const& look);
// Somebody of a rank, who is not that account, looks like that by either name.
bool looks_like_ranked(db::Connection& c, std::string const& look, UserId but);
void set_display_look(db::Connection& c, UserId id, std::string const& look);
// Of accounts from before names were kept as they look; whether there may be more.
bool fill_looks(db::Connection& c, int page);
void insert(db::Connection& c, Credentials const& account);
void set_login_time(db::Connection& c, UserId id, Time now);
bool has_hash(db::Connection& c, UserId id, std::string const& hash);
// Unless the password was changed meanwhile.
void replace_hash(db::Connection& c, UserId id, std::string const& from, std::string const& to);
bool others_moderate(db::Connection& c, Role least, std::span<UserId const> besides);
bool any_admin(db::Connection& c);

struct ListQuery {
    std::optional<http::Role> role;
    std::optional<std::string> search; // folded prefix of the user name
    std::int64_t limit, offset;
    std::optional<std::tuple<Time, UserId>> after;
};
std::vector<Account> list(db::Connection& c, ListQuery const& query);
std::int64_t total(db::Connection& c, ListQuery const& query);
// Where they lie, and what is kept of effects.
std::vector<effects::Place> places();

} // namespace mozi::user::repository
