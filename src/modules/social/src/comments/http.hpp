// Addresses of comments: two for each kind that takes them, and those of a comment.
#pragma once

#include "service.hpp"

#include <deque>

namespace mozi::social {

enum class CommentSort { created_at };
constexpr auto names(CommentSort) { return std::array{std::pair{CommentSort::created_at, "createdAt"sv}}; }

struct ListComments : Paging {
    SubjectId id;
    std::optional<CommentId> parent_id;
    CommentSort sort_by = CommentSort::created_at;
    SortOrder sort_order = SortOrder::asc;
    static constexpr auto fields() {
        using json::field;
        using json::Where;
        return std::tuple_cat(paging_fields<ListComments>(),
            std::tuple{field("id", &ListComments::id, {.where = Where::path}),
                field("parentId", &ListComments::parent_id,
                    {.where = Where::query, .help = "Replies to that comment; absent: the top level."}),
                field("sortBy", &ListComments::sort_by, {.where = Where::query, .absent = json::Absent::keeps_default}),
                field("sortOrder", &ListComments::sort_order, {.where = Where::query, .absent = json::Absent::keeps_default})});
    }
};

struct CreateComment {
    SubjectId id;
    std::string content;
    std::optional<CommentId> parent_id;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &CreateComment::id, {.where = json::Where::path}),
            field("content", &CreateComment::content, comment_words), field("parentId", &CreateComment::parent_id)};
    }
};

struct UpdateComment {
    CommentId id;
    std::string content;
    static constexpr auto fields() {
        return std::tuple{json::field("id", &UpdateComment::id, {.where = json::Where::path}),
            json::field("content", &UpdateComment::content, comment_words)};
    }
};

struct OneComment {
    CommentId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &OneComment::id, {.where = json::Where::path})}; }
};

class CommentsHttp {
public:
    CommentsHttp(Comments& comments, std::vector<SubjectEntry> const& entries);
    std::vector<http::Route> routes();

    Result<CommentView> get(http::Call& call, OneComment const& in);
    Result<CommentView> update(http::Call& call, UpdateComment& in, Precondition const& fits);
    Result<void> remove(http::Call& call, OneComment const& in);

private:
    struct Door {
        Comments& comments;
        SubjectEntry entry;
        Result<Page<CommentView>> list(http::Call& call, ListComments const& in);
        Result<> look(http::Call& call, CreateComment const& in) { return comments.check({entry.kind, in.id}, call.asking()); }
        Result<CommentView> create(http::Call& call, CreateComment& in);
    };
    static Result<CommentView> versioned(http::Call& call, Result<CommentView> view);
    Comments& comments_;
    std::deque<Door> doors_;
};

} // namespace mozi::social
