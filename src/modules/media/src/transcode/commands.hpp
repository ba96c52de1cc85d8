// The command lines of a preparation, from plans to arguments. Pure; nothing in them comes from outside.
#pragma once

#include "transcode/ladder.hpp"

namespace mozi::media {

// Seconds a segment aims at. All encoded versions have key pictures at the same times.
inline constexpr int segment_s = 4;
inline constexpr int first_segment_s = 2; // where this server sets the cuts: the sooner it is made, the sooner a film plays
// A film not longer than this is prepared whole in the first, short run.
inline constexpr double short_film_s = 8;

enum class ToneMapping { available, missing };

// Makes the given rungs in one run, each into "<lines>p/": list.m3u8, init.mp4, 00000.m4s …
struct EncodeOrder {
    std::vector<Rung> rungs;      // all of them encoded, or one repackaged
    bool cuts_of_source = false;  // key pictures where the source has them (beside a repackaged version)
    int first_ms = 0;             // only the first so many milliseconds; 0: everything
    ToneMapping tone_mapping = ToneMapping::available;
};
Argv encode_arguments(Probe const& probe, Ladder const& ladder, EncodeOrder const& order);

// One picture at `at_ms` into "poster.jpg"; its mean brightness goes to stdout as "lavfi.signalstats.YAVG=…".
Argv poster_arguments(Probe const& probe, std::int64_t at_ms, ToneMapping tone_mapping);

} // namespace mozi::media
