// How decisions reach what they are about: the pair of listeners of a module, made from the kinds it owns.
#pragma once

#include <mozi/moderation/events.hpp>
#include <mozi/subject/effects.hpp>

namespace mozi::moderation {

// `name`: "content.moderated". The entries are those the module hands over.
inline std::vector<events::Listener> listeners(std::string const& name, std::vector<SubjectEntry> const& entries) {
    auto const entry_of = [entries](SubjectKind kind) -> SubjectEntry const* {
        for (auto const& entry : entries)
            if (entry.kind == kind) return &entry;
        return nullptr; // another module's
    };
    auto hidden = events::on<ContentHidden>(name, [entry_of](db::Transaction& tx, ContentHidden const& event) -> Result<> {
        auto const* entry = entry_of(event.kind);
        return entry ? effects::apply(tx, *entry, {event.subject_id}, event.action_id, Effect::hide) : Result<>{};
    });
    auto restored = events::on<ContentRestored>(name, [entry_of](db::Transaction& tx, ContentRestored const& event) -> Result<> {
        auto const* entry = entry_of(event.kind);
        return entry ? effects::undo(tx, *entry, {event.subject_id}, event.action_id) : Result<>{};
    });
    // One that cannot be read is for handle() to refuse.
    hidden.concerns = [entry_of](events::Told const& told) {
        auto const event = events::read<ContentHidden>(told);
        return !event || entry_of(event->kind);
    };
    restored.concerns = [entry_of](events::Told const& told) {
        auto const event = events::read<ContentRestored>(told);
        return !event || entry_of(event->kind);
    };
    return {std::move(hidden), std::move(restored)};
}

} // namespace mozi::moderation
