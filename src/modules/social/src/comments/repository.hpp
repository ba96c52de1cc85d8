// Comments in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>

namespace mozi::social::repository {

enum class Scope { listed, all };

// The row all structural changes of the comments on one thing take first; made when missing. False: the thing is gone.
bool hold_subject(db::Connection& c, SubjectId id);
// Keeps the comment's counts from moving until the unit ends. False: there is no such comment, or only its tombstone.
bool hold_comment(db::Connection& c, CommentId id);

struct ListQuery {
    SubjectId subject;
    CommentId parent; // 0: top level
    Scope scope = Scope::listed;
    SortOrder order = SortOrder::asc;
    std::optional<std::tuple<Time, CommentId>> after;
    std::int64_t limit = 20, offset = 0;
};
std::vector<Comment> list(db::Connection& c, ListQuery const& query);
std::string const& list_sql(Scope scope, SortOrder order); // the statement it runs
std::int64_t count_top(db::Connection& c, SubjectId id, Scope scope);

void insert(db::Connection& c, Comment const& comment);
void set_state(db::Connection& c,
    Comment const& comment); // deleted (the words go with it) and hidden; the words are their author's alone, who may be changing them now
void erase(db::Connection& c, CommentId id);
void end_reactions(db::Connection& c, CommentId id); // all go, and no new one is taken

// Of a thing: all comments below it; of a comment: its direct replies. `listed` and `kept`: what stands right below.
struct Change {
    int comments = 0, listed = 0, kept = 0;
};
void change(db::Connection& c, SubjectId id, Change by);

// Everything below it goes; nothing can be added afterwards.
void erase_below(db::Connection& c, SubjectId id);

} // namespace mozi::social::repository
