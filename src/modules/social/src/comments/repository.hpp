// Comments in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>
#include <mozi/subject/effects.hpp>

namespace mozi::social::repository {

enum class Scope { listed, all };

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

// Everything below it goes but what is hidden, which stays as evidence, each by itself; nothing can be added afterwards.
void erase_below(db::Connection& c, SubjectId id);

// Where they lie, and what is kept of effects.
std::vector<effects::Place> places();
// One more on that day; how many there are now.
std::int64_t count_written(db::Connection& c, UserId author, std::int64_t day);

} // namespace mozi::social::repository
