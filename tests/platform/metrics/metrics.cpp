// The Prometheus page.
#include "show.hpp"

#include <mozi/metrics/metrics.hpp>

using namespace mozi;

// proves S34
TEST_CASE("the page") {
    metrics::Registry registry;
    registry.counter("videa_a_total", "Things", "kind=\"x\"").add(3);
    registry.counter("videa_a_total", "Things", "kind=\"x\"").add();
    registry.gauge("videa_b", "Level", "", [] { return 2.5; });
    auto& histogram = registry.histogram("videa_c_seconds", "Time");
    for (auto const seconds : {0.00001, 0.0002, 0.0003, 0.5, 11.0}) histogram.observe(seconds);
    auto const page = registry.text();
    for (auto const line :
        {"# TYPE videa_a_total counter\nvidea_a_total{kind=\"x\"} 4\n", "# HELP videa_b Level\n# TYPE videa_b gauge\nvidea_b 2.5\n",
            "# TYPE videa_c_seconds histogram\n", "videa_c_seconds_bucket{le=\"5e-05\"} 1\n", "videa_c_seconds_bucket{le=\"0.0002\"} 2\n",
            "videa_c_seconds_bucket{le=\"0.0005\"} 3\n", "videa_c_seconds_bucket{le=\"1\"} 4\n", "videa_c_seconds_bucket{le=\"10\"} 4\n",
            "videa_c_seconds_bucket{le=\"+Inf\"} 5\n", "videa_c_seconds_count 5\n"})
        CHECK_MESSAGE(page.find(line) != page.npos, line);
}

TEST_CASE("series are bounded: beyond the bound they are counted together") {
    metrics::Registry registry;
    for (int i = 0; i < 3000; ++i) registry.counter("videa_many_total", "Many", "n=\"" + std::to_string(i) + "\"").add();
    auto const page = registry.text();
    CHECK(std::count(page.begin(), page.end(), '\n') <= 2010);
    CHECK(page.find("videa_many_total{other=\"1\"} 1000\n") != page.npos);
    CHECK(page.find("n=\"1999\"") != page.npos);
}
