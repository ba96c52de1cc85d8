// How often things were liked and commented on: what comments and likes both move.
#pragma once

#include <mozi/base/subject.hpp>
#include <mozi/content/api.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/social/api.hpp>

namespace mozi::social {

using content::Counts;

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

} // namespace mozi::social
