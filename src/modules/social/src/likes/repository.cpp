// Reactions in SQL.
#include "repository.hpp"

namespace mozi::social::repository {

bool like_title(db::Connection& c, MovieId title, UserId person, Reaction type, Time now) {
    if (c.run("INSERT INTO title_like (movie_id, person_id, type, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (movie_id, person_id) DO NOTHING", title, person, type, now) == 1) {
        c.run("UPDATE title_count SET likes = likes + 1 WHERE movie_id = ?", title);
        return true;
    }
    c.run("UPDATE title_like SET type = ? WHERE movie_id = ? AND person_id = ?", type, title, person);
    return false;
}

bool like_comment(db::Connection& c, CommentId comment, UserId person, Reaction type, Time now) {
    if (c.run("INSERT INTO comment_like (comment_id, person_id, type, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (comment_id, person_id) DO NOTHING", comment, person, type, now) == 1) {
        c.run("UPDATE comment_count SET likes = likes + 1 WHERE comment_id = ?", comment);
        return true;
    }
    c.run("UPDATE comment_like SET type = ? WHERE comment_id = ? AND person_id = ?", type, comment, person);
    return false;
}

bool unlike_title(db::Connection& c, MovieId title, UserId person) {
    if (c.run("DELETE FROM title_like WHERE movie_id = ? AND person_id = ?", title, person) == 0) return false;
    c.run("UPDATE title_count SET likes = likes - 1 WHERE movie_id = ?", title);
    return true;
}

bool unlike_comment(db::Connection& c, CommentId comment, UserId person) {
    if (c.run("DELETE FROM comment_like WHERE comment_id = ? AND person_id = ?", comment, person) == 0) return false;
    c.run("UPDATE comment_count SET likes = likes - 1 WHERE comment_id = ?", comment);
    return true;
}

std::int64_t title_likes(db::Connection& c, MovieId title) {
    auto const row = c.one<std::int64_t>("SELECT likes FROM title_count WHERE movie_id = ?", title);
    return row ? std::get<0>(*row) : 0;
}

std::int64_t comment_likes(db::Connection& c, CommentId comment) {
    auto const row = c.one<std::int64_t>("SELECT likes FROM comment_count WHERE comment_id = ?", comment);
    return row ? std::get<0>(*row) : 0;
}

std::unordered_map<MovieId, TitleCounts> title_counts(db::Connection& c, std::span<MovieId const> ids) {
    std::unordered_map<MovieId, TitleCounts> out;
    for (auto const id : ids) out.emplace(id, TitleCounts{}); // without a row: nothing yet
    c.each<MovieId, std::int64_t, std::int64_t>("SELECT movie_id, likes, comments FROM title_count WHERE movie_id IN {list}", [&](MovieId id, std::int64_t likes, std::int64_t comments) {
        out[id] = {likes, comments, std::nullopt};
    }, db::id_list(ids));
    return out;
}

std::unordered_map<MovieId, std::string> own_title_reactions(db::Connection& c, std::span<MovieId const> ids, UserId viewer) {
    std::unordered_map<MovieId, std::string> out;
    c.each<MovieId, std::string>("SELECT movie_id, type FROM title_like WHERE person_id = ? AND movie_id IN {list}", [&](MovieId id, std::string type) { out.emplace(id, std::move(type)); }, viewer, db::id_list(ids));
    return out;
}

std::unordered_map<CommentId, Reaction> own_reactions(db::Connection& c, std::span<CommentId const> ids, UserId viewer) {
    std::unordered_map<CommentId, Reaction> out;
    if (!viewer || ids.empty()) return out;
    c.each<CommentId, Reaction>("SELECT comment_id, type FROM comment_like WHERE person_id = ? AND comment_id IN {list}", [&](CommentId id, Reaction type) { out[id] = type; }, viewer, db::id_list(ids));
    return out;
}

} // namespace mozi::social::repository
