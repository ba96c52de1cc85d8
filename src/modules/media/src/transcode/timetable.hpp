// The clock of a film and where segments begin, in seconds of the film: the same for every picture version and every sound.
#pragma once

#include <cstddef>
#include <vector>

namespace mozi::media {

// Seconds a segment aims at. The first is shorter: the sooner it is made, the sooner a film plays.
inline constexpr double segment_s = 4, first_segment_s = 2;

// What ffmpeg makes is written this much later, so that no time is negative however much a decoder needs beforehand.
inline constexpr int lead_s = 10;

// More are told to an encoder by a rule, so they are regular.
inline constexpr std::size_t most_listed_segments = 8000;

struct Timetable {
    std::vector<double> begins; // the first is 0
    double end_s = 0; // of the film
    std::size_t size() const { return begins.size(); }
    double begin(std::size_t segment) const { return begins[segment]; }
    double end(std::size_t segment) const { return segment + 1 < begins.size() ? begins[segment + 1] : end_s; }
};

// 0, `first_s`, and every so many seconds after that; what would be left at the end by itself joins the one before.
inline Timetable regular_timetable(double first_s, double length_s, double every_s = segment_s) {
    Timetable out{{0}, length_s};
    for (auto at = first_s; length_s - at >= 1; at += every_s) out.begins.push_back(at);
    return out;
}

} // namespace mozi::media
