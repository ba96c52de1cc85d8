// Media as rows and on the wire.
#pragma once

#include "library/tracks.hpp"

#include <mozi/content/api.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/http/route.hpp>
#include <mozi/media/api.hpp>

namespace mozi::media {

using Status = content::VideoStatus;

constexpr auto names(Stage) {
    return std::array{
        std::pair{Stage::waiting, "WAITING"sv}, std::pair{Stage::processing, "PROCESSING"sv}, std::pair{Stage::ready, "READY"sv}};
}

struct Rendition {
    std::string name;
    int height = 0;
    Stage status = Stage::waiting;
    double progress = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("name", &Rendition::name, {.max = 20}), field("height", &Rendition::height),
            field("status", &Rendition::status), field("progress", &Rendition::progress)};
    }
};
std::vector<Rendition> renditions_of(std::vector<RungState> const& rungs);

struct Medium {
    MediaId id;
    UserId owner;
    std::string filename, metadata;
    std::optional<std::int64_t> size; // none: not declared yet
    std::int64_t received = 0; // bytes on the disk for good
    Status status = Status::uploading;
    double progress = 0;
    bool playable = false, poster = false;
    int run = 0;
    std::optional<double> duration_s;
    std::optional<int> width, height;
    std::vector<Rendition> renditions;
    Reason reason = Reason::none;
    Time created_at;
    std::optional<Time> expires_at;
    Tracks tracks;
    AddedTexts added;
    std::optional<std::int64_t> made = 0; // bytes of what was made from it; nothing: not measured yet
    std::int64_t on_disk = 0; // bytes, counted_bytes() as the row and its owner's total say it
    bool hidden = false; // by moderation
    bool title_hidden = false; // as is a title of it: no other one may show it meanwhile
    bool released = false; // with a title

    bool taken_away() const { return hidden || title_hidden; }
    bool is_public() const { return released && !taken_away(); }

    // Of an unknown size, what has arrived; the subtitles that were added; what was made.
    std::int64_t counted_bytes() const { return size.value_or(received) + added.bytes() + made.value_or(0); }

    static constexpr db::Table table{"medium", "m"};
    static constexpr auto columns() {
        using db::column;
        using db::computed;
        return std::tuple{column("id", &Medium::id), column("owner_id", &Medium::owner), column("filename", &Medium::filename),
            column("metadata", &Medium::metadata), column("size", &Medium::size), column("received", &Medium::received),
            column("status", &Medium::status), column("progress", &Medium::progress), column("playable", &Medium::playable),
            column("poster", &Medium::poster), column("run", &Medium::run), column("duration_s", &Medium::duration_s),
            column("width", &Medium::width), column("height", &Medium::height), column("renditions", &Medium::renditions),
            column("reason", &Medium::reason), column("created_at", &Medium::created_at), column("expires_at", &Medium::expires_at),
            column("tracks", &Medium::tracks), column("added_texts", &Medium::added), column("made", &Medium::made),
            column("on_disk", &Medium::on_disk),
            computed("(SELECT count(*) FROM effect e WHERE e.subject_id = m.id AND e.effect = 'HIDE')", &Medium::hidden),
            computed("(SELECT count(*) FROM title t WHERE t.media_id = m.id AND t.hidden = 1)", &Medium::title_hidden),
            computed("(SELECT count(*) FROM title t WHERE t.media_id = m.id AND t.released = 1)", &Medium::released)};
    }
};

struct FailureView {
    std::string id, message;
    static constexpr auto fields() {
        return std::tuple{json::field("id", &FailureView::id), json::field("message", &FailureView::message)};
    }
};

// As its owner, a moderator or, once public, anybody sees it.
struct MediaView {
    MediaId id;
    std::optional<std::string> filename;
    std::optional<std::int64_t> size, bytes_on_disk;
    Status status = Status::uploading;
    double progress = 0;
    bool playable = false;
    std::optional<std::string> hls_url, tracks_url, poster_url;
    std::optional<double> duration_seconds;
    std::optional<int> width, height;
    std::vector<Rendition> renditions;
    std::vector<SoundView> sounds;
    std::vector<TextView> texts;
    std::vector<WarningView> warnings;
    std::optional<bool> hidden;
    std::optional<FailureView> error;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &MediaView::id),
            field("filename", &MediaView::filename, {.help = "Only for its owner and moderators."}),
            field("size", &MediaView::size, {.help = "Bytes; null while an upload has not said it."}),
            field("bytesOnDisk", &MediaView::bytes_on_disk,
                {.help = "With all that was made from it, which is what counts for the quota. Only for its owner and moderators."}),
            field("status", &MediaView::status),
            field("progress", &MediaView::progress, {.help = "0 to 1: of the upload, then of its preparation."}),
            field("playable", &MediaView::playable),
            field("hlsUrl", &MediaView::hls_url, {.help = "HLS; the first sound is in the same files as the picture."}),
            field("tracksUrl", &MediaView::tracks_url,
                {.help = "HLS with sounds apart from the picture, for players that let people choose."}),
            field("posterUrl", &MediaView::poster_url), field("durationSeconds", &MediaView::duration_seconds),
            field("width", &MediaView::width), field("height", &MediaView::height), field("renditions", &MediaView::renditions),
            field("sounds", &MediaView::sounds, {.help = "The first is heard unless another is chosen."}),
            field("texts", &MediaView::texts, {.help = "Subtitles, in the order of the playlist."}),
            field("warnings", &MediaView::warnings, {.help = "What the film was made without."}),
            field("hidden", &MediaView::hidden,
                {.help = "By a moderator, itself or with a title; no title can show it meanwhile. Only for its owner and moderators."}),
            field("error", &MediaView::error)};
    }
};

struct Task {
    MediaId id;
    UserId owner;
    int run = 1, tries = 1;
};

} // namespace mozi::media
