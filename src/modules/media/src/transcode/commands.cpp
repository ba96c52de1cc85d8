// ffmpeg's arguments: one decode, a split, and one output per track and version.
#include "transcode/commands.hpp"

#include "jail/protocol.hpp"

#include <algorithm>
#include <cmath>

namespace mozi::media {
namespace {

// Seconds with six decimals, as ffmpeg reads them.
Argument seconds(double value) {
    auto const micro = std::llround(value * 1e6);
    auto const whole = std::llabs(micro) / 1'000'000, rest = std::llabs(micro) % 1'000'000;
    Argument out;
    if (micro < 0) out << "-";
    out << whole << ".";
    for (auto digit = 100'000; digit > 1 && rest < digit; digit /= 10) out << "0";
    return out << rest;
}

Argv beginning(Probe const& probe, int threads) {
    Argv out;
    // What it did is counted at the end, in words for which this level is needed; each line says of what level it is.
    out.words({"-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+verbose", "-y"});
    if (threads > 0) out.option("-filter_complex_threads", Argument{} << threads);
    out.all(input_arguments(probe.container));
    if (std::abs(probe.opening.begins_s) > 0.0005) out.option("-itsoffset", seconds(-probe.opening.begins_s));
    return out;
}

Argv& source(Argv& argv) { return argv.words({"-i", "../source"}); }

// The clock is taken forward over every hole, alike for pictures and sound.
Argument closed_holes(std::vector<Hole> const& holes, Literal filter) {
    Argument out;
    if (holes.empty()) return out;
    out << filter << "='PTS-(";
    for (std::size_t i = 0; i < holes.size(); ++i)
        out << (i ? Literal("+") : Literal("")) << "gte(T," << seconds((holes[i].from_s + holes[i].to_s) / 2) << ")*"
            << seconds(holes[i].to_s - holes[i].from_s);
    return out << ")/TB',";
}

// From the source's colours to the ones every screen shows, in the size of the largest version.
Argument colours(Probe const& probe, int width, int height, ToneMapping tone_mapping) {
    auto const& colour = probe.video.colour;
    Argument out;
    out << "setparams=color_primaries=" << colour.primaries << ":color_trc=" << colour.transfer << ":colorspace=" << colour.matrix
        << ":range=" << colour.range << ",";
    if ((colour.high_dynamic_range || colour.wide) && tone_mapping == ToneMapping::available)
        return out << "zscale=" << width << ":" << height << ":t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
                   << (colour.wide ? Literal() : Literal("tonemap=tonemap=hable:desat=0,"))
                   << "zscale=t=bt709:m=bt709:p=bt709:r=tv,format=yuv420p,";
    return out << "scale=" << width << ":" << height << ":flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p,"
               << "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,";
}

// What every picture passes before it is split: on the film's clock, at a constant pace from zero to its end.
Argument common_filters(Probe const& probe, Ladder const& ladder, Known const& known, Rung const& largest, ToneMapping tone_mapping) {
    Argument out = closed_holes(known.holes, "setpts");
    if (probe.video.scan == Scan::interlaced) out << "bwdif=mode=send_frame:deint=interlaced,";
    out << colours(probe, largest.width, largest.height, tone_mapping);
    if (known.held) return out << "settb=1/16000,setpts='max(PTS,0)',select='isnan(prev_selected_t)+gt(t,prev_selected_t)'";
    out << "fps=" << ladder.rate.over << "/" << ladder.rate.under << ":start_time=0";
    if (known.picture_pad_s > 0.001) out << ",tpad=stop_mode=clone:stop_duration=" << seconds(known.picture_pad_s);
    return out;
}

Argument graph(Probe const& probe, Ladder const& ladder, Known const& known, EncodeOrder const& order, std::size_t kept) {
    Argument out;
    auto const& rungs = order.rungs;
    auto const encoded = rungs.size() - kept;
    out << "[0:" << probe.video.index << "]" << common_filters(probe, ladder, known, rungs[kept], order.tone_mapping)
        << ",split=" << encoded;
    for (std::size_t i = kept; i < rungs.size(); ++i) out << "[s" << i << "]";
    for (std::size_t i = kept; i < rungs.size(); ++i)
        out << ";[s" << i << "]scale=" << rungs[i].width << ":" << rungs[i].height << ":flags=bicubic,setsar=1[v" << i << "]";
    return out;
}

// One track on the next pipe: every packet by itself, times as they are, no edit list.
void to_pipe(Argv& argv, std::size_t pipe, int first_ms, Literal when_written = "empty_moov") {
    argv.words({"-map_metadata", "-1", "-map_chapters", "-1"});
    argv.option("-output_ts_offset", Argument{} << lead_s);
    if (first_ms > 0) argv.option("-t", Argument{} << first_ms << "ms");
    argv.words({"-f", "mp4", "-use_editlist", "0", "-avoid_negative_ts", "disabled"});
    argv.option("-movflags", Argument{} << when_written << "+default_base_moof+frag_every_frame+frag_discont");
    argv.value(Argument{} << "pipe:" << static_cast<std::size_t>(jail::first_pipe_fd) + pipe);
}

// ffmpeg takes the nearest picture (5) or the first one not before (6 and later): a tenth of one is for rounding.
Argument key_pictures(Timetable const& times, double rate) {
    Argument keys;
    auto const early = 0.1 / rate;
    // One argument of a program takes 128 KiB: of a very long film the rule instead of the list.
    if (times.size() > most_listed_segments)
        return keys << "expr:gte(t,if(n_forced," << seconds(times.begin(1)) << "+(n_forced-1)*" << seconds(times.begin(2) - times.begin(1))
                    << ",0)-" << seconds(early) << ")";
    for (std::size_t i = 0; i < times.size(); ++i)
        keys << (i ? Literal(",") : Literal("")) << seconds(std::max(0.0, times.begin(i) - early));
    return keys;
}

void add_picture(Argv& argv, Rung const& rung, std::size_t at, EncodeOrder const& order, Known const& known, double rate) {
    argv.option("-map", Argument{} << "[v" << at << "]");
    argv.words({"-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p", "-crf", "23", "-sc_threshold", "0"});
    argv.option("-maxrate", Argument{} << rung.video_kbps << "k").option("-bufsize", Argument{} << rung.video_kbps * 2 << "k");
    argv.option("-threads", Argument{} << order.threads).words({"-fps_mode", "passthrough"});
    if (known.held) { // a level is reckoned from a pace, and there is none; hours have to fit into 31 bits of ticks
        argv.words({"-g", "1", "-bf", "0", "-enc_time_base", "1/16000", "-level:v", "5.1"});
        return;
    }
    // Reordered by one picture and no more: readers that shift what is shown before it is decoded are then little off.
    argv.words({"-bf", "2", "-b-pyramid", "none"});
    // Key pictures stand where segments begin and nowhere else, never by the encoder's own counter.
    argv.option("-g", Argument{} << static_cast<int>(std::max(1.0, rate) * 60));
    argv.option("-force_key_frames", key_pictures(order.times, rate));
}

// Any number of channels, with or without a known layout, on two. Where nobody knows which is which, every other one.
Argument down_to_two(SoundTrack const& sound) {
    Argument out;
    if (sound.channels <= 2 || (sound.layout_known && sound.channels <= 8)) return out << "aformat=sample_fmts=fltp:channel_layouts=stereo";
    out << "pan=stereo";
    for (int side = 0; side < 2; ++side) {
        out << "|c" << side << "=";
        for (int i = side; i < sound.channels; i += 2) out << (i > 1 ? Literal("+") : Literal("")) << "0.5*c" << i;
    }
    return out << ",aformat=sample_fmts=fltp";
}

void add_sound(Argv& argv, Probe const& probe, Known const& known, SoundVersion const& version) {
    auto const& sound = probe.sounds[version.track];
    argv.option("-map", Argument{} << "0:" << sound.index);
    if (version.form == Form::surround_kept) {
        argv.words({"-c:a", "copy"});
        return;
    }
    // Holes are silent, overlaps go, slow drift is followed by half a hundredth: sound stays where its pictures are.
    Argument filters = closed_holes(known.holes, "asetpts");
    filters << "aresample=48000:async=240:min_hard_comp=0.08:flags=res:first_pts=0,";
    if (version.form == Form::stereo) filters << down_to_two(sound);
    else filters << "aformat=sample_fmts=fltp:channel_layouts=5.1";
    // Silence to the film's end, and nothing behind it: a decoder gives whole packets also where less of the last one is meant.
    if (known.length_s > 0) filters << ",apad=whole_dur=" << seconds(known.length_s) << ",atrim=end=" << seconds(known.length_s);
    argv.option("-af", filters).words({"-c:a", "aac", "-ar", "48000"});
    argv.option("-b:a", Argument{} << (version.form == Form::stereo ? 160 : 384) << "k");
}

} // namespace

bool is_held(std::int64_t pictures, double length_s, double rate) {
    constexpr double always = 6000, for_each = 20;
    return length_s * rate - double(pictures) > always + for_each * double(pictures);
}

Argv encode_arguments(Probe const& probe, Ladder const& ladder, Known const& known, EncodeOrder const& order) {
    auto argv = beginning(probe, order.threads);
    // Pictures that change their size or format on the way are scaled like the rest: a graph begun anew would count from zero again.
    if (probe.video.scan == Scan::progressive) argv.words({"-reinit_filter:v", "0"});
    source(argv);
    std::size_t const kept = !order.rungs.empty() && order.rungs.front().making == Making::repackage ? 1 : 0;
    if (order.rungs.size() > kept) argv.option("-filter_complex", graph(probe, ladder, known, order, kept));
    std::size_t pipe = 0;
    for (std::size_t i = 0; i < order.rungs.size(); ++i) {
        if (i < kept) argv.option("-map", Argument{} << "0:" << probe.video.index).words({"-c:v", "copy"});
        else add_picture(argv, order.rungs[i], i, order, known, ladder.rate.value());
        to_pipe(argv, pipe++, order.first_ms);
    }
    for (auto const& sound : order.sounds) {
        add_sound(argv, probe, known, sound);
        to_pipe(argv, pipe++, order.first_ms, sound.form == Form::surround_kept ? Literal("delay_moov") : Literal("empty_moov"));
    }
    return argv;
}

TextFormat text_format(TextTrack const& track) {
    if (track.codec == "webvtt") return TextFormat::webvtt;
    // ffmpeg's decoder of SubRip would end at the first empty line of a cue.
    return track.codec == "subrip" ? TextFormat::srt : TextFormat::ass;
}

Argv scan_arguments(Probe const& probe, ScanOrder const& order) {
    auto argv = beginning(probe, 0);
    // Texts in old code pages come out as they are; unasked, ffmpeg would drop every line that is not UTF-8.
    if (order.texts) argv.words({"-sub_charenc_mode:s", "ignore"});
    source(argv);
    argv.option("-map", Argument{} << "0:" << probe.video.index);
    for (auto const& sound : probe.sounds) argv.option("-map", Argument{} << "0:" << sound.index);
    argv.words({"-c", "copy", "-f", "framecrc", "pipe:1"});
    if (order.cuts) {
        argv.option("-map", Argument{} << "0:" << probe.video.index).words({"-c:v", "copy"});
        to_pipe(argv, 0, 0);
    }
    for (std::size_t i = 0; order.texts && i < probe.texts.size(); ++i) {
        argv.option("-map", Argument{} << "0:" << probe.texts[i].index);
        auto const format = text_format(probe.texts[i]);
        if (format == TextFormat::ass) argv.words({"-c:s", "ass", "-f", "ass"});
        else // what begins before the film as well
            argv.words({"-c:s", "copy", "-copypriorss", "1", "-avoid_negative_ts", "disabled", "-f"})
                .value(format == TextFormat::srt ? Literal("srt") : Literal("webvtt"));
        argv.value(Argument{} << "text-" << i);
    }
    return argv;
}

Argv sound_check_arguments(Probe const& probe, std::size_t track, Heard heard) {
    auto argv = beginning(probe, 0);
    source(argv);
    argv.option("-map", Argument{} << "0:" << probe.sounds[track].index);
    if (heard == Heard::a_second) argv.words({"-t", "1"});
    argv.words({"-f", "null", "pipe:1"});
    return argv;
}

Argv poster_arguments(Probe const& probe, std::int64_t at_ms, ToneMapping tone_mapping, Choice choice) {
    auto argv = beginning(probe, 0);
    if (probe.opening.timed) argv.option("-ss", Argument{} << at_ms << "ms");
    source(argv);
    auto const scale = std::min(1.0, 1280.0 / std::max(probe.video.width, probe.video.height));
    auto const size = [&](int side) { return std::max(2, static_cast<int>(side * scale) / 2 * 2); };
    auto const width = size(probe.video.width), height = size(probe.video.height);
    Argument filters;
    filters << "[0:" << probe.video.index << "]";
    if (!probe.opening.timed) filters << "trim=start=" << at_ms << "ms,";
    if (probe.video.scan == Scan::interlaced) filters << "bwdif=mode=send_frame:deint=interlaced,";
    filters << colours(probe, width, height, tone_mapping);
    if (choice == Choice::telling) filters << "thumbnail=24,";
    // JPEG knows one matrix and the full range.
    filters << "scale=" << width << ":" << height
            << ":in_color_matrix=bt709:out_color_matrix=smpte170m:out_range=pc,setsar=1,format=yuvj420p,signalstats,metadata=mode=print:"
               "key=lavfi.signalstats.YAVG:file=pipe\\\\:1[p]";
    argv.option("-filter_complex", filters);
    argv.words({"-map", "[p]", "-map_metadata", "-1", "-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "4", "-f",
        "image2", "-update", "1", "poster.jpg"});
    return argv;
}

} // namespace mozi::media
