// The social module's wiring.
#include "comments/http.hpp"
#include "comments/subscribers.hpp"
#include "likes/http.hpp"

namespace mozi {
std::span<EmbeddedFile const> mozi_social_schema();
}

namespace mozi::social {

namespace {

struct Parts final : Social {
    Totals totals;
    Comments comments;
    Likes likes;
    CommentsHttp comments_http{comments};
    LikesHttp likes_http{likes};
    Parts(ModuleContext const& context, Needs const& needs) : totals(context.database, needs.engagement), comments(context, needs, totals), likes(context, needs, comments, totals) {}

    Result<std::vector<CommentFacts>> find_comments(std::span<CommentId const> ids) override { return comments.find_comments(ids); }
    Result<std::vector<TitleCounts>> title_counts(std::span<MovieId const> ids, UserId viewer) override { return likes.title_counts(ids, viewer); }
};

} // namespace

std::span<EmbeddedFile const> social_migrations() { return mozi_social_schema(); }

SocialModule make_social(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    SocialModule made;
    made.module.name = "social";
    made.module.routes = parts->comments_http.routes();
    for (auto& route : parts->likes_http.routes()) made.module.routes.push_back(std::move(route));
    made.module.listeners = listeners(parts->comments);
    made.module.owner = parts;
    made.social = std::shared_ptr<Social>(parts, parts.get());
    return made;
}

} // namespace mozi::social
