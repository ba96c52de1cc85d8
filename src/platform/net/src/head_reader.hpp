// Reads a head that head_judge has passed into a Request; it judges nothing. Beast reads it; where the two disagree it is refused.
#pragma once

#include <mozi/net/head_judge.hpp>
#include <mozi/net/server.hpp>

namespace mozi::net {

// `request.head_` holds the head. All views of `request` point into it afterwards.
Refusal read_head(Request& request, HeadFacts const& facts);

} // namespace mozi::net
