// The still of a film.
#pragma once

#include "transcode/commands.hpp"
#include "transcode/publish.hpp"

#include "jail/run.hpp"

namespace mozi::media {

// "poster.jpg" in `target`: a picture that shows something, the first that is bright enough, else the brightest, else any. `run` says
// where to work and when to stop. False: there is none. Blocks for a few seconds, where seeking is slow for some minutes.
bool make_poster(JailedRun const& run, JailSettings const& settings, Probe const& probe, double length_s, ToneMapping tone_mapping,
    Folder const& target);

} // namespace mozi::media
