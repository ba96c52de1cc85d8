// Reading and writing playlists, line by line.
#include "transcode/playlist.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace mozi::media {
namespace {

constexpr std::size_t most_segments = 100'000;

template <class... Values>
std::string format(char const* pattern, Values... values) {
    char text[160];
    auto const size = std::snprintf(text, sizeof text, pattern, values...);
    return {text, static_cast<std::size_t>(std::clamp(size, 0, int(sizeof text) - 1))};
}

template <class N>
bool whole(std::string_view text, N& out) {
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && end == text.data() + text.size();
}

bool is_segment(std::string_view line, int& number) {
    return line.size() == 9 && line.ends_with(".m4s") && line[0] >= '0' && line[0] <= '9' && whole(line.substr(0, 5), number);
}

int target_of(PlayableRung const& version) {
    double longest = version.ended ? 1 : version.target_s;
    for (auto const& segment : version.segments) longest = std::max(longest, segment.duration_s);
    return static_cast<int>(std::lround(longest));
}

} // namespace

std::string segment_name(int number) { return format("%05d.m4s", number); }

SegmentList read_list(std::string_view text) {
    SegmentList out;
    double duration = -1;
    for (auto const raw : split(text, '\n')) {
        auto const line = trim(raw);
        int number = 0;
        if (line.starts_with("#EXTINF:")) {
            auto value = line.substr(8);
            value = value.substr(0, value.find(','));
            if (!whole(value, duration) || !(duration >= 0 && duration < 3600)) break;
        } else if (line == "#EXT-X-ENDLIST") {
            out.ended = true;
        } else if (line.starts_with('#') || line.empty()) {
            continue;
        } else if (duration >= 0 && is_segment(line, number) && number == static_cast<int>(out.segments.size()) && out.segments.size() < most_segments) {
            out.segments.push_back({number, duration});
            duration = -1;
        } else {
            break;
        }
    }
    return out;
}

std::string media_playlist(PlayableRung const& version) {
    std::string out = "#EXTM3U\n#EXT-X-VERSION:7\n";
    out += format("#EXT-X-TARGETDURATION:%d\n", target_of(version));
    out += "#EXT-X-MEDIA-SEQUENCE:0\n";
    out += version.ended ? "#EXT-X-PLAYLIST-TYPE:VOD\n" : "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n";
    out += "#EXT-X-INDEPENDENT-SEGMENTS\n";
    for (std::size_t i = 0; i < version.segments.size(); ++i) {
        if (i == 0) out += "#EXT-X-MAP:URI=\"init.mp4\"\n";
        else if (i == version.second_init_from) out += "#EXT-X-MAP:URI=\"init-2.mp4\"\n";
        out += format("#EXTINF:%.6f,\n", version.segments[i].duration_s) + segment_name(version.segments[i].number) + '\n';
    }
    if (version.ended) out += "#EXT-X-ENDLIST\n";
    return out;
}

std::string master_playlist(std::vector<PlayableRung> const& versions, Ratio rate, std::string_view prefix) {
    std::string out = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    for (auto const& version : versions) {
        if (version.segments.empty()) continue;
        auto const planned = version.rung.video_kbps + version.rung.audio_kbps;
        auto const peak = std::max(version.peak_kbps, version.ended ? 1 : planned);
        out += format("#EXT-X-STREAM-INF:BANDWIDTH=%lld", static_cast<long long>(peak) * 1000);
        if (version.average_kbps > 0) out += format(",AVERAGE-BANDWIDTH=%lld", static_cast<long long>(version.average_kbps) * 1000);
        out += format(",RESOLUTION=%dx%d,FRAME-RATE=%.3f", version.rung.width, version.rung.height, rate.value());
        out += ",CODECS=\"" + version.codecs + "\"\n";
        out += std::string(prefix) + version.rung.name() + "/index.m3u8\n";
    }
    return out;
}

std::optional<std::string> video_codec(std::string_view init) {
    auto const box = init.find("avcC");
    if (box == init.npos || init.size() - box < 8 || init[box + 4] != 1) return std::nullopt;
    auto const byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(init[box + at])); };
    return format("avc1.%02x%02x%02x", byte(5), byte(6), byte(7));
}

} // namespace mozi::media
