// Ranges and validators for files that are sent with sendfile.
#include "playback/files.hpp"

#include <mozi/base/text.hpp>
#include <mozi/http/call.hpp>

#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {
namespace {

std::optional<std::uint64_t> whole(std::string_view text) {
    std::uint64_t out = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

std::string_view header_of(net::Request const& request, std::string_view name) {
    auto const* found = request.find(name);
    return found ? *found : std::string_view{};
}

} // namespace

RangeVerdict read_range(std::string_view header, std::uint64_t size, ByteRange& out) {
    if (!header.starts_with("bytes=")) return RangeVerdict::whole;
    auto const spec = trim(header.substr(6));
    auto const dash = spec.find('-');
    if (dash == spec.npos || spec.find(',') != spec.npos) return RangeVerdict::whole;
    auto const first = whole(spec.substr(0, dash)), last = whole(spec.substr(dash + 1));
    if (dash == 0) { // the last so many
        if (!last) return RangeVerdict::whole;
        if (*last == 0 || size == 0) return RangeVerdict::unsatisfiable;
        out = {size - std::min(size, *last), std::min(size, *last)};
        return RangeVerdict::part;
    }
    if (!first || (!last && dash + 1 != spec.size()) || (last && *last < *first)) return RangeVerdict::whole;
    if (*first >= size) return RangeVerdict::unsatisfiable;
    out = {*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
    return RangeVerdict::part;
}

Result<net::Response> file_answer(std::string const& path, net::Request const& request, FileFacts const& facts) {
    auto const fd = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat info{};
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        if (fd >= 0) close(fd);
        return not_found("media.not_found");
    }
    auto const size = std::min(facts.size.value_or(static_cast<std::uint64_t>(info.st_size)), static_cast<std::uint64_t>(info.st_size));
    auto file = std::make_shared<net::File const>(fd, static_cast<std::uint64_t>(info.st_size));
    auto const changed_ns = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
    auto const etag = "\"" + std::to_string(size) + "-" + std::to_string(changed_ns) + "\"";
    net::Response response;
    response.add("Content-Type", facts.content_type);
    response.add("Cache-Control", facts.cache_control);
    response.add("Accept-Ranges", "bytes");
    response.add("ETag", etag);
    if (auto const known = header_of(request, "if-none-match"); !known.empty() && http::names_etag(known, etag)) {
        response.status = 304;
        return response;
    }
    ByteRange range{0, size};
    auto const condition = header_of(request, "if-range");
    auto const verdict =
        condition.empty() || condition == etag ? read_range(header_of(request, "range"), size, range) : RangeVerdict::whole;
    if (verdict == RangeVerdict::unsatisfiable) {
        response.status = 416;
        response.add("Content-Range", "bytes */" + std::to_string(size));
        return response;
    }
    if (verdict == RangeVerdict::part) {
        response.status = 206;
        response.add("Content-Range",
            "bytes " + std::to_string(range.first) + "-" + std::to_string(range.first + range.length - 1) + "/" + std::to_string(size));
    }
    response.body = net::FileRange{std::move(file), range.first, range.length};
    return response;
}

} // namespace mozi::media
