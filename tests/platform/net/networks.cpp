// Addresses as proxies write them, and networks.
#include "support.hpp"

using namespace mozi::net;

TEST_SUITE("net networks") {
    TEST_CASE("an address loses its port, brackets and zone, and IPv4 is IPv4") {
        for (auto const& [written, plain] :
            std::vector<std::pair<std::string, std::string>>{{"192.0.2.1", "192.0.2.1"}, {"192.0.2.1:60840", "192.0.2.1"},
                {"2001:db8::1", "2001:db8::1"}, {"[2001:db8::1]", "2001:db8::1"}, {"[2001:DB8:0:0::1]:443", "2001:db8::1"},
                {"fe80::1%eth0", "fe80::1"}, {"::ffff:192.0.2.1", "192.0.2.1"}, {"[::ffff:192.0.2.1]:80", "192.0.2.1"}}) {
            CAPTURE(written);
            CHECK(plain_address(written) == plain);
        }
        for (auto const* other : {"", "unknown", "_hidden", "films.example.org", "192.0.2", "192.0.2.1.5", "1:2", "[", "[]", "[2001:db8::1",
                 "192.0.2.1, 192.0.2.2", "2001:db8::g", "[192.0.2.1]", "[2001:db8::1]x", "192.0.2.1:", "192.0.2.1:8 0"}) {
            CAPTURE(other);
            CHECK_FALSE(plain_address(other));
        }
    }

    TEST_CASE("what limits count as one is an IPv4 address or the /64 of an IPv6 address") {
        CHECK(network_of("192.0.2.1") == "192.0.2.1");
        CHECK(network_of("::ffff:192.0.2.1") == "192.0.2.1");
        CHECK(network_of("2001:db8:1:1::7") == network_of("2001:db8:1:1:ffff::9"));
        CHECK(network_of("2001:db8:1:1::7") == "2001:db8:1:1::/64");
        CHECK(network_of("2001:db8:1:2::7") != network_of("2001:db8:1:1::7"));
        CHECK(network_of("") == "");
    }

    TEST_CASE("a network contains what begins with its bits") {
        Networks const networks({"10.0.0.0/8", "192.0.2.77", "172.16.5.0/22", "2001:db8::/33", "::1", "0.0.0.0/32"});
        for (auto const* inside : {"10.0.0.0", "10.255.255.255", "192.0.2.77", "172.16.4.1", "172.16.7.255", "2001:db8::1",
                 "2001:db8:7fff::1", "::1", "::ffff:10.1.2.3", "0.0.0.0"}) {
            CAPTURE(inside);
            CHECK(networks.contain(inside));
        }
        for (auto const* outside : {"11.0.0.0", "9.255.255.255", "192.0.2.78", "172.16.8.0", "172.16.3.255", "2001:db8:8000::1", "::2",
                 "0.0.0.1", "", "10.0.0.1:80", "unknown"}) {
            CAPTURE(outside);
            CHECK_FALSE(networks.contain(outside));
        }
        CHECK(Networks({"0.0.0.0/0"}).contain("203.0.113.9"));
        CHECK_FALSE(Networks({"0.0.0.0/0"}).contain("2001:db8::1"));
        CHECK(Networks({"::/0"}).contain("203.0.113.9"));
        CHECK_FALSE(Networks().contain("10.0.0.1"));
    }

    TEST_CASE("what is no network is named") {
        for (auto const* wrong :
            {"", "10.0.0.0/33", "2001:db8::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "proxy.example.org", "10.0.0", "/8"}) {
            CAPTURE(wrong);
            CHECK_FALSE(Networks::is_one(wrong));
            CHECK_THROWS_AS(Networks({"10.0.0.1", wrong}), std::invalid_argument);
        }
    }
}
