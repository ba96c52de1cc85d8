// ffprobe in the jail, and the strict reading of what it reports. The report is written by a program that has read a
// hostile file, so every number in it is checked before it is used.
#include "transcode/probe.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mozi::media {
namespace {

using boost::json::object;

std::string text_of(object const& from, std::string_view key) {
    auto const* found = from.if_contains(key);
    auto const* text = found ? found->if_string() : nullptr;
    return text && text->size() <= 64 ? std::string(*text) : std::string();
}

std::int64_t whole_of(object const& from, std::string_view key) {
    auto const* found = from.if_contains(key);
    if (!found) return 0;
    if (auto const* number = found->if_int64()) return *number;
    auto const text = text_of(from, key);
    std::int64_t out = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && end == text.data() + text.size() ? out : 0;
}

double decimal(std::string_view text) {
    double out = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && end == text.data() + text.size() && std::isfinite(out) ? out : 0.0;
}

Ratio ratio_of(object const& from, std::string_view key, char separator) {
    auto const text = text_of(from, key);
    auto const parts = split(text, separator);
    Ratio out{0, 1};
    if (parts.size() != 2) return out;
    std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), out.over);
    std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), out.under);
    auto const sane = [](std::int64_t n) { return n > 0 && n <= 1'000'000'000; };
    return sane(out.over) && sane(out.under) ? out : Ratio{0, 1};
}

int rotation_of(object const& stream) {
    auto const* list = stream.if_contains("side_data_list");
    if (!list || !list->is_array()) return 0;
    for (auto const& item : list->get_array()) {
        auto const* data = item.if_object();
        if (!data || !data->contains("rotation")) continue;
        auto const degrees = ((whole_of(*data, "rotation") % 360) + 360) % 360;
        return static_cast<int>((degrees + 45) / 90 % 4 * 90);
    }
    return 0;
}

bool flag_of(object const& stream, std::string_view key) {
    auto const* disposition = stream.if_contains("disposition");
    return disposition && disposition->is_object() && whole_of(disposition->get_object(), key) != 0;
}

// Frame rates that recorders mean when they say something near them.
Ratio nearest_rate(double rate) {
    for (auto const& known : {Ratio{24, 1}, Ratio{25, 1}, Ratio{30, 1}, Ratio{50, 1}})
        if (rate <= known.value() * 1.03) return known;
    return {60, 1};
}

void read_rate(object const& stream, VideoTrack& video) {
    auto const real = ratio_of(stream, "r_frame_rate", '/'), average = ratio_of(stream, "avg_frame_rate", '/');
    auto const known = real.over > 0 ? real : average;
    if (known.over == 0) {
        video.pace = Pace::variable;
        return;
    }
    video.rate = known;
    if (average.over > 0 && std::abs(average.value() - real.value()) > real.value() * 0.02) {
        video.pace = Pace::variable;
        video.rate = nearest_rate(average.value());
    }
}

void read_shape(object const& stream, VideoTrack& video) {
    auto const width = whole_of(stream, "width"), height = whole_of(stream, "height");
    auto const in_range = [](std::int64_t n) { return n > 0 && n <= 1 << 20 ? static_cast<int>(n) : 0; };
    video.width = in_range(width), video.height = in_range(height);
    auto const sar = ratio_of(stream, "sample_aspect_ratio", ':');
    if (sar.over > 0 && sar.over != sar.under && sar.value() > 0.1 && sar.value() < 10) {
        video.square_pixels = false;
        video.width = static_cast<int>(std::lround(video.width * sar.value()));
    }
    video.rotation = rotation_of(stream);
    if (video.rotation == 90 || video.rotation == 270) std::swap(video.width, video.height);
}

VideoTrack read_video(object const& stream) {
    VideoTrack video;
    video.index = static_cast<int>(whole_of(stream, "index"));
    video.codec = text_of(stream, "codec_name");
    video.profile = text_of(stream, "profile");
    video.pixels = text_of(stream, "pix_fmt");
    video.level = static_cast<int>(std::clamp<std::int64_t>(whole_of(stream, "level"), 0, 1000));
    read_shape(stream, video);
    read_rate(stream, video);
    auto const transfer = text_of(stream, "color_transfer"), order = text_of(stream, "field_order");
    if (transfer == "smpte2084" || transfer == "arib-std-b67") video.light = Light::high_dynamic_range;
    if (!order.empty() && order != "progressive" && order != "unknown") video.scan = Scan::interlaced;
    return video;
}

