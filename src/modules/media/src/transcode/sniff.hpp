// What a file is, by its first bytes. Names and types that came with it are never believed.
#pragma once

#include "jail/argv.hpp"
#include "transcode/reason.hpp"

#include <optional>
#include <string_view>

namespace mozi::media {

enum class Container { mov, matroska, avi, mpegts, mpegps, ogg, flv, asf, mxf };

struct Sniffed {
    Reason refused = Reason::none; // anything but none: not to be opened at all
    std::optional<Container> container; // none: no container, or one behind junk; whoever reads it finds out
    static Sniffed as(Container container) { return {Reason::none, container}; }
    static Sniffed no(Reason reason) { return {reason, std::nullopt}; }
};

inline constexpr std::size_t sniff_bytes = 4096;

// `head` is the beginning of the file, up to sniff_bytes. Pure.
Sniffed sniff(std::string_view head);

// The one demuxer ffmpeg may use for it, and all it may choose from where the beginning does not tell: containers, then pictures
// without any. None of them opens another file.
Literal demuxer(Container container);
inline constexpr Literal demuxers = "mov,matroska,avi,mpegts,mpeg,ogg,flv,asf,mxf,dv,rm,wtv,"
                                    "h264,hevc,mpegvideo,m4v,vc1,ivf,obu,yuv4mpegpipe";

// Whether the container's outermost structure reaches beyond the end of the file. That alone is no fault, for writers err; it is
// one where the film also ends before its time. `file` is read only in its headers, at most 4,096 of them.
enum class Extent { complete, cut_short };
Extent extent(int file, Container container);

} // namespace mozi::media
