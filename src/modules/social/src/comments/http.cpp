// Addresses of comments.
#include "http.hpp"

namespace mozi::social {

using http::Access;
using http::Call;
using http::Lane;
using http::Method;
using http::route;

std::vector<http::Route> CommentsHttp::routes() {
    return {
        route<&CommentsHttp::list>(*this, Method::get, "/api/movies/{id}/comments", "listComments", "Comments under a title", Access::reader, 200, {"movie.not_found", "comment.not_found", "request.cursor"}),
        route<&CommentsHttp::create>(*this, Method::post, "/api/movies/{id}/comments", "createComment", "Comment on a title, or answer a comment", Access::member, 201,
                                     {"movie.not_found", "comment.parent_not_found", "comment.parent_deleted"}),
        route<&CommentsHttp::get>(*this, Method::get, "/api/comments/{id}", "getComment", "One comment", Access::reader, 200, {"comment.not_found"}, {.lane = Lane::quick}),
        route<&CommentsHttp::update>(*this, Method::put, "/api/comments/{id}", "updateComment", "Change one's own comment", Access::member, 200, {"comment.not_found", "comment.not_author", "request.if_match"}),
        route<&CommentsHttp::remove>(*this, Method::delete_, "/api/comments/{id}", "deleteComment", "Delete one's own comment; moderators any", Access::member, 204, {"comment.not_found", "comment.not_author"}),
    };
}

Result<http::Page<CommentView>> CommentsHttp::list(Call& call, ListComments const& in) { return comments_.list({in.id, in.parent_id, in, in.sort_order}, call.viewer); }

Result<CommentView> CommentsHttp::create(Call& call, CreateComment& in) {
    MOZI_TRY(auto made, comments_.create(in.id, std::move(in.content), in.parent_id, call.viewer));
    call.location("/api/comments/" + made.id.text());
    return made;
}

Result<CommentView> CommentsHttp::get(Call& call, OneComment const& in) { return comments_.get(in.id, call); }

Result<CommentView> CommentsHttp::update(Call& call, UpdateComment& in) { return comments_.edit(in.id, std::move(in.content), call); }

Result<void> CommentsHttp::remove(Call& call, OneComment const& in) { return comments_.remove(in.id, call.viewer); }

} // namespace mozi::social
