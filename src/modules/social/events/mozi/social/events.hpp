// What the social module tells.
#pragma once

#include <mozi/base/subject.hpp>
#include <mozi/json/describe.hpp>

namespace mozi::social {

// Version 1 knew titles alone.
template <class E>
constexpr auto below() {
    return std::tuple{
        json::field("commentId", &E::comment_id), json::field("contentType", &E::kind), json::field("contentId", &E::subject_id)};
}

struct CommentCreated {
    static constexpr std::string_view source = "social", name = "social.comment.created";
    static constexpr int version = 2;
    Id<"comment"> comment_id;
    SubjectKind kind = SubjectKind::movie;
    SubjectId subject_id;
    Id<"user"> author_id;
    std::optional<Id<"comment">> parent_id;
    std::optional<Id<"user">> parent_author_id; // who was answered
    std::string content;
    static constexpr auto fields() {
        using json::field;
        return std::tuple_cat(below<CommentCreated>(),
            std::tuple{field("authorId", &CommentCreated::author_id), field("parentId", &CommentCreated::parent_id),
                field("parentAuthorId", &CommentCreated::parent_author_id), field("content", &CommentCreated::content)});
    }
};

struct CommentUpdated {
    static constexpr std::string_view source = "social", name = "social.comment.updated";
    static constexpr int version = 2;
    Id<"comment"> comment_id;
    SubjectKind kind = SubjectKind::movie;
    SubjectId subject_id;
    std::string content;
    static constexpr auto fields() {
        return std::tuple_cat(below<CommentUpdated>(), std::tuple{json::field("content", &CommentUpdated::content)});
    }
};

struct CommentDeleted {
    static constexpr std::string_view source = "social", name = "social.comment.deleted";
    static constexpr int version = 2;
    Id<"comment"> comment_id;
    SubjectKind kind = SubjectKind::movie;
    SubjectId subject_id;
    static constexpr auto fields() { return below<CommentDeleted>(); }
};

} // namespace mozi::social
