// Addresses of reactions.
#pragma once

#include "service.hpp"

namespace mozi::social {

template <class IdType>
struct SetReaction {
    IdType id;
    Reaction type = Reaction::like;
    static std::string schema_name() { return "SetReaction"; }
    static constexpr auto fields() {
        return std::tuple{json::field("id", &SetReaction::id, {.where = json::Where::path}), json::field("type", &SetReaction::type, {.absent = json::Absent::keeps_default, .help = "LIKE when absent."})};
    }
};

template <class IdType>
struct DropReaction {
    IdType id;
    static constexpr auto fields() { return std::tuple{json::field("id", &DropReaction::id, {.where = json::Where::path})}; }
};

class LikesHttp {
public:
    explicit LikesHttp(Likes& likes) : likes_(likes) {}
    std::vector<http::Route> routes();

    Result<ReactionView> like_title(http::Call& call, SetReaction<MovieId> const& in) { return likes_.like_title(in.id, in.type, call.viewer); }
    Result<void> unlike_title(http::Call& call, DropReaction<MovieId> const& in) { return likes_.unlike_title(in.id, call.viewer); }
    Result<ReactionView> like_comment(http::Call& call, SetReaction<CommentId> const& in) { return likes_.like_comment(in.id, in.type, call.viewer); }
    Result<void> unlike_comment(http::Call& call, DropReaction<CommentId> const& in) { return likes_.unlike_comment(in.id, call.viewer); }

private:
    Likes& likes_;
};

} // namespace mozi::social
