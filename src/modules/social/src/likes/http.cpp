// Addresses of reactions.
#include "http.hpp"

namespace mozi::social {

using http::Access;
using http::Method;
using http::route;

std::vector<http::Route> LikesHttp::routes() {
    return {
        route<&LikesHttp::like_title>(*this, Method::put, "/api/movies/{id}/like", "likeMovie", "React to a title; again with another type changes it", Access::member, 200, {"movie.not_found"}),
        route<&LikesHttp::unlike_title>(*this, Method::delete_, "/api/movies/{id}/like", "unlikeMovie", "Take the reaction back", Access::member, 204, {"movie.not_found"}),
        route<&LikesHttp::like_comment>(*this, Method::put, "/api/comments/{id}/like", "likeComment", "React to a comment; again with another type changes it", Access::member, 200, {"comment.not_found"}),
        route<&LikesHttp::unlike_comment>(*this, Method::delete_, "/api/comments/{id}/like", "unlikeComment", "Take the reaction back", Access::member, 204, {"comment.not_found"}),
    };
}

} // namespace mozi::social
