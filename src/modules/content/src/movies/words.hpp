// Text as it is searched, sorted and told apart by. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mozi::content {

constexpr std::size_t most_key_bytes = 96;

// Moves whenever what search_text() or title_key() make of a title changes: kept ones are then made anew at the next start.
constexpr int fold_version = 2;

// Case, width and diacritics do not count: "Amélie" and "AMELIE" are the same. What genres are told apart by.
std::string plain(std::string_view text);
// "Science Fiction" → "science-fiction". Letters of every script stay; empty when there is neither letter nor digit.
std::string slug_of(std::string_view name);

// --- searching and sorting: typography does not count either -----------------------------------------------------------------

// Start of the title's words, cut between characters at 96 bytes so that a cursor can carry it.
std::string title_key(std::string_view title);
// The title's words, a space between them, and on lines of their own those that are written with signs inside, without them:
// "Spider-Man: Far from Home" → "spider man far from home", "spiderman". Apostrophes are nothing, other punctuation is a space. A
// title of nothing else keeps its signs.
std::string search_text(std::string_view title);
// One word of a search, as it stands in a title that writes it as one, and as several: "spiderman", "spider man". Mostly the same.
struct SearchWord {
    std::string joined, apart;
    bool operator==(SearchWord const&) const = default;
};
// A title is found when its text holds each word, in one of its spellings. At most eight words, the longest first: those find least.
std::vector<SearchWord> search_words(std::string_view typed);

} // namespace mozi::content
