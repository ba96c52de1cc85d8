// What titles do when other modules speak.
#pragma once

#include "service.hpp"

namespace mozi::content {

std::vector<events::Listener> listeners(Movies& movies);

} // namespace mozi::content
