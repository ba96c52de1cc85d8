// Enums with names: one table per enum serves JSON, SQL, queries and OpenAPI.
// An enum takes part by a function beside it: constexpr auto names(Role) { return std::array{std::pair{Role::user, "USER"sv}, …}; }
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mozi {

using namespace std::string_view_literals;

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { names(E{}); };

template <NamedEnum E>
constexpr std::string_view to_text(E value) {
    for (auto const& [known, name] : names(E{}))
        if (known == value) return name;
    return "?";
}

template <NamedEnum E>
constexpr std::optional<E> from_text(std::string_view text) {
    for (auto const& [known, name] : names(E{}))
        if (name == text) return known;
    return std::nullopt;
}

} // namespace mozi
