// How decisions reach what they are about: the pair of listeners of a module, made from the kinds it owns.
#pragma once

#include <mozi/moderation/events.hpp>
#include <mozi/subject/effects.hpp>

namespace mozi::moderation {

// `name`: "content.moderated". The entries are those the module hands over.
inline std::vector<events::Listener> listeners(std::string const& name, std::vector<SubjectEntry> const& entries) {
    auto const with_entry = [entries](SubjectKind kind, auto const& act) -> Result<> {
        for (auto const& entry : entries)
            if (entry.kind == kind) return act(entry);
        return {}; // another module's
    };
    return {
        events::on<ContentHidden>(name,
            [with_entry](db::Transaction& tx, ContentHidden const& event) {
                return with_entry(event.kind, [&](SubjectEntry const& entry) {
                    return effects::apply(tx, entry, {event.subject_id}, event.action_id, Effect::hide);
                });
            }),
        events::on<ContentRestored>(name,
            [with_entry](db::Transaction& tx, ContentRestored const& event) {
                return with_entry(event.kind,
                    [&](SubjectEntry const& entry) { return effects::undo(tx, entry, {event.subject_id}, event.action_id); });
            }),
    };
}

} // namespace mozi::moderation
