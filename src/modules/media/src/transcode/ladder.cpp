// The ladder: the source's own size (up to 1080 lines), then the standard sizes clearly below it.
#include "transcode/ladder.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mozi::media {
namespace {

constexpr int most_lines = 1080;
constexpr std::array standard_lines{1080, 720, 480, 360};

int even(double size) { return std::max(2, static_cast<int>(std::lround(size / 2)) * 2); }
int even_below(int size) { return std::max(2, size / 2 * 2); }

// Small pictures need relatively more; 60 frames cost half as much again as 30.
int most_kbps(int width, int height, double rate) {
    auto const at_30 = 0.0984 * std::pow(double(width) * height, 0.75); // 5,400 at 1080 lines, 1,050 at 360
    auto const kbps = at_30 * (rate > 35 ? 1.5 : 1.0);
    return std::clamp(static_cast<int>(std::lround(kbps / 50)) * 50, 200, 8000);
}

Rung rung_of(VideoTrack const& video, int lines, double rate) {
    auto const shorter = std::min(video.width, video.height);
    auto const scale = double(lines) / shorter;
    Rung rung{lines, even(video.width * scale), even(video.height * scale)};
    if (lines >= shorter) {
        rung.width = even_below(video.width);
        rung.height = even_below(video.height);
    }
    rung.lines = std::min(rung.width, rung.height);
    rung.video_kbps = most_kbps(rung.width, rung.height, rate);
    return rung;
}

} // namespace

bool is_surround(SoundTrack const& sound) { return sound.layout_known && sound.channels >= 6 && sound.channels <= 8; }

bool could_keep_surround(SoundTrack const& sound) { return is_surround(sound) && (sound.codec == "ac3" || sound.codec == "eac3"); }

bool could_repackage(Probe const& probe) {
    auto const& video = probe.video;
    auto const profile_fits =
        video.profile == "High" || video.profile == "Main" || video.profile == "Constrained Baseline" || video.profile == "Baseline";
    return (probe.container == Container::mov || probe.container == Container::matroska) && video.codec == "h264" && profile_fits &&
           video.pixels == "yuv420p" && video.level > 0 && video.level <= 51 && video.rotation == 0 && !video.mirrored &&
           video.square_pixels && video.scan == Scan::progressive && !video.colour.high_dynamic_range && !video.colour.wide &&
           video.pace == Pace::constant && video.rate.value() <= 60.5 && video.width % 2 == 0 && video.height % 2 == 0 &&
           probe.bit_rate > 0 && probe.bit_rate <= 16'000'000;
}

Ladder plan_ladder(Probe const& probe, Cuts cuts) {
    auto const& video = probe.video;
    Ladder ladder{{}, video.rate};
    if (video.rate.value() > 60.5) ladder.rate = {60, 1};
    auto const rate = ladder.rate.value();
    auto const shorter = std::min(video.width, video.height);
    if (cuts == Cuts::usable && could_repackage(probe)) {
        auto source = rung_of(video, shorter, rate);
        source.making = Making::repackage;
        source.video_kbps = std::max(source.video_kbps, static_cast<int>(probe.bit_rate / 1000));
        ladder.rungs.push_back(source);
        if (shorter > most_lines * 1.15) ladder.rungs.push_back(rung_of(video, most_lines, rate));
    } else {
        ladder.rungs.push_back(rung_of(video, std::min(shorter, most_lines), rate));
    }
    for (auto const lines : standard_lines)
        if (lines <= ladder.rungs.back().lines * 0.85) ladder.rungs.push_back(rung_of(video, lines, rate));
    return ladder;
}

} // namespace mozi::media
