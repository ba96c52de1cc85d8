// Who may decide on a thing, or take a decision back: the one place that says so.
#pragma once

#include "people.hpp"

namespace mozi::moderation {

// What stands between a person and a decision.
struct Case {
    UserId owner; // whose thing it is
    Role owner_rank = Role::user;
    Role decided_as = Role::visitor; // as what the decision was taken that is to be undone; visitor: there is none
    bool reported = false; // by who would judge, while somebody else may
};

// Whether `who` reported it, which bars them unless nobody else may decide: alone in a small house one could hide nothing. A query, and
// two where it is so.
Result<bool> is_barring_accuser(db::Connection& c, user::Users& users, Subject const& subject, UserId owner, Role owner_rank, UserId who);

// Errors, all forbidden: "moderation.own", "moderation.reporter", "moderation.rank".
Result<> check_may_judge(Case const& about, UserId who, Role rank);

} // namespace mozi::moderation
