// Counts in SQL.
#include "repository.hpp"

namespace mozi::social::repository {

bool hold_subject(db::Connection& c, SubjectId id) {
    auto row = db::hold<SubjectCount>(c, id);
    if (!row) {
        db::insert(c, SubjectCount{id}, "ON CONFLICT (subject_id) DO NOTHING");
        row = db::hold<SubjectCount>(c, id);
    }
    return row && !row->gone;
}

bool hold_comment(db::Connection& c, CommentId id) {
    auto const row = db::hold<SubjectCount>(c, id);
    return row && !row->gone;
}

void change(db::Connection& c, SubjectId id, Change by) {
    c.run("UPDATE subject_count SET comments = comments + ?, listed = listed + ?, kept = kept + ? WHERE subject_id = ?", by.comments,
        by.listed, by.kept, id);
}

std::unordered_map<SubjectId, Counts> counts(db::Connection& c, std::span<SubjectId const> ids) {
    std::unordered_map<SubjectId, Counts> out;
    for (auto const id : ids) out.emplace(id, Counts{}); // without a row: nothing yet
    c.each<SubjectId, std::int64_t, std::int64_t>(
        "SELECT subject_id, likes, comments FROM subject_count WHERE subject_id IN {list}",
        [&](SubjectId id, std::int64_t likes, std::int64_t comments) { out[id] = {likes, comments, std::nullopt}; }, db::id_list(ids));
    return out;
}

} // namespace mozi::social::repository
