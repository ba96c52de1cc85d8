// Text functions; Unicode by utf8proc.
#include <mozi/base/text.hpp>

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace mozi {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char alphabet_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char hex_digits[] = "0123456789abcdef";

enum class Padding { none, equals };

std::string encode64(std::string_view bytes, char const* letters, Padding padding) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        auto const have = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? std::uint8_t(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k <= have; ++k) out += letters[group >> (18 - 6 * k) & 63];
        if (padding == Padding::equals) out.append(3 - have, '=');
    }
    return out;
}

std::optional<std::string> decode64(std::string_view text, char const* letters) {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (int i = 0; i < 64; ++i) values[std::uint8_t(letters[i])] = std::int8_t(i);
    std::string out;
    std::uint32_t bits = 0;
    int have = 0;
    for (char const c : text) {
        auto const value = values[std::uint8_t(c)];
        if (value < 0) return std::nullopt;
        bits = bits << 6 | std::uint32_t(value);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out += char(bits >> have & 255);
        }
    }
    if (have == 6 || (bits & ((1u << have) - 1)) != 0) return std::nullopt; // one letter left over, or bits that say nothing
    return out;
}

std::string map_utf8(std::string_view text, int options) {
    utf8proc_uint8_t* mapped = nullptr;
    auto const size = utf8proc_map(
        reinterpret_cast<utf8proc_uint8_t const*>(text.data()), utf8proc_ssize_t(text.size()), &mapped, utf8proc_option_t(options));
    if (size < 0) return std::string(text);
    std::string out(reinterpret_cast<char const*>(mapped), std::size_t(size));
    std::free(mapped); // NOLINT: allocated by utf8proc
    return out;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace

bool is_utf8(std::string_view text) {
    auto const* at = reinterpret_cast<utf8proc_uint8_t const*>(text.data());
    auto left = utf8proc_ssize_t(text.size());
    while (left > 0) {
        if (*at < 0x80) {
            ++at, --left;
            continue;
        }
        utf8proc_int32_t point = 0;
        auto const used = utf8proc_iterate(at, left, &point);
        if (used <= 0) return false;
        at += used;
        left -= used;
    }
    return true;
}

std::size_t length_utf8(std::string_view text) {
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (std::uint8_t(c) & 0xC0) != 0x80; }));
}

std::string fold(std::string_view text) {
    auto once = map_utf8(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    return map_utf8(once, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

std::string normalise(std::string_view text) { return map_utf8(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }

std::string_view trim(std::string_view text) {
    auto const from = text.find_first_not_of(" \t\r\n");
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = char(c + 32);
    return out;
}

bool iequals(std::string_view a, std::string_view b) {
    auto const low = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return low(x) == low(y); });
}

bool has_control(std::string_view text) {
    std::uint8_t before = 0;
    return std::any_of(text.begin(), text.end(), [&before](std::uint8_t c) {
        auto const second = std::exchange(before, c) == 0xC2; // U+0080 to U+009F are C2 80 to C2 9F
        return (c < 32 && c != '\t' && c != '\n' && c != '\r') || c == 127 || (second && c < 0xA0 && c != 0x85);
    });
}

std::string base64(std::string_view bytes) { return encode64(bytes, alphabet, Padding::equals); }
std::string base64url(std::string_view bytes) { return encode64(bytes, alphabet_url, Padding::none); }
std::optional<std::string> from_base64url(std::string_view text) { return decode64(text, alphabet_url); }

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return decode64(text, alphabet);
}

std::string hex(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (char const c : bytes) {
        out += hex_digits[std::uint8_t(c) >> 4];
        out += hex_digits[std::uint8_t(c) & 15];
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            auto const high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = char(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus == Plus::space) {
            c = ' ';
        }
        if (c == '\0') return std::nullopt;
        out += c;
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

std::string percent_encode(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
            out += c;
        else {
            out += '%';
            out += "0123456789ABCDEF"[std::uint8_t(c) >> 4];
            out += "0123456789ABCDEF"[std::uint8_t(c) & 15];
        }
    }
    return out;
}

bool is_language_tag(std::string_view text) {
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto const parts = split(text, '-');
    // A letter alone begins an extension, which has to follow (sections 2.2.6 and 2.2.7).
    auto const private_use = [&](std::size_t i) { return parts[i] == "x" || parts[i] == "X"; };
    for (std::size_t i = 1; i < parts.size() && !private_use(i - 1); ++i)
        if (parts[i].size() == 1 && (i + 1 == parts.size() || (parts[i + 1].size() == 1 && !private_use(i)))) return false;
    return text.size() <= most_language_tag && parts[0].size() >= 2 && std::all_of(parts[0].begin(), parts[0].end(), letter) &&
           std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
               return !part.empty() && part.size() <= 8 &&
                      std::all_of(part.begin(), part.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
           });
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        auto const at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == text.npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::string_view nearest(std::string_view word, std::vector<std::string_view> const& candidates, std::size_t most) {
    std::string_view best;
    std::size_t best_distance = most + 1;
    std::vector<std::size_t> row;
    for (auto const candidate : candidates) {
        row.resize(candidate.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 1; i <= word.size(); ++i) {
            auto diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                auto const replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
            }
        }
        if (row.back() < best_distance) {
            best_distance = row.back();
            best = candidate;
        }
    }
    return best;
}

} // namespace mozi
