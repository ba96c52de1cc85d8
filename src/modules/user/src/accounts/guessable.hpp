// Whether a password would be among the first that somebody tries. Pure functions.
#pragma once

#include <span>
#include <string_view>

namespace mozi::user {

// Common words and passwords, years, rows of keys, repeats and what is known of the person and the place (`known`: names, addresses, and
// the words in them) count as one letter each, whatever stands for their letters ("P@ssw0rd"); fewer than five such letters are soon found.
bool is_guessable(std::string_view password, std::span<std::string_view const> known);

std::string_view common_passwords(); // with white space between them

} // namespace mozi::user
