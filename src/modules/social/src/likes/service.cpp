// The rules of reactions.
#include "service.hpp"

#include "repository.hpp"

namespace mozi::social {

Likes::Likes(ModuleContext const& context, Needs const& needs, Comments& comments, Totals& totals)
    : database_(context.database), clock_(context.clock), needs_(needs), comments_(comments), totals_(totals) {}

Result<ReactionView> Likes::like_title(MovieId id, Reaction type, http::Viewer const& viewer) {
    MOZI_CHECK(needs_.titles.get_visible(id, asking(viewer)));
    return database_.write([&](db::Transaction& tx) -> Result<ReactionView> {
        if (!repository::lock_title(*tx, id)) return not_found("movie.not_found");
        if (repository::like_title(*tx, id, viewer.id, type, clock_.now())) totals_.changed(tx, id);
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
        if (repository::unlike_title(*tx, id, viewer.id)) totals_.changed(tx, id);
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
    MOZI_TRY(auto counts, totals_.find(ids));
    if (!viewer) return counts;
    MOZI_TRY(auto own, database_.read([&](db::Connection& c) -> Result<std::unordered_map<MovieId, std::string>> { return repository::own_title_reactions(c, ids, viewer); }));
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (auto const at = own.find(ids[i]); at != own.end()) counts[i].liked_by_me = at->second;
    return counts;
}

} // namespace mozi::social
