// What is wrong with settings that can each be read: values that do not fit their meaning, one another or this machine.
#pragma once

#include "settings.hpp"

#include <string>
#include <vector>

namespace mozi::app {

// Each is a sentence that begins with where the value came from. Pure: what every command asks for.
std::vector<std::string> faults_of(Settings const& settings);
// Certificate and key that cannot be read or do not belong together. Reads them.
std::vector<std::string> faults_of_files(Settings const& settings);
// What this machine has to say: those, and an address that is none here. Binds a free port of it for an instant; changes nothing.
std::vector<std::string> faults_here(Settings const& settings);

} // namespace mozi::app
