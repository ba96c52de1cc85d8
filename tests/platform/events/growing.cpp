// Events over the years: versions, listeners that come late, relays, and a log that ends somewhere.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;

TEST_CASE("earlier versions are brought up to date, later ones are read as far as they are known") {
    auto const old = events::read<SpokenLater>(events::told(Spoken{7, "words of any length " + std::string(5000, 'x')}));
    REQUIRE(old);
    CHECK(old->number == 7);
    CHECK(old->speaker == "somebody");
    CHECK(old->words.size() > 5000);
    auto const later = events::read<Spoken>({0, "there.spoken", 9, R"({"number":-8,"words":"w","speaker":"ada","loud":{"by":[1]}})"});
    REQUIRE(later);
    CHECK(later->number == -8);
    CHECK_FALSE(events::read<SpokenLater>({0, "there.spoken", 2, R"({"number":8,"words":"w"})"})); // its own version has a speaker
}

TEST_CASE("what does not concern a listener costs no unit, and its place is kept now and then") {
    on_each_engine([](Pair& pair) {
        auto odd = pair.hears("a");
        odd.concerns = [](events::Told const& told) { return events::read<Spoken>(told).value().number % 2000 == 1; };
        auto running = pair.start({odd});
        auto const before = pair.here->figures().units;
        REQUIRE(pair.say(1));
        REQUIRE(running->settle(10s));
        auto const one = pair.here->figures().units - before;
        REQUIRE(pair.there->write([&](db::Transaction& tx) -> Result<> {
            for (int i = 2; i <= 900; ++i) pair.outbox.emit(tx, Spoken{i, "w"});
            return {};
        }));
        REQUIRE(running->settle(10s));
        CHECK(pair.here->figures().units - before == one);
        CHECK(pair.numbers(*pair.here, "SELECT seq FROM listener_cursor") == Numbers{1});
        REQUIRE(pair.there->write([&](db::Transaction& tx) -> Result<> {
            for (int i = 901; i <= 2100; ++i) pair.outbox.emit(tx, Spoken{i, "w"});
            return {};
        }));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == Numbers{1, 2001});
        CHECK(pair.numbers(*pair.here, "SELECT seq FROM listener_cursor").at(0) >= 2001);
        pair.stop(std::move(running));
    });
}

TEST_CASE("a new listener begins where it says: with what the log still holds, or now") {
    on_each_engine([](Pair& pair) {
        for (int i = 1; i <= 3; ++i) REQUIRE(pair.say(i));
        auto later = pair.hears("later");
        later.begin = events::Begin::now;
        auto running = pair.start({pair.hears("kept"), later});
        REQUIRE(pair.say(4));
        REQUIRE(running->settle(10s));
        pair.stop(std::move(running));
        REQUIRE(pair.say(5));
        running = pair.start({pair.hears("kept"), later}); // by now it has a place of its own
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("kept") == up_to(5));
        CHECK(pair.heard("later") == Numbers{4, 5});
        pair.stop(std::move(running));
    });
}

TEST_CASE("a listener that rebuilds reads what there is in pages, also when it is interrupted, and then the log from where that began") {
    on_each_engine([](Pair& pair) {
        // 1 to 30 are facts by now; the log has forgotten them long ago.
        for (int i = 1; i <= 30; ++i) REQUIRE(pair.say(i));
        REQUIRE(
            pair.there->write([](db::Transaction& tx) -> Result<> { return tx->run("DELETE FROM outbox WHERE seq <= 30"), Result<>{}; }));
        std::atomic<int> pages{0};
        std::atomic<bool> ill{false};
        auto searching = [&] {
            auto made = pair.hears("search");
            made.rebuild = [&](db::Transaction& tx, std::string const& after) -> Result<std::optional<std::string>> {
                auto const from = after.empty() ? 1 : std::stoi(after);
                for (int i = from; i < from + 10; ++i) tx->run("INSERT INTO heard (listener, number) VALUES ('search', ?)", i);
                if (++pages == 2 && ill) return Error{Code::unavailable, "test.away", "Away."};
                if (pages == 1) std::jthread([&] { (void)pair.say(31); }).join(); // told meanwhile
                return from + 10 > 30 ? std::nullopt : std::optional(std::to_string(from + 10));
            };
            return made;
        };
        ill = true;
        auto options = impatient;
        options.first_retry = options.longest_retry = 1h;
        auto running = pair.start({searching()}, options);
        CHECK_FALSE(running->settle(200ms));
        CHECK(pair.heard("search") == up_to(10));
        pair.stop(std::move(running));
        ill = false;
        running = pair.start({searching()});
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("search") == up_to(31));
        REQUIRE(pair.say(32));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("search") == up_to(32));
        pair.stop(std::move(running));
        // By hand, as for an index that was lost.
        REQUIRE(pair.here->write([](db::Transaction& tx) -> Result<> { return tx->run("DELETE FROM heard"), Result<>{}; }));
        events::Dispatcher again(impatient, pair.metrics);
        again.add_source("there", *pair.there);
        again.add_listeners(*pair.here, {searching(), pair.hears("other")});
        CHECK_FALSE(again.rebuild("other"));
        CHECK(again.rebuild("search"));
        running = pair.start({searching()});
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("search") == up_to(30));
        pair.stop(std::move(running));
    });
}

