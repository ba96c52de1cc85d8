// What comments do when other modules tell something.
#pragma once

#include "service.hpp"

namespace mozi::social {

std::vector<events::Listener> listeners(Comments& comments);

} // namespace mozi::social
