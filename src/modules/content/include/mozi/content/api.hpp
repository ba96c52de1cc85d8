// What the content module needs of others: ports. Their owners implement them, app brings them together. Others ask about titles
// through the directory of subjects.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/subject.hpp>
#include <mozi/json/describe.hpp>

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
    // One entry per subject, in order. At most two queries.
    virtual Result<std::vector<Counts>> counts(std::span<SubjectId const> ids, Asking const& asking) = 0;
};

enum class VideoStatus { uploading, processing, ready, failed };
constexpr auto names(VideoStatus) {
    return std::array{std::pair{VideoStatus::uploading, "UPLOADING"sv}, std::pair{VideoStatus::processing, "PROCESSING"sv},
        std::pair{VideoStatus::ready, "READY"sv}, std::pair{VideoStatus::failed, "FAILED"sv}};
}

struct Video {
    MediaId media_id;
    VideoStatus status = VideoStatus::uploading;
    bool playable = false;
    // Signed for who asks where it is not public. Of a film with several sounds: the playlist that has them apart.
    std::optional<std::string> hls_url, poster_url;
    std::optional<double> duration_seconds;
    std::optional<bool> has_sound; // nothing until it plays
    static std::string schema_name() { return "MovieVideo"; }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("mediaId", &Video::media_id), field("status", &Video::status), field("playable", &Video::playable),
            field("hlsUrl", &Video::hls_url, {.help = "HLS; of a film with several sounds, with these apart to choose from."}),
            field("posterUrl", &Video::poster_url), field("durationSeconds", &Video::duration_seconds),
            field("hasSound", &Video::has_sound, {.help = "False: there is nothing to hear. Null until the film plays."})};
    }
};

class Videos {
public:
    virtual ~Videos() = default;
    // One entry per id, in order; nothing for one that does not exist or is hidden from who asks. One query.
    virtual Result<std::vector<std::optional<Video>>> find(std::span<MediaId const> ids, Asking const& asking) = 0;
    // Whether a title of that person may show it. Errors: "media.not_found" when it is not an upload of his, "media.hidden" (conflict).
    virtual Result<> check_may_show(MediaId id, UserId owner) = 0;
};

// Filled in once their owners, who are made later, exist.
struct Ports {
    Engagement* engagement = nullptr;
    Videos* videos = nullptr;
};

} // namespace mozi::content
