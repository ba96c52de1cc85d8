// What nobody may be called: by the names of those who run the house, by signs that look like them, by what nobody sees.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mozi::user {

// "admin", "Аdmin" with a letter of another alphabet, "4dm1n_", "[Admin] Ada", "Mod Team": it reads as the name of an office, or of the
// house itself; `houses` are what that is called besides VideaMozi.
bool is_reserved(std::string_view name, std::span<std::string const> houses = {});

// How it looks: equal for names that are taken for one another. For names that are kept, so whoever changes it has them filled in anew.
std::string look_of(std::string_view name);

// It holds characters that show nothing and only set it apart from, or make it look like, another: controls, zero-width ones, turns of
// direction, fillers. Not those that scripts and pictures are written with: joiners and selectors beside what they join.
bool has_hidden(std::string_view name);

} // namespace mozi::user
