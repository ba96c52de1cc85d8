// The directory of kinds, and effects.
#include <mozi/subject/effects.hpp>

#include <algorithm>
#include <stdexcept>

namespace mozi {

namespace {

std::string name_of(SubjectEntry const& entry) { return std::string(to_text(entry.kind.value)); }

// What cannot be right whatever else there is.
void check_alone(SubjectEntry const& entry) {
    auto const wrong = [&](std::string const& what) { throw std::logic_error("the kind " + name_of(entry) + " " + what); };
    if (entry.missing.id.empty() || entry.missing.code != Code::not_found) wrong("has no error for what is not there");
    if (!entry.path.starts_with("/api/") || entry.path.ends_with('/') || entry.path.find_first_of("{?") != std::string_view::npos)
        wrong("has no address of its own: \"" + std::string(entry.path) + "\"");
    if (!entry.find) wrong("does not look its things up");
    if (!entry.settle) wrong("does not settle what decisions leave");
    if (entry.gone && (entry.gone->source.empty() || entry.gone->event.empty() || !entry.gone->subject))
        wrong("does not say which event is its end");
}

// What was copied from another kind and not changed.
void check_beside(SubjectEntry const& entry, SubjectEntry const& known) {
    auto const same = [&](std::string const& what) {
        throw std::logic_error("the kinds " + name_of(known) + " and " + name_of(entry) + " have the same " + what);
    };
    if (entry.kind == known.kind) throw std::logic_error("two modules hand over the kind " + name_of(entry));
    if (entry.missing.id == known.missing.id) same("error " + entry.missing.id);
    if (entry.path == known.path) same("address " + std::string(entry.path));
    if (entry.gone && known.gone && entry.gone->source == known.gone->source && entry.gone->event == known.gone->event)
        same("end " + entry.gone->event);
}

} // namespace

void Directory::add(std::vector<SubjectEntry> entries) {
    for (auto& each : entries) {
        check_alone(each);
        for (auto const& known : entries_) check_beside(each, known);
        entries_.push_back(std::move(each));
    }
}

void Directory::check_complete() const {
    for (auto const& [kind, name] : names(SubjectKind{}))
        if (std::ranges::none_of(entries_, [&](SubjectEntry const& known) { return known.kind == kind; }))
            throw std::logic_error("no module hands over the kind " + std::string(name));
}

SubjectEntry const& Directory::entry(SubjectKind kind) const {
    auto const at = std::ranges::find_if(entries_, [&](SubjectEntry const& known) { return known.kind == kind; });
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

std::vector<Row> rows_after(db::Connection& c, Row const& after, std::int64_t limit) {
    std::vector<Row> out;
    c.each<SubjectId, ActionId, std::string>(
        "SELECT subject_id, action_id, effect FROM effect WHERE (subject_id, action_id, effect) > (?, ?, ?) "
        "ORDER BY subject_id, action_id, effect LIMIT ?",
        [&](SubjectId subject, ActionId action, std::string effect) { out.push_back({subject, action, std::move(effect)}); }, after.subject,
        after.action, after.effect, limit);
    return out;
}

std::vector<Row> rows_on(db::Connection& c, std::span<SubjectId const> ids) {
    std::vector<Row> out;
    c.each<SubjectId, ActionId, std::string>(
        "SELECT subject_id, action_id, effect FROM effect WHERE subject_id IN {list}",
        [&](SubjectId subject, ActionId action, std::string effect) { out.push_back({subject, action, std::move(effect)}); },
        db::id_list(ids));
    return out;
}

void forget(db::Connection& c, SubjectId id) { c.run("DELETE FROM effect WHERE subject_id = ?", id); }

namespace {

std::string from(Place const& place) { return " FROM " + std::string(place.table) + " t WHERE "; }
std::string id_of(Place const& place) { return "t." + std::string(place.id); }
std::string state_is(Place const& place, std::string const& how) {
    return "t." + std::string(place.state) + how + std::to_string(place.hidden);
}
std::string hides(Place const& place) {
    return "EXISTS (SELECT 1 FROM effect e WHERE e.subject_id = " + id_of(place) + " AND e.effect = 'HIDE')";
}

} // namespace

std::set<SubjectId> existing(db::Connection& c, Place const& place, std::span<SubjectId const> ids) {
    std::set<SubjectId> out;
    c.each<SubjectId>(
        "SELECT " + id_of(place) + from(place) + id_of(place) + " IN {list}", [&](SubjectId id) { out.insert(id); }, db::id_list(ids));
    return out;
}

std::string called_hidden_sql(Place const& place) {
    return "SELECT DISTINCT " + id_of(place) + ", CASE WHEN " + hides(place) + " THEN 1 ELSE 0 END" + from(place) + state_is(place, " = ") +
           " AND " + id_of(place) + " > ? ORDER BY " + id_of(place) + " LIMIT ?";
}

std::vector<Held> called_hidden(db::Connection& c, Place const& place, SubjectId after, std::int64_t limit) {
    std::vector<Held> out;
    c.each<SubjectId, bool>(called_hidden_sql(place), [&](SubjectId id, bool by_effect) { out.push_back({id, by_effect}); }, after, limit);
    return out;
}

std::string called_shown_sql(Place const& place) {
    return "SELECT DISTINCT " + id_of(place) + from(place) + id_of(place) + " IN {list} AND " + state_is(place, " <> ") +
           (place.listener.empty() ? " AND " + hides(place) : "");
}

std::vector<SubjectId> called_shown(db::Connection& c, Place const& place, std::span<SubjectId const> ids) {
    std::vector<SubjectId> out;
    c.each<SubjectId>(called_shown_sql(place), [&](SubjectId id) { out.push_back(id); }, db::id_list(ids));
    return out;
}

} // namespace effects
} // namespace mozi
