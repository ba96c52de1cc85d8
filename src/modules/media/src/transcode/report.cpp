// Reading ffprobe's report: which tracks there are, which are taken, what of the rest is told.
#include "transcode/codecs.hpp"
#include "transcode/probe.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

namespace mozi::media {
namespace {

using boost::json::array;
using boost::json::object;

std::string text_of(object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// ffprobe writes some numbers as numbers and some as text.
double decimal(object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    if (!value) return NAN;
    if (value->is_number()) return value->to_number<double>();
    if (!value->is_string()) return NAN;
    double out = 0;
    auto const& text = value->get_string();
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && end == text.data() + text.size() && std::isfinite(out) ? out : NAN;
}

std::int64_t whole(object const& from, std::string_view key) {
    auto const value = decimal(from, key);
    return std::isnan(value) || std::abs(value) > 9e15 ? 0 : static_cast<std::int64_t>(value);
}

Ratio ratio_of(object const& from, std::string_view key, char separator) {
    auto const text = text_of(from, key);
    auto const parts = split(text, separator);
    Ratio out{0, 1};
    if (parts.size() != 2) return out;
    std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), out.over);
    std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), out.under);
    auto const sane = [](std::int64_t n) { return n > 0 && n <= std::numeric_limits<std::int32_t>::max(); };
    return sane(out.over) && sane(out.under) ? out : Ratio{0, 1};
}

object const& part_of(object const& stream, std::string_view key) {
    static object const none;
    auto const* part = stream.if_contains(key);
    return part && part->is_object() ? part->get_object() : none;
}

bool flag_of(object const& stream, std::string_view key) { return whole(part_of(stream, "disposition"), key) != 0; }

// A word of the file for people, and for a playlist: one line, without what is not seen or quotes, not longer than a name.
std::string tidy(std::string text, std::size_t most) {
    if (!is_utf8(text)) return {};
    std::replace(text.begin(), text.end(), '"', ' ');
    return file_name(text, most);
}

std::string language_of(object const& stream) {
    auto const text = lower_ascii(text_of(part_of(stream, "tags"), "language"));
    auto const fits = is_language_tag(text) && text.substr(0, text.find('-')).size() <= 3; // longer ones are names: "english"
    return fits && text != "und" ? text : std::string();
}

std::string name_of(object const& stream) { return tidy(text_of(part_of(stream, "tags"), "title"), 100); }

object const* side_data(object const& stream, std::string_view key) {
    auto const* list = stream.if_contains("side_data_list");
    if (!list || !list->is_array()) return nullptr;
    for (auto const& item : list->get_array())
        if (item.is_object() && item.get_object().contains(key)) return &item.get_object();
    return nullptr;
}

int rotation_of(object const& stream) {
    auto const* data = side_data(stream, "rotation");
    if (!data) return 0;
    auto const degrees = ((whole(*data, "rotation") % 360) + 360) % 360;
    return static_cast<int>((degrees + 45) / 90 % 4 * 90);
}

// Of a matrix that turns left into right, which no angle says: "00000000: 65536 0 0\n00000001: 0 -65536 0 …".
bool is_mirrored(object const& stream) {
    auto const* data = side_data(stream, "displaymatrix");
    if (!data) return false;
    std::istringstream text(text_of(*data, "displaymatrix"));
    double n[2][3] = {};
    std::string label;
    for (auto& row : n) text >> label >> row[0] >> row[1] >> row[2];
    return n[0][0] * n[1][1] - n[0][1] * n[1][0] < 0;
}

// Frame rates that recorders mean when they say something near them.
Ratio nearest_rate(double rate) {
    for (auto const& known : {Ratio{24, 1}, Ratio{25, 1}, Ratio{30, 1}, Ratio{50, 1}})
        if (rate <= known.value() * 1.03) return known;
    return {60, 1};
}

constexpr double most_usual_rate = 120;

// Fewer than ten pictures a second are shown as often as makes ten: a cut has to fall within a tenth of a second.
Ratio often_enough(Ratio rate) {
    auto const times = static_cast<std::int64_t>(std::ceil(10 / rate.value()));
    if (rate.value() >= 10) return rate;
    return times < 100'000 && rate.over * times < 1'000'000'000 ? Ratio{rate.over * times, rate.under} : Ratio{10, 1};
}

