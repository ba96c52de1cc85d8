// What the content module needs of others: ports, filled in by app. Others ask about titles through the directory of subjects.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozi::content {

using MovieId = Id<"movie">;
using MediaId = Id<"media">;
using UserId = Id<"user">;

struct Counts {
    std::int64_t likes = 0, comments = 0;
    std::optional<std::string> liked_by_me; // reaction name
};

class Engagement {
public:
    virtual ~Engagement() = default;
    // One entry per id, in order. At most two queries.
    virtual Result<std::vector<Counts>> counts(std::span<MovieId const> ids, Asking const& asking) = 0;
};

struct Video {
    MediaId media_id;
    std::string status; // UPLOADING, PROCESSING, READY, FAILED
    bool playable = false;
    std::optional<std::string> hls_url, poster_url;
    std::optional<double> duration_seconds;
    std::optional<bool> has_sound; // nothing until it plays
};

class Videos {
public:
    virtual ~Videos() = default;
    // One entry per id, in order; nothing for one that does not exist or is hidden from who asks.
    virtual Result<std::vector<std::optional<Video>>> find(std::span<MediaId const> ids, Asking const& asking) = 0;
    // Error "media.not_found" when it is not an upload of that person.
    virtual Result<> check_owner(MediaId id, UserId owner) = 0;
};

} // namespace mozi::content
