// What everybody who answers for content::Videos is held to: the media module, and what stands for it in content's tests.
#pragma once

#include "show.hpp"

#include <mozi/content/api.hpp>

namespace mozi::test {

struct KnownVideos {
    content::MediaId ready, nothing; // `ready` is a film that plays, of `owner`
    content::UserId owner, other;
};

inline void check_videos(content::Videos& videos, KnownVideos const& known) {
    std::vector<content::MediaId> const ids{known.nothing, known.ready, known.nothing};
    auto const found = videos.find(ids, {.user = known.owner, .session = {known.owner.value}});
    REQUIRE(found);
    REQUIRE(found->size() == ids.size()); // one entry each, in the order asked
    CHECK_FALSE(found->front());
    CHECK_FALSE(found->back());
    auto const& ready = (*found)[1];
    REQUIRE(ready);
    CHECK(ready->media_id == known.ready);
    CHECK(ready->status == content::VideoStatus::ready);
    CHECK(ready->playable);
    CHECK(ready->hls_url.value_or("").starts_with("/media/" + known.ready.text() + "/"));
    CHECK(ready->duration_seconds.value_or(0) > 0);
    CHECK(ready->has_sound.has_value());
    auto const none = videos.find({}, {});
    CHECK((none && none->empty()));

    CHECK(videos.check_may_show(known.ready, known.owner));
    for (auto const& refused : {videos.check_may_show(known.ready, known.other), videos.check_may_show(known.nothing, known.owner)}) {
        REQUIRE_FALSE(refused);
        CHECK(refused.error().id == "media.not_found");
    }
}

} // namespace mozi::test