TEST_CASE("a relay carries in order and in batches, at least once, and what it never takes is put aside") {
    on_each_engine([](Pair& pair) {
        std::mutex mutex;
        Numbers carried;
        std::size_t most = 0;
        int away_for = 2;
        events::Relay const mail{.name = "mail",
            .source = "there",
            .events = {"there.spoken"},
            .carry = [&](std::span<events::Told const> events, Result<>& failed) -> std::size_t {
                std::scoped_lock const held(mutex);
                CHECK_FALSE(pair.here->in_unit());
                most = std::max(most, events.size());
                for (std::size_t i = 0; i < events.size(); ++i) {
                    auto const number = events::read<Spoken>(events[i]).value().number;
                    if (number == 40 && away_for-- > 0) return failed = away, i;
                    if (number == 50) return failed = refusal, i;
                    carried.push_back(number);
                }
                return events.size();
            },
            .begin = events::Begin::kept};
        for (int i = 1; i <= 60; ++i) REQUIRE(pair.say(i));
        events::Dispatcher relaying(impatient, pair.metrics);
        relaying.add_source("there", *pair.there);
        relaying.add_relays(*pair.here, {mail});
        relaying.start();
        REQUIRE(relaying.settle(10s));
        relaying.stop();
        auto expected = up_to(60);
        std::erase(expected, 50);
        CHECK(carried == expected);
        CHECK(most > 10);
        CHECK(pair.dead() == Numbers{50});
        CHECK(pair.numbers(*pair.here, "SELECT seq FROM listener_cursor WHERE listener = 'mail'") == Numbers{60});
    });
}

TEST_CASE("the log forgets what everybody has heard and a week has passed over") {
    Pair pair;
    for (int i = 1; i <= 4; ++i) REQUIRE(pair.say(i));
    REQUIRE(pair.there->write(
        [](db::Transaction& tx) -> Result<> { return tx->run("UPDATE outbox SET created_at = 0 WHERE seq <> 2"), Result<>{}; }));
    std::atomic<bool> ill{true};
    auto options = impatient;
    options.first_retry = options.longest_retry = 1h;
    auto running =
        pair.start({pair.hears("a"),
                       pair.hears("b", [&](std::int64_t number) -> Result<> { return number == 4 && ill ? Result<>{away} : Result<>{}; })},
            options);
    CHECK_FALSE(running->settle(200ms));
    running->trim();
    CHECK(pair.numbers(*pair.there, "SELECT seq FROM outbox ORDER BY seq") == Numbers{2, 4}); // young; not heard by all
    pair.stop(std::move(running));
}

TEST_CASE("a listener that is older than what the log remembers says so and reads again what there is, where it can") {
    on_each_engine([](Pair& pair) {
        auto const reads = [&] {
            auto listener = pair.hears("rebuilds");
            listener.rebuild = [](db::Transaction& tx, std::string const&) -> Result<std::optional<std::string>> {
                tx->run("INSERT INTO heard (listener, number) VALUES ('rebuilt', 0)");
                return std::optional<std::string>{};
            };
            return listener;
        };
        auto running = pair.start({pair.hears("a"), reads()});
        for (int i = 1; i <= 4; ++i) REQUIRE(pair.say(i));
        REQUIRE(running->settle(10s));
        REQUIRE(pair.there->write([](db::Transaction& tx) -> Result<> { return tx->run("UPDATE outbox SET created_at = 0"), Result<>{}; }));
        running->trim();
        CHECK(pair.numbers(*pair.there, "SELECT seq FROM outbox").empty());
        pair.stop(std::move(running));
        auto const rebuilt = pair.heard("rebuilt").size();
        // The listener's database is that of an hour ago.
        REQUIRE(
            pair.here->write([](db::Transaction& tx) -> Result<> { return tx->run("UPDATE listener_cursor SET seq = 2"), Result<>{}; }));
        running = pair.start({pair.hears("a"), reads()});
        REQUIRE(pair.say(5));
        REQUIRE(running->settle(10s));
        CHECK(pair.heard("a") == up_to(5));
        CHECK(pair.heard("rebuilt").size() == rebuilt + 1);
        pair.stop(std::move(running));
    });
}
