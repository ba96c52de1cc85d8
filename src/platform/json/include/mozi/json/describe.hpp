// Described structs: each names its fields and their rules once; reading, writing and OpenAPI follow from that.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/base/enum.hpp>
#include <mozi/base/id.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace mozi::json {

enum class Where : std::uint8_t { body, path, query };
enum class Absent : std::uint8_t { refused, keeps_default }; // optional<T> and Patch<T> may always be absent
enum class Null : std::uint8_t { taken, refused }; // of optional<T> and Patch<T>
enum class Format : std::uint8_t {
    line, // one line of text, trimmed, no control characters; unless it is a query, something of it can be seen
    text, // several lines, likewise
    email, // full width is made ordinary
    username, // likewise; letters, digits and _
    password, // one that is chosen: as it is hashed (RFC 8265)
    typed_password, // one that is to be proven: as it was typed, for hashes made of other forms
    uri, // http(s) or a path of ours starting with '/'
    date, // YYYY-MM-DD
    country, // two letters
    language, // two letters
    language_tag, // RFC 5646, section 2.1: hu, en-GB, zh-Hant-TW
    token, // opaque, printable ASCII
};

struct Rules {
    std::int64_t min = 0; // length in code points, value, or number of items
    std::int64_t max = 0; // likewise; every text and list that is read needs one
    Format format = Format::line;
    Where where = Where::body;
    Absent absent = Absent::refused;
    Null null = Null::taken;
    std::int64_t item_max = 0; // of the texts in a list
    std::string_view help = {};
};

template <class C, class T>
struct Field {
    using Class = C;
    using Type = T;
    std::string_view name;
    T C::* member;
    Rules rules;
};

template <class C, class T>
constexpr Field<C, T> field(std::string_view name, T C::* member, Rules rules = {}) {
    return {name, member, rules};
}

// A field of an update: not sent, null, or a value.
template <class T>
struct Patch {
    bool sent = false;
    std::optional<T> value;
    // Gives `target` the new value when one was sent.
    void apply_to(std::optional<T>& target) const {
        if (sent) target = value;
    }
};

template <class T>
concept Described = requires { T::fields(); };

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_patch = false;
template <class T>
inline constexpr bool is_patch<Patch<T>> = true;
template <class T>
inline constexpr bool is_text =
    std::is_same_v<T, std::string> || std::is_same_v<T, std::optional<std::string>> || std::is_same_v<T, Patch<std::string>>;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_id = false;
// Several values in one text of a query, with commas between them.
template <class T>
inline constexpr bool is_text_list = false;
template <>
inline constexpr bool is_text_list<std::vector<std::string>> = true;
template <>
inline constexpr bool is_text_list<std::vector<int>> = true;
template <Noun n>
inline constexpr bool is_id<Id<n>> = true;

template <Described T, class F>
constexpr void for_each_field(F&& f) {
    std::apply([&](auto const&... fields) { (f(fields), ...); }, T::fields());
}

} // namespace mozi::json
