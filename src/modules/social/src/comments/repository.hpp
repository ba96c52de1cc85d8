// Comments in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>

namespace mozi::social::repository {

enum class Scope { listed, all };
enum class SortOrder { asc, desc };
constexpr auto names(SortOrder) { return std::array{std::pair{SortOrder::asc, "asc"sv}, std::pair{SortOrder::desc, "desc"sv}}; }

// The row all structural changes of one title's comments take first; made when missing. False: the title is gone.
bool lock_title(db::Connection& c, MovieId title);
// Keeps the comment's counts from moving until the unit ends. False: there is no such comment.
bool lock_comment(db::Connection& c, CommentId id);

std::optional<Comment> find(db::Connection& c, CommentId id);
std::vector<Comment> find_many(db::Connection& c, std::span<CommentId const> ids);

struct ListQuery {
    MovieId movie;
    CommentId parent; // 0: top level
    Scope scope = Scope::listed;
    SortOrder order = SortOrder::asc;
    std::optional<std::pair<Time, CommentId>> after;
    std::int64_t limit = 20, offset = 0;
};
std::vector<Comment> list(db::Connection& c, ListQuery const& query);
std::string_view list_sql(Scope scope, SortOrder order); // the statement it runs
std::int64_t count_top(db::Connection& c, MovieId movie, Scope scope);

void insert(db::Connection& c, Comment const& comment);
void set_content(db::Connection& c, Comment const& comment); // content, edited, version, updated_at
void set_state(db::Connection& c, Comment const& comment);   // deleted (the words go with it) and hidden; the words are their author's alone, who may be changing them now
void set_listed(db::Connection& c, CommentId id, bool listed);
void erase(db::Connection& c, CommentId id);
void erase_likes(db::Connection& c, CommentId id);

struct TitleChange { int comments = 0, listed_top = 0, kept_top = 0; };
void change(db::Connection& c, MovieId title, TitleChange by);
struct RepliesChange { int replies = 0, listed = 0, kept = 0; };
void change(db::Connection& c, CommentId comment, RepliesChange by);

// Whether any action hides it afterwards.
bool hide(db::Connection& c, CommentId id, std::int64_t action);
bool restore(db::Connection& c, CommentId id, std::int64_t action);

// Everything under that title goes; nothing can be added afterwards.
void erase_title(db::Connection& c, MovieId title);

} // namespace mozi::social::repository
