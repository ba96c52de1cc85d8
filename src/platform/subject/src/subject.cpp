// The directory of kinds, and effects.
#include <mozi/subject/effects.hpp>

#include <algorithm>
#include <stdexcept>

namespace mozi {

void Directory::add(std::vector<SubjectEntry> entries) {
    for (auto& each : entries) {
        if (std::ranges::any_of(entries_, [&](SubjectEntry const& known) { return known.kind == each.kind; }))
            throw std::logic_error("two modules hand over the kind " + std::string(to_text(each.kind)));
        if (each.missing.id.empty() || !each.path.starts_with("/api/"))
            throw std::logic_error("the kind " + std::string(to_text(each.kind)) + " has no error of its own, or no address");
        entries_.push_back(std::move(each));
    }
}

void Directory::check_complete() const {
    for (auto const& [kind, name] : names(SubjectKind{}))
        if (std::ranges::none_of(entries_, [&](SubjectEntry const& known) { return known.kind == kind; }))
            throw std::logic_error("no module hands over the kind " + std::string(name));
}

SubjectEntry const& Directory::entry(SubjectKind kind) const {
    auto const at = std::ranges::find(entries_, kind, &SubjectEntry::kind);
    if (at == entries_.end()) throw std::logic_error("no module hands over the kind " + std::string(to_text(kind)));
    return *at;
}

Result<std::map<Subject, SubjectFacts>> Directory::find(std::span<Subject const> subjects, Asking const& asking) const {
    constexpr std::size_t most = 500;
    std::map<SubjectKind, std::vector<SubjectId>> by_kind;
    for (auto const& subject : subjects) by_kind[subject.kind].push_back(subject.id);
    std::map<Subject, SubjectFacts> out;
    for (auto& [kind, ids] : by_kind) {
        std::ranges::sort(ids);
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        if (ids.size() > most) ids.resize(most);
        MOZI_TRY(auto found, entry(kind).find(ids, asking));
        for (auto& facts : found) out.emplace(facts.subject, std::move(facts));
    }
    return out;
}

Result<SubjectFacts> Directory::get_visible(Subject const& subject, Asking const& asking) const {
    auto const& known = entry(subject.kind);
    MOZI_TRY(auto found, known.find({&subject.id, 1}, asking));
    if (found.empty() || !found.front().visible) return known.missing;
    return std::move(found.front());
}

namespace effects {

namespace {

Result<> settle(db::Transaction& tx, SubjectEntry const& entry, SubjectId id) {
    MOZI_TRY(auto const exists, entry.settle(tx, id));
    if (!exists) forget(*tx, id);
    return {};
}

} // namespace

Result<> apply(db::Transaction& tx, SubjectEntry const& entry, SubjectId id, ActionId action, Effect effect) {
    auto const fresh =
        tx->run("INSERT INTO effect (subject_id, action_id, effect) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, action, effect);
    return fresh == 1 ? settle(tx, entry, id) : Result<>{};
}

Result<> undo(db::Transaction& tx, SubjectEntry const& entry, SubjectId id, ActionId action) {
    auto const taken = tx->run("DELETE FROM effect WHERE subject_id = ? AND action_id = ?", id, action);
    return taken > 0 ? settle(tx, entry, id) : Result<>{};
}

bool stands(db::Connection& c, SubjectId id, Effect effect) {
    return c.one<ActionId>("SELECT action_id FROM effect WHERE subject_id = ? AND effect = ? LIMIT 1", id, effect).has_value();
}

void forget(db::Connection& c, SubjectId id) { c.run("DELETE FROM effect WHERE subject_id = ?", id); }

} // namespace effects
} // namespace mozi
