// Effects against decisions, and what is kept as hidden against effects.
//
// Others write meanwhile. So what follows from something is read before that, with its listener's cursor before it: a difference is
// either a fault, or an event behind the cursor names the thing by the time its source has been read.
#include "effects_check.hpp"

#include <mozi/moderation/module.hpp>

#include <algorithm>
#include <set>

namespace mozi::app {

namespace {

using effects::Place;
using effects::Row;
using moderation::StandingAction;

constexpr std::int64_t at_once = 500;

struct Fault {
    ActionId action; // 0: of none
    std::string what;
};
using Found = std::optional<Fault>;

// Of one kind: where its things are.
struct Home {
    std::string module;
    Place place;
};

struct Looking {
    EffectsCheck const& check;
    std::map<SubjectKind, Home> homes;

    explicit Looking(EffectsCheck const& all) : check(all) {
        for (auto const& [module, places] : all.places)
            for (auto const& place : places)
                if (place.listener.empty() && check.databases.contains(module)) homes.try_emplace(place.kind, Home{module, place});
    }
    db::Database& of(std::string const& module) const { return *check.databases.at(module); }
    db::Database& decisions() const { return of("moderation"); }
};

std::int64_t heard(db::Connection& c, std::string_view source, std::string_view listener) {
    auto const row = c.one<std::int64_t>("SELECT seq FROM listener_cursor WHERE source = ? AND listener = ?", source, listener);
    return row ? std::get<0>(*row) : 0;
}

// What one listener has heard of another module's log, and which events of it: those whose name begins so.
struct Ear {
    db::Database& log;
    std::string_view events;
    std::int64_t cursor = 0;
};

// Takes out of them what an event behind the cursor names.
Result<> leave_out_named(Looking const& look, Ear ear, std::set<SubjectId>& of) {
    while (!of.empty() && look.check.go_on()) {
        std::int64_t rows = 0;
        MOZI_CHECK(ear.log.read([&](db::Connection& c) -> Result<> {
            c.each<std::int64_t, std::string, std::string>(
                "SELECT seq, name, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?",
                [&](std::int64_t seq, std::string const& name, std::string const& payload) {
                    ear.cursor = seq, ++rows;
                    if (!name.starts_with(ear.events)) return;
                    std::erase_if(of, [&](SubjectId id) { return payload.find(id.text()) != payload.npos; });
                },
                ear.cursor, at_once);
            return {};
        }));
        if (rows < at_once) break;
    }
    return {};
}

// The first of them that no event on its way explains.
template <class T, class F>
Result<std::optional<T>> unexplained(Looking const& look, Ear const& ear, std::vector<T> const& candidates, F subject_of) {
    std::set<SubjectId> of;
    for (auto const& each : candidates) of.insert(subject_of(each));
    MOZI_CHECK(leave_out_named(look, ear, of));
    if (!look.check.go_on()) return std::optional<T>{};
    auto const first = std::ranges::find_if(candidates, [&](T const& each) { return of.contains(subject_of(each)); });
    return first == candidates.end() ? std::optional<T>{} : std::optional<T>(*first);
}

Error broken(Looking const& look, Fault const& fault) {
    auto const known = fault.action.value ? moderation::row_of_action(look.decisions(), fault.action) : Result<std::int64_t>(0);
    auto const row = known ? *known : 0;
    auto const where = row ? "row " + std::to_string(row) + " of the record of decisions" : "no row of the record of decisions knows it";
    auto const whose = fault.action.value ? " (decision " + fault.action.text() + ", " + where + ")" : "";
    Error out{Code::internal, "moderation.effect_broken",
        fault.what + whose +
            ". Its database was changed by hand, or an event was put aside: look with videa-mozi events dead, and compare with a backup."};
    out.detail = std::to_string(row);
    return out;
}

Ear on_decisions(Looking const& look) { return {look.decisions(), "moderation.content."}; }

// An effect whose decision does not stand, or is about something else.
Result<Found> find_added(Looking const& look, std::string const& module) {
    for (Row after{}; look.check.go_on();) {
        auto ear = on_decisions(look);
        MOZI_TRY(auto const rows, look.of(module).read([&](db::Connection& c) -> Result<std::vector<Row>> {
            ear.cursor = heard(c, "moderation", module + ".moderated");
            return effects::rows_after(c, after, at_once);
        }));
        if (rows.empty()) break;
        std::vector<ActionId> ids;
        for (auto const& row : rows) ids.push_back(row.action);
        MOZI_TRY(auto const standing, moderation::standing_among(look.decisions(), ids));
        std::vector<Row> wrong;
        for (auto const& row : rows)
            if (std::ranges::none_of(standing, [&](StandingAction const& action) {
                    return action.id == row.action && action.subject.id == row.subject && action.effect == row.effect;
                }))
                wrong.push_back(row);
        MOZI_TRY(auto const first, unexplained(look, ear, wrong, [](Row const& row) { return row.subject; }));
        if (first)
            return Found(Fault{first->action,
                module + " has the effect " + first->effect + " on " + first->subject.text() + " by a decision that does not stand"});
        after = rows.back();
    }
    return Found{};
}

// Of the decisions on one kind, those whose thing is there without their effect.
Result<std::vector<StandingAction>> without_effect(
    Looking const& look, Home const& home, std::vector<StandingAction> const& decided, Ear& ear) {
    std::vector<SubjectId> ids;
    for (auto const& action : decided) ids.push_back(action.subject.id);
    return look.of(home.module).read([&](db::Connection& c) -> Result<std::vector<StandingAction>> {
        ear.cursor = heard(c, "moderation", home.module + ".moderated");
        auto const rows = effects::rows_on(c, ids);
        auto const there = effects::existing(c, home.place, ids);
        std::vector<StandingAction> out;
        for (auto const& action : decided)
            if (there.contains(action.subject.id) &&
                std::ranges::find(rows, Row{action.subject.id, action.id, action.effect}) == rows.end())
                out.push_back(action);
        return out;
    });
}

// A decision that stands, about something that is there, without its effect.
Result<Found> find_missing(Looking const& look) {
    for (ActionId after{}; look.check.go_on();) {
        MOZI_TRY(auto const actions, moderation::standing_after(look.decisions(), after, at_once));
        if (actions.empty()) break;
        std::map<SubjectKind, std::vector<StandingAction>> by_kind;
        for (auto const& action : actions) by_kind[action.subject.kind].push_back(action);
        for (auto const& [kind, decided] : by_kind) {
            auto const home = look.homes.find(kind);
            if (home == look.homes.end()) continue;
            auto ear = on_decisions(look);
            MOZI_TRY(auto const missing, without_effect(look, home->second, decided, ear));
            if (missing.empty()) continue;
            std::vector<ActionId> ids;
            for (auto const& action : missing) ids.push_back(action.id);
            MOZI_TRY(auto const standing, moderation::standing_among(look.decisions(), ids)); // not taken back since
            MOZI_TRY(auto const first, unexplained(look, ear, standing, [](StandingAction const& action) { return action.subject.id; }));
            if (first) return Found(Fault{first->id, first->subject.text() + " was hidden, and is not"});
        }
        after = actions.back().id;
    }
    return Found{};
}

// One place against the effects it follows. A module's own is one statement with them; another module's are read behind it.
class PlaceCheck {
public:
    PlaceCheck(Looking const& look, std::string module, Place const& place)
        : look_(look), module_(std::move(module)), place_(place), home_(look.homes.at(place.kind).module) {}