void read_rate(object const& stream, VideoTrack& video) {
    auto const real = ratio_of(stream, "r_frame_rate", '/'), average = ratio_of(stream, "avg_frame_rate", '/');
    auto const known = real.over > 0 ? real : average;
    // Recorders in browsers name the ticks of their clock and no average: the packets tell.
    auto const ticks = average.over == 0 && real.value() > most_usual_rate;
    if (known.over == 0 || ticks) {
        video.pace = Pace::variable;
        video.rate_told = false;
        return;
    }
    video.rate = known;
    if (average.over > 0 && std::abs(average.value() - real.value()) > real.value() * 0.02) {
        video.pace = Pace::variable;
        video.rate = nearest_rate(average.value());
    }
    video.rate = often_enough(video.rate);
}

void read_shape(object const& stream, VideoTrack& video) {
    auto const width = whole(stream, "width"), height = whole(stream, "height");
    auto const in_range = [](std::int64_t n) { return n > 0 && n <= 1 << 20 ? static_cast<int>(n) : 0; };
    video.width = in_range(width);
    video.height = in_range(height);
    auto const sar = ratio_of(stream, "sample_aspect_ratio", ':');
    if (sar.over > 0 && sar.over != sar.under && sar.value() > 0.1 && sar.value() < 10) {
        video.square_pixels = false;
        video.width = static_cast<int>(std::lround(video.width * sar.value()));
    }
    video.rotation = rotation_of(stream);
    video.mirrored = is_mirrored(stream);
    if (video.rotation == 90 || video.rotation == 270) std::swap(video.width, video.height);
}

// What the filters know how to come from. Reserved and contradictory values are replaced by what the transfer implies.
Colour read_colour(object const& stream, VideoTrack const& video) {
    Colour out;
    auto const transfer = text_of(stream, "color_transfer"), primaries = text_of(stream, "color_primaries"),
               matrix = text_of(stream, "color_space"), range = text_of(stream, "color_range");
    auto const rgb = video.pixels.starts_with("gbr") || video.pixels.starts_with("rgb") || video.pixels.starts_with("bgr") ||
                     video.pixels.starts_with("argb") || video.pixels.starts_with("abgr") || video.pixels.starts_with("0rgb") ||
                     video.pixels.starts_with("0bgr") || video.pixels == "pal8";
    out.range = range == "pc" || range == "full" || video.pixels.starts_with("yuvj") || rgb ? Literal("pc") : Literal("tv");
    if (transfer == "smpte2084" || transfer == "arib-std-b67") {
        out.high_dynamic_range = true;
        out.transfer = transfer == "smpte2084" ? Literal("smpte2084") : Literal("arib-std-b67");
        out.primaries = primaries == "smpte432" ? Literal("smpte432") : primaries == "bt709" ? Literal("bt709") : Literal("bt2020");
        out.matrix = rgb ? Literal("gbr") : matrix == "bt709" ? Literal("bt709") : Literal("bt2020nc");
        return out;
    }
    auto const of_2020 = matrix == "bt2020nc" || matrix == "bt2020c";
    out.wide = true;
    if (primaries == "bt2020" || (of_2020 && (primaries.empty() || primaries == "unknown"))) out.primaries = "bt2020";
    else if (primaries == "smpte431") out.primaries = "smpte431";
    else if (primaries == "smpte432") out.primaries = "smpte432";
    else out.wide = false;
    auto const small = std::max(video.width, video.height) < 1280 && std::min(video.width, video.height) <= 576;
    if (rgb) out.matrix = "gbr";
    else if (of_2020 || (matrix != "bt709" && out.primaries.view() == "bt2020")) out.matrix = "bt2020nc";
    else if (matrix == "smpte240m") out.matrix = "smpte240m";
    else if (matrix == "fcc") out.matrix = "fcc";
    else if (matrix == "smpte170m" || matrix == "bt470bg") out.matrix = "smpte170m";
    else if (matrix != "bt709" && small) out.matrix = "smpte170m"; // nothing said: as players guess by size
    return out;
}

