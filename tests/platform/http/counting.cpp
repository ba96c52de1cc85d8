// Counting by what an attacker cannot change: networks, accounts, refusals; and that nobody counts his own guilt away.
#include "support.hpp"

#include "limits.hpp"

#include <thread>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;
using http::Limits;
using net::Method;

namespace {

// How often of so many times it was let through.
int let_through(House& house, Ask const& asked, int times) {
    int out = 0;
    for (int i = 0; i < times; ++i) out += house.ask(asked).status < 400;
    return out;
}

int refused_with(House& house, Ask const& asked, int times, int status) {
    int out = 0;
    for (int i = 0; i < times; ++i) out += house.ask(asked).status == status;
    return out;
}

} // namespace

TEST_CASE("as many as a minute has, at once, and then as they come back") {
    Limits limits(16);
    auto const start = Limits::Clock::now();
    auto const key = limits.key(1, std::uint64_t{7});
    for (int left = 5; left >= 0; --left) {
        auto const verdict = limits.take(key, 6, start);
        CHECK(verdict.allowed);
        CHECK(verdict.remaining == left);
    }
    CHECK_FALSE(limits.take(key, 6, start).allowed);
    CHECK(limits.take(key, 6, start).reset_s == 10);
    CHECK_FALSE(limits.look(key, 6, start).allowed);
    CHECK(limits.take(limits.key(2, std::uint64_t{7}), 6, start).remaining == 5); // another kind
    CHECK(limits.take(limits.key(1, std::uint64_t{8}), 6, start).remaining == 5); // somebody else
    CHECK_FALSE(limits.take(key, 6, start + 9s).allowed);
    CHECK(limits.look(key, 6, start + 10s).allowed);
    CHECK(limits.take(key, 6, start + 10s).allowed);
    CHECK_FALSE(limits.take(key, 6, start + 10s).allowed);
    CHECK(limits.take(key, 6, start + 10min).remaining == 5);
}

