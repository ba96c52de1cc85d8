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
constexpr std::string_view offices[]{"admin", "admins", "administrator", "administrators", "sysadmin", "superadmin", "moderator",
    "moderators", "adminisztrator", "adminisztratorok", "adminisztratori", "adminisztracio", "moderatorok", "moderatori"};
constexpr std::string_view others[]{"mod", "mods", "system", "support", "staff", "official", "operator", "owner", "security", "help",
    "helpdesk", "root", "superuser", "webmaster", "postmaster", "hostmaster", "abuse", "deleted", "deletedaccount", "deleteduser",
    "removed", "nobody", "anonymous", "everyone", "rendszergazda", "null", "undefined", "administration", "moderation", "moderacio",
    "uzemelteto", "uzemeltetok", "tulajdonos", "tulajdonosok", "ugyfelszolgalat", "trustandsafety", "trustsafety"};
// Neither is an office by itself; two of these beside one another, or one beside a name of the house, are.
constexpr std::string_view parts[]{"mod", "mods", "support", "team", "staff", "crew", "help", "helpdesk", "official", "operator",
    "operators", "owner", "owners", "security", "moderation", "administration", "trust", "safety", "csapat", "csapata", "csapatunk",
    "tamogatas", "ugyfelszolgalat", "uzemelteto", "uzemeltetok", "tulajdonos", "moderacio"};
constexpr std::string_view names_of_the_house[]{"videamozi", "site", "server", "community", "kozosseg"};
constexpr std::string_view house_itself = "videamozi";

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

// Signs that are read both ways: as the letter they look like, and as what parts words.
constexpr std::u32string_view both_ways = U"|!@$";

// A to Z in a box, a disc, or as half of a flag: none of these becomes a letter by compatibility.
char letter_in_a_box(char32_t point) {
    for (auto const first : {0x1F150u, 0x1F170u, 0x1F1E6u})
        if (point >= first && point < first + 26) return char('a' + (point - first));
    return '\0';
}

