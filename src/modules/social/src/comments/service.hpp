// The rules of comments. Thread-safe; every function may answer "storage.*" besides the errors named.
#pragma once

#include "../likes/totals.hpp"
#include "repository.hpp"

#include <mozi/social/module.hpp>

namespace mozi::social {

class Comments {
public:
    Comments(ModuleContext const& context, Needs const& needs, Totals& totals);

    struct Asked {
        MovieId movie;
        std::optional<CommentId> parent; // nothing: top level
        http::Paging paging;
        repository::SortOrder order = repository::SortOrder::asc;
    };
    // Errors: "movie.not_found", "comment.not_found" (the parent), "request.cursor".
    Result<http::Page<CommentView>> list(Asked const& asked, http::Viewer const& viewer);
    // Errors: "comment.not_found".
    Result<CommentView> get(CommentId id, http::Call& call);
    // Errors: "movie.not_found", "comment.parent_not_found", "comment.parent_deleted".
    Result<CommentView> create(MovieId movie, std::string content, std::optional<CommentId> parent, http::Viewer const& viewer);
    // Errors: "comment.not_found", "comment.not_author", "request.if_match".
    Result<CommentView> edit(CommentId id, std::string content, http::Call& call);
    // Errors: "comment.not_found", "comment.not_author".
    Result<> remove(CommentId id, http::Viewer const& viewer);

    // The comment, when it is shown to everybody under a title that who asks may see. Error: "comment.not_found".
    Result<Comment> get_shown(CommentId id, http::Viewer const& viewer);
    Result<std::vector<CommentFacts>> find_comments(std::span<CommentId const> ids);

    // Reactions to events; idempotent.
    Result<> moderated(db::Transaction& tx, CommentId id, std::int64_t action, bool hide);
    Result<> title_deleted(db::Transaction& tx, MovieId movie);

private:
    using Reactions = std::unordered_map<CommentId, Reaction>;
    Result<Reactions> own_reactions(std::vector<Comment> const& comments, http::Viewer const& viewer);
    Result<std::vector<CommentView>> to_views(std::vector<Comment> const& comments, Reactions const& own, http::Viewer const& viewer);
    Result<CommentView> to_view(Comment const& comment, http::Viewer const& viewer);
    Result<Comment> find_row(CommentId id);
    Result<> check_title(Comment const& comment, http::Viewer const& viewer);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    Needs needs_;
    Totals& totals_;
};

inline Asking asking(http::Viewer const& viewer) { return {viewer.id, viewer.session, viewer.moderates()}; }

} // namespace mozi::social
