// Comments in SQL.
#include "repository.hpp"

#include <mozi/subject/effects.hpp>

#include <limits>

namespace mozi::social::repository {

namespace {

#define COMMENT_COLUMNS \
    "c.id, c.subject_kind, c.subject_id, c.parent_id, c.depth, c.author_id, c.content, c.is_edited, c.is_deleted, c.is_hidden, " \
    "c.is_listed, c.version, " \
    "c.created_at, c.updated_at, n.likes, n.comments, n.listed, n.kept"
#define COMMENT_ROWS "SELECT " COMMENT_COLUMNS " FROM comment c JOIN subject_count n ON n.subject_id = c.id "

template <class F, class... In>
void each(db::Connection& c, std::string_view sql, F&& f, In const&... in) {
    using Count = std::int64_t;
    c.each<CommentId, SubjectKind, SubjectId, CommentId, int, UserId, std::string, bool, bool, bool, bool, Count, Time, Time, Count, Count,
        Count, Count>(
        sql,
        [&](CommentId id, SubjectKind kind, SubjectId subject, CommentId parent, int depth, UserId author, std::string content, bool edited,
            bool deleted, bool hidden, bool listed, Count version, Time created, Time updated, Count likes, Count replies,
            Count listed_replies, Count kept_replies) {
            f(Comment{id, {kind, subject}, parent, depth, author, std::move(content), edited, deleted, hidden, listed, version, created,
                updated, likes, replies, listed_replies, kept_replies});
        },
        in...);
}

// SQLite has one writer: there the unit itself is the lock.
std::string_view for_update(db::Connection const& c, std::string_view sqlite, std::string_view postgres) { return c.dialect() == db::Dialect::postgres ? postgres : sqlite; }

} // namespace

namespace {

constexpr std::string_view look = "SELECT is_gone FROM subject_count WHERE subject_id = ?",
                           lock = "SELECT is_gone FROM subject_count WHERE subject_id = ? FOR UPDATE";

} // namespace

bool lock_subject(db::Connection& c, SubjectId id) {
    auto const sql = for_update(c, look, lock);
    auto row = c.one<bool>(sql, id);
    if (!row) {
        c.run("INSERT INTO subject_count (subject_id) VALUES (?) ON CONFLICT (subject_id) DO NOTHING", id);
        row = c.one<bool>(sql, id);
    }
    return row && !std::get<0>(*row);
}

bool lock_comment(db::Connection& c, CommentId id) {
    auto const row = c.one<bool>(for_update(c, look, lock), id);
    return row && !std::get<0>(*row);
}

std::optional<Comment> find(db::Connection& c, CommentId id) {
    std::optional<Comment> out;
    each(c, COMMENT_ROWS "WHERE c.id = ?", [&](Comment comment) { out = std::move(comment); }, id);
    return out;
}

std::vector<Comment> find_many(db::Connection& c, std::span<CommentId const> ids) {
    std::vector<Comment> out;
    each(c, COMMENT_ROWS "WHERE c.id IN {list}", [&](Comment comment) { out.push_back(std::move(comment)); }, db::id_list(ids));
    return out;
}

std::string_view list_sql(Scope scope, SortOrder order) {
    if (scope == Scope::listed)
        return order == SortOrder::asc ? COMMENT_ROWS "WHERE c.subject_id = ? AND c.parent_id = ? AND c.is_listed = 1 AND (c.created_at, "
                                                      "c.id) > (?, ?) ORDER BY c.created_at, c.id LIMIT ? OFFSET ?"
                                       : COMMENT_ROWS "WHERE c.subject_id = ? AND c.parent_id = ? AND c.is_listed = 1 AND (c.created_at, "
                                                      "c.id) < (?, ?) ORDER BY c.created_at DESC, c.id DESC LIMIT ? OFFSET ?";
    return order == SortOrder::asc ? COMMENT_ROWS
               "WHERE c.subject_id = ? AND c.parent_id = ? AND (c.created_at, c.id) > (?, ?) ORDER BY c.created_at, c.id LIMIT ? OFFSET ?"
                                   : COMMENT_ROWS "WHERE c.subject_id = ? AND c.parent_id = ? AND (c.created_at, c.id) < (?, ?) ORDER BY "
                                                  "c.created_at DESC, c.id DESC LIMIT ? OFFSET ?";
}

std::vector<Comment> list(db::Connection& c, ListQuery const& query) {
    using Limits = std::numeric_limits<std::int64_t>;
    auto const edge = query.order == SortOrder::asc ? Limits::min() : Limits::max();
    auto const at = query.after ? std::int64_t(std::get<0>(*query.after).time_since_epoch().count()) : edge;
    auto const id = query.after ? std::get<1>(*query.after).value : edge;
    std::vector<Comment> out;
    each(
        c, list_sql(query.scope, query.order), [&](Comment comment) { out.push_back(std::move(comment)); }, query.subject, query.parent, at,
        id, query.limit, query.offset);
    return out;
}

std::int64_t count_top(db::Connection& c, SubjectId id, Scope scope) {
    auto const row = c.one<std::int64_t, std::int64_t>("SELECT listed, kept FROM subject_count WHERE subject_id = ?", id);
    return !row ? 0 : scope == Scope::listed ? std::get<0>(*row) : std::get<1>(*row);
}

void insert(db::Connection& c, Comment const& m) {
    c.run("INSERT INTO comment (id, subject_kind, subject_id, parent_id, depth, author_id, content, created_at, updated_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        m.id, m.subject.kind, m.subject.id, m.parent, m.depth, m.author, m.content, m.created_at, m.updated_at);
    c.run("INSERT INTO subject_count (subject_id) VALUES (?)", m.id);
}

void set_content(db::Connection& c, Comment const& m) {
    c.run("UPDATE comment SET content = ?, is_edited = ?, version = ?, updated_at = ? WHERE id = ?", m.content, m.edited, m.version, m.updated_at, m.id);
}

void set_state(db::Connection& c, Comment const& m) {
    c.run("UPDATE comment SET content = CASE WHEN ?1 = 1 THEN '' ELSE content END, is_deleted = ?1, is_hidden = ?2 WHERE id = ?3", m.deleted, m.hidden, m.id);
}

void set_listed(db::Connection& c, CommentId id, bool listed) { c.run("UPDATE comment SET is_listed = ? WHERE id = ?", listed, id); }

void end_reactions(db::Connection& c, CommentId id) {
    c.run("DELETE FROM reaction WHERE subject_id = ?", id);
    c.run("UPDATE subject_count SET likes = 0, is_gone = 1 WHERE subject_id = ?", id);
}

void erase(db::Connection& c, CommentId id) {
    c.run("DELETE FROM reaction WHERE subject_id = ?", id);
    effects::forget(c, subject_id(id));
    c.run("DELETE FROM subject_count WHERE subject_id = ?", id);
    c.run("DELETE FROM comment WHERE id = ?", id);
}

void change(db::Connection& c, SubjectId id, Change by) {
    c.run("UPDATE subject_count SET comments = comments + ?, listed = listed + ?, kept = kept + ? WHERE subject_id = ?", by.comments,
        by.listed, by.kept, id);
}

void erase_below(db::Connection& c, SubjectId id) {
    for (auto const table : {"reaction", "effect", "subject_count"})
        c.run("DELETE FROM " + std::string(table) + " WHERE subject_id IN (SELECT id FROM comment WHERE subject_id = ?)", id);
    c.run("DELETE FROM comment WHERE subject_id = ?", id);
    c.run("DELETE FROM reaction WHERE subject_id = ?", id);
    c.run("UPDATE subject_count SET likes = 0, comments = 0, listed = 0, kept = 0, is_gone = 1 WHERE subject_id = ?", id);
}

} // namespace mozi::social::repository
