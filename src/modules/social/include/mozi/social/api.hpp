// What other modules may ask the social module. About comments they ask the directory of subjects.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/result.hpp>
#include <mozi/base/subject.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozi::social {

using CommentId = Id<"comment">;
using UserId = Id<"user">;

struct Counts {
    std::int64_t likes = 0, comments = 0;
    std::optional<std::string> liked_by_me;
};

class Social {
public:
    virtual ~Social() = default;
    // One entry per subject, in order. One query for totals, one for the own reaction.
    virtual Result<std::vector<Counts>> counts(std::span<SubjectId const> ids, UserId viewer) = 0;
};

} // namespace mozi::social
