// What people type: what can be seen of it, what is taken away around it, how a password is made comparable.
#include <mozi/base/text.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

namespace mozi {

namespace {

using Point = utf8proc_int32_t;

struct Range {
    Point from, to;
};

template <std::size_t n>
bool is_in(Range const (&ranges)[n], Point point) {
    return std::any_of(ranges, ranges + n, [point](Range const& range) { return point >= range.from && point <= range.to; });
}

// White_Space
constexpr Range spaces[] = {{0x09, 0x0D}, {0x20, 0x20}, {0x85, 0x85}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029},
    {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
// Those of them that are controls or separate lines.
constexpr Range line_ends[] = {{0x09, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}};

// Default_Ignorable_Code_Point, its unassigned blocks too, and what is drawn as nothing for another reason: controls, the braille
// pattern without dots, marks of annotations, the filler of Khitan, the musical note without a head.
constexpr Range unseen[] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0xAD, 0xAD}, {0x34F, 0x34F}, {0x61C, 0x61C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164}, {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFC}, {0x16FE4, 0x16FE4}, {0x1BCA0, 0x1BCA3}, {0x1D159, 0x1D159}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF}};

// Without width and without a letter they belong to: they mean something between characters, and nothing at an end.
constexpr Range loose[] = {{0xAD, 0xAD}, {0x180E, 0x180E}, {0x200B, 0x200B}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF},
    {0xFFF9, 0xFFFB}, {0xE0000, 0xE001F}};
// These change the character in front of them: selectors of a form, tags of a flag.
constexpr Range selectors[] = {
    {0x34F, 0x34F}, {0x180B, 0x180D}, {0x180F, 0x180F}, {0xFE00, 0xFE0F}, {0xE0020, 0xE007F}, {0xE0100, 0xE01EF}};
constexpr Range joiners[] = {{0x200C, 0x200D}};
// Unseen in a name: they turn the direction of what stands beside them, part words, or mark bytes and annotations.
constexpr Range not_in_names[] = {{0x61C, 0x61C}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064}, {0x2066, 0x2069},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};
constexpr Range controls[] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x2029}};

bool is_space(Point point) { return is_in(spaces, point); }
bool can_be_seen(Point point) {
    if (point < 0x80) return point > 0x20 && point != 0x7F;
    auto const no_character = (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
    return !no_character && !is_space(point) && !is_in(unseen, point);
}

// The character at the start of `text`, which is not empty; its bytes are taken away. What is not UTF-8 counts as itself, byte by byte.
Point take(std::string_view& text) {
    auto point = Point(std::uint8_t(text.front()));
    auto used = utf8proc_ssize_t(1);
    if (point >= 0x80)
        used = utf8proc_iterate(reinterpret_cast<utf8proc_uint8_t const*>(text.data()), utf8proc_ssize_t(text.size()), &point);
    text.remove_prefix(used > 0 ? std::size_t(used) : 1);
    return point;
}

Point take_last(std::string_view& text) {
    auto at = text.size() - 1;
    while (at > 0 && (std::uint8_t(text[at]) & 0xC0) == 0x80) --at;
    auto last = text.substr(at);
    text.remove_suffix(last.size());
    return take(last);
}

template <class F>
bool any_point(std::string_view text, F&& wanted) {
    while (!text.empty())
        if (wanted(take(text))) return true;
    return false;
}

// Gives each character to f, which answers what stands for it; a negative answer leaves it out.
template <class F>
std::string map_points(std::string_view text, F&& f) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto const before = text;
        auto const point = take(text);
        auto const now = f(point);
        if (now == point) out.append(before.substr(0, before.size() - text.size()));
        else if (now >= 0) out += char(now);
    }
    return out;
}

bool is_plain(char c) { return c > ' ' && c < 127; }

} // namespace

bool is_visible(std::string_view text) { return any_point(text, can_be_seen); }
bool is_all_visible(std::string_view text) {
    return !any_point(text, [](Point point) { return !can_be_seen(point); });
}
bool is_white_space(std::string_view text) {
    return !any_point(text, [](Point point) { return !is_space(point); });
}

std::string_view trim_unicode(std::string_view text) {
    if (!text.empty() && is_plain(text.front()) && is_plain(text.back())) return text;
    // Joiners stay with the letter they stand beside, so they are passed but not taken until something loose follows.
    auto kept = text;
    for (auto rest = text; !rest.empty();) {
        auto const point = take(rest);
        if (is_space(point) || is_in(loose, point) || is_in(selectors, point)) kept = rest;
        else if (!is_in(joiners, point)) break;
    }
    for (auto rest = kept; !rest.empty();) {
        auto const point = take_last(rest);
        if (is_space(point) || is_in(loose, point)) kept = rest;
        else if (!is_in(joiners, point) && !is_in(selectors, point)) break;
    }
    return kept;
}

std::string one_line(std::string_view text) {
    Point before = 0;
    return map_points(text, [&before](Point point) {
        auto const second = before == '\r' && point == '\n';
        before = point;
        return second ? Point(-1) : is_in(line_ends, point) ? Point(' ') : point;
    });
}

std::string file_name(std::string_view text, std::size_t most) {
    constexpr std::size_t longest_ending = 16;
    auto const clean = map_points(normalise(text), [](Point point) {
        return is_in(not_in_names, point) ? Point(-1) : is_in(controls, point) ? Point(' ') : point;
    });
    auto const name = trim_unicode(clean);
    if (length_utf8(name) <= most) return std::string(name);
    auto const dot = std::min(name.rfind('.'), name.size());
    auto ending = name.substr(dot);
    if (dot == 0 || length_utf8(ending) > longest_ending + 1 || !is_all_visible(ending)) ending = {};
    auto rest = name;
    for (auto left = most - length_utf8(ending); left > 0; --left) take(rest);
    return std::string(trim_unicode(name.substr(0, name.size() - rest.size()))).append(ending);
}

std::string squeeze_lines(std::string_view text) {
    std::string out;
    int empty = 0;
    for (auto const line : split(text, '\n')) {
        empty = is_visible(line) ? 0 : empty + 1;
        if (empty > 2) continue;
        if (line.data() != text.data()) out += '\n';
        out += line;
    }
    return out;
}

std::string narrow(std::string_view text) {
    return map_points(text, [](Point point) {
        if (point >= 0xFF01 && point <= 0xFF5E) return point - 0xFF01 + '!';
        return point == 0x3002 || point == 0xFF61 ? Point('.') : point;
    });
}

std::string prepare_password(std::string_view text) {
    auto spaced = map_points(
        text, [](Point point) { return point >= 0x80 && utf8proc_category(point) == UTF8PROC_CATEGORY_ZS ? Point(' ') : point; });
    return normalise(spaced);
}

} // namespace mozi
