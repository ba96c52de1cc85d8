// Fragmented MP4 (ISO/IEC 14496-12): reading what ffmpeg writes into a pipe, one track each, and writing inits and fragments of
// our own. Times are ticks of the track's own clock. Nothing that is read is trusted: it comes out of the jail.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

enum class Kind { picture, sound };

struct TrackHeader {
    Kind kind = Kind::picture;
    std::uint32_t timescale = 0; // ticks a second
    int width = 0, height = 0; // of pictures
    std::string description; // the whole stsd box: codec and its parameters
    bool operator==(TrackHeader const&) const = default;
    double seconds(std::int64_t ticks) const { return double(ticks) / timescale; }
};

// RFC 6381: "avc1.640028", "mp4a.40.2", "ac-3", "ec-3"; nullopt for anything else.
std::optional<std::string> codec_of(TrackHeader const& track);

// One coded picture or block of sound, in the order of decoding.
struct Packet {
    std::int64_t dts = 0, pts = 0, duration = 0;
    bool key = false;
    std::uint32_t size = 0;
    std::string data;
    std::int64_t end() const { return pts + duration; }
};

// H.264 that goes on by other parameter sets than its header has: another size of the picture, for one. Not every player follows.
bool leaves_its_header(TrackHeader const& track, Packet const& packet);

// Takes the bytes of one track as they come. Bounds: a header box of 4 MiB, a packet of 64 MiB.
class FragmentReader {
public:
    // False: this is not what it must be, and nothing after it is read.
    bool feed(std::string_view bytes);
    // No more comes: the last packet keeps the duration it was written with.
    void finish();
    std::optional<TrackHeader> const& header() const { return header_; }
    // Those that are complete, with a duration that reaches to the next one; whoever reads takes them away.
    std::vector<Packet>& packets() { return complete_; }

private:
    bool box(std::string_view type, std::string_view content);
    bool read_fragment(std::string_view moof);
    bool data(std::string_view mdat);

    bool good_ = true;
    std::string pending_; // an incomplete box
    std::uint64_t to_skip_ = 0; // of a box nobody wants
    std::vector<Packet> fragment_; // announced by the last moof, their data still to come
    std::uint64_t fragment_size_ = 0;
    std::optional<Packet> last_; // waits for the next one's time
    std::vector<Packet> complete_;
    std::optional<TrackHeader> header_;
};

// An init segment with these tracks, numbered from 1 in their order.
std::string write_init(std::span<TrackHeader const* const> tracks, std::span<std::uint32_t const> numbers);
// A fragment (moof and mdat) of one track whose first packet is decoded at `first_dts` (not negative); `shift` is taken off
// every pts against dts, so that the first picture is shown when it is decoded (negative composition offsets, version 1).
std::string write_fragment(
    std::uint32_t number, std::uint32_t sequence, std::int64_t first_dts, std::int64_t shift, std::span<Packet const> packets);

} // namespace mozi::media
