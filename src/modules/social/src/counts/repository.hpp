// Counts in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <unordered_map>

namespace mozi::social::repository {

// The row all structural changes of the comments on one thing take first; made when missing. False: the thing is gone.
bool hold_subject(db::Connection& c, SubjectId id);
// Keeps the comment's counts from moving until the unit ends. False: there is no such comment, or only its tombstone.
bool hold_comment(db::Connection& c, CommentId id);

// Of a thing: all comments below it; of a comment: its direct replies. `listed` and `kept`: what stands right below.
struct Change {
    int comments = 0, listed = 0, kept = 0;
};
void change(db::Connection& c, SubjectId id, Change by);

// One entry per subject, without liked_by_me. One query.
std::unordered_map<SubjectId, Counts> counts(db::Connection& c, std::span<SubjectId const> ids);

} // namespace mozi::social::repository
