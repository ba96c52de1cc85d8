// Reactions in SQL.
#include "repository.hpp"

namespace mozi::social::repository {

bool like(db::Connection& c, SubjectId id, UserId person, Reaction type, Time now) {
    auto const fresh = c.run("INSERT INTO reaction (subject_id, person_id, type, created_at) VALUES (?, ?, ?, ?) "
                             "ON CONFLICT (subject_id, person_id) DO NOTHING",
                           id, person, type, now) == 1;
    if (fresh) c.run("UPDATE subject_count SET likes = likes + 1 WHERE subject_id = ?", id);
    else c.run("UPDATE reaction SET type = ? WHERE subject_id = ? AND person_id = ?", type, id, person);
    return fresh;
}

bool unlike(db::Connection& c, SubjectId id, UserId person) {
    if (c.run("DELETE FROM reaction WHERE subject_id = ? AND person_id = ?", id, person) == 0) return false;
    c.run("UPDATE subject_count SET likes = likes - 1 WHERE subject_id = ?", id);
    return true;
}

std::int64_t likes(db::Connection& c, SubjectId id) {
    auto const row = c.one<std::int64_t>("SELECT likes FROM subject_count WHERE subject_id = ?", id);
    return row ? std::get<0>(*row) : 0;
}

std::unordered_map<SubjectId, Reaction> own_reactions(db::Connection& c, std::span<SubjectId const> ids, UserId viewer) {
    std::unordered_map<SubjectId, Reaction> out;
    if (!viewer || ids.empty()) return out;
    c.each<SubjectId, Reaction>(
        "SELECT subject_id, type FROM reaction WHERE person_id = ? AND subject_id IN {list}",
        [&](SubjectId id, Reaction type) { out[id] = type; }, viewer, db::id_list(ids));
    return out;
}

} // namespace mozi::social::repository
