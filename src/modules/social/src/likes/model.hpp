// The six reactions.
#pragma once

#include <mozi/base/enum.hpp>
#include <mozi/base/subject.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/json/describe.hpp>

namespace mozi::social {

enum class Reaction { like, love, laugh, angry, sad, wow };
constexpr auto names(Reaction) {
    return std::array{std::pair{Reaction::like, "LIKE"sv}, std::pair{Reaction::love, "LOVE"sv}, std::pair{Reaction::laugh, "LAUGH"sv},
        std::pair{Reaction::angry, "ANGRY"sv}, std::pair{Reaction::sad, "SAD"sv}, std::pair{Reaction::wow, "WOW"sv}};
}

// Of a thing people comment on, or of a comment.
struct SubjectCount {
    SubjectId id;
    std::int64_t likes = 0;
    std::int64_t comments = 0; // all below a thing, the direct replies to a comment; neither hidden nor deleted
    std::int64_t listed = 0, kept = 0; // right below it: with tombstones; rows
    bool gone = false; // nothing is added any more
    static constexpr db::Table table{"subject_count", "n"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("subject_id", &SubjectCount::id), column("likes", &SubjectCount::likes),
            column("comments", &SubjectCount::comments), column("listed", &SubjectCount::listed), column("kept", &SubjectCount::kept),
            column("is_gone", &SubjectCount::gone)};
    }
};

struct ReactionView {
    Reaction type = Reaction::like;
    std::int64_t likes_count = 0;
    static constexpr auto fields() {
        return std::tuple{json::field("type", &ReactionView::type), json::field("likesCount", &ReactionView::likes_count)};
    }
};

} // namespace mozi::social
