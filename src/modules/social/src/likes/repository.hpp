// Reactions in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <mozi/content/api.hpp>
#include <mozi/db/database.hpp>
#include <mozi/social/api.hpp>

#include <unordered_map>

namespace mozi::social::repository {

// Whether the reaction is new; an existing one takes the new type. The count has moved with it.
bool like(db::Connection& c, SubjectId id, UserId person, Reaction type, Time now);
// Whether there was one.
bool unlike(db::Connection& c, SubjectId id, UserId person);
std::int64_t likes(db::Connection& c, SubjectId id);

// The viewer's own reactions. One query.
std::unordered_map<SubjectId, Reaction> own_reactions(db::Connection& c, std::span<SubjectId const> ids, UserId viewer);

} // namespace mozi::social::repository
