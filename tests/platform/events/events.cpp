// Events: told exactly once, in order, also across restarts; retried, given up, never for what is not their fault.
#include "show.hpp"
#include "temp_database.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

struct Spoken {
    std::int64_t number = 0;
    std::string words;
    static constexpr std::string_view source = "there", name = "there.spoken";
    static constexpr int version = 1;
    static constexpr auto fields() { return std::tuple{json::field("number", &Spoken::number), json::field("words", &Spoken::words)}; }
};

struct Sung {
    std::int64_t number = 0;
    static constexpr std::string_view source = "there", name = "there.sung";
    static constexpr int version = 1;
    static constexpr auto fields() { return std::tuple{json::field("number", &Sung::number)}; }
};

// What was "there.spoken" is now richer: an old one did not say who spoke.
struct SpokenLater {
    std::int64_t number = 0;
    std::string words, speaker;
    static constexpr std::string_view source = "there", name = "there.spoken";
    static constexpr int version = 3;
    static void upgrade(int from, boost::json::object& fields) {
        if (from < 2) fields["speaker"] = "somebody";
    }
    static constexpr auto fields() {
        return std::tuple{json::field("number", &SpokenLater::number), json::field("words", &SpokenLater::words),
            json::field("speaker", &SpokenLater::speaker)};
    }
};

constexpr EmbeddedFile heard_table[] = {{"0001_heard.sql", "CREATE TABLE heard (at INTEGER PRIMARY KEY AUTOINCREMENT, listener TEXT NOT NULL, number INTEGER NOT NULL) STRICT;\n"}};
events::DispatcherOptions const impatient{.most_tries = 3, .first_retry = 1ms, .longest_retry = 4ms, .sweep = 20ms};
Error const refusal{Code::conflict, "test.no", "No.", {.detail = "detail of it"}};
Error const away{Code::unavailable, "storage.gone", "The database does not answer."};
using Numbers = std::vector<std::int64_t>;

// A place that speaks, a place that listens, and the log between them.
struct Pair {
    TempDatabase there, here;
    metrics::Registry metrics;
    std::mutex mutex;
    events::Dispatcher* dispatcher = nullptr; // the outbox wakes whichever runs
    events::Outbox outbox{[this](db::Database const& source) {
        std::scoped_lock const held(mutex);
        if (dispatcher) dispatcher->wake(source);
    }};

    explicit Pair(db::Dialect dialect = db::Dialect::sqlite) : there("there", {}, dialect), here("here", heard_table, dialect) {}

    Result<> say(std::int64_t number, Result<> ending = {}) {
        return there->write([&](db::Transaction& tx) -> Result<> {
            outbox.emit(tx, Spoken{number, "w"});
            return ending;
        });
    }

    using React = std::function<Result<>(std::int64_t)>;
    events::Listener hears(std::string name, React react = {}) {
        return events::on<Spoken>(name, [name, react](db::Transaction& tx, Spoken const& event) -> Result<> {
            tx->run("INSERT INTO heard (listener, number) VALUES (?, ?)", name, event.number); // also when it fails below: must be undone
            return react ? react(event.number) : Result<>{};
        });
    }

    std::unique_ptr<events::Dispatcher> start(std::vector<events::Listener> listeners, events::DispatcherOptions options = impatient) {
        auto made = std::make_unique<events::Dispatcher>(options, metrics);
        made->add_source("there", *there);
        made->add_listeners(*here, std::move(listeners));
        made->start();
        std::scoped_lock const held(mutex);
        dispatcher = made.get();
        return made;
    }
    void stop(std::unique_ptr<events::Dispatcher> running) {
        {
            std::scoped_lock const held(mutex);
            dispatcher = nullptr;
        }
        running->stop();
    }

    Numbers numbers(db::Database& database, std::string const& sql, auto const&... in) {
        auto const rows = database.read([&](db::Connection& c) -> Result<Numbers> {
            Numbers out;
            c.each<std::int64_t>(sql, [&](std::int64_t number) { out.push_back(number); }, in...);
            return out;
        });
        REQUIRE(rows);
        return *rows;
    }
    Numbers heard(std::string const& listener) { return numbers(*here, "SELECT number FROM heard WHERE listener = ? ORDER BY at", listener); }
    Numbers dead() { return numbers(*here, "SELECT seq FROM dead_event ORDER BY seq"); }
};

Numbers up_to(std::int64_t last) {
    Numbers out;
    for (std::int64_t i = 1; i <= last; ++i) out.push_back(i);
    return out;
}

template <class F>
void on_each_engine(F&& check) {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        Pair pair(dialect);
        check(pair);
    }
}

} // namespace

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
            c.each<std::string>("SELECT payload FROM outbox ORDER BY seq", [&](std::string payload) { told.push_back(json::from_json<Spoken>(payload).value().number); });
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
        auto running = pair.start({pair.hears("a", [&](std::int64_t number) -> Result<> { return number == 55 && failures-- > 0 ? Result<>{refusal} : Result<>{}; })});
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
        auto const reason = pair.here->read([](db::Connection& c) -> Result<std::string> { return std::get<0>(c.one<std::string>("SELECT reason FROM dead_event WHERE listener = 'a' AND source = 'there' AND name = 'there.spoken'").value()); });
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

TEST_CASE("a payload the listener cannot read is put aside, not guessed at") {
    Pair pair;
    REQUIRE(pair.there->write([](db::Transaction& tx) -> Result<> { return tx->run("INSERT INTO outbox (name, version, payload, created_at) VALUES ('there.spoken', 9, '{\"number\":\"one\"}', 0)"), Result<>{}; }));
    REQUIRE(pair.say(2));
    auto running = pair.start({pair.hears("a")});
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
    auto const sings = [](db::Transaction& tx, Sung const& event) -> Result<> { return tx->run("INSERT INTO heard (listener, number) VALUES ('a', ?)", -event.number), Result<>{}; };
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
        auto running = pair.start({pair.hears("a", [&](std::int64_t) -> Result<> {
            std::scoped_lock const held(mutex);
            ++count;
            heard.notify_all();
            return {};
        })}, options);
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
