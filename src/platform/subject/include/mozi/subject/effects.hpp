// What decisions do to a module's own things: rows (subject, action, effect) beside the outbox. A state such as "hidden" is derived from
// them, so that undoing an action takes back its own rows and nothing else.
#pragma once

#include <mozi/subject/subject.hpp>

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
// As it lies in the table.
struct Row {
    SubjectId subject;
    ActionId action;
};
// The next ones behind that, by subject and action; those on these subjects.
std::vector<Row> rows_after(db::Connection& c, Row const& after, std::int64_t limit);
std::vector<Row> rows_on(db::Connection& c, std::span<SubjectId const> ids);
// The subject is gone.
void forget(db::Connection& c, SubjectId id);

} // namespace effects
} // namespace mozi