AudioTrack read_audio(object const& stream) {
    AudioTrack audio;
    audio.index = static_cast<int>(whole_of(stream, "index"));
    audio.codec = text_of(stream, "codec_name");
    audio.profile = text_of(stream, "profile");
    audio.channels = static_cast<int>(std::clamp<std::int64_t>(whole_of(stream, "channels"), 0, 64));
    audio.sample_rate = static_cast<int>(std::clamp<std::int64_t>(whole_of(stream, "sample_rate"), 0, 768'000));
    return audio;
}

constexpr std::array video_codecs{"h264"sv, "hevc"sv, "vp8"sv, "vp9"sv, "av1"sv, "mpeg4"sv, "mpeg2video"sv, "mpeg1video"sv, "msmpeg4v3"sv,
    "h263"sv, "flv1"sv, "theora"sv, "prores"sv, "dnxhd"sv, "mjpeg"sv, "wmv1"sv, "wmv2"sv, "wmv3"sv, "vc1"sv};
constexpr std::array audio_codecs{"aac"sv, "mp3"sv, "mp2"sv, "ac3"sv, "eac3"sv, "dts"sv, "opus"sv, "vorbis"sv, "flac"sv, "alac"sv, "pcm_s16le"sv,
    "pcm_s16be"sv, "pcm_s24le"sv, "pcm_s24be"sv, "pcm_s32le"sv, "pcm_f32le"sv, "pcm_u8"sv, "pcm_alaw"sv, "pcm_mulaw"sv, "wmav1"sv, "wmav2"sv,
    "amr_nb"sv, "amr_wb"sv};

template <std::size_t N>
bool known(std::array<std::string_view, N> const& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

Reason judge(Probe const& probe) {
    auto const& video = probe.video;
    if (!known(video_codecs, video.codec) || video.width == 0 || video.height == 0) return Reason::unsupported;
    if (video.width > most_pixels_a_side || video.height > most_pixels_a_side) return Reason::too_large_picture;
    if (video.pace == Pace::constant && video.rate.value() > most_frames_per_s) return Reason::too_many_frames;
    return probe.duration_s > most_duration_s ? Reason::too_long : Reason::none;
}

// The picture track marked as default, else the first; cover pictures are not films. The first readable sound.
void choose_streams(boost::json::array const& streams, Probed& out) {
    int considered = 0;
    bool has_video = false, has_default = false;
    for (auto const& item : streams) {
        auto const* stream = item.if_object();
        auto const kind = stream ? text_of(*stream, "codec_type") : std::string();
        if ((kind != "video" && kind != "audio") || ++considered > considered_streams) continue;
        if (kind == "audio") {
            auto const audio = read_audio(*stream);
            if (!out.probe.audio && known(audio_codecs, audio.codec) && audio.channels > 0 && audio.sample_rate > 0) out.probe.audio = audio;
        } else if (!flag_of(*stream, "attached_pic") && !has_default) {
            has_default = flag_of(*stream, "default");
            if (has_video && !has_default) continue;
            out.probe.video = read_video(*stream), has_video = true;
        }
    }
    if (!has_video) out.reason = Reason::no_video;
}

Argv report_arguments() {
    Argv out;
    out.words({"-v", "error", "-hide_banner", "-show_entries",
        "format=duration,bit_rate,nb_streams:"
        "stream=index,codec_type,codec_name,profile,pix_fmt,level,width,height,sample_aspect_ratio,r_frame_rate,avg_frame_rate,"
        "field_order,color_transfer,channels,sample_rate:stream_disposition=default,attached_pic:stream_side_data=rotation", "-of", "json"});
    return out;
}

// Where ffprobe gives up. Its words are only looked at, never shown.
Reason reason_of(JailOutcome const& outcome) {
    switch (outcome.ending) {
    case Ending::no_jail:
    case Ending::not_started: return Reason::no_jail;
    case Ending::timed_out: return Reason::timed_out;
    case Ending::signalled: return Reason::decoder_stopped;
    case Ending::too_much_output: return Reason::too_many_streams;
    case Ending::cancelled: return Reason::internal;
    case Ending::exited: break;
    }
    if (outcome.errors.find("max_streams") != std::string::npos) return Reason::too_many_streams;
    if (outcome.errors.find("not on whitelist") != std::string::npos) return Reason::unsupported;
    return outcome.errors.find("moov atom not found") != std::string::npos ? Reason::input_truncated : Reason::damaged;
}

JailedRun probe_run(std::string const& directory) {
    JailedRun run;
    run.tool = Tool::ffprobe;
    run.directory = directory;
    run.priority = Priority::soon;
    run.cpu_s = 60;
    run.disk_mib = 4;
    return run;
}

} // namespace

Argv input_arguments(Container container) {
    Argv out;
    out.words({"-protocol_whitelist", "file,pipe", "-max_streams"}).value(Argument{} << most_streams - 1);
    out.words({"-codec_whitelist",
        "h264,hevc,vp8,vp9,libdav1d,av1,libaom-av1,mpeg4,mpeg2video,mpegvideo,mpeg1video,msmpeg4,h263,flv,theora,prores,dnxhd,mjpeg,wmv1,wmv2,wmv3,vc1,"
        "aac,mp3float,mp3,mp2float,mp2,ac3,eac3,dca,opus,libopus,vorbis,flac,alac,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_f32le,"
        "pcm_u8,pcm_alaw,pcm_mulaw,wmav1,wmav2,amrnb,amrwb"});
    return out.words({"-f", demuxer(container)});
}

Probed read_report(std::string_view report, Container container) {
    Probed out;
    out.probe.container = container;
    auto const document = json::parse(report);
    auto const* root = document ? document->if_object() : nullptr;
    auto const* streams = root ? root->if_contains("streams") : nullptr;
    auto const* format = root ? root->if_contains("format") : nullptr;
    if (!streams || !streams->is_array() || !format || !format->is_object()) return {Reason::damaged, {}, "ffprobe's report is not readable"};
    if (streams->get_array().size() >= most_streams) return {Reason::too_many_streams, {}, ""};
    out.probe.duration_s = std::max(0.0, decimal(text_of(format->get_object(), "duration")));
    out.probe.bit_rate = std::max<std::int64_t>(0, whole_of(format->get_object(), "bit_rate"));
    choose_streams(streams->get_array(), out);
    if (out.reason == Reason::none) out.reason = judge(out.probe);
    return out;
}

Probed probe(JailSettings const& settings, std::string const& directory, Container container) {
    auto run = probe_run(directory);
    run.arguments.all(report_arguments()).all(input_arguments(container)).words({"-i", "../source"});
    auto const outcome = run_jailed(settings, run);
    if (!outcome.good()) return {reason_of(outcome), {}, outcome.walls + outcome.errors};
    return read_report(outcome.output, container);
}

std::vector<PacketTime> read_packets(std::string_view report) {
    std::vector<PacketTime> out;
    for (auto const line : split(report, '\n')) {
        auto const fields = split(line, ',');
        if (fields.size() < 3 || fields[0] == "N/A") continue;
        auto const shown = decimal(fields[0]);
        out.push_back({shown, fields[1] == "N/A" ? shown : decimal(fields[1]), fields[2].starts_with('K')});
    }
    return out;
}

Cuts judge_cuts(std::vector<PacketTime> packets, Ratio rate) {
    if (packets.empty() || !packets.front().key) return Cuts::unusable;
    double last_key = packets.front().shown, end = 0;
    int keys = 0;
    for (auto const& packet : packets) {
        if (packet.key) {
            if (packet.shown - last_key > most_key_distance_s) return Cuts::unusable;
            last_key = packet.shown, ++keys;
        } else if (packet.shown < last_key) {
            return Cuts::unusable; // shown before the key picture it follows: the group is open
        }
        end = std::max(end, packet.shown);
    }
    auto const length = end - packets.front().shown;
    if (end - last_key > most_key_distance_s || (keys > 2 && length / keys < 0.4)) return Cuts::unusable;
    std::sort(packets.begin(), packets.end(), [](PacketTime const& a, PacketTime const& b) { return a.shown < b.shown; });
    auto const step = 1 / rate.value();
    for (std::size_t i = 1; i < packets.size(); ++i)
        if (std::abs(packets[i].shown - packets[i - 1].shown - step) > step * 0.6) return Cuts::unusable;
    return Cuts::usable;
}

Cuts probe_cuts(JailSettings const& settings, std::string const& directory, Probe const& probe) {
    auto run = probe_run(directory);
    run.arguments.words({"-v", "error", "-hide_banner", "-show_entries", "packet=pts_time,dts_time,flags", "-of", "csv=p=0", "-read_intervals", "%+120"});
    run.arguments.option("-select_streams", Argument{} << probe.video.index);
    run.arguments.all(input_arguments(probe.container)).words({"-i", "../source"});
    auto const outcome = run_jailed(settings, run);
    return outcome.good() ? judge_cuts(read_packets(outcome.output), probe.video.rate) : Cuts::unusable;
}

} // namespace mozi::media