    Result<Found> find() {
        MOZI_TRY(auto found, find_hidden());
        if (!found) { MOZI_TRY(found, find_shown()); }
        return found;
    }

private:
    bool far() const { return !place_.listener.empty(); }

    // Hidden there, without an effect.
    Result<Found> find_hidden() {
        for (SubjectId after{}; look_.check.go_on();) {
            Ear ear{look_.of(home_), {}};
            MOZI_TRY(auto const held, look_.of(module_).read([&](db::Connection& c) -> Result<std::vector<effects::Held>> {
                if (far()) ear.cursor = heard(c, home_, place_.listener);
                return effects::called_hidden(c, place_, after, at_once);
            }));
            if (held.empty()) break;
            std::vector<SubjectId> wrong;
            for (auto const& each : held)
                if (far() || !each.by_effect) wrong.push_back(each.subject);
            MOZI_TRY(auto const first, first_fault(std::move(wrong), ear, Effects::none));
            if (first) return Found(Fault{{}, sentence(*first, "hidden, and no decision hides it")});
            after = held.back().subject;
        }
        return Found{};
    }

    // Shown there, in spite of one.
    Result<Found> find_shown() {
        for (Row after{}; look_.check.go_on();) {
            MOZI_TRY(auto const rows, look_.of(home_).read([&](db::Connection& c) -> Result<std::vector<Row>> {
                return effects::rows_after(c, after, at_once);
            }));
            if (rows.empty()) break;
            std::vector<SubjectId> ids;
            for (auto const& row : rows) ids.push_back(row.subject);
            Ear ear{look_.of(home_), {}};
            MOZI_TRY(auto wrong, look_.of(module_).read([&](db::Connection& c) -> Result<std::vector<SubjectId>> {
                if (far()) ear.cursor = heard(c, home_, place_.listener);
                return effects::called_shown(c, place_, ids);
            }));
            MOZI_TRY(auto const first, first_fault(std::move(wrong), ear, Effects::hiding));
            if (first)
                return Found(
                    Fault{std::ranges::find(rows, *first, &Row::subject)->action, sentence(*first, "shown, and a decision hides it")});
            after = rows.back();
        }
        return Found{};
    }

