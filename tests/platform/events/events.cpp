// Events: told exactly once, in order, also across restarts; retried, given up, never for what is not their fault.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;

// proves S28
TEST_CASE("an event of an undone unit was never there") {
    on_each_engine([](Pair& pair) {
        auto running = pair.start({pair.hears("a")});
        CHECK_FALSE(pair.say(1, refusal));
        CHECK(pair.say(2));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{2});
        pair.stop(std::move(running));
    });
}

// proves S28
TEST_CASE("every event is heard exactly once and in order, across restarts and with two dispatchers at work") {
    on_each_engine([](Pair& pair) {
        constexpr int speakers = 4, each = 150;
        std::atomic<bool> speaking{true};
        std::jthread others([&] { // a second instance on the same databases
            events::Dispatcher second(impatient, pair.metrics);
            second.add_source("there", *pair.there);
            second.add_listeners(*pair.here, {pair.hears("a")});
            second.start();
            while (speaking) (void)second.settle(5ms);
            second.stop();
        });
        {
            std::vector<std::jthread> all;
            for (int s = 0; s < speakers; ++s)
                all.emplace_back([&, s] {
                    for (int i = 1; i <= each; ++i) CHECK(pair.say(s * 1000 + i));
                });
            for (int restart = 0; restart < 6; ++restart) {
                auto running = pair.start({pair.hears("a")});
                (void)running->settle(30ms); // whatever it has reached by then
                pair.stop(std::move(running));
            }
        }
        auto running = pair.start({pair.hears("a")});
        REQUIRE(running->settle(60s));
        speaking = false;
        others.join();
        Numbers told;
        REQUIRE(pair.there->read([&](db::Connection& c) -> Result<> {
            c.each<std::string>("SELECT payload FROM outbox ORDER BY seq",
                [&](std::string payload) { told.push_back(json::from_json<Spoken>(payload).value().number); });
            return {};
        }));
        CHECK(told.size() == speakers * each);
        CHECK(pair.heard("a") == told);
        pair.stop(std::move(running));
    });
}

TEST_CASE("a failing event is tried again with its effect undone each time, and those behind it wait") {
    on_each_engine([](Pair& pair) {
        int failures = 2;
        for (int i = 1; i <= 60; ++i) REQUIRE(pair.say(i));
        auto running = pair.start({pair.hears(
            "a", [&](std::int64_t number) -> Result<> { return number == 55 && failures-- > 0 ? Result<>{refusal} : Result<>{}; })});
        REQUIRE(running->settle(10s));
        CHECK(failures == -1);
        CHECK(pair.heard("a") == up_to(60));
        CHECK(pair.dead().empty());
        pair.stop(std::move(running));
    });
}

TEST_CASE("after the last try an event is put aside, told why, and can be had back") {
    on_each_engine([](Pair& pair) {
        std::atomic<bool> ill{true};
        std::atomic<int> tries{0};
        auto const react = [&](std::int64_t number) -> Result<> { return number == 2 && ill ? (++tries, Result<>{refusal}) : Result<>{}; };
        for (int i = 1; i <= 4; ++i) REQUIRE(pair.say(i));
        auto running = pair.start({pair.hears("a", react), pair.hears("b")});
        REQUIRE(running->settle(10s));
        CHECK(tries == impatient.most_tries);
        CHECK(pair.heard("a") == Numbers{1, 3, 4});
        CHECK(pair.heard("b") == up_to(4)); // another listener has nothing to do with it
        CHECK(pair.dead() == Numbers{2});
        auto const reason = pair.here->read([](db::Connection& c) -> Result<std::string> {
            return std::get<0>(
                c.one<std::string>("SELECT reason FROM dead_event WHERE listener = 'a' AND source = 'there' AND name = 'there.spoken'")
                    .value());
        });
        CHECK(reason.value().find("detail of it") != std::string::npos);
        CHECK(pair.metrics.text().find("videa_events_dead_total{listener=\"a\"} 1") != std::string::npos);
        CHECK(running->retry_dead() == 0); // still ill: it stays
        CHECK(pair.dead() == Numbers{2});
        CHECK(pair.heard("a") == Numbers{1, 3, 4});
        ill = false;
        CHECK(running->retry_dead() == 1);
        CHECK(pair.dead().empty());
        CHECK(pair.heard("a") == Numbers{1, 3, 4, 2});
        CHECK(running->retry_dead() == 0);
        pair.stop(std::move(running));
    });
}

