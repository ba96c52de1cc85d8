// What decisions do to a module's own things: rows (subject, action, effect) beside the outbox. A state such as "hidden" is derived from
// them, so that undoing an action takes back its own rows and nothing else.
#pragma once

#include <mozi/subject/subject.hpp>

#include <set>

namespace mozi {

enum class Effect { hide };
constexpr auto names(Effect) { return std::array{std::pair{Effect::hide, "HIDE"sv}}; }

namespace effects {

// In the unit of the module that owns the subject; then its entry's settle(). An effect told twice stands once.
Result<> apply(db::Transaction& tx, SubjectEntry const& entry, SubjectId id, ActionId action, Effect effect);
// Takes back all that this action does to it.
Result<> undo(db::Transaction& tx, SubjectEntry const& entry, SubjectId id, ActionId action);

// While any action does that. Throws db::Failure, as the next does.
bool stands(db::Connection& c, SubjectId id, Effect effect);
// As it lies in the table: `effect` is the word there, also one that nobody knows.
struct Row {
    SubjectId subject;
    ActionId action;
    std::string effect;
    auto operator<=>(Row const&) const = default;
};
// The next ones behind that, in their order; those on these subjects.
std::vector<Row> rows_after(db::Connection& c, Row const& after, std::int64_t limit);
std::vector<Row> rows_on(db::Connection& c, std::span<SubjectId const> ids);
// The subject is gone.
void forget(db::Connection& c, SubjectId id);

// --- what a module keeps of its own that follows from effects, so that both can be held against each other ---

// A table with things of a kind. The first one a module names of a kind of its own has a row for each of them.
struct Place {
    SubjectKind kind = SubjectKind::movie;
    std::string_view table, id;
    std::string_view state = {}; // the column that says whether it is hidden; empty: the effects are asked instead
    int hidden = 1; // what it says then. An index of the ids where it does is the module's affair
    std::string_view listener = {}; // of another module's kind: who keeps it, from that module's log
};

// Those that are there. Throws db::Failure, as the others do.
std::set<SubjectId> existing(db::Connection& c, Place const& place, std::span<SubjectId const> ids);
struct Held {
    SubjectId subject;
    bool by_effect = false; // an effect of this database hides it
};
// The next ones behind that one that the place has as hidden, by id.
std::vector<Held> called_hidden(db::Connection& c, Place const& place, SubjectId after, std::int64_t limit);
std::string called_hidden_sql(Place const& place);
// Those of them that it has as shown; of a kind of its own, only where an effect hides them.
std::vector<SubjectId> called_shown(db::Connection& c, Place const& place, std::span<SubjectId const> ids);
std::string called_shown_sql(Place const& place);

} // namespace effects
} // namespace mozi
