// A request as the edge makes one, without a socket.
#pragma once

#include <mozi/net/server.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mozi::test {

// Its views point into its own head. Headers as "name: value".
inline std::shared_ptr<net::Request> make_request(net::Method method, std::string const& target, std::vector<std::string> const& headers) {
    auto request = std::make_shared<net::Request>();
    request->head_ = target;
    for (auto const& line : headers) request->head_ += line;
    std::string_view rest = request->head_;
    auto const take = [&rest](std::size_t size) { return std::exchange(rest, rest.substr(size)).substr(0, size); };
    request->method = method;
    request->method_text = net::to_string(method);
    request->target = take(target.size());
    request->path = request->target.substr(0, request->target.find('?'));
    if (request->path.size() < request->target.size()) request->query = request->target.substr(request->path.size() + 1);
    request->host = "localhost";
    request->peer = "127.0.0.1";
    for (auto const& line : headers) {
        auto const whole = take(line.size());
        auto const colon = whole.find(": ");
        request->headers.push_back({whole.substr(0, colon), whole.substr(colon + 2)});
    }
    return request;
}

} // namespace mozi::test
