// What can be bound to a statement and read from a row, and how each type is stored.
#pragma once

#include <mozi/json/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mozi::db {

// A failure the engine reported, or a row that cannot be read. Thrown inside units; read() and write() turn what
// nobody caught into an Error.
struct Failure : std::exception {
    enum class Kind { unique, foreign_key, check, busy, serialization, full, io, interrupted, gone, other };
    Kind kind;
    std::string text;
    Failure(Kind k, std::string t) : kind(k), text(std::move(t)) {}
    char const* what() const noexcept override { return text.c_str(); }
};

using Param = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

using json::is_id;
using json::is_optional;

template <class T>
Param to_param(T const& value) {
    if constexpr (is_optional<T>) return value ? to_param(*value) : Param{nullptr};
    else if constexpr (std::is_same_v<T, std::nullopt_t>) return nullptr;
    else if constexpr (is_id<T>) return value.value;
    else if constexpr (std::is_same_v<T, Time>) return std::int64_t(value.time_since_epoch().count());
    else if constexpr (NamedEnum<T>) return std::string(to_text(value));
    else if constexpr (std::is_floating_point_v<T>) return double(value);
    else if constexpr (std::is_integral_v<T>) return std::int64_t(value);
    else return std::string(std::string_view(value));
}

// One cell as the backend delivers it.
struct Cell {
    enum class Kind : std::uint8_t { integer, real, text } kind = Kind::integer;
    bool null = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;
};

template <class T>
constexpr Cell::Kind cell_kind() {
    if constexpr (is_optional<T>) return cell_kind<typename T::value_type>();
    else if constexpr (std::is_same_v<T, std::string> || NamedEnum<T>) return Cell::Kind::text;
    else if constexpr (std::is_floating_point_v<T>) return Cell::Kind::real;
    else return Cell::Kind::integer;
}

template <class T>
T from_cell(Cell& cell) {
    if constexpr (is_optional<T>) {
        if (cell.null) return std::nullopt;
        return from_cell<typename T::value_type>(cell);
    } else if constexpr (std::is_same_v<T, std::string>) return std::move(cell.text);
    else if constexpr (NamedEnum<T>) {
        if (auto const known = from_text<T>(cell.text)) return *known;
        throw Failure(Failure::Kind::other, "a row holds a word that this version does not know");
    } else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(cell.real);
    else if constexpr (is_id<T>) return T{cell.integer};
    else if constexpr (std::is_same_v<T, Time>) return Time{std::chrono::microseconds{cell.integer}};
    else if constexpr (std::is_same_v<T, bool>) return cell.integer != 0;
    else return static_cast<T>(cell.integer);
}

} // namespace mozi::db
