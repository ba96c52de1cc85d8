// Addresses of reactions: two for each kind that takes them.
#pragma once

#include "service.hpp"

#include <mozi/http/route.hpp>

#include <deque>

namespace mozi::social {

struct SetReaction {
    SubjectId id;
    Reaction type = Reaction::like;
    static std::string schema_name() { return "SetReaction"; }
    static constexpr auto fields() {
        return std::tuple{json::field("id", &SetReaction::id, {.where = json::Where::path}),
            json::field("type", &SetReaction::type, {.absent = json::Absent::keeps_default, .help = "LIKE when absent."})};
    }
};

struct DropReaction {
    SubjectId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &DropReaction::id, {.where = json::Where::path})}; }
};

class LikesHttp {
public:
    LikesHttp(Likes& likes, std::vector<SubjectEntry> const& entries);
    std::vector<http::Route> routes();

private:
    struct Door {
        Likes& likes;
        SubjectEntry entry;
        template <class In>
        Result<> look(http::Call& call, In const& in) {
            return likes.check({entry.kind, in.id}, call.asking());
        }
        Result<ReactionView> like(http::Call& call, SetReaction const& in) {
            return likes.like({entry.kind, in.id}, in.type, call.asking());
        }
        Result<void> unlike(http::Call& call, DropReaction const& in) { return likes.unlike({entry.kind, in.id}, call.asking()); }
    };
    std::deque<Door> doors_;
};

} // namespace mozi::social
