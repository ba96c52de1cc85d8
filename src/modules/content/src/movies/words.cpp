// Folding with utf8proc: decompose, fold the case, drop the accents, compose; for searches also what typography adds.
#include "words.hpp"

#include <mozi/base/text.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

namespace mozi::content {

namespace {

using Point = utf8proc_int32_t;

constexpr std::size_t most_text_bytes = 2048; // a title of 500 letters; what folds into more is cut
constexpr std::size_t most_words = 8;

std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    text.resize(most);
    return text;
}

// f(character, its bytes) for each of the text, up to the first that is not UTF-8.
template <class F>
void each_point(std::string_view text, F&& f) {
    while (!text.empty()) {
        Point point = 0;
        auto const used = utf8proc_iterate(reinterpret_cast<utf8proc_uint8_t const*>(text.data()), utf8proc_ssize_t(text.size()), &point);
        if (used <= 0) return;
        f(point, text.substr(0, std::size_t(used)));
        text.remove_prefix(std::size_t(used));
    }
}

bool counts_in_slug(Point point) {
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_SO: return true;
    default: return false;
    }
}

// Signs that stand for an apostrophe: nothing in a search. ´ would come apart into a space and an accent.
bool is_apostrophe(Point point) {
    switch (point) {
    case '\'':
    case '`':
    case 0xB4:
    case 0x2B9: // ʹ
    case 0x2BB: // ʻ, of Hawaiian
    case 0x2BC:
    case 0x2BD:
    case 0x2BE: // ʾ and ʿ, of transcribed Arabic and Hebrew
    case 0x2BF:
    case 0x2C8:
    case 0x55A: // Armenian
    case 0x5F3: // geresh
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x2035: return true;
    default: return false;
    }
}

// Between words: spaces, dashes, brackets, quotation marks, punctuation. What is said aloud stays: % & # @ _.
bool is_between(Point point) {
    switch (point) {
    case '%':
    case '&':
    case '#':
    case '@': return false;
    case '~':
    case 0x2212: // minus
    case 0x223C: return true;
    default: break;
    }
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO: return true;
    default: return false;
    }
}

// Written or left out as one likes: points of Hebrew, vowels and hamzas of Arabic, the stroke that lengthens its words.
bool is_optional(Point point) {
    auto const within = [point](Point from, Point to) { return point >= from && point <= to; };
    return within(0x591, 0x5BD) || within(0x5BF, 0x5C7) || within(0x610, 0x61A) || point == 0x640 || within(0x64B, 0x65F) ||
           point == 0x670 || within(0x6D6, 0x6DC) || within(0x6DF, 0x6E8) || within(0x6EA, 0x6ED);
}

// Letters with a stroke and ligatures, which Unicode does not take apart, and letters that keyboards of one script have in two forms;
// empty for all others. After folding of case.
std::string_view letters_of(Point point) {
    switch (point) {
    case 0xE6: return "ae";
    case 0xF0: return "d";
    case 0xF8: return "o";
    case 0xFE: return "th";
    case 0x111:
    case 0x256: return "d"; // ɖ is small Ɖ, which looks like Đ
    case 0x127: return "h";
    case 0x131: return "i";
    case 0x142:
    case 0x19A: return "l";
    case 0x153: return "oe";
    case 0x167: return "t";
    case 0x180: return "b";
    case 0x1B6: return "z";
    case 0x1E5: return "g";
    case 0x23C: return "c";
    case 0x247: return "e";
    case 0x249: return "j";
    case 0x24D: return "r";
    case 0x24F: return "y";
    case 0x268: return "i";
    case 0x289: return "u";
    case 0x2C65: return "a";
    case 0x2C66: return "t";
    case 0x643: return "\u06A9"; // kaf and yeh: Arabic and Persian keyboards
    case 0x649:
    case 0x64A: return "\u06CC";
    default: return {};
    }
}

