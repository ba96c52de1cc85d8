// Boxes in, boxes out.
#include "transcode/fmp4.hpp"

#include <algorithm>
#include <cstdio>

namespace mozi::media {
namespace {

constexpr std::uint64_t most_header = 4 << 20, most_data = 64 << 20, most_samples = 100'000;

// Big-endian numbers from bytes that may end at any moment: beyond the end everything is zero and good() is false.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    std::uint64_t number(unsigned count) {
        std::uint64_t out = 0;
        if (bytes_.size() < count) return good_ = false, bytes_ = {}, 0;
        for (unsigned i = 0; i < count; ++i) out = out << 8 | static_cast<unsigned char>(bytes_[i]);
        bytes_.remove_prefix(count);
        return out;
    }
    std::string_view take(std::uint64_t count) {
        if (bytes_.size() < count) return good_ = false, bytes_ = {}, std::string_view{};
        auto const out = bytes_.substr(0, static_cast<std::size_t>(count));
        bytes_.remove_prefix(static_cast<std::size_t>(count));
        return out;
    }
    bool good() const { return good_; }
    bool empty() const { return bytes_.empty(); }

private:
    std::string_view bytes_;
    bool good_ = true;
};

// Calls f(type, content, whole box) for each box in `bytes`; false where they are not boxes, or f says so.
template <class F>
bool for_each_box(std::string_view bytes, F&& f) {
    while (!bytes.empty()) {
        Reader reader(bytes);
        std::uint64_t size = reader.number(4), head = 8;
        auto const type = reader.take(4);
        if (size == 1) {
            size = reader.number(8);
            head = 16;
        }
        if (!reader.good() || size < head || size > bytes.size()) return false;
        auto const whole = bytes.substr(0, static_cast<std::size_t>(size));
        if (!f(type, whole.substr(static_cast<std::size_t>(head)), whole)) return false;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

// The one box of that type in `bytes`; empty when there is none.
std::string_view find(std::string_view bytes, std::string_view wanted, bool whole = false) {
    std::string_view out;
    for_each_box(bytes, [&](std::string_view type, std::string_view content, std::string_view box) {
        if (type == wanted && out.empty()) out = whole ? box : content;
        return true;
    });
    return out;
}

std::optional<TrackHeader> read_header(std::string_view moov) {
    TrackHeader out;
    int tracks = 0;
    for_each_box(moov, [&](std::string_view type, auto, auto) { return tracks += type == "trak", true; });
    auto const trak = find(moov, "trak"), mdia = find(trak, "mdia");
    if (tracks != 1) return std::nullopt;
    Reader mdhd(find(mdia, "mdhd")), hdlr(find(mdia, "hdlr")), tkhd(find(trak, "tkhd"));
    auto const version = mdhd.number(1);
    mdhd.take(version == 1 ? 19 : 11);
    out.timescale = static_cast<std::uint32_t>(mdhd.number(4));
    hdlr.take(8);
    auto const handler = hdlr.take(4);
    out.kind = handler == "vide" ? Kind::picture : Kind::sound;
    tkhd.take(tkhd.number(1) == 1 ? 87 : 75);
    out.width = static_cast<int>(tkhd.number(4) >> 16);
    out.height = static_cast<int>(tkhd.number(4) >> 16);
    out.description = std::string(find(find(find(mdia, "minf"), "stbl"), "stsd", true));
    auto const sane = mdhd.good() && hdlr.good() && tkhd.good() && out.timescale > 0 && out.timescale <= 100'000'000 &&
                      out.description.size() > 16 && out.description.size() < 1 << 16;
    return sane && (handler == "vide" || handler == "soun") ? std::optional(std::move(out)) : std::nullopt;
}

// What tfhd says of samples that trun says nothing about.
struct Defaults {
    std::uint32_t duration = 0, size = 0, flags = 0;
};

bool is_key(std::uint32_t flags) { return (flags & 0x10000) == 0; } // sample_is_non_sync_sample

bool read_run(std::string_view content, Defaults const& defaults, std::uint64_t data_begins, std::int64_t& dts, std::uint64_t& bytes,
    std::vector<Packet>& out) {
    Reader run(content);
    auto const version = run.number(1);
    auto const flags = run.number(3), count = run.number(4);
    if (count > most_samples) return false;
    // The data of a run lies where that of the one before ended; ffmpeg writes it no other way here.
    if (flags & 0x1 && run.number(4) != data_begins + bytes) return false;
    auto first_flags = std::optional<std::uint32_t>{};
    if (flags & 0x4) first_flags = static_cast<std::uint32_t>(run.number(4));
    for (std::uint64_t i = 0; i < count && run.good(); ++i) {
        Packet packet;
        packet.duration = flags & 0x100 ? std::int64_t(run.number(4)) : defaults.duration;
        packet.size = flags & 0x200 ? static_cast<std::uint32_t>(run.number(4)) : defaults.size;
        auto const own = flags & 0x400 ? static_cast<std::uint32_t>(run.number(4)) : defaults.flags;
        packet.key = is_key(i == 0 && first_flags ? *first_flags : own);
        auto const offset = flags & 0x800 ? static_cast<std::uint32_t>(run.number(4)) : 0;
        packet.dts = dts;
        packet.pts = dts + (version == 0 ? std::int64_t(offset) : std::int64_t(static_cast<std::int32_t>(offset)));
        dts += packet.duration;
        bytes += packet.size;
        if (packet.size > most_data || bytes > most_data) return false;
        out.push_back(std::move(packet));
    }
    return run.good() && out.size() <= most_samples;
}

void put(std::string& out, std::uint64_t number, unsigned count) {
    for (unsigned i = count; i-- > 0;) out += static_cast<char>(number >> (8 * i));
}

// A box whose content is written by f.
template <class F>
void write_box(std::string& out, std::string_view type, F&& f) {
    auto const begin = out.size();
    put(out, 0, 4);
    out += type;
    f();
    auto const size = out.size() - begin;
    for (unsigned i = 0; i < 4; ++i) out[begin + i] = static_cast<char>(size >> (24 - 8 * i));
}

template <class F>
void write_full_box(std::string& out, std::string_view type, unsigned version, unsigned flags, F&& f) {
    write_box(out, type, [&] {
        put(out, version, 1), put(out, flags, 3);
        f();
    });
}

void write_matrix(std::string& out) {
    for (auto const value : {0x10000U, 0U, 0U, 0U, 0x10000U, 0U, 0U, 0U, 0x40000000U}) put(out, value, 4);
}

void write_tables(std::string& out, TrackHeader const& track) {
    write_box(out, "stbl", [&] {
        out += track.description;
        for (auto const* empty : {"stts", "stsc", "stco"}) write_full_box(out, empty, 0, 0, [&] { put(out, 0, 4); });
        write_full_box(out, "stsz", 0, 0, [&] { put(out, 0, 8); });
    });
}

void write_track(std::string& out, TrackHeader const& track, std::uint32_t number) {
    auto const picture = track.kind == Kind::picture;
    write_box(out, "trak", [&] {
        write_full_box(out, "tkhd", 0, 3, [&] {
            put(out, 0, 8), put(out, number, 4), put(out, 0, 8), put(out, 0, 8), put(out, 0, 4), put(out, picture ? 0 : 0x0100, 2),
                put(out, 0, 2);
            write_matrix(out);
            put(out, std::uint64_t(track.width) << 16, 4), put(out, std::uint64_t(track.height) << 16, 4);
        });
        write_box(out, "mdia", [&] {
            write_full_box(out, "mdhd", 0, 0,
                [&] { put(out, 0, 8), put(out, track.timescale, 4), put(out, 0, 4), put(out, 0x55c4, 2), put(out, 0, 2); }); // "und"
            write_full_box(out, "hdlr", 0, 0, [&] {
                put(out, 0, 4);
                out += picture ? "vide" : "soun";
                put(out, 0, 12);
                put(out, 0, 1);
            });
            write_box(out, "minf", [&] {
                if (picture) write_full_box(out, "vmhd", 0, 1, [&] { put(out, 0, 8); });
                else write_full_box(out, "smhd", 0, 0, [&] { put(out, 0, 4); });
                write_box(out, "dinf",
                    [&] { write_full_box(out, "dref", 0, 0, [&] { put(out, 1, 4), write_full_box(out, "url ", 0, 1, [] {}); }); });
                write_tables(out, track);
            });
        });
    });
}

} // namespace

bool FragmentReader::read_fragment(std::string_view moof) {
    // One track, its data behind this box: moof's own head is 8 bytes, mdat's as well.
    std::uint64_t const data_begins = moof.size() + 16;
    fragment_.clear();
    fragment_size_ = 0;
    auto const traf = find(moof, "traf");
    Reader tfhd(find(traf, "tfhd")), tfdt(find(traf, "tfdt"));
    tfhd.number(1);
    auto const flags = tfhd.number(3);
    tfhd.number(4);
    if (flags & 0x1) return false; // an offset into a whole file
    Defaults defaults;
    if (flags & 0x2) tfhd.number(4);
    if (flags & 0x8) defaults.duration = static_cast<std::uint32_t>(tfhd.number(4));
    if (flags & 0x10) defaults.size = static_cast<std::uint32_t>(tfhd.number(4));
    if (flags & 0x20) defaults.flags = static_cast<std::uint32_t>(tfhd.number(4));
    auto const wide = tfdt.number(1) == 1;
    tfdt.number(3);
    auto dts = static_cast<std::int64_t>(tfdt.number(wide ? 8 : 4));
    if (!tfhd.good() || !tfdt.good() || dts < 0 || dts > std::int64_t{1} << 52) return false;
    auto const good = for_each_box(traf, [&](std::string_view type, std::string_view content, auto) {
        return type != "trun" || read_run(content, defaults, data_begins, dts, fragment_size_, fragment_);
    });
    return good && !fragment_.empty();
}

bool FragmentReader::data(std::string_view mdat) {
    if (mdat.size() != fragment_size_) return false;
    for (auto& packet : fragment_) {
        packet.data = mdat.substr(0, packet.size);
        mdat.remove_prefix(packet.size);
        if (last_) {
            if (packet.dts <= last_->dts) return false; // decoding times only rise
            last_->duration = packet.dts - last_->dts;
            complete_.push_back(std::move(*last_));
        }
        last_ = std::move(packet);
    }
    fragment_.clear();
    fragment_size_ = 0;
    return true;
}

bool FragmentReader::box(std::string_view type, std::string_view content) {
    if (type == "moov") return !header_ && (header_ = read_header(content)).has_value();
    if (type == "moof") return header_ && read_fragment(content);
    if (type == "mdat") return data(content);
    return true;
}

bool FragmentReader::feed(std::string_view bytes) {
    if (!good_) return false;
    if (auto const skip = std::min<std::uint64_t>(to_skip_, bytes.size()); skip > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(skip));
        to_skip_ -= skip;
    }
    pending_.append(bytes);
    std::string_view rest = pending_;
    while (good_ && rest.size() >= 16) {
        Reader reader(rest);
        std::uint64_t size = reader.number(4), head = 8;
        auto const type = reader.take(4);
        if (size == 1) {
            size = reader.number(8);
            head = 16;
        }
        auto const wanted = type == "moov" || type == "moof" || type == "mdat";
        good_ = size >= head && size <= (type == "mdat" ? most_data + 16 : wanted ? most_header : std::uint64_t{1} << 40);
        if (!good_) break;
        if (!wanted) {
            auto const here = std::min<std::uint64_t>(size, rest.size());
            to_skip_ = size - here;
            rest.remove_prefix(static_cast<std::size_t>(here));
        } else if (rest.size() < size) {
            break;
        } else {
            good_ = box(type, rest.substr(static_cast<std::size_t>(head), static_cast<std::size_t>(size - head)));
            rest.remove_prefix(static_cast<std::size_t>(size));
        }
    }
    pending_.erase(0, pending_.size() - rest.size());
    return good_;
}