TEST_CASE("events about the same wait behind one that failed, the others go on, and all are had back in their order") {
    on_each_engine([](Pair& pair) {
        std::atomic<bool> ill{true};
        auto const react = [&](std::int64_t number) -> Result<> { return number == 2 && ill ? Result<>{refusal} : Result<>{}; };
        for (int const number : {1, 2, 3, 2}) REQUIRE(pair.say(number));
        auto running = pair.start({pair.hears("a", react)});
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{1, 3});
        CHECK(pair.dead() == Numbers{2, 4});
        pair.stop(std::move(running));
        ill = false; // it would be heard now, but not before the one that waits
        running = pair.start({pair.hears("a", react)});
        REQUIRE(pair.say(2));
        REQUIRE(pair.say(5));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{1, 3, 5});
        CHECK(pair.dead() == Numbers{2, 4, 5});
        ill = true;
        CHECK(running->retry_dead() == 0);
        CHECK(pair.dead() == Numbers{2, 4, 5});
        ill = false;
        CHECK(running->retry_dead() == 3);
        CHECK(pair.heard("a") == Numbers{1, 3, 5, 2, 2, 2});
        REQUIRE(pair.say(2));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{1, 3, 5, 2, 2, 2, 2});
        pair.stop(std::move(running));
    });
}

TEST_CASE("a payload the listener cannot read is put aside at once, not guessed at") {
    Pair pair;
    auto patient = impatient;
    patient.first_retry = 1h; // so that a second try would be noticed
    REQUIRE(pair.there->write([](db::Transaction& tx) -> Result<> {
        return tx->run("INSERT INTO outbox (name, version, payload, created_at) VALUES ('there.spoken', 9, '{\"number\":\"one\"}', 0)"),
               Result<>{};
    }));
    REQUIRE(pair.say(2));
    auto running = pair.start({pair.hears("a")}, patient);
    REQUIRE(running->settle(10s));
    CHECK(pair.heard("a") == Numbers{2});
    CHECK(pair.dead() == Numbers{1});
    pair.stop(std::move(running));
}

TEST_CASE("what the surroundings do wrong is waited for without end, and does not count against the event") {
    on_each_engine([](Pair& pair) {
        // Away four times as often as an event may fail, with two failures of its own in between: one fewer than fatal.
        std::atomic<int> tries{0};
        auto const react = [&](std::int64_t) -> Result<> {
            auto const now = ++tries;
            if (now <= 12) return now % 6 == 0 ? Result<>{refusal} : Result<>{away};
            return {};
        };
        REQUIRE(pair.say(1));
        auto running = pair.start({pair.hears("a", react)});
        REQUIRE(running->settle(10s));
        CHECK(tries == 13);
        CHECK(pair.heard("a") == Numbers{1});
        CHECK(pair.dead().empty());
        pair.stop(std::move(running));
    });
}

TEST_CASE("settle does not claim what is still waiting for its next try") {
    Pair pair;
    std::atomic<bool> ill{true};
    auto options = impatient;
    options.first_retry = options.longest_retry = 1h;
    REQUIRE(pair.say(1));
    auto running = pair.start({pair.hears("a", [&](std::int64_t) -> Result<> { return ill ? Result<>{away} : Result<>{}; })}, options);
    CHECK_FALSE(running->settle(100ms));
    pair.stop(std::move(running));
    ill = false;
    running = pair.start({pair.hears("a")}, options); // a restart does not inherit the waiting
    CHECK(running->settle(10s));
    CHECK(pair.heard("a") == Numbers{1});
    pair.stop(std::move(running));
}

