// Comments in SQL.
#include "repository.hpp"

#include "../counts/repository.hpp"

namespace mozi::social::repository {

std::string const& list_sql(Scope scope, SortOrder order) {
    auto const made = [](std::string_view listed, std::string_view order_of_them) {
        return db::select<Comment>(
            "WHERE c.subject_id = ? AND c.parent_id = ? " + std::string(listed) + std::string(order_of_them) + " LIMIT ? OFFSET ?");
    };
    constexpr auto listed = "AND c.is_listed = 1 "sv;
    constexpr auto rising = "AND (c.created_at, c.id) > (?, ?) ORDER BY c.created_at, c.id"sv;
    constexpr auto falling = "AND (c.created_at, c.id) < (?, ?) ORDER BY c.created_at DESC, c.id DESC"sv;
    static std::string const all[2][2] = {{made(listed, rising), made(listed, falling)}, {made("", rising), made("", falling)}};
    return all[int(scope)][int(order)];
}

std::vector<Comment> list(db::Connection& c, ListQuery const& query) {
    auto const [at, id] = query.after ? *query.after : before_first<Time, CommentId>(query.order);
    return db::rows<Comment>(c, list_sql(query.scope, query.order), query.subject, query.parent, at, id, query.limit, query.offset);
}

std::int64_t count_top(db::Connection& c, SubjectId id, Scope scope) {
    auto const row = db::find<SubjectCount>(c, id);
    return !row ? 0 : scope == Scope::listed ? row->listed : row->kept;
}

void insert(db::Connection& c, Comment const& comment) {
    db::insert(c, comment);
    db::insert(c, SubjectCount{subject_id(comment.id)});
}

void set_state(db::Connection& c, Comment const& m) {
    c.run("UPDATE comment SET content = CASE WHEN ?1 = 1 THEN '' ELSE content END, is_deleted = ?1, is_hidden = ?2 WHERE id = ?3",
        m.deleted, m.hidden, m.id);
}

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

void erase_below(db::Connection& c, SubjectId id) {
    for (auto const table : {"reaction", "effect", "subject_count"})
        c.run("DELETE FROM " + std::string(table) + " WHERE subject_id IN (SELECT id FROM comment WHERE subject_id = ? AND is_hidden = 0)",
            id);
    c.run("DELETE FROM comment WHERE subject_id = ? AND is_hidden = 0", id);
    c.run("UPDATE subject_count SET comments = 0, listed = 0, kept = 0 WHERE subject_id IN (SELECT id FROM comment WHERE subject_id = ?)",
        id);
    auto const kept = c.run("UPDATE comment SET parent_id = 0, depth = 0, is_listed = 0 WHERE subject_id = ?", id);
    c.run("DELETE FROM reaction WHERE subject_id = ?", id);
    c.run("UPDATE subject_count SET likes = 0, comments = 0, listed = 0, kept = ?, is_gone = 1 WHERE subject_id = ?", kept, id);
}

std::vector<effects::Place> places() { return {{.kind = SubjectKind::comment, .table = "comment", .id = "id", .state = "is_hidden"}}; }

std::int64_t count_written(db::Connection& c, UserId author, std::int64_t day) {
    c.run("INSERT INTO written (author_id, day, comments) VALUES (?, ?, 1) ON CONFLICT (author_id) DO UPDATE SET comments = "
          "CASE WHEN written.day = excluded.day THEN written.comments + 1 ELSE 1 END, day = excluded.day",
        author, day);
    return std::get<0>(c.one<std::int64_t>("SELECT comments FROM written WHERE author_id = ?", author).value());
}

} // namespace mozi::social::repository
