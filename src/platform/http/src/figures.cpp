// Figures of requests: by operation and class of status, by exact status, and where the time went.
#include "figures.hpp"

#include <algorithm>

namespace mozi::http {

namespace {

constexpr int codes[] = {200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 416, 417,
    421, 422, 423, 428, 429, 431, 460, 500, 501, 503, 505, 507};

constexpr std::string_view name_of(Limit limit) {
    switch (limit) {
    case Limit::read: return "read";
    case Limit::write: return "write";
    case Limit::sign_in: return "sign_in";
    case Limit::upload: return "upload";
    case Limit::ending: return "ending";
    case Limit::none: return "refusals";
    }
    return "";
}

std::uint64_t nanoseconds(double seconds) { return std::uint64_t(std::max(0.0, seconds) * 1e9); }

} // namespace

RequestFigures::RequestFigures(metrics::Registry& registry)
    : forwarded_twice(registry.counter(
          "videa_forwarded_twice_total", "Requests of named proxies whose X-Forwarded-For and Forwarded do not say the same")),
      cache_hits(registry.counter("videa_response_cache_hits_total", "Replies given from the response cache")),
      cache_misses(registry.counter("videa_response_cache_misses_total", "Cacheable replies that had to be built")), registry_(registry) {
    auto const code = [&](std::string const& label) {
        return &registry.counter("videa_http_answers_total", "Requests answered, by status", "code=\"" + label + "\"");
    };
    for (auto const each : codes) codes_[each] = code(std::to_string(each));
    other_code_ = code("other");
    receiving_ = &registry.seconds("videa_http_receiving_seconds_total", "Time in which bodies of requests came in");
    sending_ = &registry.seconds("videa_http_sending_seconds_total", "Time in which answers left");
    for (unsigned i = 0; i < limited_.size(); ++i)
        limited_[i] = &registry.counter("videa_http_limited_total",
            "Requests refused with 429, by the limit; refusals: of those whose requests too often led nowhere",
            "class=\"" + std::string(name_of(Limit(i))) + "\"");
    make(nullptr, "none");
}

RequestFigures::OfRoute& RequestFigures::make(Route const* route, std::string const& operation) {
    auto const label = "operation=\"" + operation + "\"";
    auto& made = routes_[route];
    for (unsigned i = 0; i < made.answers.size(); ++i)
        made.answers[i] = &registry_.counter("videa_http_requests_total", "Requests answered, by operation and class of status",
            label + ",status=\"" + std::to_string(i + 2) + "xx\"");
    made.own = &registry_.histogram("videa_http_request_seconds",
        "The server's own time for a request: from head or body being complete to the answer being ready, without the transfer", label);
    return made;
}

void RequestFigures::add(Route const& route) { make(&route, route.operation); }

void RequestFigures::count(Route const* route, net::Answered const& answered) {
    auto const& of = routes_.at(route);
    of.answers[unsigned(std::clamp(answered.status / 100, 2, 5) - 2)]->add();
    of.own->observe(answered.own);
    auto const code = codes_.find(answered.status);
    (code == codes_.end() ? other_code_ : code->second)->add();
    if (answered.receiving > 0) receiving_->add(nanoseconds(answered.receiving));
    sending_->add(nanoseconds(answered.sending));
}

} // namespace mozi::http
