// Addresses of comments.
#include "http.hpp"

#include "../operations.hpp"

namespace mozi::social {

using http::Access;
using http::Call;
using http::Lane;
using http::Method;
using http::route;

CommentsHttp::CommentsHttp(Comments& comments, std::vector<SubjectEntry> const& entries) : comments_(comments) {
    for (auto const& entry : entries)
        if (entry.takes.comments) doors_.push_back({comments, entry});
}

std::vector<http::Route> CommentsHttp::routes() {
    std::vector<http::Route> out;
    for (auto& door : doors_) {
        auto const kind = door.entry.kind;
        auto const path = std::string(door.entry.path) + "/{id}/comments";
        auto const name = kind == SubjectKind::movie ? std::string() : operation_noun(kind); // the first there was has the plain name
        out.push_back(route<&Door::list>(door, Method::get, path, "list" + name + "Comments", "Comments on a " + spoken(kind),
            Access::reader, 200, {door.entry.missing.id, "comment.not_found", "request.cursor"}));
        out.push_back(route<&Door::create, &Door::look>(door, Method::post, path, "create" + name + "Comment",
            "Comment on a " + spoken(kind) + ", or answer a comment", Access::member, 201,
            {door.entry.missing.id, "comment.parent_not_found", "comment.parent_deleted", "comment.too_many"}));
    }
    out.push_back(route<&CommentsHttp::get>(*this, Method::get, "/api/comments/{id}", "getComment", "One comment", Access::reader, 200,
        {"comment.not_found"}, {.lane = Lane::quick}));
    out.push_back(route<&CommentsHttp::update>(*this, Method::put, "/api/comments/{id}", "updateComment", "Change one's own comment",
        Access::member, 200, {"comment.not_found", "comment.not_author", "comment.hidden"}));
    out.push_back(route<&CommentsHttp::remove>(*this, Method::delete_, "/api/comments/{id}", "deleteComment", "Delete one's own comment",
        Access::member, 204, {"comment.not_found", "comment.not_author", "comment.hidden"}));
    return out;
}

Result<Page<CommentView>> CommentsHttp::Door::list(Call& call, ListComments const& in) {
    return comments.list({{entry.kind, in.id}, in.parent_id, in, in.sort_order}, call.asking());
}

Result<CommentView> CommentsHttp::Door::create(Call& call, CreateComment& in) {
    MOZI_TRY(auto made, comments.create({entry.kind, in.id}, std::move(in.content), in.parent_id, call.asking()));
    call.location("/api/comments/" + made.id.text());
    return made;
}

Result<CommentView> CommentsHttp::versioned(Call& call, Result<CommentView> view) {
    if (view) call.version = std::to_string(view->version);
    return view;
}

Result<CommentView> CommentsHttp::get(Call& call, OneComment const& in) { return versioned(call, comments_.get(in.id, call.asking())); }

Result<CommentView> CommentsHttp::update(Call& call, UpdateComment& in, Precondition const& fits) {
    return versioned(call, comments_.edit(in.id, std::move(in.content), fits, call.asking()));
}

Result<void> CommentsHttp::remove(Call& call, OneComment const& in) { return comments_.remove(in.id, call.asking()); }

} // namespace mozi::social
