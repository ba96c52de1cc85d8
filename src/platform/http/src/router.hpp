// Path to route: a tree of segments, values decoded once.
#pragma once

#include <mozi/http/route.hpp>

#include <array>
#include <map>

namespace mozi::http {

class Router {
public:
    // `path` is of the route, and outlives this. Throws std::logic_error for a second one at the same place.
    void add(Route const& route, std::string_view path);

    struct Match {
        Route const* route = nullptr;
        std::vector<std::pair<std::string_view, std::string>> values;
        std::string allow; // what the path knows, where it is asked for by OPTIONS or not known to have the method
    };
    // HEAD finds GET. "/api/v1/…" is "/api/…".
    Match find(Method method, std::string_view raw_path) const;

private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
        std::unique_ptr<Node> any;
        std::array<Route const*, 8> routes{};
        std::array<std::vector<std::string_view>, 8> names{};
    };
    Node const* walk(std::string_view path, std::vector<std::string>& values) const;

    Node root_;
    std::map<std::string, Node const*, std::less<>> plain_; // whole paths without a value: most requests need no walk
};

} // namespace mozi::http
