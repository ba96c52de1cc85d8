// Fills a Request from a head that framing has passed. Beast reads it; where the two disagree the request is refused.
#pragma once

#include <mozi/net/framing.hpp>
#include <mozi/net/server.hpp>

namespace mozi::net {

// `request.head_` holds the head. All views of `request` point into it afterwards.
Refusal read_head(Request& request, HeadFacts const& facts);

} // namespace mozi::net
