// What stands between a client and this server: proxies, and networks that let no method through but POST.
#include "request.hpp"
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;
using net::Method;

namespace {

Ask disguised(std::string target, std::string method, std::string token = "7") {
    return {Method::post, std::move(target), std::move(token), {}, {"x-http-method-override: " + method}};
}

// Whether pages of this Origin are ours, for a request to `host` from `peer`.
struct Seen {
    http::GatewayOptions options;
    std::shared_ptr<net::Request> request;
    http::Call call;
    Seen(std::string_view host, std::string_view peer, std::vector<std::string> const& headers, http::GatewayOptions given = {})
        : options(std::move(given)), request(make_request(Method::post, "/api/auth/refresh", headers)) {
        request->host = host;
        request->peer = peer;
        call.request = request.get();
        call.options = &options;
    }
};

} // namespace

TEST_CASE("a POST stands for another method where a route says so, and has its rules") {
    House house;
    CHECK(house.ask(disguised("/api/parts/3", "PATCH")).status == 200);
    CHECK(house.ask(disguised("/api/parts/3", "patch")).status == 200);
    CHECK(house.ask(disguised("/api/v1/parts/3", "PATCH")).status == 200);
    CHECK(house.ask(disguised("/api/parts/3", "PATCH", "")).status == 401);
    CHECK(house.ask(disguised("/api/parts/3", "DELETE")).status == 403); // its access is for moderators
    CHECK(house.ask(disguised("/api/parts/3", "DELETE", "7:MODERATOR")).status == 204);
    auto const head = house.ask(disguised("/api/parts/3", "HEAD", ""));
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK_FALSE(head.header("ETag").empty());
}

TEST_CASE("elsewhere, and for other methods, a POST stays what it is") {
    House house;
    CHECK(house.ask(disguised("/api/things/4", "DELETE", "5")).status == 405);
    CHECK(house.ask({Method::post, "/api/things", {}, R"({"word":"a"})", {"x-http-method-override: DELETE"}}).status == 201);
    CHECK(house.ask({Method::get, "/api/parts/3", {}, {}, {"x-http-method-override: DELETE"}}).body.find("thing 3") != std::string::npos);
    CHECK(house.ask({Method::put, "/api/parts/3", "7:MODERATOR", {}, {"x-http-method-override: DELETE"}}).status == 405);
    for (auto const* method : {"GET", "PUT", "OPTIONS", "POST", "", "PATCH, DELETE", "EVERYTHING"}) {
        CAPTURE(method);
        CHECK(house.ask(disguised("/api/parts/3", method, "7:MODERATOR")).status == 405);
        CHECK(house.ask({Method::post, "/api/parts", "7", R"({"word":"a"})", {std::string("x-http-method-override: ") + method}}).status ==
              405);
    }
    CHECK(house.ask({Method::post, "/api/parts", "7", R"({"word":"b"})", {"x-http-method-override: DELETE"}}).status == 405);
    CHECK(house.words() == std::vector<std::string>{"a"});
}

TEST_CASE("limits and repetition are those of the method that is meant") {
    http::GatewayOptions options;
    options.uploads_per_minute = 2;
    House house(options);
    auto patch = disguised("/api/parts/3", "PATCH");
    patch.headers.push_back("idempotency-key: one");
    CHECK(house.ask(patch).status == 200);
    patch.target = "/api/parts/4";
    CHECK(house.ask(patch).body.find("thing 4") != std::string::npos); // a key is for POST: nothing was kept under it
    CHECK(house.ask(patch).status == 429);
}

// proves S1
TEST_CASE("the client behind proxies is the last one that somebody trusted has seen") {
    struct {
        std::string peer;
        std::vector<std::string> headers;
        std::string client;
    } const table[] = {
        {"192.0.2.1", {"x-forwarded-for: 203.0.113.5"}, "192.0.2.1"}, // a stranger says so
        {"10.0.0.1", {}, "10.0.0.1"},
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.5"}, "203.0.113.5"},
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.9, 203.0.113.5"}, "203.0.113.5"},
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.9, 203.0.113.5, 10.0.7.7"}, "203.0.113.5"}, // two proxies of the house
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.9", "x-forwarded-for: 203.0.113.5"}, "203.0.113.5"}, // one that adds a line
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.9", "x-forwarded-for: 203.0.113.5", "x-forwarded-for: 10.0.7.7"}, "203.0.113.5"},
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.5:60840"}, "203.0.113.5"}, // one that writes ports
        {"10.0.0.1", {"x-forwarded-for: [2001:db8::5]:60840"}, "2001:db8::5"},
        {"10.0.0.1", {"x-forwarded-for: ::ffff:203.0.113.5"}, "203.0.113.5"},
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.5, unknown"}, "10.0.0.1"},
        {"10.0.0.1", {"x-forwarded-for: 203.0.113.5, unknown, 10.0.7.7"}, "10.0.7.7"},
        {"10.0.0.1", {"x-forwarded-for: 10.0.7.7"}, "10.0.7.7"}, // a proxy that asks for itself
        {"2001:db8:1::9", {"x-forwarded-for: 203.0.113.5"}, "203.0.113.5"},
    };
    http::GatewayOptions options;
    options.reads_per_minute = 1;
    options.trusted_proxies = {{"10.0.0.0/8", "2001:db8:1::/48"}};
    for (auto const& row : table) {
        CAPTURE(row.client);
        CAPTURE(row.headers);
        House house(options);
        CHECK(house.ask({.target = "/api/things", .headers = {"x-forwarded-for: " + row.client}, .peer = "10.9.9.9"}).status == 200);
        CHECK(house.ask({.target = "/api/things", .headers = row.headers, .peer = row.peer}).status == 429);
    }
}

