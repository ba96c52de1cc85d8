// What a hostile decoder does inside the jail, and what a harmless one does.
#pragma once

#include <string_view>

namespace mozi::test {

// Exit status 0: it succeeded; of a hostile deed that is a leak. 1: it was refused. `number` is of the deed "call".
int do_deed(char const* self, std::string_view name, std::string_view number);

} // namespace mozi::test
