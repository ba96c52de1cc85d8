// Running ffprobe.
#include "transcode/probe.hpp"
#include "transcode/codecs.hpp"

namespace mozi::media {
namespace {

Argv report_arguments() {
    Argv out;
    out.words({"-v", "error", "-hide_banner", "-show_entries",
        "format=format_name,duration,start_time,bit_rate,nb_streams:"
        "stream=index,codec_type,codec_name,profile,pix_fmt,level,width,height,sample_aspect_ratio,r_frame_rate,avg_frame_rate,nb_frames,"
        "field_order,color_transfer,color_primaries,color_space,color_range,channels,channel_layout,sample_rate:"
        "stream_disposition=default,attached_pic,timed_thumbnails,still_image,comment,visual_impaired,hearing_impaired,karaoke,forced:"
        "stream_tags=language,title:stream_side_data=rotation,displaymatrix,dv_profile,dv_bl_signal_compatibility_id:"
        "packet=stream_index,pts_time,dts_time,flags"});
    out.option("-read_intervals", Argument{} << "%+#" << first_packets);
    return out.words({"-of", "json=compact=1"});
}

// Where ffprobe gives up. Its words are only looked at, never shown.
Reason reason_of(JailOutcome const& outcome) {
    switch (outcome.ending) {
    case Ending::no_jail:
    case Ending::not_started: return Reason::no_jail;
    case Ending::no_program: return Reason::program_missing;
    case Ending::timed_out: return Reason::timed_out;
    case Ending::signalled: return Reason::decoder_stopped;
    case Ending::too_much_output: return Reason::too_many_streams;
    case Ending::not_understood:
    case Ending::cancelled: return Reason::internal;
    case Ending::exited: break;
    }
    auto const says = [&](std::string_view words) { return outcome.errors.find(words) != std::string::npos; };
    if (says("max_streams")) return Reason::too_many_streams;
    if (says("ormat not on whitelist")) return Reason::not_a_video;
    if (says("not on whitelist")) return Reason::unsupported;
    return says("moov atom not found") ? Reason::input_truncated : Reason::damaged;
}

} // namespace

Argv input_arguments(std::optional<Container> container) {
    Argv out;
    out.words({"-protocol_whitelist", "file,pipe", "-max_streams"}).value(Argument{} << most_streams - 1);
    out.words({"-codec_whitelist"}).value(Argument{} << decoders);
    if (container) return out.words({"-f"}).value(Argument{} << demuxer(*container));
    return out.words({"-format_whitelist", demuxers});
}

Probed probe(JailSettings const& settings, std::string const& directory, std::optional<Container> container) {
    JailedRun run;
    run.tool = Tool::ffprobe;
    run.directory = directory;
    run.priority = Priority::soon;
    run.cpu_s = 60;
    run.disk_mib = 4;
    run.arguments.all(report_arguments()).all(input_arguments(container)).words({"-i", "../source"});
    auto const outcome = run_jailed(settings, run);
    if (!outcome.good()) return {reason_of(outcome), {}, outcome.walls + outcome.errors};
    return read_report(outcome.output, container);
}

} // namespace mozi::media
