// Who waits behind whom: lanes, turns, and what the thread of the connections does not do.
#include "support.hpp"

#include <future>
#include <latch>
#include <thread>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

// Every thread of that pool waits until this goes.
class Blocked {
public:
    Blocked(jobs::Pool& pool, int threads) : here_(threads) {
        for (int i = 0; i < threads; ++i) REQUIRE(pool.post([this] { here_.count_down(), go_.wait(); }));
        here_.wait();
    }
    ~Blocked() { let_go(); }
    void let_go() {
        if (!gone_) go_.count_down();
        gone_ = true;
    }

private:
    std::latch here_, go_{1};
    bool gone_ = false;
};

std::future<Reply> later(House& house, Ask asked) {
    return std::async(std::launch::async, [&house, asked = std::move(asked)] { return house.ask(asked); });
}

bool comes(std::future<Reply> const& reply) { return reply.wait_for(10s) == std::future_status::ready; }
bool waits(std::future<Reply> const& reply) { return reply.wait_for(50ms) == std::future_status::timeout; }

} // namespace

TEST_CASE("what is read slowly has a lane of its own, and holds up neither reads nor writes") {
    House house;
    Blocked slow(house.slow, 1);
    auto far = later(house, {.target = "/api/far?page=51&limit=20"}); // a thousand rows before it
    CHECK(waits(far));
    CHECK(house.get("/api/far?page=50&limit=20").status == 200);
    CHECK(house.get("/api/things/1").status == 200);
    CHECK(house.ask({net::Method::post, "/api/things", {}, R"({"word":"a"})"}).status == 201);
    auto searched = later(house, {.target = "/api/things?word=slow"});
    auto by_a_member = later(house, {.target = "/api/things?word=slow", .token = "7"});
    CHECK(waits(searched));
    CHECK(waits(by_a_member));
    CHECK(house.get("/api/things?word=quick").status == 200);
    slow.let_go();
    for (auto* const reply : {&far, &searched, &by_a_member}) {
        REQUIRE(comes(*reply));
        CHECK(reply->get().status == 200);
    }
    // What was kept is no longer slow.
    Blocked again(house.slow, 1);
    CHECK(house.get("/api/things?word=slow").status == 200);
}

TEST_CASE("what takes too much work is cut, and the answer says what to do") {
    House house;
    auto const cut = house.get("/api/things?word=deep");
    CHECK(cut.status == 503);
    CHECK(cut.id() == "storage.too_slow");
    CHECK(!cut.header("Retry-After").empty());
    CHECK(house.get("/api/things?word=slow").status == 200); // the next one has all its time again
}

TEST_CASE("the thread of the connections neither compresses nor builds") {
    House house;
    {
        std::scoped_lock const held(house.desk.mutex);
        house.desk.greeting = std::string(5000, 'g');
    }
    auto const list = [](std::string accept) { return Ask{.target = "/api/things", .headers = {"accept-encoding: " + accept}}; };
    CHECK(house.ask(list("gzip")).header("Content-Encoding") == "gzip"); // made and kept
    Blocked workers(house.workers, 4);
    CHECK(house.ask(list("gzip")).header("Content-Encoding") == "gzip");
    auto brotli = later(house, list("br"));
    auto other = later(house, {.target = "/api/things?limit=7"});
    auto quick = later(house, {.target = "/api/things/plain?", .headers = {"accept-encoding: br"}});
    CHECK(comes(quick)); // short
    CHECK(waits(brotli));
    CHECK(waits(other));
    auto big = later(house, {.target = "/api/things/big", .headers = {"accept-encoding: br"}});
    CHECK(waits(big));
    workers.let_go();
    REQUIRE(comes(brotli));
    CHECK(brotli.get().header("Content-Encoding") == "br");
    REQUIRE(comes(other));
    REQUIRE(comes(big));
    CHECK(big.get().header("Content-Encoding") == "br");
}

TEST_CASE("a reply is kept by what was asked, not by how that was spelled") {
    House house;
    for (auto const* const target : {"/api/things", "/api/things?limit=20", "/api/v1/things?limit=20", "/api/things?%6Cimit=2%30",
             "/api/things?kind=&limit=20", "/api/things?"})
        CHECK(house.get(target).status == 200);
    CHECK(house.desk.lists == 1);
    CHECK(house.get("/api/things?limit=21").status == 200);
    CHECK(house.get("/api/things?kind=a,b&word=x").status == 200);
    CHECK(house.get("/api/things?word=x&kind=a,b").status == 200);
    CHECK(house.get("/api/things?word=x&kind=a&year=1").status == 200);
    CHECK(house.desk.lists == 4);
    CHECK(house.get("/api/things?limit=x").status == 400);
    CHECK(house.desk.lists == 4);
}

TEST_CASE("who asks for much waits for himself") {
    House house;
    std::vector<std::future<Reply>> greedy;
    std::future<Reply> other;
    {
        Blocked workers(house.workers, 4);
        for (int i = 0; i < 40; ++i) greedy.push_back(later(house, {.target = "/api/turns", .peer = "192.0.2.66"}));
        while (house.workers.queued() < 40) std::this_thread::sleep_for(1ms);
        other = later(house, {.target = "/api/turns", .peer = "198.51.100.7"});
        while (house.workers.queued() < 41) std::this_thread::sleep_for(1ms);
    }
    REQUIRE(comes(other));
    auto const place = [](Reply const& reply) { return std::stoi(std::string(reply.json().at("text").as_string())); };
    CHECK(place(other.get()) <= 8); // four threads: a task or two of each at most before it
    for (auto& reply : greedy) CHECK(reply.get().status == 200);
}
