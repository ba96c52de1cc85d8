// How the routes of one kind of thing are called in the document of the API.
#pragma once

#include <mozi/base/subject.hpp>

#include <string>

namespace mozi::social {

// "USER_PROFILE" → "UserProfile".
inline std::string operation_noun(SubjectKind kind) {
    std::string out;
    bool first = true;
    for (auto const letter : to_text(kind)) {
        if (letter == '_') first = true;
        else out += first ? letter : char(letter + ('a' - 'A')), first = false;
    }
    return out;
}

// "user profile".
inline std::string spoken(SubjectKind kind) {
    std::string out;
    for (auto const letter : to_text(kind)) out += letter == '_' ? ' ' : char(letter + ('a' - 'A'));
    return out;
}

} // namespace mozi::social
