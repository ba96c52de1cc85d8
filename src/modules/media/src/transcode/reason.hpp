// Why a medium could not be prepared: an id for programs and a sentence for the person who uploaded it.
#pragma once

#include <mozi/base/enum.hpp>

namespace mozi::media {

enum class Reason {
    none,
    input_truncated,
    no_video,
    unsupported,
    not_a_video,
    empty,
    too_large_picture,
    too_many_frames,
    too_long,
    too_many_streams,
    damaged,
    timed_out,
    no_space,
    too_much_output,
    output_incomplete,
    decoder_stopped,
    no_jail,
    source_missing,
    internal,
    claims_too_much,
    cancelled,
    program_missing,
};

constexpr auto names(Reason) {
    return std::array{std::pair{Reason::none, ""sv}, std::pair{Reason::input_truncated, "media.input_truncated"sv},
        std::pair{Reason::no_video, "media.no_video"sv}, std::pair{Reason::unsupported, "media.unsupported"sv},
        std::pair{Reason::not_a_video, "media.not_a_video"sv}, std::pair{Reason::empty, "media.empty"sv},
        std::pair{Reason::too_large_picture, "media.too_large_picture"sv}, std::pair{Reason::too_many_frames, "media.too_many_frames"sv},
        std::pair{Reason::too_long, "media.too_long"sv}, std::pair{Reason::too_many_streams, "media.too_many_streams"sv},
        std::pair{Reason::damaged, "media.damaged"sv}, std::pair{Reason::timed_out, "media.timed_out"sv},
        std::pair{Reason::no_space, "media.no_space"sv}, std::pair{Reason::too_much_output, "media.too_much_output"sv},
        std::pair{Reason::output_incomplete, "media.output_incomplete"sv}, std::pair{Reason::decoder_stopped, "media.decoder_stopped"sv},
        std::pair{Reason::no_jail, "media.no_jail"sv}, std::pair{Reason::source_missing, "media.source_missing"sv},
        std::pair{Reason::internal, "media.internal"sv}, std::pair{Reason::claims_too_much, "media.claims_too_much"sv},
        std::pair{Reason::cancelled, "media.cancelled"sv}, std::pair{Reason::program_missing, "media.program_missing"sv}};
}

constexpr std::string_view sentence(Reason reason) {
    switch (reason) {
    case Reason::none: return "";
    case Reason::input_truncated: return "The file ends earlier than it says it does: a part is missing. Please upload the complete file.";
    case Reason::no_video: return "There is no picture track in this file.";
    case Reason::unsupported: return "This kind of video is not supported. MP4, MOV, MKV and WebM with H.264, HEVC, VP9 or AV1 work best.";
    case Reason::not_a_video: return "This file is not a video, whatever its name says.";
    case Reason::empty: return "The file is empty.";
    case Reason::too_large_picture: return "The picture is larger than 8192 by 8192 pixels.";
    case Reason::too_many_frames: return "The video has more than 240 pictures per second.";
    case Reason::too_long: return "The video is longer than twelve hours.";
    case Reason::too_many_streams: return "The file holds more tracks than can be considered.";
    case Reason::damaged: return "The file is damaged and cannot be read as a video. Please export it again and upload the new file.";
    case Reason::timed_out: return "Preparing this video took longer than it may. Try again, or upload a simpler version.";
    case Reason::no_space: return "The server ran out of space while preparing this video. Try again later.";
    case Reason::too_much_output: return "Preparing this video needed more space than it may.";
    case Reason::output_incomplete: return "The prepared video came out shorter than the original, so it was not kept. Try again.";
    case Reason::decoder_stopped: return "The decoder stopped while reading this file. It is probably damaged.";
    case Reason::no_jail:
        return "This server cannot open videos safely, so it does not open them. Its operator finds the cause in the log.";
    case Reason::source_missing: return "The uploaded file is no longer there.";
    case Reason::claims_too_much:
        return "This file says it holds many times more than is in it. Please export the video again and upload the new file.";
    case Reason::cancelled:
        return "Somebody who runs this server stopped the preparation of this video. Only they begin it again: ask them.";
    case Reason::program_missing: return "This server cannot prepare videos now. Yours waits until its operator has mended that.";
    case Reason::internal: return "Something went wrong on our side while preparing this video. Try again.";
    }
    return "";
}

// The film is not at fault, and another try costs nothing but time: it waits.
constexpr bool waits(Reason reason) { return reason == Reason::no_space || reason == Reason::program_missing; }

// Trying again by itself may help; for the others only another file does. What took too long once would again.
constexpr bool may_pass(Reason reason) {
    return waits(reason) || reason == Reason::internal || reason == Reason::no_jail || reason == Reason::output_incomplete ||
           reason == Reason::source_missing;
}

} // namespace mozi::media