    enum class Effects { none, hiding };
    // Of those that are a fault where such effects stand on them.
    Result<std::optional<SubjectId>> first_fault(std::vector<SubjectId> wrong, Ear const& ear, Effects where) {
        if (wrong.empty() || !far()) return wrong.empty() ? std::optional<SubjectId>{} : std::optional(wrong.front());
        MOZI_TRY(auto const rows,
            look_.of(home_).read([&](db::Connection& c) -> Result<std::vector<Row>> { return effects::rows_on(c, wrong); }));
        std::set<SubjectId> hidden;
        for (auto const& row : rows)
            if (row.effect == to_text(Effect::hide)) hidden.insert(row.subject);
        std::erase_if(wrong, [&](SubjectId id) { return hidden.contains(id) != (where == Effects::hiding); });
        return unexplained(look_, ear, wrong, [](SubjectId id) { return id; });
    }

    std::string sentence(SubjectId id, std::string const& what) const {
        return "The table " + std::string(place_.table) + " of " + module_ + " has " + Subject{place_.kind, id}.text() + " as " + what;
    }

    Looking const& look_;
    std::string module_;
    Place const& place_;
    std::string home_; // the module whose effects they are
};

Result<Found> find_first(Looking const& look) {
    Found found;
    for (auto const& [module, database] : look.check.databases) {
        if (module == "moderation") continue;
        MOZI_TRY(found, find_added(look, module));
        if (found) return found;
    }
    MOZI_TRY(found, find_missing(look));
    for (auto const& [module, places] : look.check.places)
        for (auto const& place : places) {
            if (found) return found;
            if (place.state.empty() || !look.check.databases.contains(module) || !look.homes.contains(place.kind)) continue;
            MOZI_TRY(found, PlaceCheck(look, module, place).find());
        }
    return found;
}

} // namespace

Result<> check_effects(EffectsCheck const& check) {
    Looking const look(check);
    MOZI_TRY(auto const found, find_first(look));
    if (found) return broken(look, *found);
    return {};
}

} // namespace mozi::app
