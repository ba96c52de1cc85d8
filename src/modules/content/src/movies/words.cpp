// Folding with utf8proc: decompose, fold the case, drop the accents, compose.
#include "words.hpp"

#include <mozi/base/text.hpp>

#include <utf8proc.h>

#include <cstdlib>

namespace mozi::content {

namespace {

std::string cut(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    text.resize(most);
    return text;
}

bool counts_in_slug(utf8proc_int32_t point) {
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

} // namespace

std::string plain(std::string_view text) {
    auto const options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_uint8_t* mapped = nullptr;
    auto const size = utf8proc_map(reinterpret_cast<utf8proc_uint8_t const*>(text.data()), utf8proc_ssize_t(text.size()), &mapped, utf8proc_option_t(options));
    if (size < 0) return fold(text);
    std::string out;
    out.reserve(std::size_t(size));
    for (utf8proc_ssize_t i = 0; i < size; ++i) {
        // U+0300…U+036F, the accents of Latin, Greek and Cyrillic. Marks of other scripts are part of the word and stay.
        if (mapped[i] == 0xCC || (mapped[i] == 0xCD && mapped[i + 1] < 0xB0)) ++i;
        else out += char(mapped[i]);
    }
    std::free(mapped); // NOLINT: allocated by utf8proc
    return normalise(out);
}

std::string title_key(std::string_view title) { return cut(plain(title), most_key_bytes); }

std::string slug_of(std::string_view name) {
    auto const text = plain(name);
    std::string slug;
    auto const* at = reinterpret_cast<utf8proc_uint8_t const*>(text.data());
    for (auto left = utf8proc_ssize_t(text.size()); left > 0;) {
        utf8proc_int32_t point = 0;
        auto const used = utf8proc_iterate(at, left, &point);
        if (used <= 0) break;
        if (counts_in_slug(point)) slug.append(reinterpret_cast<char const*>(at), std::size_t(used));
        else if (!slug.empty() && slug.back() != '-') slug += '-';
        at += used, left -= used;
    }
    slug = cut(std::move(slug), 150);
    while (slug.ends_with('-')) slug.pop_back();
    return slug;
}

std::string like_pattern(std::string_view text) {
    std::string pattern = "%";
    for (char const c : text) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + '%';
}

} // namespace mozi::content
