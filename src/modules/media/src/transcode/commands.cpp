// ffmpeg's arguments: one decode, a split, and one HLS output per version.
#include "transcode/commands.hpp"

#include <algorithm>

namespace mozi::media {
namespace {

Argument name_of(Rung const& rung) { return Argument{} << rung.lines << "p"; }

// Filters that everything passes before the picture is split.
Argument common_filters(Probe const& probe, Ladder const& ladder, int width, int height, ToneMapping tone_mapping) {
    Argument out;
    if (probe.video.scan == Scan::interlaced) out << "bwdif=mode=send_frame:deint=interlaced,";
    // Always: containers lie about constancy, and segment durations are only true at a constant pace.
    out << "fps=" << ladder.rate.over << "/" << ladder.rate.under << ",";
    if (probe.video.light == Light::high_dynamic_range && tone_mapping == ToneMapping::available)
        out << "scale=" << width << ":" << height << ",zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,"
            << "tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,";
    return out << "format=yuv420p";
}

Argument graph(Probe const& probe, Ladder const& ladder, EncodeOrder const& order) {
    Argument out;
    auto const& largest = order.rungs.front();
    out << "[0:" << probe.video.index << "]" << common_filters(probe, ladder, largest.width, largest.height, order.tone_mapping)
        << ",split=" << order.rungs.size();
    for (std::size_t i = 0; i < order.rungs.size(); ++i) out << "[s" << i << "]";
    for (std::size_t i = 0; i < order.rungs.size(); ++i)
        out << ";[s" << i << "]scale=" << order.rungs[i].width << ":" << order.rungs[i].height << ":flags=bicubic,setsar=1[v" << i << "]";
    return out;
}

void add_video(Argv& argv, Rung const& rung, std::size_t at, EncodeOrder const& order, double rate) {
    argv.option("-map", Argument{} << "[v" << at << "]");
    argv.words({"-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p", "-crf", "23", "-sc_threshold", "0", "-threads", "2"});
    argv.option("-maxrate", Argument{} << rung.video_kbps << "k").option("-bufsize", Argument{} << rung.video_kbps * 2 << "k");
    // Key pictures come from the rule below alone, never from the encoder's own counter.
    argv.option("-g", Argument{} << static_cast<int>(std::max(1.0, rate) * 20));
    if (order.cuts_of_source) argv.words({"-force_key_frames", "source"});
    else argv.option("-force_key_frames", Argument{} << "expr:gte(t,if(n_forced,n_forced*" << segment_s << "-" << segment_s - first_segment_s << ",0))");
    argv.words({"-fps_mode", "passthrough"});
}

void add_audio(Argv& argv, AudioTrack const& audio, Rung const& rung, bool keep) {
    argv.option("-map", Argument{} << "0:" << audio.index);
    if (keep) {
        argv.words({"-c:a", "copy"});
        return;
    }
    argv.words({"-c:a", "aac", "-ac", "2", "-ar", "48000", "-af", "aresample=async=1:first_pts=0"});
    argv.option("-b:a", Argument{} << rung.audio_kbps << "k");
}

void add_output(Argv& argv, Rung const& rung, EncodeOrder const& order) {
    // One second in front, in every version: however much a decoder needs to reorder, no time is negative, and so none is
    // shifted; all versions stay on the same clock.
    argv.words({"-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-output_ts_offset", "1"});
    if (order.first_ms > 0) argv.option("-t", Argument{} << order.first_ms << "ms");
    argv.words({"-f", "hls", "-hls_list_size", "0", "-hls_segment_type", "fmp4", "-hls_playlist_type", "event",
        "-hls_flags", "independent_segments+temp_file", "-hls_fmp4_init_filename", "init.mp4"});
    // The n-th segment ends at the first key picture after n times this, so the key pictures alone decide.
    argv.option("-hls_time", Argument{} << (order.cuts_of_source ? segment_s : first_segment_s));
    argv.option("-hls_segment_filename", name_of(rung) << "/%05d.m4s").value(name_of(rung) << "/list.m3u8");
}

Argv beginning(Container container) {
    Argv out;
    out.words({"-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-progress", "pipe:1", "-stats_period", "0.25", "-filter_complex_threads", "2",
        "-threads", "2"});
    return out.all(input_arguments(container));
}

} // namespace

Argv encode_arguments(Probe const& probe, Ladder const& ladder, EncodeOrder const& order) {
    auto argv = beginning(probe.container);
    argv.words({"-i", "../source"});
    auto const repackage = order.rungs.front().making == Making::repackage;
    if (!repackage) argv.option("-filter_complex", graph(probe, ladder, order));
    for (std::size_t i = 0; i < order.rungs.size(); ++i) {
        auto const& rung = order.rungs[i];
        if (repackage) argv.option("-map", Argument{} << "0:" << probe.video.index).words({"-c:v", "copy"});
        else add_video(argv, rung, i, order, ladder.rate.value());
        if (probe.audio) add_audio(argv, *probe.audio, rung, repackage && could_keep_audio(probe));
        add_output(argv, rung, order);
    }
    return argv;
}

Argv poster_arguments(Probe const& probe, std::int64_t at_ms, ToneMapping tone_mapping) {
    auto argv = beginning(probe.container);
    argv.option("-ss", Argument{} << at_ms << "ms").words({"-i", "../source"});
    auto const scale = std::min(1.0, 1280.0 / std::max(probe.video.width, probe.video.height));
    auto const size = [&](int side) { return std::max(2, static_cast<int>(side * scale) / 2 * 2); };
    auto const width = size(probe.video.width), height = size(probe.video.height);
    Ladder const as_it_is{{}, probe.video.rate};
    argv.option("-filter_complex", Argument{} << "[0:" << probe.video.index << "]" << common_filters(probe, as_it_is, width, height, tone_mapping)
        << ",thumbnail=24,scale=" << width << ":" << height << ",setsar=1,signalstats,metadata=mode=print:key=lavfi.signalstats.YAVG:file=pipe\\\\:1[p]");
    argv.words({"-map", "[p]", "-map_metadata", "-1", "-frames:v", "1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "4", "-f", "image2", "-update", "1", "poster.jpg"});
    return argv;
}

} // namespace mozi::media