// Decomposed, compatibility forms made ordinary, case folded, without what nobody sees.
std::string taken_apart(std::string_view text) {
    constexpr auto folding = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    auto const keep_apostrophe = [](Point point, void*) { return point == 0xB4 ? Point('\'') : point; }; // ´ would become a space
    utf8proc_uint8_t* mapped = nullptr;
    auto const* bytes = reinterpret_cast<utf8proc_uint8_t const*>(text.data());
    auto const size =
        utf8proc_map_custom(bytes, utf8proc_ssize_t(text.size()), &mapped, utf8proc_option_t(folding), keep_apostrophe, nullptr);
    if (size < 0) return fold(text);
    std::string out(reinterpret_cast<char const*>(mapped), std::size_t(size));
    std::free(mapped); // NOLINT: allocated by utf8proc
    return out;
}

// Of Latin, Greek and Cyrillic. Marks of other scripts are part of the word.
bool is_accent(Point point) { return point >= 0x300 && point <= 0x36F; }

// A text cut at its spaces, each piece into the words it consists of: "Spider-Man 2" → {{"spider", "man"}, {"2"}}.
using Pieces = std::vector<std::vector<std::string>>;
Pieces pieces_of(std::string_view text) {
    Pieces pieces(1);
    std::string word;
    auto const end_word = [&] {
        if (!word.empty()) pieces.back().push_back(normalise(std::exchange(word, {})));
    };
    each_point(taken_apart(text), [&](Point point, std::string_view bytes) {
        if (is_between(point)) {
            end_word();
            if (is_white_space(bytes) && !pieces.back().empty()) pieces.emplace_back();
        } else if (auto const letters = letters_of(point); !letters.empty()) {
            word += letters;
        } else if (!is_accent(point) && !is_apostrophe(point) && !is_optional(point)) {
            word += bytes;
        }
    });
    end_word();
    if (pieces.back().empty()) pieces.pop_back();
    return pieces;
}

std::string join(std::vector<std::string> const& words, std::string_view between) {
    std::string out;
    for (auto const& word : words) (out.empty() ? out : out += between) += word;
    return out;
}

// All words in a row, or the signs of a title that has none.
std::string row_of(Pieces const& pieces, std::string_view title) {
    std::string out;
    for (auto const& piece : pieces) (out.empty() ? out : out += ' ') += join(piece, " ");
    return out.empty() ? plain(title) : out;
}

// Whoever finds `longer` has found `word`.
bool stands_in(SearchWord const& word, SearchWord const& longer) {
    auto const in = [&](std::string const& spelling) {
        return spelling.find(word.joined) != spelling.npos || spelling.find(word.apart) != spelling.npos;
    };
    return in(longer.joined) && in(longer.apart);
}

} // namespace

std::string plain(std::string_view text) {
    std::string out;
    each_point(taken_apart(text), [&](Point point, std::string_view bytes) {
        if (!is_accent(point)) out += bytes;
    });
    return normalise(out);
}

std::string slug_of(std::string_view name) {
    std::string slug;
    each_point(plain(name), [&](Point point, std::string_view bytes) {
        if (counts_in_slug(point)) slug += bytes;
        else if (!slug.empty() && slug.back() != '-') slug += '-';
    });
    slug = cut(std::move(slug), 150);
    while (slug.ends_with('-')) slug.pop_back();
    return slug;
}

std::string title_key(std::string_view title) { return cut(row_of(pieces_of(title), title), most_key_bytes); }

std::string search_text(std::string_view title) {
    auto const pieces = pieces_of(title);
    auto out = cut(row_of(pieces, title), most_text_bytes);
    for (auto const& piece : pieces) {
        auto const whole = piece.size() > 1 ? join(piece, "") : std::string();
        if (!whole.empty() && out.size() + 1 + whole.size() <= most_text_bytes) (out += '\n') += whole;
    }
    return out;
}

std::vector<SearchWord> search_words(std::string_view typed) {
    std::vector<SearchWord> all, words;
    for (auto const& piece : pieces_of(typed)) all.push_back({join(piece, ""), join(piece, " ")});
    if (auto const signs = plain(typed); all.empty() && is_visible(signs)) all.push_back({signs, signs});
    std::ranges::sort(
        all, std::greater{}, [](SearchWord const& word) { return std::pair(word.joined.size(), std::string_view(word.joined)); });
    for (auto& word : all) {
        if (words.size() == most_words) break;
        if (std::ranges::none_of(words, [&](auto const& longer) { return stands_in(word, longer); })) words.push_back(std::move(word));
    }
    return words;
}

} // namespace mozi::content
