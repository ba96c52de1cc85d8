// From an uploaded file to something that plays: the whole preparation of one medium, without any database.
#pragma once

#include "transcode/commands.hpp"
#include "transcode/publish.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mozi::media {

// Where a medium lives: "source", "work" (the jail's) and one "r<run>" per attempt with what players see.
struct Place {
    std::string folder; // exists, made by the server
    int run = 1;
    std::string work() const { return folder + "/work"; }
    std::string target() const { return folder + "/r" + std::to_string(run); }
};

enum class Stage { waiting, processing, ready };

struct RungState {
    Rung rung;
    Stage stage = Stage::waiting;
    double progress = 0;
};

struct Prepared {
    Reason reason = Reason::none;
    std::string detail = {};       // for the log; may quote the file
    bool cancelled = false;
    double duration_s = 0;
    int width = 0, height = 0;
    bool playable = false, poster = false;
    double progress = 0;
    std::vector<RungState> rungs;  // from the largest to the smallest
    std::int64_t bytes = 0;        // of everything made
};

struct PrepareLimits {
    std::chrono::seconds wall{0};  // 0: by the length of the film
    std::int64_t free_floor_mib = 256;
};

struct PrepareHooks {
    std::function<void(Prepared const&)> changed;   // something worth storing: sizes, playable, a version ready
    std::function<void(Prepared const&)> progressed; // about five times a second
    std::function<bool()> cancelled;
};

// Blocks until the medium is prepared, has failed or is cancelled. What was there of this run before is removed first.
// Afterwards "work" is gone, and the files of a good result are on the disk for good (fsync). One call per place at a time.
Prepared prepare(JailSettings const& settings, Place const& place, PrepareLimits const& limits, PrepareHooks const& hooks);

} // namespace mozi::media
