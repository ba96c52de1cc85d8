// From lines to spans.
#include "transcode/scan.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace mozi::media {
namespace {

constexpr double least_hole_s = 10, usual_distances = 8, most_sound_packet_s = 2;
constexpr std::size_t most_gaps = 64;

// Numbers separated by commas and spaces; fewer than asked where the line ends or is something else.
std::size_t numbers(std::string_view text, std::int64_t* out, std::size_t most) {
    std::size_t count = 0;
    auto const* at = text.data();
    auto const* const end = text.data() + text.size();
    while (count < most) {
        while (at != end && (*at == ' ' || *at == ',')) ++at;
        auto const [next, code] = std::from_chars(at, end, out[count]);
        if (code != std::errc{}) break;
        at = next;
        ++count;
    }
    return count;
}

} // namespace

constexpr unsigned discard_flag = 4; // AV_PKT_FLAG_DISCARD of libavcodec/packet.h

PacketScan::PacketScan(std::vector<double> default_s) {
    for (auto const seconds : default_s) tracks_.push_back({.tick = 0, .default_s = seconds, .lasts = seconds, .shown = false, .gaps = {}});
}

void PacketScan::line(std::string_view text) {
    std::int64_t n[5] = {};
    if (text.starts_with("#tb ")) {
        text.remove_prefix(4);
        auto const colon = text.find(':'), slash = text.find('/');
        if (colon == text.npos || slash == text.npos || numbers(text.substr(0, colon), n, 1) != 1 ||
            numbers(text.substr(colon + 1, slash - colon - 1), n + 1, 1) != 1 || numbers(text.substr(slash + 1), n + 2, 1) != 1)
            return;
        if (n[0] >= 0 && static_cast<std::size_t>(n[0]) < tracks_.size() && n[1] > 0 && n[2] > 0)
            tracks_[static_cast<std::size_t>(n[0])].tick = double(n[1]) / double(n[2]);
        return;
    }
    constexpr std::int64_t least_packet = 4;
    if (text.starts_with('#') || numbers(text, n, 5) < 4 || n[0] < 0 || static_cast<std::size_t>(n[0]) >= tracks_.size()) return;
    ++lines_;
    bytes_ += std::clamp<std::int64_t>(n[4], least_packet, std::int64_t{1} << 40);
    auto& track = tracks_[static_cast<std::size_t>(n[0])];
    // What an edit list cuts off the end is in the file and not in the film.
    constexpr std::string_view label = ", F=0x";
    unsigned flags = 0;
    if (auto const at = text.find(label); at != text.npos)
        std::from_chars(text.data() + at + label.size(), text.data() + text.size(), flags, 16);
    auto const discarded = (flags & discard_flag) != 0;
    if (discarded && track.shown) return;
    track.shown = track.shown || !discarded;
    // MP4 with several descriptions sends the next one along with the packet it begins at.
    if (n[0] == 0 && track.packets > 0 && text.find(", S=") != text.npos) changes_ = true;
    auto const pts = n[2] == std::numeric_limits<std::int64_t>::min() ? n[1] : n[2];
    if (track.tick <= 0 || pts == std::numeric_limits<std::int64_t>::min()) return;
    auto const shown = double(pts) * track.tick;
    auto const is_sound = n[0] > 0;
    if (auto const apart = shown - track.begun; is_sound && track.guessed && apart > 0 && apart < most_sound_packet_s) {
        track.heard += apart - track.lasts;
        track.lasts = apart;
    }
    track.guessed = n[3] <= 0;
    auto const lasts = n[3] > 0 ? double(n[3]) * track.tick : is_sound ? track.lasts : track.default_s;
    if (track.packets == 0) {
        track.first = shown;
        track.end = shown;
    }
    if (shown - track.end > least_hole_s && track.gaps.size() < most_gaps) track.gaps.push_back({track.end, shown});
    track.first = std::min(track.first, shown);
    track.end = std::max(track.end, shown + lasts);
    track.heard += lasts;
    ++track.packets;
    track.begun = shown;
    track.lasts = lasts;
    track.longest = std::max(track.longest, lasts);
    reached_ = std::max(reached_, shown);
}

std::vector<Hole> PacketScan::holes() const {
    std::vector<Hole> common;
    bool first = true;
    for (auto const& track : tracks_) {
        if (track.packets == 0) continue;
        std::vector<Hole> own;
        // Slides that stand for minutes are no holes: a hole is far longer than what is usual in this track.
        auto const usual = (track.end - track.first) / double(track.packets);
        for (auto const& gap : track.gaps)
            if (gap.to_s - gap.from_s > usual * usual_distances) own.push_back(gap);
        if (first) {
            common = std::move(own);
            first = false;
            continue;
        }
        std::vector<Hole> both;
        for (auto const& a : common)
            for (auto const& b : own)
                if (Hole const shared{std::max(a.from_s, b.from_s), std::min(a.to_s, b.to_s)}; shared.to_s - shared.from_s > least_hole_s)
                    both.push_back(shared);
        common = std::move(both);
    }
    return common;
}

Span PacketScan::span(std::size_t at) const {
    auto const& track = tracks_[at];
    Span out{track.first, track.end, track.heard, track.longest, track.packets};
    for (auto const& hole : holes()) {
        if (out.packets == 0) break;
        auto const length = hole.to_s - hole.from_s;
        if (track.first >= hole.to_s) out.first_s -= length;
        if (track.end >= hole.to_s) out.end_s -= length;
    }
    return out;
}

} // namespace mozi::media
