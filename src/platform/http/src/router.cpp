// The segment tree.
#include "router.hpp"

#include <mozi/base/text.hpp>

#include <stdexcept>

namespace mozi::http {

void Router::add(Route const& route, std::string_view path) {
    Node* at = &root_;
    std::vector<std::string_view> names;
    for (auto const segment : split(path.substr(1), '/')) {
        if (segment.starts_with('{')) {
            names.push_back(segment.substr(1, segment.size() - 2));
            if (!at->any) at->any = std::make_unique<Node>();
            at = at->any.get();
        } else {
            auto& next = at->fixed[std::string(segment)];
            if (!next) next = std::make_unique<Node>();
            at = next.get();
        }
    }
    auto const slot = std::size_t(route.method);
    if (at->routes[slot]) throw std::logic_error("two routes at " + std::string(path));
    if (names.empty()) plain_[std::string(path)] = at;
    at->routes[slot] = &route;
    at->names[slot] = std::move(names);
}

Router::Node const* Router::walk(std::string_view path, std::vector<std::string>& values) const {
    if (auto const known = plain_.find(path); known != plain_.end()) return known->second;
    Node const* at = &root_;
    for (auto const segment : split(path.substr(1), '/')) {
        auto decoded = percent_decode(segment);
        if (!decoded || *decoded == "." || *decoded == ".." || decoded->find('/') != decoded->npos || decoded->find('\\') != decoded->npos)
            return nullptr;
        if (auto const fixed = at->fixed.find(*decoded); fixed != at->fixed.end()) {
            at = fixed->second.get();
        } else if (at->any && !decoded->empty()) {
            at = at->any.get();
            values.push_back(std::move(*decoded));
        } else {
            return nullptr;
        }
    }
    return at;
}

Router::Match Router::find(Method method, std::string_view raw_path) const {
    Match match;
    std::string unaliased;
    if (raw_path.starts_with("/api/v1/")) {
        unaliased = "/api" + std::string(raw_path.substr(7));
        raw_path = unaliased;
    }
    std::vector<std::string> values;
    auto const* at = raw_path.starts_with('/') ? walk(raw_path, values) : nullptr;
    if (!at) return match;
    auto slot = std::size_t(method);
    if (method == Method::head && !at->routes[slot]) slot = std::size_t(Method::get);
    match.route = method == Method::other ? nullptr : at->routes[slot];
    if (!match.route || method == Method::options) {
        for (auto const* route : at->routes)
            if (route && route->method != Method::options)
                match.allow += std::string(net::to_string(route->method)) + (route->method == Method::get ? ", HEAD, " : ", ");
        if (!match.allow.empty() || match.route) match.allow += "OPTIONS";
    }
    if (!match.route) return match;
    for (std::size_t i = 0; i < values.size(); ++i) match.values.emplace_back(at->names[slot][i], std::move(values[i]));
    return match;
}

} // namespace mozi::http
