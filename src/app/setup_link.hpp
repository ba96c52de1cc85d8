// The link that makes the first administrator: written while there is none, and printed on request.
#pragma once

#include "composition.hpp"

namespace mozi::app {

// Writes it into the data folder, readable by its owner, or takes it away once there is an administrator; says so in the log.
void announce_setup(House& house, blob::Folder const& dir);
// `setup-link`: prints it. Status: sysexits.
int print_setup_link(Settings const& settings);

} // namespace mozi::app
