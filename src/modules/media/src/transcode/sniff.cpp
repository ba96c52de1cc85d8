// Signatures of containers, and of what people upload instead of one.
#include "transcode/sniff.hpp"

#include <array>
#include <initializer_list>

namespace mozi::media {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    Reason refused;
    std::optional<Container> container = std::nullopt;
};

// Read from top to bottom: the first that fits decides. What must not be opened stands first.
constexpr std::array signatures{
    Signature{0, "\xff\xd8\xff"sv, Reason::not_a_video}, // JPEG
    Signature{0, "\x89PNG\r\n\x1a\n"sv, Reason::not_a_video},
    Signature{0, "GIF8"sv, Reason::not_a_video},
    Signature{0, "BM"sv, Reason::not_a_video},
    Signature{0, "II*\0"sv, Reason::not_a_video}, // TIFF
    Signature{0, "MM\0*"sv, Reason::not_a_video},
    Signature{4, "jP  "sv, Reason::not_a_video}, // JPEG 2000
    Signature{4, "JXL "sv, Reason::not_a_video},
    Signature{0, "8BPS"sv, Reason::not_a_video},
    Signature{8, "WEBP"sv, Reason::not_a_video},
    Signature{0, "#EXTM3U"sv, Reason::not_a_video},
    Signature{0, "ffconcat"sv, Reason::not_a_video},
    Signature{0, "<?xml"sv, Reason::not_a_video}, // DASH manifests, SVG
    Signature{0, "%PDF"sv, Reason::not_a_video},
    Signature{0, "PK\x03\x04"sv, Reason::not_a_video},
    Signature{0, "Rar!"sv, Reason::not_a_video},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, Reason::not_a_video},
    Signature{0, "\x1f\x8b"sv, Reason::not_a_video},
    Signature{0,
        "\x7f"
        "ELF"sv,
        Reason::not_a_video},
    Signature{0, "MZ"sv, Reason::not_a_video},
    Signature{0, "#!"sv, Reason::not_a_video},
    Signature{0, "fLaC"sv, Reason::no_video},
    Signature{8, "WAVE"sv, Reason::no_video},
    Signature{0, "YUV4MPEG2 "sv, Reason::none}, // reads like a text
    Signature{0, "\x06\x0e\x2b\x34"sv, Reason::none, Container::mxf},
    Signature{0, "\x1a\x45\xdf\xa3"sv, Reason::none, Container::matroska},
    Signature{0, "OggS"sv, Reason::none, Container::ogg},
    Signature{0, "FLV\x01"sv, Reason::none, Container::flv},
    Signature{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv, Reason::none, Container::asf},
    Signature{0, "\0\0\x01\xba"sv, Reason::none, Container::mpegps},
    Signature{4, "moov"sv, Reason::none, Container::mov},
    Signature{4, "mdat"sv, Reason::none, Container::mov},
    Signature{4, "wide"sv, Reason::none, Container::mov},
    Signature{4, "free"sv, Reason::none, Container::mov},
    Signature{4, "skip"sv, Reason::none, Container::mov},
};

bool has(std::string_view head, std::size_t offset, std::string_view bytes) {
    return head.size() >= offset + bytes.size() && head.substr(offset, bytes.size()) == bytes;
}

// Still pictures travel in the same boxes as films: their major brand tells.
Sniffed by_brand(std::string_view head) {
    for (auto const brand : {"heic"sv, "heix"sv, "hevc"sv, "heim"sv, "mif1"sv, "msf1"sv, "avif"sv, "avis"sv})
        if (has(head, 8, brand)) return Sniffed::no(Reason::not_a_video);
    return Sniffed::as(Container::mov);
}

bool is_transport_stream(std::string_view head) {
    auto const every = [&](std::size_t first, std::size_t step) {
        std::size_t seen = 0;
        for (auto at = first; at < head.size() && seen < 5; at += step, ++seen)
            if (head[at] != 0x47) return false;
        return seen == 5;
    };
    return every(0, 188) || every(4, 192);
}

// Raw DV (IEC 61834): blocks of 80 bytes, each of which says of what section it is. Its decoder makes pictures of anything.
bool is_dv(std::string_view head) {
    constexpr std::array sections{0, 1, 1, 2, 2, 2, 3};
    for (std::size_t i = 0; i < sections.size(); ++i)
        if (head.size() <= i * 80 || static_cast<unsigned char>(head[i * 80]) >> 5 != sections[i]) return false;
    return true;
}

bool is_text(std::string_view head) {
    for (auto const c : head.substr(0, 512))
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') return false;
    return true;
}

} // namespace

Sniffed sniff(std::string_view head) {
    if (head.empty()) return Sniffed::no(Reason::empty);
    if (is_transport_stream(head)) return Sniffed::as(Container::mpegts);
    if (has(head, 4, "ftyp")) return by_brand(head);
    if (has(head, 0, "RIFF") && has(head, 8, "AVI ")) return Sniffed::as(Container::avi);
    for (auto const& signature : signatures)
        if (has(head, signature.offset, signature.bytes)) return {signature.refused, signature.container};
    if (has(head, 0, "\x1f\x07\x00"sv) && !is_dv(head)) return Sniffed::no(Reason::not_a_video);
    return is_text(head) ? Sniffed::no(Reason::not_a_video) : Sniffed{};
}

Literal demuxer(Container container) {
    switch (container) {
    case Container::mov: return "mov";
    case Container::matroska: return "matroska";
    case Container::avi: return "avi";
    case Container::mpegts: return "mpegts";
    case Container::mpegps: return "mpeg";
    case Container::ogg: return "ogg";
    case Container::flv: return "flv";
    case Container::asf: return "asf";
    case Container::mxf: return "mxf";
    }
    return "mov";
}

} // namespace mozi::media
