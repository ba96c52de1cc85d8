// The rules of reactions: one per person and thing, exact totals. Thread-safe.
#pragma once

#include "model.hpp"
#include "totals.hpp"

#include <mozi/social/module.hpp>

namespace mozi::social {

class Likes {
public:
    Likes(ModuleContext const& context, Needs const& needs, Totals& totals);

    // Sets the viewer's reaction; the same again changes nothing. Error: that of the subject.
    Result<ReactionView> like(Subject const& subject, Reaction type, Asking const& asking);
    // Takes it back; fine when there is none. The same error.
    Result<> unlike(Subject const& subject, Asking const& asking);

    // One entry per subject, in order.
    Result<std::vector<Counts>> counts(std::span<SubjectId const> ids, UserId asking);

private:
    // Seen by who asks and, hidden from everybody else, open to nothing new.
    Result<> check(Subject const& subject, Asking const& asking);
    Result<> lock(db::Connection& c, Subject const& subject);

    db::Database& database_;
    Clock const& clock_;
    Needs needs_;
    Totals& totals_;
};

} // namespace mozi::social
