// HLS playlists: reading ffmpeg's strictly, writing our own. Pure.
#pragma once

#include "transcode/ladder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

struct Segment {
    int number = 0;
    double duration_s = 0;
    bool operator==(Segment const&) const = default;
};

struct SegmentList {
    std::vector<Segment> segments;
    bool ended = false;
};

// What ffmpeg's "list.m3u8" says so far. Only names of the form 00000.m4s in rising order and sane durations are taken;
// reading stops at the first line that is something else. At most 100,000 segments.
SegmentList read_list(std::string_view text);

std::string segment_name(int number);

// A version as players see it.
struct PlayableRung {
    Rung rung;
    std::vector<Segment> segments;
    std::size_t second_init_from = 0; // segments from here on need "init-2.mp4"; 0: "init.mp4" serves all
    std::string codecs;               // RFC 6381, "avc1.640028,mp4a.40.2"
    int peak_kbps = 0, average_kbps = 0; // measured; 0 while it grows: the planned figure is given
    bool ended = false;
    int target_s = 0;             // longest segment to expect; the same for as long as it grows
};

// The playlist of one version: EVENT, beginning at its start, while it grows; VOD when it has ended.
std::string media_playlist(PlayableRung const& version);
// The playlist of all versions that have at least one segment, from the largest to the smallest.
std::string master_playlist(std::vector<PlayableRung> const& versions, Ratio rate, std::string_view prefix);

// "avc1.640028" from the avcC box of an init segment; nullopt when there is none.
std::optional<std::string> video_codec(std::string_view init);

} // namespace mozi::media
