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

// A sound that can be chosen.
struct SoundState {
    std::string language, name; // as the file says
    int channels = 2; // of the richest form
    bool surround = false; // also with all its channels
};

struct Prepared {
    Reason reason = Reason::none;
    std::string detail = {}; // for the log; may quote the file
    bool cancelled = false; // parked or given up; not a failure
    double progress = 0; // 0 to 1 of the whole
    bool playable = false, poster = false;
    double duration_s = 0;
    int width = 0, height = 0;
    std::vector<RungState> rungs = {}; // from the largest to the smallest
    std::vector<SoundState> sounds = {}; // the first is heard unless another is chosen
    std::vector<TextRendition> texts = {};
    std::vector<Remark> remarks = {};
    std::int64_t bytes = 0; // of everything made
};

struct PrepareLimits {
    std::int64_t free_floor_mib = 256; // with less it ends, and leaves nothing
    std::chrono::milliseconds patience{120'000}; // so long a run may bring nothing
    int threads = 0; // of each encoder, at most 8; 0: as many as the processors are worth
};

struct PrepareHooks {
    std::function<void(Prepared const&)> changed; // something worth keeping: what is playable, a version that is done
    std::function<void(Prepared const&)> progressed; // about five times a second
    std::function<bool()> cancelled;
    // Before the rest is begun, once something plays, and about five times a second in it: blocks while others go first. What runs
    // stands still meanwhile, on its full pipes.
    std::function<void()> turn;
};

// Runs are ended by what they do and do not do (patience, processor time, bytes), and others' turns take as long as they take.
inline constexpr std::chrono::hours longest_wall{24 * 14};

// Blocks until the medium is prepared, has failed or is cancelled. What was there of this run before is removed first.
// Afterwards "work" is gone, and the files of a good result are on the disk for good (fsync). One call per place at a time.
Prepared prepare(JailSettings const& settings, Place const& place, PrepareLimits const& limits, PrepareHooks const& hooks);

} // namespace mozi::media
