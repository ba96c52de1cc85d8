// The whole file read once without decoding: where each track really begins and ends, on the clock that the later runs will see.
#pragma once

#include "transcode/probe.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mozi::media {

// Nothing of any track for a long while, as where recordings were joined: the clock is taken forward over it.
struct Hole {
    double from_s = 0, to_s = 0; // before any hole is closed
};

struct Span {
    double first_s = 0, end_s = 0; // shown; end_s behind the last packet
    double heard_s = 0; // sum of all durations
    double longest_s = 0; // of what packets say they last; less may be in them
    std::int64_t packets = 0;
    bool empty() const { return packets == 0; }
};

// Reads the lines of ffmpeg's framecrc muxer: "#tb 0: 1/90000", then "0, dts, pts, duration, size, crc" per packet.
class PacketScan {
public:
    // `default_s`: how long a packet lasts that does not say, per output track. One of sound lasts until the next.
    explicit PacketScan(std::vector<double> default_s);
    void line(std::string_view text);
    std::size_t tracks() const { return tracks_.size(); }
    // With the holes closed.
    Span span(std::size_t track) const;
    std::vector<Hole> holes() const; // common to all tracks that are not empty; in order
    bool changes() const { return changes_; } // the first track is described anew on the way
    double reached_s() const { return reached_; } // the latest packet so far
    std::int64_t lines() const { return lines_; }
    // What the packets hold together, each at least as much as it takes to name it. A file that holds less lets several of them be
    // the same bytes.
    std::int64_t bytes() const { return bytes_; }

private:
    struct Track {
        double tick = 0, default_s = 0;
        double first = 0, end = 0, heard = 0;
        double begun = 0, lasts = 0; // the latest packet
        double longest = 0;
        bool guessed = false; // it did not say how long it lasts
        std::int64_t packets = 0;
        bool shown = false; // a packet that is not only there to decode others
        std::vector<Hole> gaps;
    };
    std::vector<Track> tracks_;
    double reached_ = 0;
    std::int64_t lines_ = 0, bytes_ = 0;
    bool changes_ = false;
};

} // namespace mozi::media
