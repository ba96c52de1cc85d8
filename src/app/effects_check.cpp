// Effects against decisions.
#include "effects_check.hpp"

#include <mozi/moderation/events.hpp>
#include <mozi/moderation/module.hpp>
#include <mozi/subject/effects.hpp>

#include <algorithm>
#include <set>

namespace mozi::app {

namespace {

constexpr std::int64_t rows_at_once = 500;
constexpr int looks = 3; // what arrives between two of them is no fault

db::Database& decisions_of(EffectsCheck const& check) { return *check.databases.at("moderation"); }

struct Fault {
    ActionId action;
    std::string what;
};

Error broken(EffectsCheck const& check, Fault const& fault) {
    auto const known = moderation::row_of_action(decisions_of(check), fault.action);
    auto const row = known ? *known : 0;
    auto const where = row ? "row " + std::to_string(row) + " of the record of decisions" : "no row of the record of decisions knows it";
    Error out{Code::internal, "moderation.effect_broken",
        fault.what + " (decision " + fault.action.text() + ", " + where +
            "). Its database was changed by hand, or an event was put aside: look with videa-mozi events dead, and compare with a backup."};
    out.detail = std::to_string(row);
    return out;
}

// Decisions that some module may not have heard of.
Result<std::set<ActionId>> on_their_way(EffectsCheck const& check) {
    std::int64_t from = INT64_MAX;
    for (auto const& [name, database] : check.databases) {
        if (name == "moderation") continue;
        MOZI_CHECK(database->read([&](db::Connection& c) -> Result<> {
            c.each<std::int64_t>(
                "SELECT seq FROM listener_cursor WHERE source = 'moderation' AND listener = ?",
                [&](std::int64_t seq) { from = std::min(from, seq); }, name + ".moderated");
            return {};
        }));
    }
    return decisions_of(check).read([&](db::Connection& c) -> Result<std::set<ActionId>> {
        std::set<ActionId> out;
        c.each<std::string, int, std::string>(
            "SELECT name, version, payload FROM outbox WHERE seq > ? AND name IN (?, ?)",
            [&](std::string name, int version, std::string payload) {
                events::Told const told{0, std::move(name), version, std::move(payload)};
                if (auto const hidden = events::read<moderation::ContentHidden>(told); hidden) out.insert(hidden->action_id);
                if (auto const shown = events::read<moderation::ContentRestored>(told); shown) out.insert(shown->action_id);
            },
            from == INT64_MAX ? 0 : from, moderation::ContentHidden::name, moderation::ContentRestored::name);
        return out;
    });
}

// An effect whose decision does not stand, or is about something else.
Result<std::optional<Fault>> find_added(EffectsCheck const& check, std::set<ActionId> const& leave_out) {
    for (auto const& [name, database] : check.databases) {
        if (name == "moderation") continue;
        for (effects::Row after{}; check.go_on();) {
            MOZI_TRY(auto const rows, database->read([&](db::Connection& c) -> Result<std::vector<effects::Row>> {
                return effects::rows_after(c, after, rows_at_once);
            }));
            if (rows.empty()) break;
            std::vector<ActionId> ids;
            for (auto const& row : rows) ids.push_back(row.action);
            MOZI_TRY(auto const standing, moderation::standing_among(decisions_of(check), ids));
            for (auto const& row : rows) {
                auto const fits = [&](moderation::StandingAction const& a) { return a.id == row.action && a.subject.id == row.subject; };
                if (leave_out.contains(row.action) || std::ranges::any_of(standing, fits)) continue;
                return std::optional(Fault{row.action, name + " hides " + row.subject.text() + " by a decision that does not stand"});
            }
            after = rows.back();
        }
    }
    return std::optional<Fault>{};
}

// A decision that stands, about something that is there, without its effect.
Result<std::optional<Fault>> find_missing(EffectsCheck const& check, std::set<ActionId> const& leave_out) {
    for (ActionId after{}; check.directory && check.go_on();) {
        MOZI_TRY(auto const actions, moderation::standing_after(decisions_of(check), after, rows_at_once));
        if (actions.empty()) break;
        std::vector<SubjectId> ids;
        for (auto const& action : actions) ids.push_back(action.subject.id);
        std::set<std::pair<SubjectId, ActionId>> there;
        for (auto const& [name, database] : check.databases) {
            if (name == "moderation") continue;
            MOZI_CHECK(database->read([&](db::Connection& c) -> Result<> {
                for (auto const& row : effects::rows_on(c, ids)) there.insert({row.subject, row.action});
                return {};
            }));
        }
        std::vector<moderation::StandingAction> missing;
        std::vector<Subject> things;
        for (auto const& action : actions)
            if (!there.contains({action.subject.id, action.id}) && !leave_out.contains(action.id))
                missing.push_back(action), things.push_back(action.subject);
        MOZI_TRY(auto const known, check.directory->find(things, Asking{.moderates = true}));
        for (auto const& action : missing)
            if (known.contains(action.subject)) return std::optional(Fault{action.id, action.subject.text() + " was hidden, and is not"});
        after = actions.back().id;
    }
    return std::optional<Fault>{};
}

} // namespace

Result<> check_effects(EffectsCheck const& check) {
    std::set<ActionId> leave_out;
    if (!check.settle) {
        MOZI_TRY(auto unheard, on_their_way(check));
        leave_out = std::move(unheard);
    }
    std::optional<Fault> found;
    for (int look = 0; look < (check.settle ? looks : 1); ++look) {
        if (look > 0 && !check.settle()) return {}; // another day
        MOZI_TRY(found, find_added(check, leave_out));
        if (!found) { MOZI_TRY(found, find_missing(check, leave_out)); }
        if (!found) return {};
    }
    return broken(check, *found);
}

} // namespace mozi::app
