// HLS playlists (RFC 8216): of one version, and of all of them. Pure.
#pragma once

#include "transcode/ladder.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

struct Segment {
    int number = 0;
    double duration_s = 0;
    std::uint64_t picture_bytes = 0; // how much of the file is picture; the sound stands behind it
    bool operator==(Segment const&) const = default;
};

std::string segment_name(int number);

// A picture version, or a sound, as players see it.
struct PlayableTrack {
    std::string folder; // "720p", "s0"
    std::vector<Segment> segments;
    std::size_t second_init_from = 0; // segments from here on need another init; 0: one serves all
    std::string codecs; // RFC 6381, "avc1.640028"
    int peak_kbps = 0, average_kbps = 0; // measured; 0 while it grows
    bool ended = false;
    double target_s = 0; // longest segment to expect; the same for as long as it grows
};

// EVENT, beginning at its start, while it grows; VOD when it has ended. `pictures`: only that part of every file.
enum class Part { whole, pictures };
std::string media_playlist(PlayableTrack const& track, Part part);
// A file of text as a playlist of one segment.
std::string text_playlist(std::string_view file, double length_s);

struct PictureVersion {
    Rung rung;
    PlayableTrack track;
};
struct SoundRendition {
    PlayableTrack track;
    std::string name, language;
    int channels = 2;
    bool surround = false;
};
struct TextRendition {
    std::string address; // of its playlist, relative to the master's
    std::string name, language;
    bool marked = false, forced = false, described = false;
    bool operator==(TextRendition const&) const = default;
};

// The playlist of everything that can be played now. `mixed`: picture versions hold the first sound; a player takes one file after
// the other. `apart`: pictures and sounds each from their own list, for players that let people choose.
enum class Layout { mixed, apart };
struct Offer {
    std::vector<PictureVersion> pictures; // those with a segment
    std::vector<SoundRendition> sounds; // the first is the one in the mixed files
    std::vector<TextRendition> texts;
    Ratio rate;
    std::string prefix; // "r3/"
};
std::string master_playlist(Offer const& offer, Layout layout);

// The same master playlist with these texts instead of those it has.
std::string with_texts(std::string_view master, std::vector<TextRendition> const& texts);

} // namespace mozi::media
