// What other modules may ask the content module, and what it needs of others (ports, filled in by app).
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

struct Title {
    MovieId id;
    std::string title;
    UserId created_by;
    std::optional<MediaId> media;
    bool released = false;
    bool hidden = false; // by moderation
};

class Titles {
public:
    virtual ~Titles() = default;
    // Those that exist, in any order. At most 500. One query.
    virtual Result<std::vector<Title>> find_titles(std::span<MovieId const> ids) = 0;
    // Error "movie.not_found" when it is missing or invisible to who asks: not released (but for its creator and moderators), or
    // hidden (but for moderators).
    virtual Result<Title> get_visible(MovieId id, Asking const& asking) = 0;
};

// --- ports ------------------------------------------------------------------------------------------------------------------

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
