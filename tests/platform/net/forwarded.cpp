// Who asks behind proxies, in every way they write it down, and in those an attacker would like them to.
#include "request.hpp"
#include "support.hpp"

#include "address_limit.hpp"

#include <mozi/net/forwarded.hpp>

using namespace mozi::net;
using mozi::test::make_request;

namespace {

Networks const trusted({"10.0.0.0/8", "2001:db8:1::/48"});

std::string client(std::string_view peer, std::vector<std::string> const& headers) {
    auto const request = make_request(Method::get, "/", headers);
    request->peer = peer;
    return client_of(*request, trusted);
}

} // namespace

TEST_SUITE("net forwarded") {
    TEST_CASE("the client is the nearest address that is no trusted proxy, in either header") {
        struct {
            char const* x_forwarded_for;
            char const* forwarded;
            char const* client;
        } const table[] = {
            {"203.0.113.5", "for=203.0.113.5", "203.0.113.5"},
            {"203.0.113.5:60840", R"(for="203.0.113.5:60840")", "203.0.113.5"},
            {"2001:db8::5", R"(for="[2001:db8::5]")", "2001:db8::5"},
            {"[2001:db8::5]:4711", R"(for="[2001:db8::5]:4711")", "2001:db8::5"},
            {"[2001:db8::5]:4711", R"(For="[2001:DB8::5]:_http";Proto=https;by=10.0.0.1)", "2001:db8::5"},
            {"2001:db8::5", "for=2001:db8::5", "2001:db8::5"}, // not as RFC 7239 has it, and as some write it
            {"::ffff:203.0.113.5", R"(for="::ffff:203.0.113.5")", "203.0.113.5"},
            {"198.51.100.9, 203.0.113.5", "for=198.51.100.9, for=203.0.113.5", "203.0.113.5"}, // what stands further left is anybody's word
            {"198.51.100.9,203.0.113.5, 10.0.7.7", R"(for=198.51.100.9;proto=http,for=203.0.113.5 ; host="a,b;c", for=10.0.7.7)",
                "203.0.113.5"},
            {"10.0.7.7", "for=10.0.7.7", "10.0.7.7"}, // a proxy asks for itself
            {"203.0.113.5, unknown", "for=203.0.113.5, for=unknown", "10.0.0.1"},
            {"203.0.113.5, _hidden", "for=203.0.113.5, for=_hidden", "10.0.0.1"},
            {"203.0.113.5, _hidden, 10.0.7.7", R"(for=203.0.113.5, for="_hidden:_80", for=10.0.7.7)", "10.0.7.7"},
            {"203.0.113.5, ", "for=203.0.113.5,", "10.0.0.1"},
            {"", "", "10.0.0.1"},
            {"[2001:db8::5", R"(for="[2001:db8::5")", "10.0.0.1"},
            {"203.0.113.5:", R"(for="203.0.113.5:")", "10.0.0.1"},
            {"203.0.113.5 198.51.100.9", R"(for="203.0.113.5 198.51.100.9")", "10.0.0.1"},
        };
        for (auto const& row : table) {
            CAPTURE(std::string(row.forwarded));
            CHECK(client("10.0.0.1", {std::string("x-forwarded-for: ") + row.x_forwarded_for}) == row.client);
            CHECK(client("10.0.0.1", {std::string("forwarded: ") + row.forwarded}) == row.client);
            CHECK(client("203.0.113.77", {std::string("forwarded: ") + row.forwarded}) == "203.0.113.77"); // a stranger says so
            CHECK(client("10.0.0.1", {std::string("x-forwarded-for: ") + row.x_forwarded_for,
                                         std::string("forwarded: ") + row.forwarded}) == row.client); // both say the same
        }
    }

    TEST_CASE("all lines count, the last one first") {
        CHECK(client("10.0.0.1", {"x-forwarded-for: 203.0.113.9", "x-forwarded-for: 203.0.113.5", "x-forwarded-for: 10.0.7.7"}) ==
              "203.0.113.5");
        CHECK(client("10.0.0.1", {"forwarded: for=203.0.113.9", "other: x", "Forwarded: for=203.0.113.5", "forwarded: for=10.0.7.7"}) ==
              "203.0.113.5");
        CHECK(client("2001:db8:1::9", {"forwarded: for=203.0.113.5"}) == "203.0.113.5");
    }

    TEST_CASE("a quote that a client left open swallows nothing a proxy wrote behind it") {
        for (auto const* line : {R"(for=")", R"(for="198.51.100.9)", R"(for="\)", R"(for=198.51.100.9;x=")", "for", "=", ";",
                 "for=1.2.3.4;for=1.2.3.4", R"(for="1.2.3.4"x)", "for=1.2.3.4 5.6.7.8"}) {
            CAPTURE(std::string(line));
            CHECK(client("10.0.0.1", {std::string("forwarded: ") + line + ", for=203.0.113.5"}) == "10.0.0.1"); // appended to that line
            CHECK(client("10.0.0.1", {std::string("forwarded: ") + line, "forwarded: for=203.0.113.5"}) == "203.0.113.5");
            CHECK(client("10.0.0.1", {std::string("forwarded: ") + line, "forwarded: for=10.0.7.7"}) == "10.0.7.7");
        }
    }

    TEST_CASE("where both headers are there and differ, only what both say is believed") {
        auto const both = [](std::string const& x_forwarded_for, std::string const& forwarded) {
            return client("10.0.0.1", {"x-forwarded-for: " + x_forwarded_for, "forwarded: " + forwarded});
        };
        CHECK(both("198.51.100.9", "for=203.0.113.5") == "10.0.0.1"); // whichever of them the client made up
        CHECK(both("203.0.113.5", "for=198.51.100.9") == "10.0.0.1");
        CHECK(both("203.0.113.5", "for=_hidden") == "10.0.0.1");
        CHECK(both("unknown", "for=_hidden") == "10.0.0.1");
        CHECK(both("203.0.113.5", "for=\"") == "10.0.0.1");
        CHECK(both("198.51.100.9, 10.0.7.7", "for=203.0.113.5, for=10.0.7.7") == "10.0.7.7");
        CHECK(both("198.51.100.9, 203.0.113.5", "for=203.0.113.5") == "203.0.113.5"); // one proxy passed the longer list on
        CHECK(both("10.0.7.7", "for=203.0.113.5, for=10.0.7.7") == "10.0.7.7");
    }

    TEST_CASE("the scheme is what the nearest proxy says") {
        auto const proto = [](std::vector<std::string> const& headers) {
            return forwarded_proto(*make_request(Method::get, "/", headers)).value_or("-");
        };
        CHECK(proto({}) == "-");
        CHECK(proto({"x-forwarded-proto: HTTPS"}) == "https");
        CHECK(proto({"x-forwarded-proto: https, http"}) == "http");
        CHECK(proto({"forwarded: for=1.2.3.4;proto=http, for=10.0.0.2;proto=\"https\""}) == "https");
        CHECK(proto({"forwarded: proto=https", "forwarded: for=1.2.3.4"}) == "-");
        CHECK(proto({"forwarded: proto=\""}) == "-");
        CHECK(proto({"forwarded: proto=https", "x-forwarded-proto: http"}) == "http");
    }

    TEST_CASE("what limits count is an IPv4 address, an IPv6 /64, and its /48 in the large") {
        auto const network = [](std::string const& address) { return counted_as(address).network; };
        auto const site = [](std::string const& address) { return counted_as(address).site; };
        CHECK(network("192.0.2.1") != network("192.0.2.2"));
        CHECK(network("192.0.2.1") == network("::ffff:192.0.2.1"));
        CHECK(network("192.0.2.1") == network("64:ff9b::192.0.2.1")); // by way of a translator
        CHECK_FALSE(site("192.0.2.1"));
        CHECK_FALSE(site("64:ff9b::192.0.2.1"));
        CHECK(network("2001:db8:1:1::7") == network("2001:db8:1:1:ffff::9"));
        CHECK(network("2001:db8:1:1::7") != network("2001:db8:1:2::7"));
        CHECK(site("2001:db8:1:1::7") == site("2001:db8:1:ffff::9"));
        CHECK(site("2001:db8:1:1::7") != site("2001:db8:2:1::7"));
        CHECK(network_of("64:ff9b::192.0.2.1") == "192.0.2.1");
    }
    TEST_CASE("connections are counted by /64, and a /48 holds those of four") {
        AddressLimit limit(2);
        auto const of = [](std::string const& address) { return std::optional(counted_as(address).network); };
        CHECK(limit.enter(of("2001:db8:1:1::1")));
        CHECK(limit.enter(of("2001:db8:1:1::2")));
        CHECK_FALSE(limit.enter(of("2001:db8:1:1::3")));
        int entered = 2;
        for (int i = 2; i < 40; ++i) entered += limit.enter(of("2001:db8:1:" + std::to_string(i) + "::1"));
        CHECK(entered == 8);
        CHECK(limit.enter(of("2001:db8:2::1")));
        limit.leave(of("2001:db8:1:1::1"));
        CHECK(limit.enter(of("2001:db8:1:77::1")));
        CHECK_FALSE(limit.enter(of("2001:db8:1:78::1")));
        for (int i = 0; i < 100; ++i) CHECK(limit.enter(of("192.0.2." + std::to_string(i))));
        CHECK(limit.enter(std::nullopt));
    }
}
