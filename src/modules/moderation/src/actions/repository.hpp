// Moderation actions in SQL.
#pragma once

#include "model.hpp"

#include <mozi/moderation/module.hpp>

#include <set>

namespace mozi::moderation::repository {

// All throw db::Failure.
std::vector<Action> newest(db::Connection& c, std::optional<std::tuple<Time, ActionId>> before, std::int64_t limit, std::int64_t offset);
std::int64_t count_actions(db::Connection& c);
// Those that hide something, behind that one, by id.
std::vector<StandingAction> standing_after(db::Connection& c, ActionId after, std::int64_t limit);
// Those of them that an action hides now. One query.
std::set<Subject> hidden(db::Connection& c, std::span<Subject const> subjects);

} // namespace mozi::moderation::repository
