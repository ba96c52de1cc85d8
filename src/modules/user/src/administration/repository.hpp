// All SQL of administered accounts.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>

namespace mozi::user::administered {

// All throw db::Failure. At most `limit` behind `after`.
std::vector<Account> newest(db::Connection& c, ListKnown const& asked, std::optional<std::tuple<Time, UserId>> const& after,
    std::int64_t limit, std::int64_t offset);
std::vector<Account> by_name(
    db::Connection& c, ListKnown const& asked, std::optional<std::string> const& after, std::int64_t limit, std::int64_t offset);
std::int64_t total(db::Connection& c, ListKnown const& asked);
// Two of the statements as SQLite gets them, for who proves which index they take.
std::string newest_sql(ListKnown const& asked);
std::string by_name_sql(ListKnown const& asked);

void set_role(db::Connection& c, UserId id, Role role, Time now);
void set_password(db::Connection& c, UserId id, std::string const& hash, Time now);
// Everything that says who it was goes; the row stays, for what it made.
void empty(db::Connection& c, UserId id, Time now);

} // namespace mozi::user::administered
