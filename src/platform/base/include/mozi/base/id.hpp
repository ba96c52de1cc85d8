// Ids: 64-bit, time-ordered (ms since 2024 · node · sequence), a type of their own per noun, decimal strings in JSON.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mozi {

template <std::size_t N>
struct Noun {
    char text[N]{};
    constexpr Noun(char const (&literal)[N]) { std::copy_n(literal, N, text); } // NOLINT: implicit on purpose
};

template <Noun noun>
struct Id {
    std::int64_t value = 0;

    static constexpr std::string_view name() { return {noun.text, sizeof noun.text - 1}; }
    explicit operator bool() const { return value != 0; }
    auto operator<=>(Id const&) const = default;
    std::string text() const { return std::to_string(value); }
};

// Canonical decimal form of a positive 64-bit id; anything else is nullopt.
std::optional<std::int64_t> parse_id(std::string_view text);

template <class IdType>
std::optional<IdType> parse(std::string_view text) {
    auto const value = parse_id(text);
    return value ? std::optional<IdType>{IdType{*value}} : std::nullopt;
}

// Next id of this process. Thread-safe, strictly rising, also when the clock steps back.
std::int64_t next_id();
template <class IdType>
IdType next() {
    return {next_id()};
}

// Ids of several instances on one database differ by node (0…1023). Call before the first id.
void set_id_node(int node);
// No id at or below `used` is given out again, whatever the clock says.
void raise_id_floor(std::int64_t used);

} // namespace mozi

template <mozi::Noun noun>
struct std::hash<mozi::Id<noun>> {
    std::size_t operator()(mozi::Id<noun> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