void FragmentReader::finish() {
    if (last_) complete_.push_back(std::move(*last_));
    last_.reset();
}

std::optional<std::string> codec_of(TrackHeader const& track) {
    auto const entry =
        find(track.description.substr(0), "stsd").size() > 8 ? find(track.description, "stsd").substr(8) : std::string_view{};
    if (entry.size() < 8) return std::nullopt;
    auto const kind = entry.substr(4, 4);
    if (kind == "ac-3" || kind == "ec-3") return std::string(kind);
    if (kind == "mp4a") return "mp4a.40.2"; // this server's own encoder makes no other
    auto const at = kind == "avc1" ? entry.find("avcC") : entry.npos;
    if (at == entry.npos || entry.size() - at < 8 || entry[at + 4] != 1) return std::nullopt;
    char text[16];
    auto const byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(entry[at + i])); };
    std::snprintf(text, sizeof text, "avc1.%02x%02x%02x", byte(5), byte(6), byte(7));
    return text;
}

bool leaves_its_header(TrackHeader const& track, Packet const& packet) {
    auto const at = track.description.find("avcC");
    if (at == std::string::npos) return false;
    // Zeros may stand behind a unit and mean nothing.
    auto const unit = [](Reader& from, unsigned length) {
        auto const out = from.take(from.number(length));
        return out.substr(0, out.find_last_not_of('\0') + 1);
    };
    Reader header(std::string_view(track.description).substr(at));
    header.take(8); // the name, what profile and level
    auto const length = static_cast<unsigned>(header.number(1) & 3) + 1;
    std::vector<std::string_view> known;
    auto const sequences = header.number(1) & 31;
    for (auto i = sequences; i > 0 && header.good(); --i) known.push_back(unit(header, 2));
    for (auto i = header.number(1); i > 0 && header.good(); --i) known.push_back(unit(header, 2));
    if (sequences > 1) return true; // which of them it goes by is said later
    for (Reader units(packet.data); !units.empty();) {
        auto const each = unit(units, length);
        auto const kind = each.empty() ? 0 : each[0] & 31;
        if ((kind == 7 || kind == 8) && std::find(known.begin(), known.end(), each) == known.end()) return true;
    }
    return false;
}

