// What is inside a file: ffprobe's report, read strictly and held against our limits.
#pragma once

#include "jail/run.hpp"
#include "transcode/reason.hpp"
#include "transcode/sniff.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

struct Ratio {
    std::int64_t over = 0, under = 1;
    double value() const { return under == 0 ? 0.0 : double(over) / double(under); }
};

enum class Pace { constant, variable };
enum class Light { standard, high_dynamic_range };
enum class Scan { progressive, interlaced };

struct VideoTrack {
    int index = 0;
    std::string codec;            // ffmpeg's name; compared with ours, never put on a command line
    std::string profile, pixels;
    int level = 0;
    int width = 0, height = 0;    // as shown: square pixels, turned the right way up
    int rotation = 0;             // 0, 90, 180, 270
    bool square_pixels = true;
    Ratio rate{25, 1};
    Pace pace = Pace::constant;
    Light light = Light::standard;
    Scan scan = Scan::progressive;
};

struct AudioTrack {
    int index = 0;
    std::string codec, profile;
    int channels = 2, sample_rate = 48'000;
};

struct Probe {
    Container container = Container::mov;
    double duration_s = 0;        // 0: the file does not say
    std::int64_t bit_rate = 0;    // of the whole file
    VideoTrack video;
    std::optional<AudioTrack> audio;
};

struct Probed {
    Reason reason = Reason::none;
    Probe probe;
    std::string detail = {};      // for the log
};

// Limits of what is opened at all.
inline constexpr int most_pixels_a_side = 8192, most_frames_per_s = 240, most_streams = 1000, considered_streams = 8;
inline constexpr double most_duration_s = 12 * 3600.0;

// Runs ffprobe in the jail; `directory` is the working folder beside "source". Blocks up to a minute.
Probed probe(JailSettings const& settings, std::string const& directory, Container container);
// Its reading half. Pure; `report` is ffprobe's JSON.
Probed read_report(std::string_view report, Container container);

// What all runs have in common: one demuxer, local files only, known decoders.
Argv input_arguments(Container container);

// Times in seconds of the packets of the first two minutes of the picture track.
struct PacketTime {
    double shown = 0, decoded = 0;
    bool key = false;
};
std::vector<PacketTime> read_packets(std::string_view report);
// Key pictures close enough, far enough apart and really independent, and a pace as constant as it says: then the track may
// be cut at them as it is.
inline constexpr int most_key_distance_s = 10;
enum class Cuts { usable, unusable };
Cuts judge_cuts(std::vector<PacketTime> packets, Ratio rate);
Cuts probe_cuts(JailSettings const& settings, std::string const& directory, Probe const& probe);

} // namespace mozi::media