VideoTrack read_video(object const& stream) {
    VideoTrack video;
    video.index = static_cast<int>(whole(stream, "index"));
    video.codec = text_of(stream, "codec_name");
    video.profile = text_of(stream, "profile");
    video.pixels = text_of(stream, "pix_fmt");
    video.level = static_cast<int>(std::clamp<std::int64_t>(whole(stream, "level"), 0, 1000));
    video.stated_packets = std::max<std::int64_t>(0, whole(stream, "nb_frames"));
    read_shape(stream, video);
    read_rate(stream, video);
    video.colour = read_colour(stream, video);
    auto const order = text_of(stream, "field_order");
    if (!order.empty() && order != "progressive" && order != "unknown") video.scan = Scan::interlaced;
    return video;
}

SoundTrack read_sound(object const& stream) {
    SoundTrack sound;
    sound.index = static_cast<int>(whole(stream, "index"));
    sound.codec = text_of(stream, "codec_name");
    sound.channels = static_cast<int>(std::clamp<std::int64_t>(whole(stream, "channels"), 0, 64));
    sound.sample_rate = static_cast<int>(std::clamp<std::int64_t>(whole(stream, "sample_rate"), 0, 768'000));
    auto const layout = text_of(stream, "channel_layout");
    sound.layout_known = !layout.empty() && layout.find("channels") == layout.npos;
    sound.marked = flag_of(stream, "default");
    sound.beside = flag_of(stream, "comment") || flag_of(stream, "visual_impaired") || flag_of(stream, "karaoke");
    sound.language = language_of(stream);
    sound.name = name_of(stream);
    return sound;
}

TextTrack read_text(object const& stream) {
    return {static_cast<int>(whole(stream, "index")), text_of(stream, "codec_name"), language_of(stream), name_of(stream),
        flag_of(stream, "default"), flag_of(stream, "forced"), flag_of(stream, "hearing_impaired")};
}

Reason judge(Probe const& probe) {
    auto const& video = probe.video;
    if (!is_one_of(picture_codecs, video.codec) || video.width == 0 || video.height == 0) return Reason::unsupported;
    if (video.width > most_pixels_a_side || video.height > most_pixels_a_side) return Reason::too_large_picture;
    return Reason::none;
}

// A picture in Dolby Vision without a base that other screens understand: decoded as it is, its colours are nonsense.
bool without_base(object const& stream) {
    auto const* data = side_data(stream, "dv_bl_signal_compatibility_id");
    return data && whole(*data, "dv_bl_signal_compatibility_id") == 0 && whole(*data, "dv_profile") == 5;
}

struct Pictures {
    object const* taken = nullptr;
    bool marked = false;
    std::vector<object const*> others;

    // The one marked as default, else the first; covers and thumbnails are not films.
    void consider(object const& stream) {
        auto const is_marked = flag_of(stream, "default");
        if (taken && (marked || !is_marked)) {
            others.push_back(&stream);
            return;
        }
        if (taken) others.push_back(taken);
        taken = &stream;
        marked = is_marked;
    }
};

void remark(Probe& probe, Warning warning, object const& stream) {
    probe.remarks.push_back(
        {warning, static_cast<int>(whole(stream, "index")), tidy(text_of(stream, "codec_name"), 40), language_of(stream)});
}

void take_streams(array const& streams, Probed& out) {
    Pictures pictures;
    auto& probe = out.probe;
    for (auto const& item : streams) {
        auto const* stream = item.if_object();
        if (!stream) continue;
        auto const kind = text_of(*stream, "codec_type"), codec = text_of(*stream, "codec_name");
        if (kind == "video") {
            auto const still = flag_of(*stream, "attached_pic") || flag_of(*stream, "timed_thumbnails") || flag_of(*stream, "still_image");
            if (still) remark(probe, Warning::attachment_left_out, *stream);
            else pictures.consider(*stream);
        } else if (kind == "audio") {
            auto const sound = read_sound(*stream);
            if (!is_one_of(sound_codecs, codec) || sound.channels == 0 || sound.sample_rate == 0)
                remark(probe, Warning::sound_left_out, *stream);
            else probe.sounds.push_back(sound);
        } else if (kind == "subtitle") {
            if (is_one_of(text_codecs, codec)) probe.texts.push_back(read_text(*stream));
            else remark(probe, Warning::picture_text_left_out, *stream);
        } else {
            remark(probe, kind == "attachment" ? Warning::attachment_left_out : Warning::data_left_out, *stream);
        }
    }
    auto const left_out = [](Remark const& each) { return each.warning == Warning::sound_left_out; };
    if (probe.sounds.empty() && std::ranges::any_of(probe.remarks, left_out)) probe.remarks.push_back({Warning::no_usable_sound});
    for (auto const* other : pictures.others) remark(probe, Warning::picture_left_out, *other);
    if (!pictures.taken) {
        out.reason = Reason::no_video;
        return;
    }
    probe.video = read_video(*pictures.taken);
    if (without_base(*pictures.taken)) out.reason = Reason::unsupported;
}

struct Packets {
    std::vector<PacketTime> pictures;
    std::vector<int> heard; // sound tracks that have packets
    std::optional<double> first_picture;
    std::vector<std::pair<int, double>> first_sounds;
    std::size_t count = 0;
};

Packets read_packets(object const& root, Probe const& probe, double start_s) {
    Packets out;
    auto const* packets = root.if_contains("packets");
    if (!packets || !packets->is_array()) return out;
    for (auto const& item : packets->get_array()) {
        auto const* packet = item.if_object();
        if (!packet) continue;
        ++out.count;
        auto const stream = static_cast<int>(whole(*packet, "stream_index"));
        auto const pts = decimal(*packet, "pts_time"), shown = (std::isnan(pts) ? decimal(*packet, "dts_time") : pts) - start_s;
        auto const flags = text_of(*packet, "flags");
        auto const discarded = flags.find('D') != flags.npos;
        if (std::isnan(shown)) continue;
        if (stream == probe.video.index) {
            out.pictures.push_back({shown, flags.starts_with('K'), discarded});
            if (!discarded && (!out.first_picture || shown < *out.first_picture)) out.first_picture = shown;
        } else if (!discarded &&
                   std::none_of(out.first_sounds.begin(), out.first_sounds.end(), [&](auto const& each) { return each.first == stream; })) {
            out.first_sounds.emplace_back(stream, shown);
        }
    }
    return out;
}

// Of a film that does not say its rate, or one that nobody films at, that of its first pictures: where ffprobe sees none, since what
// stands before them is long, it tells the ticks of the clock.
void measure_rate(VideoTrack& video, std::vector<PacketTime> const& pictures) {
    if ((video.rate_told && video.rate.value() <= most_frames_per_s) || pictures.size() < 3) return;
    auto const [first, last] =
        std::minmax_element(pictures.begin(), pictures.end(), [](PacketTime const& a, PacketTime const& b) { return a.shown < b.shown; });
    auto const span = last->shown - first->shown, rate = span > 0 ? double(pictures.size() - 1) / span : 0;
    if (rate <= 0 || (video.rate_told && rate > most_frames_per_s)) return;
    video.pace = Pace::variable;
    video.rate = nearest_rate(rate);
}

// The one to be heard comes first: marked as default, else the first that is no commentary and not empty; the others keep their order.
void order_sounds(Probe& probe, Packets const& packets) {
    auto& sounds = probe.sounds;
    for (auto& sound : sounds)
        sound.beside = sound.beside || std::none_of(packets.first_sounds.begin(), packets.first_sounds.end(),
                                           [&](auto const& each) { return each.first == sound.index; });
    auto const rank = [](SoundTrack const& sound) { return (sound.beside ? 2 : 0) + (sound.marked ? 0 : 1); };
    auto const best = std::min_element(sounds.begin(), sounds.end(), [&](auto const& a, auto const& b) { return rank(a) < rank(b); });
    if (best != sounds.end()) std::rotate(sounds.begin(), best, best + 1);
}

template <class Track>
void bound(std::vector<Track>& tracks, std::size_t most, Probe& probe) {
    if (tracks.size() <= most) return;
    probe.remarks.push_back({Warning::too_many_tracks});
    tracks.resize(most);
}

} // namespace

Opening judge_opening(std::vector<PacketTime> const& pictures, Ratio rate, double begins_s) {
    Opening out;
    out.begins_s = begins_s;
    if (pictures.empty() || !pictures.front().key || pictures.front().discarded) return out;
    auto const first = pictures.front().shown;
    std::vector<double> times;
    double last_key = first;
    int keys = 0;
    for (auto const& packet : pictures) {
        if (packet.discarded) return out;
        if (packet.key) {
            if (packet.shown - last_key > most_key_distance_s) return out;
            last_key = packet.shown;
            ++keys;
            if (!out.second_key && packet.shown - begins_s >= 1.5) out.second_key = packet.shown - begins_s;
        } else if (packet.shown < last_key) {
            return out; // shown before the key picture it follows: the group is open
        }
        times.push_back(packet.shown);
    }
    std::sort(times.begin(), times.end());
    if (times.back() - last_key > most_key_distance_s || (keys > 2 && (times.back() - first) / keys < 0.4)) return out;
    auto const step = 1 / rate.value();
    for (std::size_t i = 1; i < times.size(); ++i)
        if (std::abs(times[i] - times[i - 1] - step) > step * 0.6) return out;
    out.clean = first - begins_s <= most_key_distance_s;
    return out;
}

Probed read_report(std::string_view report, std::optional<Container> container) {
    Probed out;
    out.probe.container = container;
    auto const document = json::parse(report);
    auto const* root = document ? document->if_object() : nullptr;
    auto const* streams = root ? root->if_contains("streams") : nullptr;
    auto const* format = root ? root->if_contains("format") : nullptr;
    if (!streams || !streams->is_array() || !format || !format->is_object())
        return {Reason::damaged, {}, "ffprobe's report is not readable"};
    if (streams->get_array().size() >= most_streams) return {Reason::too_many_streams, {}, ""};
    auto const stated = decimal(format->get_object(), "duration"), start = decimal(format->get_object(), "start_time");
    auto const start_s = std::isnan(start) ? 0.0 : start;
    auto& probe = out.probe;
    // Recordings begin anywhere, also in the middle of a packet: what looked at the first bytes did not know them.
    auto const name = text_of(format->get_object(), "format_name");
    if (!probe.container && name == "mpegts") probe.container = Container::mpegts;
    if (!probe.container && name == "mpeg") probe.container = Container::mpegps;
    probe.stated_s = std::isnan(stated) ? 0 : std::max(0.0, stated);
    probe.bit_rate = std::max<std::int64_t>(0, whole(format->get_object(), "bit_rate"));
    take_streams(streams->get_array(), out);
    if (out.reason == Reason::none) out.reason = judge(probe);
    if (out.reason != Reason::none) return out;
    auto const packets = read_packets(*root, probe, start_s);
    measure_rate(probe.video, packets.pictures);
    if (probe.video.pace == Pace::constant && probe.video.rate.value() > most_frames_per_s) return {Reason::too_many_frames, probe, ""};
    order_sounds(probe, packets);
    bound(probe.sounds, most_sounds, probe), bound(probe.texts, most_texts, probe);
    auto begins = packets.first_picture.value_or(0);
    for (auto const& [track, first] : packets.first_sounds)
        if (!probe.sounds.empty() && track == probe.sounds.front().index) begins = std::min(begins, first);
    auto const first_picture = packets.first_picture.value_or(0), step = 1 / probe.video.rate.value();
    begins = first_picture - std::round((first_picture - std::max(0.0, begins)) / step) * step;
    probe.opening = judge_opening(packets.pictures, probe.video.rate, begins);
    probe.opening.timed = packets.first_picture.has_value();
    probe.opening.whole = packets.count < first_packets;
    probe.opening.discarded = static_cast<int>(
        std::count_if(packets.pictures.begin(), packets.pictures.end(), [](PacketTime const& each) { return each.discarded; }));
    return out;
}

} // namespace mozi::media