std::string write_init(std::span<TrackHeader const* const> tracks, std::span<std::uint32_t const> numbers) {
    std::string out;
    write_box(out, "ftyp", [&] {
        out += "iso6";
        put(out, 0, 4);
        out += "iso6cmfcmp41";
    });
    write_box(out, "moov", [&] {
        write_full_box(out, "mvhd", 0, 0, [&] {
            put(out, 0, 8), put(out, 1000, 4), put(out, 0, 4), put(out, 0x10000, 4), put(out, 0x0100, 2), put(out, 0, 10);
            write_matrix(out);
            put(out, 0, 24), put(out, *std::max_element(numbers.begin(), numbers.end()) + 1, 4);
        });
        for (std::size_t i = 0; i < tracks.size(); ++i) write_track(out, *tracks[i], numbers[i]);
        write_box(out, "mvex", [&] {
            for (auto const number : numbers)
                write_full_box(out, "trex", 0, 0, [&] { put(out, number, 4), put(out, 1, 4), put(out, 0, 12); });
        });
    });
    return out;
}

std::string write_fragment(
    std::uint32_t number, std::uint32_t sequence, std::int64_t first_dts, std::int64_t shift, std::span<Packet const> packets) {
    std::uint64_t bytes = 0;
    for (auto const& packet : packets) bytes += packet.data.size();
    std::string out;
    out.reserve(bytes + packets.size() * 16 + 200);
    std::size_t offset_at = 0;
    write_box(out, "moof", [&] {
        write_full_box(out, "mfhd", 0, 0, [&] { put(out, sequence, 4); });
        write_box(out, "traf", [&] {
            write_full_box(out, "tfhd", 0, 0x20000, [&] { put(out, number, 4); }); // offsets count from this moof
            write_full_box(out, "tfdt", 1, 0, [&] { put(out, static_cast<std::uint64_t>(first_dts), 8); });
            write_full_box(out, "trun", 1, 0xf01, [&] {
                put(out, packets.size(), 4);
                offset_at = out.size();
                put(out, 0, 4);
                for (auto const& packet : packets) {
                    put(out, static_cast<std::uint64_t>(packet.duration), 4), put(out, packet.data.size(), 4);
                    put(out, packet.key ? 0x02000000 : 0x01010000, 4); // depends on others or not; may be started from or not
                    put(out, static_cast<std::uint64_t>(packet.pts - packet.dts - shift), 4);
                }
            });
        });
    });
    auto const data_offset = out.size() + 8;
    for (unsigned i = 0; i < 4; ++i) out[offset_at + i] = static_cast<char>(data_offset >> (24 - 8 * i));
    write_box(out, "mdat", [&] {
        for (auto const& packet : packets) out += packet.data;
    });
    return out;
}

} // namespace mozi::media
