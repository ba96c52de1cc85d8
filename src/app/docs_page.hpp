// The API for people: one page of plain HTML from the route table.
#pragma once

#include <mozi/http/route.hpp>

namespace mozi::app {

std::string docs_page(std::vector<http::Route> const& routes, std::string_view community);

} // namespace mozi::app
