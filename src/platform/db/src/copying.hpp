// What both engines' copies share.
#pragma once

#include "session.hpp"

#include <mozi/db/copying.hpp>

namespace mozi::db {

// Throws Failure.
void make_durable(std::filesystem::path const& file);
// All schemas of the house lie in one database: one transaction sees them all.
std::unique_ptr<Instant> postgres_instant(std::unique_ptr<Session> session);

} // namespace mozi::db
