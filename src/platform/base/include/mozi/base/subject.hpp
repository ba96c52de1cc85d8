// What people point at: a comment, a reaction, a report and a decision know a subject, and ask the directory for the rest of it.
#pragma once

#include <mozi/base/all_named.hpp>
#include <mozi/base/enum.hpp>
#include <mozi/base/id.hpp>

#include <compare>
#include <span>
#include <string>
#include <vector>

namespace mozi {

// Every kind of thing there is. Who owns it hands over its entry (mozi/subject/subject.hpp); a kind without one does not start.
enum class SubjectKind { movie, comment, media, user_profile };
constexpr auto names(SubjectKind) {
    return std::array{std::pair{SubjectKind::movie, "MOVIE"sv}, std::pair{SubjectKind::comment, "COMMENT"sv},
        std::pair{SubjectKind::media, "MEDIA"sv}, std::pair{SubjectKind::user_profile, "USER_PROFILE"sv}};
}
static_assert(all_named<SubjectKind>(), "every kind of thing has a name of its own");

// The id of the thing itself: ids are unique across nouns, so that it alone is a key.
using SubjectId = Id<"subject">;
using ActionId = Id<"action">; // of a moderator's decision

template <Noun noun>
constexpr SubjectId subject_id(Id<noun> id) {
    return {id.value};
}

// The same ids as their owner types them.
template <class IdType>
std::vector<IdType> ids_as(std::span<SubjectId const> ids) {
    std::vector<IdType> out;
    out.reserve(ids.size());
    for (auto const id : ids) out.push_back({id.value});
    return out;
}

struct Subject {
    SubjectKind kind = SubjectKind::movie;
    SubjectId id;
    auto operator<=>(Subject const&) const = default;
    std::string text() const { return std::string(to_text(kind)) + " " + id.text(); }
    // Its id as its owner types it.
    template <class IdType>
    IdType as() const {
        return {id.value};
    }
};

} // namespace mozi
