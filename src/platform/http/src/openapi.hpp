// OpenAPI 3.1 from the route table.
#pragma once

#include <mozi/http/route.hpp>

namespace mozi::http {

std::string openapi_document(std::vector<Route> const& routes);

} // namespace mozi::http
