// The worker pool and the ticker.
#include "show.hpp"

#include <mozi/jobs/pool.hpp>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>

using namespace mozi;
using namespace std::chrono_literals;

TEST_CASE("a pool runs everything it took, refuses beyond its bound, and finishes what is queued when it stops") {
    std::latch go(1), busy(2);
    std::atomic<int> ran{0};
    jobs::Pool pool("test", 2, 3);
    for (int i = 0; i < 2; ++i) REQUIRE(pool.post([&] { busy.count_down(), go.wait(), ++ran; }));
    busy.wait();
    CHECK(pool.running() == 2);
    for (int i = 0; i < 3; ++i) CHECK(pool.post([&] { ++ran; }));
    CHECK(pool.queued() == 3);
    CHECK_FALSE(pool.post([&] { ran += 100; }));
    go.count_down();
    pool.stop();
    CHECK(ran == 5);
    CHECK(pool.running() == 0);
    CHECK_FALSE(pool.post([&] { ran += 100; }));
    pool.stop(); // again is fine
    CHECK(ran == 5);
}

TEST_CASE("turns follow one another, a task each, in the order of each, and every second task may be the house's") {
    std::latch go(1), busy(1);
    std::string order;
    jobs::Pool pool("test", 1, 100);
    REQUIRE(pool.post([&] { busy.count_down(), go.wait(); }));
    busy.wait();
    auto const post = [&](char who, int times, jobs::Turn turn) {
        for (int i = 0; i < times; ++i) REQUIRE(pool.post([&order, who] { order += who; }, turn));
    };
    post('a', 5, jobs::Turn{1});
    post('b', 2, jobs::Turn{2});
    post('c', 1, jobs::Turn{3});
    post('-', 4, jobs::Turn::house);
    go.count_down();
    pool.stop();
    CHECK(order == "a-b-c-a-baaa");
}

TEST_CASE("one turn has at most half of the queue, and at most so many tasks at once") {
    std::latch go(1), busy(2);
    std::atomic<int> at_once{0}, most{0}, ran{0};
    jobs::Pool pool("test", 4, 10, {.most_at_once = 2, .niceness = 1});
    auto const task = [&] {
        auto const now = ++at_once;
        if (auto known = most.load(); now > known) most.compare_exchange_strong(known, now);
        if (++ran <= 2) busy.count_down();
        go.wait();
        --at_once;
    };
    for (int i = 0; i < 2; ++i) REQUIRE(pool.post(task, jobs::Turn{7}));
    busy.wait();
    for (int i = 0; i < 5; ++i) CHECK(pool.post(task, jobs::Turn{7}));
    CHECK_FALSE(pool.post(task, jobs::Turn{7}));
    CHECK(pool.queued() == 5); // two threads have nothing to do, and still none of them begins
    CHECK(pool.running() == 2);
    std::latch other(1);
    CHECK(pool.post([&] { other.count_down(); }, jobs::Turn{8}));
    other.wait();
    go.count_down();
    pool.stop();
    CHECK(ran == 7);
    CHECK(most == 2);
}

TEST_CASE("a ticker ticks by itself, at once when woken, and never after it ended") {
    std::mutex mutex;
    std::condition_variable changed;
    int ticks = 0;
    auto const tick = [&] {
        std::scoped_lock const held(mutex);
        ++ticks;
        changed.notify_all();
    };
    auto const reaches = [&](int count) {
        std::unique_lock held(mutex);
        return changed.wait_for(held, 10s, [&] { return ticks >= count; });
    };
    {
        jobs::Ticker ticker("test", 1ms, tick);
        CHECK(reaches(5));
    }
    ticks = 0;
    {
        jobs::Ticker ticker("test", 1h, tick);
        CHECK(reaches(1));
        ticker.wake();
        CHECK(reaches(2));
    }
    CHECK(ticks <= 3);
}
