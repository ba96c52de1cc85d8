// The social module's wiring.
#include "comments/http.hpp"
#include "comments/repository.hpp"
#include "likes/http.hpp"

#include <mozi/moderation/listeners.hpp>

namespace mozi {
std::span<EmbeddedFile const> mozi_social_schema();
}

namespace mozi::social {

namespace {

struct Parts final : content::Engagement {
    Totals totals;
    Comments comments;
    Likes likes;
    CommentsHttp comments_http;
    LikesHttp likes_http;
    Parts(ModuleContext const& context, Needs const& needs)
        : totals(context.database, needs.engagement), comments(context, needs, totals), likes(context, needs, totals),
          comments_http(comments, needs.directory.entries()), likes_http(likes, with_comment(needs.directory.entries(), comments)) {}

    Result<std::vector<content::Counts>> counts(std::span<SubjectId const> ids, Asking const& asking) override {
        return likes.counts(ids, asking.user);
    }

    static std::vector<SubjectEntry> with_comment(std::vector<SubjectEntry> entries, Comments& comments) {
        entries.push_back(comments.subject());
        return entries;
    }
};

// What a thing has below it goes with it.
std::vector<events::Listener> listeners(Comments& comments, std::vector<SubjectEntry> const& entries) {
    std::vector<events::Listener> out;
    for (auto const& entry : entries)
        if (entry.gone && (entry.takes.comments || entry.takes.reactions))
            out.push_back({"social.titles", entry.gone->source, entry.gone->event,
                [&comments, read = entry.gone->subject](db::Transaction& tx, events::Told const& told) -> Result<> {
                    MOZI_TRY(auto const id, read(told));
                    return comments.subject_gone(tx, id);
                }});
    return out;
}

} // namespace

std::span<EmbeddedFile const> social_migrations() { return mozi_social_schema(); }
std::vector<effects::Place> social_places() { return repository::places(); }

SocialModule make_social(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    SocialModule made;
    made.module.name = "social";
    made.module.routes = parts->comments_http.routes();
    for (auto& route : parts->likes_http.routes()) made.module.routes.push_back(std::move(route));
    made.module.subjects = {parts->comments.subject()};
    made.module.listeners = moderation::listeners("social.moderated", made.module.subjects);
    for (auto& listener : listeners(parts->comments, needs.directory.entries())) made.module.listeners.push_back(std::move(listener));
    made.module.owner = parts;
    made.engagement = parts;
    return made;
}

} // namespace mozi::social
