// What a hostile decoder tries inside the jail.
#pragma once

#include <string_view>

namespace mozi::test {

// Exit status 0: the attempt succeeded, the jail leaks. 1: it was refused.
int do_deed(std::string_view name);

} // namespace mozi::test
