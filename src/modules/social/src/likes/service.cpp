// The rules of reactions.
#include "service.hpp"

#include "repository.hpp"

namespace mozi::social {

Likes::Likes(ModuleContext const& context, Needs const& needs, Comments& comments) : database_(context.database), clock_(context.clock), needs_(needs), comments_(comments) {}

Result<ReactionView> Likes::like_title(MovieId id, Reaction type, http::Viewer const& viewer) {
    MOZI_CHECK(needs_.titles.get_visible(id, asking(viewer)));
    return database_.write([&](db::Transaction& tx) -> Result<ReactionView> {
        if (!repository::lock_title(*tx, id)) return not_found("movie.not_found");
        if (repository::like_title(*tx, id, viewer.id, type, clock_.now())) tx.touch(needs_.engagement);
        return ReactionView{type, repository::title_likes(*tx, id)};
    });
}

Result<ReactionView> Likes::like_comment(CommentId id, Reaction type, http::Viewer const& viewer) {
    MOZI_CHECK(comments_.get_shown(id, viewer));
    return database_.write([&](db::Transaction& tx) -> Result<ReactionView> {
        if (!repository::lock_comment(*tx, id)) return not_found("comment.not_found");
        auto const comment = repository::find(*tx, id);
        if (!comment || !comment->shown()) return not_found("comment.not_found");
        repository::like_comment(*tx, id, viewer.id, type, clock_.now());
        return ReactionView{type, repository::comment_likes(*tx, id)};
    });
}

Result<> Likes::unlike_title(MovieId id, http::Viewer const& viewer) {
    MOZI_CHECK(needs_.titles.get_visible(id, asking(viewer)));
    return database_.write([&](db::Transaction& tx) -> Result<> {
        if (!repository::lock_title(*tx, id)) return not_found("movie.not_found");
        if (repository::unlike_title(*tx, id, viewer.id)) tx.touch(needs_.engagement);
        return {};
    });
}

Result<> Likes::unlike_comment(CommentId id, http::Viewer const& viewer) {
    MOZI_CHECK(comments_.get_shown(id, viewer));
    return database_.write([&](db::Transaction& tx) -> Result<> {
        if (!repository::lock_comment(*tx, id)) return not_found("comment.not_found");
        repository::unlike_comment(*tx, id, viewer.id);
        return {};
    });
}

Result<std::vector<TitleCounts>> Likes::title_counts(std::span<MovieId const> ids, UserId viewer) {
    if (ids.empty()) return std::vector<TitleCounts>{};
    return database_.read([&](db::Connection& c) -> Result<std::vector<TitleCounts>> { return repository::title_counts(c, ids, viewer); });
}

} // namespace mozi::social
