// What everybody who answers for content::Engagement is held to: the social module, and what stands for it in content's tests.
#pragma once

#include "show.hpp"

#include <mozi/content/api.hpp>

namespace mozi::test {

// `loved` has two reactions, of `fan` a LOVE, of `other` another; nobody has done anything to `plain`.
struct KnownReactions {
    SubjectId loved, plain;
    content::UserId fan, other;
};

inline void check_engagement(content::Engagement& engagement, KnownReactions const& known) {
    std::vector<SubjectId> const ids{known.plain, known.loved, known.plain};
    auto const counts = [&](content::UserId viewer) {
        auto found = engagement.counts(ids, {.user = viewer});
        REQUIRE(found);
        REQUIRE(found->size() == ids.size()); // one entry each, in the order asked
        CHECK((*found)[1].likes == 2);
        for (auto const at : {0, 2}) {
            auto const& plain = (*found)[std::size_t(at)];
            CHECK(plain.likes == 0);
            CHECK(plain.comments == 0);
            CHECK_FALSE(plain.liked_by_me);
        }
        return (*found)[1].liked_by_me;
    };
    CHECK(counts(known.fan) == "LOVE");
    auto const others = counts(known.other);
    CHECK(others.has_value());
    CHECK(others != "LOVE");
    CHECK(counts({}) == std::nullopt); // a visitor
    CHECK(counts({997}) == std::nullopt);
    auto const none = engagement.counts({}, {});
    CHECK((none && none->empty()));
}

} // namespace mozi::test