// The Latin letter it looks like, in lower case, i as l and digits as the letters they stand for; a space where it parts words.
char letter_of(char32_t point) {
    if (auto const boxed = letter_in_a_box(point)) return boxed == 'i' ? 'l' : boxed;
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

std::string skeleton(std::u32string_view points) {
    std::string out;
    for (auto const point : points) out += letter_of(point);
    return out;
}

bool is_digit(char32_t point) { return point >= U'0' && point <= U'9'; }
bool is_sign(char32_t point) { return both_ways.find(point) != both_ways.npos; }

// Of these where words begin, or, seen from behind, end: a number or a sign beside a name makes it no other.
void blank(auto first, auto last, bool (*which)(char32_t)) {
    for (bool edge = true; first != last; ++first) {
        edge = (edge && (is_digit(*first) || is_sign(*first))) || letter_of(*first) == ' ';
        if (edge && which(*first)) *first = U' ';
    }
}

// c before what is a bare stroke; not before an i, whose dot is seen.
void join_strokes(std::u32string& points) {
    for (std::size_t at = 0; at + 1 < points.size(); ++at)
        if (points[at] == U'c' && std::u32string_view(U"lI1|").find(points[at + 1]) != std::u32string_view::npos)
            points.replace(at, 2, U"d");
}

std::vector<std::string> skeletons(std::span<std::string_view const> words) {
    std::vector<std::string> out;
    for (auto const word : words) out.push_back(joined(skeleton(points_of(word))));
    return out;
}

bool is_in(std::vector<std::string> const& all, std::string_view text) { return std::ranges::find(all, text) != all.end(); }

// What the house is called, as it looks: with the spaces of its words, and without.
struct Houses {
    std::vector<std::string> spaced, whole;
};

Houses houses_of(std::span<std::string const> names) {
    Houses out;
    for (auto const& name : names) {
        std::string spaced, whole;
        auto const text = skeleton(points_of(name));
        for (auto const word : split(text, ' '))
            if (!word.empty()) spaced += (spaced.empty() ? "" : " ") + joined(std::string(word)), whole += joined(std::string(word));
        if (whole.size() < 3) continue;
        out.spaced.push_back(std::move(spaced));
        out.whole.push_back(std::move(whole));
    }
    return out;
}

// It is made of such words alone, without spaces: at least one of `parts`, and another.
bool is_made_of(std::string_view text, std::vector<std::string> const& of_parts, std::vector<std::string> const& of_house, int words = 0,
    bool has_part = false) {
    if (text.empty()) return words >= 2 && has_part;
    for (auto const* all : {&of_parts, &of_house})
        for (auto const& word : *all)
            if (text.starts_with(word) && is_made_of(text.substr(word.size()), of_parts, of_house, words + 1, has_part || all == &of_parts))
                return true;
    return false;
}

bool is_reserved_as(std::u32string_view points, Houses const& houses) {
    static auto const of_offices = skeletons(offices), of_others = skeletons(others), of_parts = skeletons(parts),
                      of_the_house = skeletons(names_of_the_house);
    static auto const house = skeletons({&house_itself, 1}).front();
    auto const text = skeleton(points);
    std::string spaced, whole;
    for (auto const word : split(text, ' ')) {
        auto const read = joined(std::string(word));
        if (is_in(of_offices, read)) return true;
        if (!read.empty()) spaced += (spaced.empty() ? "" : " ") + read;
        whole += word;
    }
    whole = joined(std::move(whole));
    if (is_in(of_offices, whole) || is_in(of_others, whole) || whole == house || is_in(houses.whole, whole)) return true;
    // The house by its own name.
    spaced = " " + spaced + " ";
    for (auto const& name : houses.spaced)
        for (auto at = spaced.find(" " + name + " "); at != spaced.npos; at = spaced.find(" " + name + " ", at + 1))
            spaced.replace(at + 1, name.size(), house);
    bool before_part = false, before_house = false;
    for (auto const word : split(spaced, ' ')) {
        if (word.empty()) continue;
        auto const part = is_in(of_parts, word), of_house = is_in(of_the_house, word);
        if ((part && (before_part || before_house)) || (of_house && before_part)) return true;
        before_part = part;
        before_house = of_house;
    }
    auto all_houses = of_the_house;
    all_houses.insert(all_houses.end(), houses.whole.begin(), houses.whole.end());
    return is_made_of(whole, of_parts, all_houses);
}

// Each way of reading it that its signs leave open.
bool is_reserved_somehow(std::u32string const& points, Houses const& houses) {
    std::u32string signs;
    for (auto const sign : both_ways)
        if (points.find(sign) != points.npos) signs += sign;
    auto const boxes = std::ranges::any_of(points, letter_in_a_box);
    auto const ways = 1u << (signs.size() + (boxes ? 1 : 0));
    for (unsigned way = 0; way < ways; ++way) {
        auto read = points;
        for (auto& point : read) {
            auto const at = signs.find(point);
            auto const which = at != signs.npos ? at : boxes && letter_in_a_box(point) ? signs.size() : 31;
            if (way >> which & 1u) point = U' ';
        }
        if (is_reserved_as(read, houses)) return true;
    }
    return false;
}

} // namespace

bool is_reserved(std::string_view name, std::span<std::string const> names) {
    auto const houses = houses_of(names);
    std::vector<std::u32string> ways{points_of(name)};
    auto const also = [&](auto&& change) {
        for (std::size_t i = 0, count = ways.size(); i < count; ++i) {
            auto read = ways[i];
            change(read);
            if (std::ranges::find(ways, read) == ways.end()) ways.push_back(std::move(read));
        }
    };
    also([](auto& read) { join_strokes(read); });
    for (auto* const which : {is_digit, is_sign}) {
        also([&](auto& read) { blank(read.begin(), read.end(), which); });
        also([&](auto& read) { blank(read.rbegin(), read.rend(), which); });
    }
    return std::ranges::any_of(ways, [&](auto const& way) { return is_reserved_somehow(way, houses); });
}

std::string look_of(std::string_view name) {
    constexpr std::size_t most = 400; // as its column says
    std::string out;
    for (auto const point : points_of(name)) {
        auto const kept = point == U'_' || (point >= U'2' && point <= U'9'); // is read as what it is
        auto const parts_words = point == U'!' || point == U'@' || point == U'$';
        auto const letter = kept ? '?' : parts_words ? ' ' : letter_of(point);
        if (letter == ' ') {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else if (letter != '?') {
            out += letter;
        } else {
            utf8proc_uint8_t bytes[4];
            auto const length = utf8proc_encode_char(utf8proc_tolower(utf8proc_int32_t(point)), bytes);
            out.append(reinterpret_cast<char const*>(bytes), std::size_t(std::max<utf8proc_ssize_t>(0, length)));
        }
        if (out.size() >= most) break;
    }
    if (out.ends_with(' ')) out.pop_back();
    return joined(out.empty() ? fold(name) : std::move(out));
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
