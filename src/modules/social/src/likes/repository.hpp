// Reactions in SQL. All throw db::Failure.
#pragma once

#include "model.hpp"

#include <mozi/db/database.hpp>
#include <mozi/social/api.hpp>

#include <unordered_map>

namespace mozi::social::repository {

// Whether the reaction is new; an existing one takes the new type. The count has moved with it.
bool like_title(db::Connection& c, MovieId title, UserId person, Reaction type, Time now);
bool like_comment(db::Connection& c, CommentId comment, UserId person, Reaction type, Time now);
// Whether there was one.
bool unlike_title(db::Connection& c, MovieId title, UserId person);
bool unlike_comment(db::Connection& c, CommentId comment, UserId person);

std::int64_t title_likes(db::Connection& c, MovieId title);
std::int64_t comment_likes(db::Connection& c, CommentId comment);

// One entry per title, without liked_by_me. One query.
std::unordered_map<MovieId, TitleCounts> title_counts(db::Connection& c, std::span<MovieId const> ids);
// The viewer's own reactions. One query.
std::unordered_map<MovieId, std::string> own_title_reactions(db::Connection& c, std::span<MovieId const> ids, UserId viewer);
std::unordered_map<CommentId, Reaction> own_reactions(db::Connection& c, std::span<CommentId const> ids, UserId viewer);

} // namespace mozi::social::repository