TEST_CASE("pages of ours, as browsers and proxies let them be known") {
    http::GatewayOptions behind;
    behind.trusted_proxies = {{"10.0.0.0/8"}};
    behind.base_url = "https://films.example.org";
    behind.allowed_origins = {"https://other.example.org"};
    struct {
        char const* host;
        char const* peer;
        std::vector<std::string> headers;
        bool ours;
    } const table[] = {
        // A browser that says it, which no proxy changes.
        {"x", "192.0.2.1", {"sec-fetch-site: same-origin", "origin: https://films.example.org"}, true},
        {"films.example.org", "10.0.0.1", {"sec-fetch-site: cross-site", "origin: https://evil.example"}, false},
        {"films.example.org", "10.0.0.1", {"sec-fetch-site: same-site", "origin: https://films.example.org:8443"}, false},
        // Plain http, asked directly.
        {"192.168.1.5:3001", "192.0.2.1", {"origin: http://192.168.1.5:3001"}, true},
        {"[2001:db8::1]:3001", "192.0.2.1", {"origin: http://[2001:db8::1]:3001"}, true},
        {"192.168.1.5:3001", "192.0.2.1", {"origin: http://evil.example"}, false},
        {"192.168.1.5:3001", "192.0.2.1", {"origin: http://192.168.1.55:3001"}, false},
        {"192.168.1.5:3001", "192.0.2.1", {"origin: null"}, false},
        {"192.168.1.5:3001", "192.0.2.1", {}, false},
        // A proxy on a port of its own that passes the host without it; one that puts its own name there.
        {"nas", "192.0.2.1", {"origin: http://nas:8080"}, true},
        {"videa_mozi", "127.0.0.1", {"origin: http://nas:8080"}, true},
        {"127.0.0.1:3001", "10.0.0.1", {"origin: http://nas:8080"}, true},
        {"videa_mozi", "192.0.2.1", {"origin: http://nas:8080"}, false},
        {"videa_mozi", "192.0.2.1", {"origin: http://films.example.org"}, true}, // known by base_url
        // Those whose pages may call the API are not ours for that.
        {"videa_mozi", "127.0.0.1", {"origin: https://other.example.org"}, false},
        {"videa_mozi", "127.0.0.1", {"origin: null"}, false},
        {"videa_mozi", "127.0.0.1", {}, false},
    };
    for (auto const& row : table) {
        CAPTURE(std::string(row.host));
        CAPTURE(std::string(row.peer));
        CAPTURE(row.headers);
        CHECK(Seen(row.host, row.peer, row.headers, behind).call.same_origin() == row.ours);
    }
}

TEST_CASE("TLS is what the browser speaks; only a trusted proxy is believed about it") {
    http::GatewayOptions behind;
    behind.trusted_proxies = {{"10.0.0.0/8"}};
    auto const over_tls = [&](char const* peer, std::vector<std::string> const& headers, bool own = false) {
        Seen seen("films.example.org", peer, headers, behind);
        seen.request->tls = own;
        return seen.call.over_tls();
    };
    CHECK(over_tls("192.0.2.1", {}, true));
    CHECK_FALSE(over_tls("192.0.2.1", {}));
    CHECK_FALSE(over_tls("192.0.2.1", {"x-forwarded-proto: https"}));
    CHECK(over_tls("10.0.0.1", {"x-forwarded-proto: https"}));
    CHECK_FALSE(over_tls("10.0.0.1", {"x-forwarded-proto: https", "x-forwarded-proto: http"})); // the last line is the proxy's
    CHECK_FALSE(over_tls("10.0.0.1", {"x-forwarded-proto: http"}));
    CHECK(over_tls("192.0.2.1", {"origin: https://films.example.org"}));
    CHECK_FALSE(over_tls("10.0.0.1", {"x-forwarded-proto: https", "origin: http://films.example.org"}));
    CHECK_FALSE(over_tls("192.0.2.1", {"origin: http://films.example.org"}, true)); // a proxy that encrypts what came in the clear
}

TEST_CASE("a proxy that nobody named is noticed, and not believed") {
    http::GatewayOptions options;
    options.reads_per_minute = 3;
    options.trusted_proxies = {{"10.0.0.1"}};
    auto const through = [](House& house, std::string peer, std::string header) {
        return house.ask({.target = "/api/things", .headers = {std::move(header)}, .peer = std::move(peer)}).status;
    };
    for (std::string const peer : {"127.0.0.1", "::1", "10.0.0.2", "172.18.0.1", "192.168.1.4", "fd00::4"})
        for (std::string const header : {"x-forwarded-for: 203.0.113.", "forwarded: for=203.0.113."}) {
            CAPTURE(peer);
            House house(options);
            CHECK_FALSE(house.gateway->unnamed_proxy());
            for (int i = 0; i < 3; ++i) CHECK(through(house, peer, header + std::to_string(i)) == 200);
            CHECK(through(house, peer, header + "9") == 429); // all of them are it
            CHECK(house.gateway->unnamed_proxy() == peer);
        }
    House house(options);
    CHECK(through(house, "10.0.0.1", "x-forwarded-for: 203.0.113.5") == 200); // named
    CHECK(through(house, "203.0.113.7", "x-forwarded-for: 203.0.113.5") == 200); // a stranger's own words
    CHECK(through(house, "127.0.0.1", "x-request-id: 1") == 200);
    CHECK_FALSE(house.gateway->unnamed_proxy());
}
