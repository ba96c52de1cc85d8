// The six reactions.
#pragma once

#include <mozi/base/enum.hpp>
#include <mozi/json/describe.hpp>

namespace mozi::social {

enum class Reaction { like, love, laugh, angry, sad, wow };
constexpr auto names(Reaction) {
    return std::array{std::pair{Reaction::like, "LIKE"sv}, std::pair{Reaction::love, "LOVE"sv}, std::pair{Reaction::laugh, "LAUGH"sv},
        std::pair{Reaction::angry, "ANGRY"sv}, std::pair{Reaction::sad, "SAD"sv}, std::pair{Reaction::wow, "WOW"sv}};
}

struct ReactionView {
    Reaction type = Reaction::like;
    std::int64_t likes_count = 0;
    static constexpr auto fields() {
        return std::tuple{json::field("type", &ReactionView::type), json::field("likesCount", &ReactionView::likes_count)};
    }
};

} // namespace mozi::social
