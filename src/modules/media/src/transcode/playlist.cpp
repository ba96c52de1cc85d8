// Writing playlists, line by line.
#include "transcode/playlist.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

namespace mozi::media {
namespace {

template <class... Values>
std::string format(char const* pattern, Values... values) {
    char text[200];
    auto const size = std::snprintf(text, sizeof text, pattern, values...);
    return {text, static_cast<std::size_t>(std::clamp(size, 0, int(sizeof text) - 1))};
}

int target_of(PlayableTrack const& track) {
    double longest = track.ended ? 1 : track.target_s;
    for (auto const& segment : track.segments) longest = std::max(longest, segment.duration_s);
    return static_cast<int>(std::lround(longest));
}

// A quoted string cannot hold quotes or line ends (RFC 8216 §4.2).
std::string quoted(std::string text) {
    for (auto& c : text)
        if (c == '"') c = '\'';
        else if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return "\"" + text + "\"";
}

// Names are different within a group.
class Names {
public:
    std::string take(std::string const& name, std::string const& language, char const* otherwise) {
        auto const wanted = !name.empty() ? name : !language.empty() ? language : std::string(otherwise);
        auto free = wanted;
        for (int i = 2; !taken_.insert(free).second; ++i) free = wanted + " " + std::to_string(i);
        return free;
    }

private:
    std::set<std::string> taken_;
};

std::string media_line(char const* type, std::string_view group, std::string const& name, std::string const& language, bool marked) {
    auto out = std::string("#EXT-X-MEDIA:TYPE=") + type + ",GROUP-ID=\"" + std::string(group) + "\",NAME=" + quoted(name);
    if (!language.empty()) out += ",LANGUAGE=" + quoted(language);
    return out + (marked ? ",DEFAULT=YES,AUTOSELECT=YES" : ",DEFAULT=NO,AUTOSELECT=YES");
}

constexpr std::string_view text_line_begin = "#EXT-X-MEDIA:TYPE=SUBTITLES,", text_group = ",SUBTITLES=\"text\"";

std::string text_lines(std::vector<TextRendition> const& texts) {
    std::string out;
    Names names;
    for (auto const& text : texts) {
        out += media_line("SUBTITLES", "text", names.take(text.name, text.language, "Text"), text.language, false);
        out += text.forced ? ",FORCED=YES" : "";
        if (text.described)
            out += ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound\"";
        out += ",URI=" + quoted(text.address) + "\n";
    }
    return out;
}

struct Group {
    std::string_view id;
    std::string codecs;
    int kbps = 0;
    bool empty() const { return id.empty(); }
};

std::string variant(PictureVersion const& version, Group const& sound, Offer const& offer, Layout layout) {
    auto const& track = version.track;
    auto const peak = std::max(track.peak_kbps, track.ended ? 1 : version.rung.video_kbps) + sound.kbps;
    std::string out = format("#EXT-X-STREAM-INF:BANDWIDTH=%lld", static_cast<long long>(peak) * 1000);
    if (track.average_kbps > 0) out += format(",AVERAGE-BANDWIDTH=%lld", static_cast<long long>(track.average_kbps + sound.kbps) * 1000);
    out += format(",RESOLUTION=%dx%d,FRAME-RATE=%.3f", version.rung.width, version.rung.height, offer.rate.value());
    out += ",CODECS=\"" + track.codecs + (sound.codecs.empty() ? "" : "," + sound.codecs) + "\"";
    if (!sound.empty()) out += ",AUDIO=\"" + std::string(sound.id) + "\"";
    if (!offer.texts.empty()) out += text_group;
    return out + "\n" + offer.prefix + track.folder + (layout == Layout::mixed ? "/index.m3u8\n" : "/video.m3u8\n");
}

} // namespace

std::string segment_name(int number) { return format("%05d.m4s", number); }

std::string media_playlist(PlayableTrack const& track, Part part) {
    std::string out = "#EXTM3U\n#EXT-X-VERSION:7\n";
    out += format("#EXT-X-TARGETDURATION:%d\n", target_of(track));
    out += "#EXT-X-MEDIA-SEQUENCE:0\n";
    out += track.ended ? "#EXT-X-PLAYLIST-TYPE:VOD\n" : "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n";
    out += "#EXT-X-INDEPENDENT-SEGMENTS\n";
    std::string_view const init = part == Part::whole ? "init" : "video";
    for (std::size_t i = 0; i < track.segments.size(); ++i) {
        auto const& segment = track.segments[i];
        if (i == 0 || i == track.second_init_from) out += "#EXT-X-MAP:URI=\"" + std::string(init) + (i == 0 ? ".mp4\"\n" : "-2.mp4\"\n");
        out += format("#EXTINF:%.6f,\n", segment.duration_s);
        if (part == Part::pictures) out += format("#EXT-X-BYTERANGE:%llu@0\n", static_cast<unsigned long long>(segment.picture_bytes));
        out += segment_name(segment.number) + '\n';
    }
    if (track.ended) out += "#EXT-X-ENDLIST\n";
    return out;
}

std::string text_playlist(std::string_view file, double length_s) {
    return format("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:%.6f,\n",
               static_cast<int>(std::max(1.0, std::ceil(length_s))), length_s) +
           std::string(file) + "\n#EXT-X-ENDLIST\n";
}

std::string master_playlist(Offer const& offer, Layout layout) {
    std::string out = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    // The mixed files hold one sound; a group is told only where there is a choice.
    auto const choices =
        std::count_if(offer.sounds.begin(), offer.sounds.end(), [](SoundRendition const& sound) { return !sound.surround; });
    auto const grouped = layout == Layout::apart ? !offer.sounds.empty() : choices > 1;
    Group stereo, surround;
    Names names, surround_names;
    for (std::size_t i = 0; i < offer.sounds.size(); ++i) {
        auto const& sound = offer.sounds[i];
        if (sound.surround && layout == Layout::mixed) continue;
        auto& group = sound.surround ? surround : stereo;
        if (group.codecs.empty()) group.codecs = sound.track.codecs;
        if (grouped) group.id = sound.surround ? "surround" : "sound";
        group.kbps = std::max(group.kbps, sound.track.average_kbps > 0 ? sound.track.average_kbps : sound.surround ? 448 : 160);
        if (!grouped) continue;
        auto const marked =
            i == 0 || (sound.surround && std::none_of(offer.sounds.begin(), offer.sounds.begin() + static_cast<std::ptrdiff_t>(i),
                                             [](auto const& each) { return each.surround; }));
        out += media_line(
            "AUDIO", group.id, (sound.surround ? surround_names : names).take(sound.name, sound.language, "Sound"), sound.language, marked);
        out += format(",CHANNELS=\"%d\"", sound.channels);
        if (layout == Layout::apart || i > 0) out += ",URI=" + quoted(offer.prefix + sound.track.folder + "/index.m3u8");
        out += "\n";
    }
    out += text_lines(offer.texts);
    for (auto const& version : offer.pictures) out += variant(version, stereo, offer, layout);
    if (!surround.empty() && layout == Layout::apart)
        for (auto const& version : offer.pictures) out += variant(version, surround, offer, layout);
    return out;
}

std::string with_texts(std::string_view master, std::vector<TextRendition> const& texts) {
    std::string out;
    bool written = false;
    for (auto const raw : split(master, '\n')) {
        if (raw.starts_with(text_line_begin)) continue;
        auto line = std::string(raw);
        if (line.starts_with("#EXT-X-STREAM-INF:")) {
            if (!written) {
                out += text_lines(texts);
                written = true;
            }
            if (auto const at = line.find(text_group); at != line.npos) line.erase(at, text_group.size());
            if (!texts.empty()) line += text_group;
        }
        out += line + '\n';
    }
    if (out.ends_with("\n\n")) out.pop_back();
    return out;
}

} // namespace mozi::media
