// What is inside a file: ffprobe's report and the first packets, read strictly and held against our limits.
#pragma once

#include "jail/run.hpp"
#include "transcode/reason.hpp"
#include "transcode/sniff.hpp"
#include "transcode/warning.hpp"

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
enum class Scan { progressive, interlaced };

// How numbers become colours, in ffmpeg's words: what the file says where it can be believed, else what the rest implies.
struct Colour {
    bool high_dynamic_range = false;
    bool wide = false; // not so bright, but of primaries that ordinary screens do not have
    Literal transfer = "bt709", primaries = "bt709", matrix = "bt709", range = "tv";
};

struct VideoTrack {
    int index = 0;
    std::string codec; // ffmpeg's name; compared with ours, never put on a command line
    std::string profile, pixels;
    int level = 0;
    int width = 0, height = 0; // as shown: square pixels, turned the right way up
    int rotation = 0; // 0, 90, 180, 270
    bool mirrored = false;
    bool square_pixels = true;
    Ratio rate{25, 1};
    bool rate_told = true; // else it is measured at its beginning
    Pace pace = Pace::constant;
    Colour colour;
    Scan scan = Scan::progressive;
    std::int64_t stated_packets = 0; // how many the container's index names; 0: it does not say
};

struct SoundTrack {
    int index = 0;
    std::string codec;
    int channels = 2, sample_rate = 48'000;
    bool layout_known = true; // which channel is which
    bool marked = false; // as the default
    bool beside = false; // commentary, description, or without any packet: never taken by itself before others
    std::string language, name; // tidied; empty where the file does not say
};

struct TextTrack {
    int index = 0;
    std::string codec, language, name;
    bool marked = false, forced = false, described = false; // described: for people who do not hear
};

// Of the first packets, in seconds from the beginning of the file as ffmpeg counts them.
struct Opening {
    // The film's zero: where the first picture or sound begins, the earlier one, moved by less than half a picture onto the beat of
    // the pictures. Off their beat each would be shown early or late.
    double begins_s = 0;
    bool clean = false; // begins with a key picture that is to be shown, constant in pace, groups closed
    std::optional<double> second_key; // from begins_s, the first key picture at which the first segment may end
    bool whole = false; // the file holds no more packets than these
    bool timed = true; // they say when they are shown; where they do not, nobody can seek
    int discarded = 0; // pictures that only lead to the first one shown
};

struct Probe {
    std::optional<Container> container; // none: ffmpeg decides, among those of the list
    double stated_s = 0; // how long the container says it is; a hint. 0: it does not say
    std::int64_t bit_rate = 0; // of the whole file
    VideoTrack video;
    std::vector<SoundTrack> sounds; // usable ones; the first is heard unless another is chosen
    std::vector<TextTrack> texts;
    std::vector<Remark> remarks;
    Opening opening;
};

struct Probed {
    Reason reason = Reason::none;
    Probe probe = {};
    std::string detail = {}; // for the log
};

// Limits of what is opened at all.
inline constexpr int most_pixels_a_side = 8192, most_frames_per_s = 240, most_streams = 1000, most_sounds = 8, most_texts = 32;
inline constexpr double most_duration_s = 12 * 3600.0;
inline constexpr int first_packets = 1000; // of all tracks together, read with the report

// Runs ffprobe in the jail; `directory` is the working folder beside "source". Blocks up to a minute.
Probed probe(JailSettings const& settings, std::string const& directory, std::optional<Container> container);
// Its reading half. Pure; `report` is ffprobe's JSON.
Probed read_report(std::string_view report, std::optional<Container> container);

// What all runs have in common: the demuxers of the list, local files only, known decoders.
Argv input_arguments(std::optional<Container> container);

// Seconds of a packet of the picture track.
struct PacketTime {
    double shown = 0;
    bool key = false, discarded = false;
};
// Whether key pictures are close enough and really independent, and the pace is as constant as it says: then the track may be cut
// at them as it is. Fills in `clean` and `second_key`. Pure.
inline constexpr double most_key_distance_s = 4.05;
Opening judge_opening(std::vector<PacketTime> const& pictures, Ratio rate, double begins_s);

} // namespace mozi::media
