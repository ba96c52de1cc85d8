// How the routes of one kind of thing are called in the document of the API.
#pragma once

#include <mozi/base/subject.hpp>
#include <mozi/base/text.hpp>

#include <algorithm>
#include <string>

namespace mozi::social {

// "USER_PROFILE" → "UserProfile".
inline std::string operation_noun(SubjectKind kind) {
    std::string out;
    for (auto const word : split(to_text(kind), '_')) {
        out += word.substr(0, 1);
        out += lower_ascii(word.substr(1));
    }
    return out;
}

// "user profile".
inline std::string spoken(SubjectKind kind) {
    auto out = lower_ascii(to_text(kind));
    std::ranges::replace(out, '_', ' ');
    return out;
}

} // namespace mozi::social
