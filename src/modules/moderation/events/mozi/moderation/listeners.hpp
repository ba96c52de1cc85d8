// How decisions reach what they are about: the pair of listeners of a module, made from the kinds it owns.
#pragma once

#include <mozi/moderation/events.hpp>
#include <mozi/subject/effects.hpp>

#include <algorithm>

namespace mozi::moderation {

// What `act` does to the entry of the kind that E is about, where it is one of these.
template <events::Event E, class F>
events::Listener about_own(std::string name, std::vector<SubjectEntry> const& entries, F act) {
    auto const entry_of = [entries](SubjectKind kind) -> SubjectEntry const* {
        auto const at = std::ranges::find_if(entries, [&](SubjectEntry const& known) { return known.kind == kind; });
        return at == entries.end() ? nullptr : &*at; // another module's
    };
    auto out = events::on<E>(std::move(name), [entry_of, act](db::Transaction& tx, E const& event) -> Result<> {
        auto const* entry = entry_of(event.kind);
        return entry ? act(tx, *entry, event) : Result<>{};
    });
    out.concerns = [entry_of](events::Told const& told) {
        auto const event = events::read<E>(told);
        return !event || entry_of(event->kind); // one that cannot be read is for handle() to refuse
    };
    return out;
}

// `name`: "content.moderated". The entries are those the module hands over.
inline std::vector<events::Listener> listeners(std::string const& name, std::vector<SubjectEntry> const& entries) {
    return {
        about_own<ContentHidden>(name, entries,
            [](db::Transaction& tx, SubjectEntry const& entry, ContentHidden const& event) {
                return effects::apply(tx, entry, {event.subject_id}, event.action_id, Effect::hide);
            }),
        about_own<ContentRestored>(name, entries,
            [](db::Transaction& tx, SubjectEntry const& entry, ContentRestored const& event) {
                return effects::undo(tx, entry, {event.subject_id}, event.action_id);
            }),
    };
}

} // namespace mozi::moderation
