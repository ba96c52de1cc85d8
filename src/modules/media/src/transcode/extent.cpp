// Whether a file is as long as its outermost headers say it is. Reads headers only, never follows them backwards.
#include "transcode/sniff.hpp"

#include <cstdint>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {
namespace {

constexpr int most_headers = 4096;

class Bytes {
public:
    explicit Bytes(int file) : file_(file) {
        struct stat info{};
        size_ = fstat(file, &info) == 0 && info.st_size > 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
    }
    std::uint64_t size() const { return size_; }
    // `count` (at most 8) bytes at `at` as a number, the first byte highest; nullopt beyond the end.
    std::optional<std::uint64_t> number(std::uint64_t at, unsigned count) const {
        unsigned char raw[8];
        if (at > size_ || size_ - at < count || pread(file_, raw, count, static_cast<off_t>(at)) != static_cast<ssize_t>(count))
            return std::nullopt;
        std::uint64_t out = 0;
        for (unsigned i = 0; i < count; ++i) out = out << 8 | raw[i];
        return out;
    }
    std::optional<std::uint64_t> little(std::uint64_t at, unsigned count) const {
        auto const big = number(at, count);
        if (!big) return std::nullopt;
        return __builtin_bswap64(*big) >> (64 - 8 * count);
    }

private:
    int file_;
    std::uint64_t size_ = 0;
};

// ISO base media: boxes one after the other; a size of 0 means "to the end".
Extent of_boxes(Bytes const& file) {
    std::uint64_t at = 0;
    for (int i = 0; i < most_headers && at < file.size(); ++i) {
        auto const size32 = file.number(at, 4);
        auto size = size32 && *size32 == 1 ? file.number(at + 8, 8) : size32;
        if (!size || *size < 8) return Extent::complete; // the last one, stray bytes, or no box: ffprobe says more
        if (*size > file.size() - at) return Extent::cut_short;
        at += *size;
    }
    return Extent::complete;
}

struct Element {
    std::uint64_t id = 0, size = 0, head = 0;
    bool open_ended = false;
};

std::optional<Element> element_at(Bytes const& file, std::uint64_t at) {
    auto const length = [](std::uint64_t first) { return first == 0 ? 9U : static_cast<unsigned>(__builtin_clzll(first)) - 55U; };
    auto const id_first = file.number(at, 1);
    if (!id_first || length(*id_first) > 4) return std::nullopt;
    auto const id_length = length(*id_first);
    auto const size_first = file.number(at + id_length, 1);
    if (!size_first || length(*size_first) > 8) return std::nullopt;
    auto const size_length = length(*size_first);
    auto const id = file.number(at, id_length), size = file.number(at + id_length, size_length);
    if (!id || !size) return std::nullopt;
    auto const mask = (std::uint64_t{1} << (7 * size_length)) - 1;
    return Element{*id, *size & mask, id_length + size_length, (*size & mask) == mask};
}

// Matroska: the header, then one segment that holds everything. Recorders leave its size open.
Extent of_elements(Bytes const& file) {
    std::uint64_t at = 0;
    for (int i = 0; i < most_headers && at < file.size(); ++i) {
        auto const element = element_at(file, at);
        if (!element || element->open_ended) return Extent::complete;
        if (element->size > file.size() - at - element->head) return Extent::cut_short;
        at += element->head + element->size;
    }
    return Extent::complete;
}

Extent of_riff(Bytes const& file) {
    auto const size = file.little(4, 4);
    if (!size) return Extent::cut_short;
    return *size > file.size() - 8 ? Extent::cut_short : Extent::complete;
}

// ASF: objects inside the first one, each a GUID and its size; one of them says how large the file is, unless it is a broadcast.
Extent of_asf(Bytes const& file) {
    constexpr std::uint64_t file_properties[] = {0xa1dcab8c47a9cf11, 0x8ee400c00c205365};
    constexpr std::uint64_t guid = 16, head = guid + 8, size_at = head + 16, flags_at = 88, broadcast = 1;
    std::uint64_t at = head + 6; // the number of objects, and two bytes more
    for (int i = 0; i < most_headers; ++i) {
        auto const size = file.little(at + guid, 8);
        if (!size || *size < head || *size > file.size()) return Extent::complete;
        if (file.number(at, 8) == file_properties[0] && file.number(at + 8, 8) == file_properties[1]) {
            auto const whole = file.little(at + size_at, 8), flags = file.little(at + flags_at, 4);
            if (!whole || !flags || (*flags & broadcast) || *whole <= file.size()) return Extent::complete;
            return *whole - file.size() > *whole / 50 ? Extent::cut_short : Extent::complete; // an index may be missing at the end
        }
        at += *size;
    }
    return Extent::complete;
}

} // namespace

Extent extent(int file, Container container) {
    Bytes const bytes(file);
    switch (container) {
    case Container::mov: return of_boxes(bytes);
    case Container::matroska: return of_elements(bytes);
    case Container::avi: return of_riff(bytes);
    case Container::asf: return of_asf(bytes);
    default: return Extent::complete;
    }
}

} // namespace mozi::media
