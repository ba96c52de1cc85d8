// What other modules may ask the media module.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozi::media {

using MediaId = Id<"media">;
using UserId = Id<"user">;

struct MediaSummary {
    MediaId id;
    UserId owner;
    std::string filename;
    std::string status; // UPLOADING, PROCESSING, READY, FAILED
    bool playable = false;
    bool hidden = false; // by moderation
    // Signed for `asking` where the medium is not public. Of a film with several sounds: the playlist that has them apart.
    std::optional<std::string> hls_url, poster_url;
    std::optional<double> duration_seconds;
    std::optional<bool> has_sound; // nothing until it plays
};

class Media {
public:
    virtual ~Media() = default;
    // Those that exist, in any order. At most 500. One query.
    virtual Result<std::vector<MediaSummary>> find_media(std::span<MediaId const> ids, Asking const& asking) = 0;
};

} // namespace mozi::media
