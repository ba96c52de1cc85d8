// Whether an enum's table of names has all its words: for the enums of which a forgotten word would be missed late.
#pragma once

#include <mozi/base/enum.hpp>

#include <cstddef>

namespace mozi {

// Whether the compiler knows a word for this value of its enum, named in a table or not.
template <auto value>
constexpr bool is_word() {
    constexpr std::string_view text = __PRETTY_FUNCTION__; // ends "= mozi::SubjectKind::movie]", else "= (mozi::SubjectKind)4]"
    constexpr auto after = text.rfind(')') + 1;
    return text[after] < '0' || text[after] > '9';
}

// Whether every word of an enum that counts from 0 has its name, each a different one.
template <NamedEnum E>
constexpr bool all_named() {
    constexpr auto table = names(E{});
    for (std::size_t i = 0; i < table.size(); ++i)
        for (std::size_t k = 0; k < i; ++k)
            if (table[i].first == table[k].first || table[i].second == table[k].second) return false;
    return [&]<std::size_t... at>(std::index_sequence<at...>) {
        return ((!is_word<static_cast<E>(at)>() || to_text(static_cast<E>(at)) != "?"sv) && ...);
    }(std::make_index_sequence<table.size() + 1>{});
}

} // namespace mozi
