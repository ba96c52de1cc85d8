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