TEST_CASE("whoever is refused stays refused, however many come after") {
    Limits limits(16); // 64 places
    auto const now = Limits::Clock::now();
    auto const guilty = limits.key(1, std::uint64_t{7});
    while (limits.take(guilty, 100, now).allowed) {}
    for (std::uint64_t other = 1000; other < 200'000; ++other) REQUIRE(limits.take(limits.key(1, other), 100, now).allowed);
    CHECK_FALSE(limits.look(guilty, 100, now).allowed);
    CHECK_FALSE(limits.take(guilty, 100, now).allowed);
    // Those who owe less than he does give way, and nobody is refused for want of a place.
    for (std::uint64_t other = 0; other < 64; ++other)
        for (int i = 0; i < 50; ++i) REQUIRE(limits.take(limits.key(3, other), 100, now).allowed);
    CHECK_FALSE(limits.look(guilty, 100, now).allowed);
}

TEST_CASE("many threads take exactly what there is") {
    Limits limits(16);
    auto const now = Limits::Clock::now();
    auto const key = limits.key(1, std::string_view("a token of any length, longer than eight bytes"));
    CHECK(limits.take(key, 1000, now).allowed);
    std::atomic<int> taken{1};
    {
        std::vector<std::jthread> all;
        for (int t = 0; t < 4; ++t)
            all.emplace_back([&] {
                for (int i = 0; i < 2000; ++i) taken += limits.take(key, 1000, now).allowed;
            });
    }
    CHECK(taken == 1000);
}

// proves S1
TEST_CASE("an IPv6 customer has one limit for a /64, and sixteen for a /48, however many addresses he has") {
    http::GatewayOptions options;
    options.reads_per_minute = 10;
    House house(options);
    int same = 0, site = 0;
    for (int i = 0; i < 30; ++i)
        same += house.ask({.target = "/api/things", .peer = "2001:db8:7:1::" + std::to_string(i + 1)}).status == 200;
    CHECK(same == 10);
    for (int i = 0; i < 300; ++i) // each from a /64 of its own
        site += house.ask({.target = "/api/things", .peer = "2001:db8:8:" + std::to_string(i) + "::1"}).status == 200;
    CHECK(site >= 160);
    CHECK(site < 170); // some come back meanwhile
    CHECK(house.ask({.target = "/api/things", .peer = "2001:db8:9::1"}).status == 200);
}

TEST_CASE("an account is one, wherever it is; all accounts of one address have as much as sixteen") {
    http::GatewayOptions options;
    options.reads_per_minute = 10;
    House house(options);
    int one = 0, many = 0;
    for (int i = 0; i < 30; ++i)
        one += house.ask({.target = "/api/things", .token = "7", .peer = "192.0.2." + std::to_string(i)}).status == 200;
    CHECK(one == 10);
    for (int i = 0; i < 300; ++i)
        many += house.ask({.target = "/api/things", .token = std::to_string(1000 + i), .peer = "198.51.100.1"}).status == 200;
    CHECK(many >= 160);
    CHECK(many < 170);
    CHECK(house.ask({.target = "/api/things", .token = "2000", .peer = "198.51.100.2"}).status == 200);
    // Who is refused takes nothing from those beside him.
    CHECK(let_through(house, {.target = "/api/things", .token = "7", .peer = "198.51.100.3"}, 500) == 0);
    CHECK(house.ask({.target = "/api/things", .token = "2001", .peer = "198.51.100.3"}).status == 200);
}

TEST_CASE("who looks for what is not there is slowed down, and nobody beside him") {
    http::GatewayOptions options;
    options.refusals_per_minute = 10;
    House house(options);
    std::string const here = "192.0.2.1";
    CHECK(refused_with(house, {.target = "/api/nowhere", .peer = here}, 40, 404) == 10);
    auto const refused = house.ask({.target = "/api/nowhere", .peer = here});
    CHECK(refused.status == 429);
    CHECK(refused.id() == "request.rate");
    CHECK(std::stoi(refused.header("Retry-After")) >= 1);
    CHECK(refused.header("RateLimit-Policy").find("q=10;w=60") != std::string::npos);
    CHECK(house.ask({.target = "/wp-login.php", .peer = here}).status == 429); // whatever is looked for
    CHECK(house.ask({.target = "/api/things/x", .peer = here}).status == 429);
    // Ordinary people at the same address: what is there answers, and whoever signs in has his own.
    CHECK(let_through(house, {.target = "/api/things", .peer = here}, 50) == 50);
    CHECK(let_through(house, {.target = "/api/things/3", .peer = here}, 50) == 50);
    CHECK(house.ask({Method::post, "/api/things", {}, R"({"word":"a"})", {}, here}).status == 201);
    CHECK(house.ask({.target = "/api/access/member", .token = "7", .peer = here}).status == 200);
    CHECK(house.ask({.target = "/api/nowhere", .token = "7", .peer = here}).status == 429); // nobody was asked who he is
    CHECK(house.ask({.target = "/api/things/x", .token = "7", .peer = here}).status == 404);
    CHECK(house.ask({.target = "/api/access/member", .peer = here}).status == 401); // being asked to sign in tells nothing
    CHECK(house.ask({.target = "/api/nowhere", .peer = "192.0.2.2"}).status == 404);
    CHECK(refused_with(house, {.target = "/api/things/410", .peer = "192.0.2.3"}, 40, 410) == 10); // what was there tells as much
}

TEST_CASE("an account that tries what it may not, and a token that is guessed, are slowed as well") {
    http::GatewayOptions options;
    options.refusals_per_minute = 10;
    House house(options);
    CHECK(refused_with(house, {.target = "/api/access/admin", .token = "7"}, 40, 403) == 10);
    CHECK(house.ask({.target = "/api/access/admin", .token = "7", .peer = "198.51.100.7"}).status == 429); // wherever it is
    CHECK(house.ask({.target = "/api/access/admin", .token = "8"}).status == 403);
    CHECK(refused_with(house, {.target = "/api/access/member", .token = "over"}, 40, 401) == 10); // one that has ended
    int guesses = 0;
    for (int i = 0; i < 400; ++i)
        guesses += house.ask({.target = "/api/access/member", .token = "guess" + std::to_string(i), .peer = "198.51.100.9"}).status == 401;
    CHECK(guesses >= 160);
    CHECK(guesses < 170);
    CHECK(house.ask({.target = "/api/access/member", .token = "9", .peer = "198.51.100.9"}).status == 200);
    // Nor do guesses take anything from who is signed in there, who looks for what is gone, or was.
    auto const ended = [&](int i, std::string peer) {
        return house.ask({.target = "/api/access/member", .token = "over" + std::to_string(i), .peer = std::move(peer)}).status;
    };
    CHECK(ended(0, "198.51.100.9") == 401);
    for (int i = 1; i < 400; ++i) REQUIRE(ended(i, "198.51.100.10") == 401);
    CHECK(house.ask({.target = "/api/access/member", .token = "guess", .peer = "198.51.100.10"}).status == 401);
    CHECK(house.ask({.target = "/api/access/member", .token = "  over"}).status == 429); // however it is written
    guesses = 0; // it excuses nothing but its end
    for (int i = 0; i < 200; ++i)
        guesses +=
            house
                .ask(
                    {.target = "/api/access/member", .headers = {"authorization: Basic over" + std::to_string(i)}, .peer = "198.51.100.11"})
                .status == 401;
    CHECK(guesses < 170);
    CHECK(house.ask({.target = "/api/things/x", .token = "9", .peer = "198.51.100.9"}).status == 404);
    CHECK(house.ask({.target = "/api/access/admin", .token = "9", .peer = "198.51.100.9"}).status == 403);
    options.limits_enabled = false;
    House open(options);
    CHECK(refused_with(open, {.target = "/api/nowhere"}, 40, 404) == 40);
}

TEST_CASE("a visitor's key is the key of his network alone") {
    House house;
    auto const post = [&](std::string peer, std::string word) {
        return house.ask({Method::post, "/api/things", {}, R"({"word":")" + word + "\"}", {"idempotency-key: k"}, std::move(peer)});
    };
    auto const mine = post("192.0.2.1", "mine");
    REQUIRE(mine.status == 201);
    CHECK(post("192.0.2.1", "mine").body == mine.body);
    CHECK(post("192.0.2.1", "other").id() == "request.idempotency_reuse");
    auto const theirs = post("192.0.2.2", "other"); // a stranger's use of the word takes nothing from anybody
    CHECK(theirs.status == 201);
    auto const same = post("2001:db8:ffff:ffff::1", "mine"); // nor does he hear the answer, even if he asked the same
    CHECK(same.status == 201);
    CHECK(same.body != mine.body);
    CHECK(post("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "mine").body == same.body);
    CHECK(post("192.0.2.1", "mine").body == mine.body);
}

TEST_CASE("what was done leaves nothing in a cache") {
    House house;
    CHECK(house.ask({Method::delete_, "/api/parts/3", "7:MODERATOR"}).header("Cache-Control") == "no-store");
    CHECK(house.ask({Method::post, "/api/things", "7", R"({"word":"a"})"}).header("Cache-Control") == "no-store");
    CHECK(house.ask({.target = "/api/things", .token = "7"}).header("Cache-Control") == "private, no-cache");
    CHECK(house.get("/api/nowhere", "7").header("Cache-Control") == "no-store");
}
