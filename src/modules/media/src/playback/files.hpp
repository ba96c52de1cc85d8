// A file of ours as an HTTP answer: ranges, validators, caching.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/net/server.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mozi::media {

struct ByteRange {
    std::uint64_t first = 0, length = 0;
};
enum class RangeVerdict { whole, part, unsatisfiable };
// RFC 9110 §14.2, one range; several or malformed ones mean the whole.
RangeVerdict read_range(std::string_view header, std::uint64_t size, ByteRange& out);

struct FileFacts {
    std::string_view content_type;
    std::string_view cache_control;
    std::optional<std::uint64_t> size = {}; // only the beginning of the file, so many bytes
};
// Opens `path` (no link, a regular file) for the request. Errors: "media.not_found".
Result<net::Response> file_answer(std::string const& path, net::Request const& request, FileFacts const& facts);

} // namespace mozi::media
