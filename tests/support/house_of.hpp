// The house of a module's tests: a clock, a log, a database of its own, neighbours in memory, and the way in through the gateway.
#pragma once

#include "temp_database.hpp"
#include "wire.hpp"

#include <mozi/module/module.hpp>

#include <thread>

namespace mozi::test {

// Moves when told to, and with each look by its step.
class TestClock final : public Clock {
public:
    explicit TestClock(std::chrono::microseconds step = {}) : step_(step.count()) {}
    Time now() const override { return Time{std::chrono::microseconds{at_.fetch_add(step_)}}; }
    void advance(std::chrono::microseconds by) { at_ += by.count(); }

private:
    std::int64_t step_;
    mutable std::atomic<std::int64_t> at_{1'790'000'000'000'000};
};

// What a module stands on.
class Ground {
public:
    Ground(std::string const& module, std::span<EmbeddedFile const> migrations, db::Dialect dialect = db::Dialect::sqlite,
        std::chrono::microseconds step = {})
        : clock(step), database(module, migrations, dialect) {}
    ModuleContext context() { return {*database, outbox, clock, metrics}; }

    // What it said so far: names and payloads.
    std::vector<std::pair<std::string, std::string>> told() {
        std::vector<std::pair<std::string, std::string>> all;
        for (auto const& [name, payload] : table<std::string, std::string>(*database, "SELECT name, payload FROM outbox ORDER BY seq"))
            all.emplace_back(name, payload);
        return all;
    }
    std::vector<std::string> told_names() {
        std::vector<std::string> names;
        for (auto const& event : told()) names.push_back(event.first);
        return names;
    }
    int told(std::string_view name) { return int(std::ranges::count(told_names(), name)); }
    template <class T>
    T scalar(std::string const& sql) {
        return test::scalar<T>(*database, sql);
    }

    TestClock clock;
    metrics::Registry metrics;
    events::Outbox outbox{[](db::Database const&) {}};
    db::Topic topic; // moves when what others show of this module's things changes
    TempDatabase database;

protected:
    // Each of these that listens for it, in a unit of its own. There has to be one.
    template <class E>
    void tell(std::vector<events::Listener> const& listeners, E const& event) {
        auto const told = events::told(event);
        int heard = 0;
        for (auto const& listener : listeners)
            if (listener.event == E::name && listener.source == E::source) {
                REQUIRE(database->write([&](db::Transaction& tx) { return listener.handle(tx, told); }));
                ++heard;
            }
        REQUIRE(heard > 0);
    }
};

struct Nobody {};

// `Made` is what a module hands over, or has it as `module`; `Around` what it is given of others.
template <class Made, class Around = Nobody>
class HouseOf : public Ground {
public:
    // `make(context, neighbours)`
    template <class Make>
    HouseOf(std::string const& module, std::span<EmbeddedFile const> migrations, db::Dialect dialect, Make const& make,
        std::chrono::microseconds step = {})
        : Ground(module, migrations, dialect, step), made(make(context(), neighbours)),
          wire(module, *database, this->module().routes, metrics, threads) {}
    HouseOf(HouseOf const&) = delete;
    HouseOf& operator=(HouseOf const&) = delete;

    Module& module() {
        if constexpr (std::same_as<Made, Module>) return made;
        else return made.module;
    }
    template <class E>
    void hear(E const& event) {
        tell(module().listeners, event);
    }

    Around neighbours;
    Made made;
    Threads threads;
    Wire wire;
};

// Runs `body(i)` on `threads` threads at once and waits for all.
template <class F>
void together(int threads, F&& body) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&, i] { body(i); });
    for (auto& thread : running) thread.join();
}

} // namespace mozi::test