TEST_CASE("one listener of two events hears them in the order they happened") {
    Pair pair;
    auto const sings = [](db::Transaction& tx, Sung const& event) -> Result<> {
        return tx->run("INSERT INTO heard (listener, number) VALUES ('a', ?)", -event.number), Result<>{};
    };
    for (int i = 1; i <= 3; ++i) {
        REQUIRE(pair.say(i));
        REQUIRE(pair.there->write([&](db::Transaction& tx) -> Result<> { return pair.outbox.emit(tx, Sung{i}), Result<>{}; }));
    }
    auto running = pair.start({pair.hears("a"), events::on<Sung>("a", sings)});
    REQUIRE(running->settle(10s));
    CHECK(pair.heard("a") == Numbers{1, -1, 2, -2, 3, -3});
    pair.stop(std::move(running));
}

TEST_CASE("a commit wakes the dispatcher, and a sweep finds what nobody announced") {
    for (auto const woken : {true, false}) {
        CAPTURE(woken);
        Pair pair;
        std::mutex mutex;
        std::condition_variable heard;
        int count = 0;
        auto options = impatient;
        options.sweep = woken ? std::chrono::milliseconds(1h) : 5ms;
        auto running = pair.start({pair.hears("a",
                                      [&](std::int64_t) -> Result<> {
                                          std::scoped_lock const held(mutex);
                                          ++count;
                                          heard.notify_all();
                                          return {};
                                      })},
            options);
        REQUIRE(running->settle(10s));
        if (!woken) pair.dispatcher = nullptr;
        REQUIRE(pair.say(1));
        std::unique_lock held(mutex);
        CHECK(heard.wait_for(held, 10s, [&] { return count == 1; }));
        held.unlock();
        pair.stop(std::move(running));
    }
}

TEST_CASE("the bus tells everybody at once") {
    events::Bus<Spoken> bus;
    Numbers one, two;
    bus.subscribe([&](Spoken const& news) { one.push_back(news.number); });
    bus.subscribe([&](Spoken const& news) { two.push_back(news.number); });
    bus.publish({7, "now"});
    CHECK(one == Numbers{7});
    CHECK(two == Numbers{7});
}

TEST_CASE("a log restored from an earlier day is heard from there on") {
    on_each_engine([](Pair& pair) {
        auto running = pair.start({pair.hears("a")});
        for (int i = 1; i <= 5; ++i) CHECK(pair.say(i));
        REQUIRE(running->settle(10s));
        pair.stop(std::move(running));
        // The source's database is that of an hour ago: the last three events, and their numbers, are not written yet.
        REQUIRE(pair.there->write([](db::Transaction& tx) -> Result<> {
            tx->run("DELETE FROM outbox WHERE seq > 2");
            if (tx->dialect() == db::Dialect::sqlite) tx->run("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'outbox'");
            else tx->one<std::int64_t>("SELECT setval(pg_get_serial_sequence('outbox', 'seq'), 2)");
            return {};
        }));
        running = pair.start({pair.hears("a")});
        CHECK(pair.say(6));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{1, 2, 3, 4, 5, 6});
        pair.stop(std::move(running));
    });
}

TEST_CASE("a listener's effect waits for no disk: with the power it is lost together with its place, and heard again") {
    on_each_engine([](Pair& pair) {
        std::string how;
        auto listener = events::on<Spoken>("a", [&](db::Transaction& tx, Spoken const& event) -> Result<> {
            how = tx->dialect() == db::Dialect::sqlite ? std::to_string(std::get<0>(tx->one<int>("PRAGMA synchronous").value()))
                                                       : std::get<0>(tx->one<std::string>("SHOW synchronous_commit").value());
            tx->run("INSERT INTO heard (listener, number) VALUES ('a', ?)", event.number);
            return {};
        });
        auto running = pair.start({listener});
        CHECK(pair.say(1));
        REQUIRE(running->settle(10s));
        CHECK(how == (pair.here->dialect() == db::Dialect::sqlite ? "1" : "off")); // NORMAL
        pair.stop(std::move(running));
        // As the disk has it where the power went before the next flush: neither the effect nor the place.
        REQUIRE(pair.here->write([](db::Transaction& tx) -> Result<> {
            tx->run("DELETE FROM heard");
            tx->run("UPDATE listener_cursor SET seq = 0");
            return {};
        }));
        running = pair.start({listener});
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{1});
        pair.stop(std::move(running));
    });
}
