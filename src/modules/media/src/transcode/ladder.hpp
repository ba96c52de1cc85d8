// Which versions of a film are made: derived from the source, never larger than it. Pure functions.
#pragma once

#include "transcode/probe.hpp"

#include <string>
#include <vector>

namespace mozi::media {

enum class Making { encode, repackage };

struct Rung {
    int lines = 0; // of the shorter side, "720p"
    int width = 0, height = 0; // even, as shown
    int video_kbps = 0; // at most, over two seconds
    Making making = Making::encode;
    std::string name() const { return std::to_string(lines) + "p"; }
};

struct Ladder {
    std::vector<Rung> rungs; // from the largest to the smallest; only the first can be the source itself
    Ratio rate; // frames per second of all of them, constant
};

// Whether the picture track may be cut where it is, or only where this server sets key pictures.
enum class Cuts { usable, unusable };
Ladder plan_ladder(Probe const& probe, Cuts cuts);

// Everything about the source but its cuts allows it to be packaged as it is.
bool could_repackage(Probe const& probe);
// More than two channels that have names: 5.1 to 7.1. Ten microphones side by side are none.
bool is_surround(SoundTrack const& sound);
// All channels of this sound as they are, for players with loudspeakers of that kind.
bool could_keep_surround(SoundTrack const& sound);

} // namespace mozi::media
