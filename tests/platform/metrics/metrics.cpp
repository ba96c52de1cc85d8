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
    for (int i = 0; i < 5000; ++i) registry.counter("videa_many_total", "Many", "n=\"" + std::to_string(i) + "\"").add();
    auto const page = registry.text();
    CHECK(std::count(page.begin(), page.end(), '\n') <= 4010);
    CHECK(page.find("videa_many_total{other=\"1\"} 1000\n") != page.npos);
    CHECK(page.find("n=\"3999\"") != page.npos);
}

// proves S34
TEST_CASE("what only grows is a counter by name and type, and a name has one type") {
    metrics::Registry registry;
    registry.counter("videa_a_total", "A");
    CHECK_THROWS_AS(registry.counter("videa_a", "A"), std::logic_error);
    CHECK_THROWS_AS(registry.gauge("videa_b_total", "B", "", [] { return 0.0; }), std::logic_error);
    CHECK_THROWS_AS(registry.histogram("videa_b_total", "B"), std::logic_error);
    registry.gauge("videa_c", "C", "", [] { return 0.0; });
    CHECK_THROWS_AS(registry.histogram("videa_c", "C"), std::logic_error);
}

TEST_CASE("numbers are written whole, a sentence on one line, and what was registered is there with 0") {
    metrics::Registry registry;
    registry.counter("videa_none_total", "None yet", "kind=\"x\"");
    registry.counter("videa_elsewhere_total", "Two\nlines and a \\", "", [] { return 12345678901.0; });
    registry.gauge("videa_end", "Seconds since 1970", "", [] { return 1796043661.0; });
    registry.gauge("videa_million", "A million", "", [] { return 1e6; });
    registry.gauge("videa_part", "A part", "", [] { return 0.1; });
    registry.seconds("videa_time_total", "Time").add(1'500'000'000);
    auto const page = registry.text();
    for (auto const line : {"videa_none_total{kind=\"x\"} 0\n", "# TYPE videa_elsewhere_total counter\nvidea_elsewhere_total 12345678901\n",
             "# HELP videa_elsewhere_total Two\\nlines and a \\\\\n", "videa_end 1796043661\n", "videa_million 1000000\n",
             "videa_part 0.1\n", "videa_time_total 1.5\n"})
        CHECK_MESSAGE(page.find(line) != page.npos, line);
}
