// What the media module tells.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::media {

struct MediaUploaded { // all bytes are there
    static constexpr std::string_view source = "media", name = "media.uploaded";
    static constexpr int version = 1;
    Id<"media"> media_id;
    Id<"user"> owner;
    std::string filename;
    std::int64_t size = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("mediaId", &MediaUploaded::media_id), field("uploadedBy", &MediaUploaded::owner),
            field("filename", &MediaUploaded::filename), field("size", &MediaUploaded::size)};
    }
};

struct MediaProcessed { // every version is ready
    static constexpr std::string_view source = "media", name = "media.processed";
    static constexpr int version = 1;
    Id<"media"> media_id;
    Id<"user"> owner;
    double duration_seconds = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("mediaId", &MediaProcessed::media_id), field("uploadedBy", &MediaProcessed::owner),
            field("durationSeconds", &MediaProcessed::duration_seconds)};
    }
};

struct MediaFailed {
    static constexpr std::string_view source = "media", name = "media.failed";
    static constexpr int version = 1;
    Id<"media"> media_id;
    Id<"user"> owner;
    std::string reason; // "media.input_truncated"
    std::optional<Id<"user">> stopped_by; // where another than its owner ended its preparation
    std::optional<std::string> words; // of who stopped it
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("mediaId", &MediaFailed::media_id), field("uploadedBy", &MediaFailed::owner),
            field("reason", &MediaFailed::reason), field("stoppedBy", &MediaFailed::stopped_by), field("words", &MediaFailed::words)};
    }
};

struct MediaDeleted {
    static constexpr std::string_view source = "media", name = "media.deleted";
    static constexpr int version = 1;
    Id<"media"> media_id;
    Id<"user"> owner;
    std::optional<Id<"user">> deleted_by; // where it was another than its owner
    std::optional<std::string> reason;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("mediaId", &MediaDeleted::media_id), field("uploadedBy", &MediaDeleted::owner),
            field("deletedBy", &MediaDeleted::deleted_by), field("reason", &MediaDeleted::reason)};
    }
};

} // namespace mozi::media
