// What the social module tells.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::social {

struct CommentCreated {
    static constexpr std::string_view source = "social", name = "social.comment.created";
    static constexpr int version = 1;
    Id<"comment"> comment_id;
    Id<"movie"> movie_id;
    Id<"user"> author_id;
    std::optional<Id<"comment">> parent_id;
    std::optional<Id<"user">> parent_author_id; // who was answered
    std::string content;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("commentId", &CommentCreated::comment_id), field("movieId", &CommentCreated::movie_id), field("authorId", &CommentCreated::author_id),
                          field("parentId", &CommentCreated::parent_id), field("parentAuthorId", &CommentCreated::parent_author_id),
                          field("content", &CommentCreated::content, {.max = 1000, .format = json::Format::text})};
    }
};

struct CommentUpdated {
    static constexpr std::string_view source = "social", name = "social.comment.updated";
    static constexpr int version = 1;
    Id<"comment"> comment_id;
    Id<"movie"> movie_id;
    std::string content;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("commentId", &CommentUpdated::comment_id), field("movieId", &CommentUpdated::movie_id),
                          field("content", &CommentUpdated::content, {.max = 1000, .format = json::Format::text})};
    }
};

struct CommentDeleted {
    static constexpr std::string_view source = "social", name = "social.comment.deleted";
    static constexpr int version = 1;
    Id<"comment"> comment_id;
    Id<"movie"> movie_id;
    static constexpr auto fields() { return std::tuple{json::field("commentId", &CommentDeleted::comment_id), json::field("movieId", &CommentDeleted::movie_id)}; }
};

} // namespace mozi::social
