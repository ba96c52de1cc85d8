// What other modules may ask the social module.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/clock.hpp>
#include <mozi/base/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozi::social {

using CommentId = Id<"comment">;
using MovieId = Id<"movie">;
using UserId = Id<"user">;

struct CommentFacts {
    CommentId id;
    MovieId movie;
    UserId author;
    std::string content;
    bool hidden = false, deleted = false;
    Time created_at;
};

struct TitleCounts {
    std::int64_t likes = 0, comments = 0;
    std::optional<std::string> liked_by_me;
};

class Social {
public:
    virtual ~Social() = default;
    // Those that exist, whatever their state. At most 500. One query.
    virtual Result<std::vector<CommentFacts>> find_comments(std::span<CommentId const> ids) = 0;
    // One entry per title, in order. One query for totals, one for the own reaction.
    virtual Result<std::vector<TitleCounts>> title_counts(std::span<MovieId const> ids, UserId viewer) = 0;
};

} // namespace mozi::social
