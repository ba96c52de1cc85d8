// The rules of reactions: one per person and thing, exact totals. Thread-safe.
#pragma once

#include "../comments/service.hpp"
#include "model.hpp"

namespace mozi::social {

class Likes {
public:
    Likes(ModuleContext const& context, Needs const& needs, Comments& comments, Totals& totals);

    // Sets the viewer's reaction; the same again changes nothing. Errors: "movie.not_found", "comment.not_found".
    Result<ReactionView> like_title(MovieId id, Reaction type, http::Viewer const& viewer);
    Result<ReactionView> like_comment(CommentId id, Reaction type, http::Viewer const& viewer);
    // Takes it back; fine when there is none. The same errors.
    Result<> unlike_title(MovieId id, http::Viewer const& viewer);
    Result<> unlike_comment(CommentId id, http::Viewer const& viewer);

    // One entry per title, in order.
    Result<std::vector<TitleCounts>> title_counts(std::span<MovieId const> ids, UserId viewer);

private:
    db::Database& database_;
    Clock const& clock_;
    Needs needs_;
    Comments& comments_;
    Totals& totals_;
};

} // namespace mozi::social
