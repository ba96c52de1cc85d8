// Text as it is searched and sorted by. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace mozi::content {

constexpr std::size_t most_key_bytes = 96;

// Case, width and diacritics do not count: "Amélie" and "AMELIE" are the same.
std::string plain(std::string_view text);
// Start of plain(title), cut between characters at 96 bytes so that a cursor can carry it.
std::string title_key(std::string_view title);
// "Science Fiction" → "science-fiction". Letters of every script stay; empty when there is neither letter nor digit.
std::string slug_of(std::string_view name);
// For `LIKE ? ESCAPE '!'`: the text anywhere.
std::string like_pattern(std::string_view text);

} // namespace mozi::content
