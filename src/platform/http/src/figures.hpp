// What is counted of requests; every series from the start, so that the first of a kind is seen to have come.
#pragma once

#include <mozi/http/route.hpp>
#include <mozi/metrics/metrics.hpp>
#include <mozi/net/server.hpp>

#include <array>
#include <unordered_map>

namespace mozi::http {

class RequestFigures {
public:
    explicit RequestFigures(metrics::Registry& registry);
    void add(Route const& route); // before the first request; the route stays where it is
    void count(Route const* route, net::Answered const& answered); // any thread
    // A request that came too often, of a class; Limit::none: one whose refusals were too many.
    void count_limited(Limit limit) { limited_[unsigned(limit)]->add(); }

    metrics::Counter& forwarded_twice;
    metrics::Counter& cache_hits;
    metrics::Counter& cache_misses;

private:
    struct OfRoute {
        std::array<metrics::Counter*, 4> answers{}; // 2xx to 5xx
        metrics::Histogram* own = nullptr;
    };
    OfRoute& make(Route const* route, std::string const& operation);
    metrics::Registry& registry_;
    std::unordered_map<Route const*, OfRoute> routes_; // nullptr: no route
    std::unordered_map<int, metrics::Counter*> codes_;
    metrics::Counter* other_code_;
    metrics::Counter *receiving_, *sending_;
    std::array<metrics::Counter*, 6> limited_{};
};

} // namespace mozi::http
