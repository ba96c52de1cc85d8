// What comments do when other modules tell something.
#include "subscribers.hpp"

#include <mozi/content/events.hpp>
#include <mozi/moderation/events.hpp>

namespace mozi::social {

std::vector<events::Listener> listeners(Comments& comments) {
    auto* const to = &comments;
    auto const moderated = [to](db::Transaction& tx, auto const& event, bool hide) -> Result<> {
        return event.content_type == moderation::ContentType::comment ? to->moderated(tx, {event.content_id}, event.action_id.value, hide) : Result<>{};
    };
    return {
        events::on<content::MovieDeleted>("social.titles", [to](db::Transaction& tx, content::MovieDeleted const& event) { return to->title_deleted(tx, event.movie_id); }),
        events::on<moderation::ContentHidden>("social.moderated", [moderated](db::Transaction& tx, moderation::ContentHidden const& event) { return moderated(tx, event, true); }),
        events::on<moderation::ContentRestored>("social.moderated", [moderated](db::Transaction& tx, moderation::ContentRestored const& event) { return moderated(tx, event, false); }),
    };
}

} // namespace mozi::social
