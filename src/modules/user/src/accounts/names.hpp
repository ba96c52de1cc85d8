// What nobody may be called: by the names of those who run the house, by signs that look like them, by what nobody sees.
#pragma once

#include <string_view>

namespace mozi::user {

// "admin", "Аdmin" with a letter of another alphabet, "4dm1n_", "[Admin] Ada": it reads as the name of an office or of the house itself.
bool is_reserved(std::string_view name);

// It holds characters that show nothing and only set it apart from, or make it look like, another: controls, zero-width ones, turns of
// direction, fillers. Not those that scripts and pictures are written with: joiners and selectors beside what they join.
bool has_hidden(std::string_view name);

} // namespace mozi::user
