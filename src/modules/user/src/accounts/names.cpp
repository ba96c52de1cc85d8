// Names as they look.
#include "names.hpp"

#include "lookalikes.hpp"

#include <mozi/base/text.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace mozi::user {

namespace {

// Of offices: nowhere among the words of a name. The rest: not as a whole name.
constexpr std::string_view offices[]{
    "admin", "admins", "administrator", "administrators", "sysadmin", "superadmin", "moderator", "moderators"};
constexpr std::string_view others[]{"mod", "mods", "system", "support", "staff", "official", "operator", "owner", "security", "help",
    "helpdesk", "root", "superuser", "webmaster", "postmaster", "hostmaster", "abuse", "deleted", "deletedaccount", "deleteduser",
    "removed", "nobody", "anonymous", "everyone", "videamozi", "videamoziteam", "rendszergazda", "null", "undefined"};

std::u32string points_of(std::string_view text) {
    constexpr int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
    std::vector<utf8proc_int32_t> points(text.size() * 18 + 1); // U+FDFA becomes eighteen
    auto const* bytes = reinterpret_cast<utf8proc_uint8_t const*>(text.data());
    auto const count = utf8proc_decompose(
        bytes, utf8proc_ssize_t(text.size()), points.data(), utf8proc_ssize_t(points.size()), utf8proc_option_t(options));
    if (count <= 0) return {};
    return {points.begin(), points.begin() + std::min<std::ptrdiff_t>(count, std::ptrdiff_t(points.size()))};
}

char looks_like(char32_t point) {
    for (auto const& [letter, signs] : lookalikes)
        if (signs.find(point) != signs.npos) return char(letter);
    return '\0';
}

// The Latin letter it looks like, in lower case, i as l and digits as the letters they stand for; a space where it parts words.
char letter_of(char32_t point) {
    if (point >= 0x80) {
        auto const lower = utf8proc_tolower(utf8proc_int32_t(point));
        for (auto const form : {point, char32_t(lower)})
            if (auto const letter = looks_like(form)) return letter;
        if (lower >= 0x80) return utf8proc_category(lower) >= UTF8PROC_CATEGORY_PC ? ' ' : '?';
        point = char32_t(lower);
    }
    constexpr std::string_view signs = "0134578i|!@$", letters = "oleastblllas";
    auto const c = char(point >= 'A' && point <= 'Z' ? point + 32 : point);
    if (auto const at = signs.find(c); at != signs.npos) return letters[at];
    return c >= 'a' && c <= 'z' ? c : c >= '0' && c <= '9' ? '?' : ' ';
}

// Pairs of letters that look like one.
std::string joined(std::string text) {
    for (auto const& [pair, one] : {std::pair{"rn", "m"}, {"vv", "w"}})
        for (auto at = text.find(pair); at != text.npos; at = text.find(pair, at)) text.replace(at, 2, one);
    return text;
}

std::string skeleton(std::string_view name) {
    std::string out;
    for (auto const point : points_of(name)) out += letter_of(point);
    return out;
}

bool is_in(std::span<std::string_view const> words, std::string const& text) {
    return std::ranges::any_of(words, [&](std::string_view word) { return joined(skeleton(word)) == text; });
}

} // namespace

bool is_reserved(std::string_view name) {
    // A number behind it makes it no other name.
    auto const digits = name.find_last_not_of("0123456789 _.-");
    for (auto const part : {name, name.substr(0, digits == name.npos ? 0 : digits + 1)}) {
        auto const text = skeleton(part);
        std::string whole;
        for (auto const word : split(text, ' ')) {
            if (is_in(offices, joined(std::string(word)))) return true;
            whole += word;
        }
        whole = joined(std::move(whole));
        if (is_in(offices, whole) || is_in(others, whole)) return true;
    }
    return false;
}

bool has_hidden(std::string_view name) {
    auto const is_ascii = [](std::string_view piece) { return piece.size() == 1; };
    auto const length_at = [&](std::size_t at) {
        std::size_t end = at + 1;
        while (end < name.size() && (std::uint8_t(name[end]) & 0xC0) == 0x80) ++end;
        return end - at;
    };
    std::string_view before; // what can be seen
    bool flag = false;
    for (std::size_t at = 0, length = 0; at < name.size(); at += length) {
        length = length_at(at);
        auto const piece = name.substr(at, length);
        utf8proc_int32_t point = 0;
        utf8proc_iterate(reinterpret_cast<utf8proc_uint8_t const*>(piece.data()), utf8proc_ssize_t(piece.size()), &point);
        if (is_all_visible(piece)) {
            flag = point == 0x1F3F4;
            before = piece;
            continue;
        }
        auto const line_end = point < 0x20 || point == 0x85 || point == 0x2028 || point == 0x2029;
        if (is_white_space(piece) && !line_end) {
            before = {};
            continue;
        }
        auto const selector = (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0x180B && point <= 0x180D) || point == 0x180F ||
                              (point >= 0xE0100 && point <= 0xE01EF);
        auto const tag = point >= 0xE0020 && point <= 0xE007F;
        auto const joiner = point == 0x200C || point == 0x200D;
        auto const next = name.substr(at + length, at + length < name.size() ? length_at(at + length) : 0);
        auto const fits = (selector && !before.empty()) || (tag && flag) ||
                          (joiner && !before.empty() && !is_ascii(before) && !next.empty() && !is_ascii(next));
        if (!fits) return true;
    }
    return false;
}

} // namespace mozi::user
