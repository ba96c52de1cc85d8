// What a file is, by its first bytes. Names and types that came with it are never believed.
#pragma once

#include "jail/argv.hpp"
#include "transcode/reason.hpp"

#include <string_view>

namespace mozi::media {

enum class Container { mov, matroska, avi, mpegts, mpegps, ogg, flv, asf };

struct Sniffed {
    Reason refused = Reason::none; // anything but none: not to be opened at all
    Container container = Container::mov;
};

inline constexpr std::size_t sniff_bytes = 4096;

// `head` is the beginning of the file, up to sniff_bytes. Pure.
Sniffed sniff(std::string_view head);

// The one demuxer ffmpeg may use for it.
Literal demuxer(Container container);

// Whether everything that the container's own index promises is there. `file` is read only in its headers, at most
// 4,096 of them; what cannot be judged counts as complete (durations are compared at the end as well).
enum class Extent { complete, cut_short };
Extent extent(int file, Container container);

} // namespace mozi::media
