// Moderation hides and restores titles.
#include "subscribers.hpp"

#include <mozi/moderation/events.hpp>

namespace mozi::content {

std::vector<events::Listener> listeners(Movies& movies) {
    using moderation::ContentHidden;
    using moderation::ContentRestored;
    using moderation::ContentType;
    return {
        events::on<ContentHidden>("content.movies", [&movies](db::Transaction& tx, ContentHidden const& event) -> Result<> {
            return event.content_type == ContentType::movie ? movies.hide(tx, {event.content_id}, event.action_id) : Result<>{};
        }),
        events::on<ContentRestored>("content.movies", [&movies](db::Transaction& tx, ContentRestored const& event) -> Result<> {
            return event.content_type == ContentType::movie ? movies.restore(tx, {event.content_id}, event.action_id) : Result<>{};
        }),
    };
}

} // namespace mozi::content
