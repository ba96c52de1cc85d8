// Cursors of this module's lists: the sort key of the last entry, as numbers.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/base/text.hpp>

#include <array>
#include <charconv>

namespace mozi::moderation::cursor {

inline std::string write(std::initializer_list<std::int64_t> numbers) {
    std::string out;
    for (auto const number : numbers) (out.empty() ? out : out += '.') += std::to_string(number);
    return out;
}

// Error: "request.cursor".
template <std::size_t count>
Result<std::array<std::int64_t, count>> read(std::string_view text) {
    std::array<std::int64_t, count> out{};
    auto const parts = split(text, '.');
    auto fine = parts.size() == count;
    for (std::size_t i = 0; fine && i < count; ++i) {
        auto const [end, failed] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), out[i]);
        fine = failed == std::errc{} && end == parts[i].data() + parts[i].size();
    }
    if (fine) return out;
    return Error{Code::bad_request, "request.cursor", "This cursor is none of ours. Start again without `after`.", {{"?after", "request.cursor", "Not a cursor of this list."}}};
}

} // namespace mozi::moderation::cursor
