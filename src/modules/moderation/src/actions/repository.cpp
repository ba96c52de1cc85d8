// Moderation actions in SQL.
#include "repository.hpp"

namespace mozi::moderation::repository {

std::vector<Action> newest(db::Connection& c, std::optional<std::tuple<Time, ActionId>> before, std::int64_t limit, std::int64_t offset) {
    static auto const sql =
        db::select<Action>("WHERE (a.created_at, a.id) < (?, ?) ORDER BY a.created_at DESC, a.id DESC LIMIT ? OFFSET ?");
    auto const [at, id] = before ? *before : before_first<Time, ActionId>(SortOrder::desc);
    return db::rows<Action>(c, sql, at, id, limit, offset);
}

std::int64_t count_actions(db::Connection& c) { return std::get<0>(*c.one<std::int64_t>("SELECT count(*) FROM moderation_action")); }

std::vector<StandingAction> standing_after(db::Connection& c, ActionId after, std::int64_t limit) {
    std::vector<StandingAction> out;
    c.each<ActionId, SubjectKind, SubjectId, std::string>(
        "SELECT id, subject_kind, subject_id, action FROM moderation_action WHERE id > ? AND reverted_at IS NULL ORDER BY id LIMIT ?",
        [&](ActionId id, SubjectKind kind, SubjectId subject, std::string effect) {
            out.push_back({id, {kind, subject}, std::move(effect)});
        },
        after, limit);
    return out;
}

std::set<Subject> hidden(db::Connection& c, std::span<Subject const> subjects) {
    std::vector<SubjectId> ids;
    for (auto const& subject : subjects) ids.push_back(subject.id);
    std::set<Subject> out;
    c.each<SubjectKind, SubjectId>(
        "SELECT subject_kind, subject_id FROM moderation_action WHERE reverted_at IS NULL AND subject_id IN {list}",
        [&](SubjectKind kind, SubjectId id) { out.insert({kind, id}); }, db::id_list<SubjectId>(ids));
    return out;
}

} // namespace mozi::moderation::repository
