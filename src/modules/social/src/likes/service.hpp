// The rules of reactions: one per person and thing, exact totals. Thread-safe.
#pragma once

#include "../counts/totals.hpp"
#include "model.hpp"

#include <mozi/social/module.hpp>

namespace mozi::social {

class Likes {
public:
    Likes(ModuleContext const& context, Needs const& needs, Totals& totals);

    // Seen by who asks and, hidden from everybody else, open to nothing new. like() and unlike() ask again; whoever calls them in a unit
    // asks here before, so that another module's answer is in memory then. Error: that of the subject.
    Result<> check(Subject const& subject, Asking const& asking);
    // Sets the viewer's reaction; the same again changes nothing. Error: that of the subject.
    Result<ReactionView> like(Subject const& subject, Reaction type, Asking const& asking);
    // Takes it back; fine when there is none. The same error.
    Result<> unlike(Subject const& subject, Asking const& asking);

    // One entry per subject, in order.
    Result<std::vector<Counts>> counts(std::span<SubjectId const> ids, UserId asking);

private:
    Result<> lock(db::Connection& c, Subject const& subject);

    db::Database& database_;
    Clock const& clock_;
    Needs needs_;
    Totals& totals_;
};

} // namespace mozi::social
