// How a command that cannot do its work says so.
#pragma once

#include <iostream>
#include <string>

namespace mozi::app {

inline int complain(std::string const& sentence, int status) {
    std::cerr << sentence << "\n";
    return status;
}

} // namespace mozi::app
