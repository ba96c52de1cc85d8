// Comments as rows and on the wire.
#pragma once

#include "../counts/model.hpp"
#include "../likes/model.hpp"

#include <mozi/db/rows.hpp>
#include <mozi/http/route.hpp>
#include <mozi/social/api.hpp>
#include <mozi/user/api.hpp>

namespace mozi::social {

constexpr json::Rules comment_words{.min = 1, .max = 1000, .format = json::Format::text};
constexpr int deepest = 8; // replies below stay beside each other under their ancestor of this depth

struct Comment {
    CommentId id;
    Subject subject; // what it is about
    CommentId parent; // 0: top level
    int depth = 0;
    UserId author;
    std::string content;
    bool edited = false, deleted = false;
    bool hidden = false; // by moderation
    bool listed = true; // shown, or a tombstone above something listed
    std::int64_t version = 1;
    Time created_at, updated_at;
    std::int64_t likes = 0, replies = 0; // the direct ones, neither hidden nor deleted
    std::int64_t listed_replies = 0, kept_replies = 0; // with tombstones; rows

    bool shown() const { return !deleted && !hidden; }

    static constexpr db::Table table{"comment", "c", "JOIN subject_count n ON n.subject_id = c.id"};
    static constexpr auto columns() {
        using db::column;
        using db::computed;
        return std::tuple{column("id", &Comment::id), column("subject_kind", &Comment::subject, &Subject::kind),
            column("subject_id", &Comment::subject, &Subject::id), column("parent_id", &Comment::parent), column("depth", &Comment::depth),
            column("author_id", &Comment::author), column("content", &Comment::content), column("is_edited", &Comment::edited),
            column("is_deleted", &Comment::deleted), column("is_hidden", &Comment::hidden), column("is_listed", &Comment::listed),
            column("version", &Comment::version), column("created_at", &Comment::created_at), column("updated_at", &Comment::updated_at),
            computed("n.likes", &Comment::likes), computed("n.comments", &Comment::replies), computed("n.listed", &Comment::listed_replies),
            computed("n.kept", &Comment::kept_replies)};
    }
};

enum class Tombstone { deleted, hidden };
constexpr auto names(Tombstone) { return std::array{std::pair{Tombstone::deleted, "DELETED"sv}, std::pair{Tombstone::hidden, "HIDDEN"sv}}; }

struct CommentView {
    CommentId id;
    SubjectKind kind = SubjectKind::movie;
    SubjectId subject_id;
    std::optional<Id<"movie">> movie_id;
    std::optional<CommentId> parent_id;
    std::string content;
    std::optional<user::Person> author;
    std::int64_t likes_count = 0, replies_count = 0;
    bool has_replies = false;
    std::optional<Reaction> liked_by_me;
    int depth = 0;
    bool is_edited = false, is_deleted = false, hidden = false;
    std::optional<Tombstone> tombstone;
    bool can_edit = false;
    Time created_at, updated_at;
    std::int64_t version = 1; // of its words, for the ETag

    static std::string schema_name() { return "Comment"; }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &CommentView::id), field("contentType", &CommentView::kind, {.help = "What it is about."}),
            field("contentId", &CommentView::subject_id),
            field("movieId", &CommentView::movie_id, {.help = "Where it is about a movie: contentId."}),
            field("parentId", &CommentView::parent_id),
            field("content", &CommentView::content, {.max = comment_words.max, .format = comment_words.format}),
            field("author", &CommentView::author), field("likesCount", &CommentView::likes_count),
            field("repliesCount", &CommentView::replies_count, {.help = "Direct replies that are neither hidden nor deleted."}),
            field("hasReplies", &CommentView::has_replies, {.help = "There is something to list below it, be it a tombstone."}),
            field("likedByMe", &CommentView::liked_by_me), field("depth", &CommentView::depth), field("isEdited", &CommentView::is_edited),
            field("isDeleted", &CommentView::is_deleted),
            field("hidden", &CommentView::hidden, {.help = "By moderation; only moderators see it true."}),
            field("tombstone", &CommentView::tombstone,
                {.help = "Why there is only a place left: its words are gone or hidden, its replies are not."}),
            field("canEdit", &CommentView::can_edit), field("createdAt", &CommentView::created_at),
            field("updatedAt", &CommentView::updated_at)};
    }
};

} // namespace mozi::social
