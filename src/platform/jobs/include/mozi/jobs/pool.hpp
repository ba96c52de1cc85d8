// Worker threads with a bounded queue, and a clock-driven ticker. Nothing durable: that is a module's own table.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

namespace mozi::jobs {

// Who has a task run: who asks, by a number made of his account or address, or the house itself.
enum class Turn : std::uint64_t { house = 0 };

struct Fairness {
    std::size_t most_at_once = std::numeric_limits<std::size_t>::max(); // tasks of one turn that run side by side
    int niceness = 0; // of the threads, setpriority(2)
};

// Turns follow one another, a task each, so that nobody waits for all that another has asked; every second task may be the house's.
// Tasks of one turn begin in their order.
class Pool {
public:
    Pool(std::string name, int threads, std::size_t most_queued, Fairness fairness = {});
    ~Pool(); // stops
    // Runs the task on a worker; false when the queue is full, half of it is this turn's (the house's excepted) or the pool has
    // stopped. Tasks must not throw.
    [[nodiscard]] bool post(std::function<void()> task, Turn turn = Turn::house);
    // Runs what is queued, refuses more, joins. Blocks.
    void stop();
    std::size_t queued() const;
    std::size_t running() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// One thread that calls `tick` every `period`, and sooner when woken, until destroyed. tick must not throw.
class Ticker {
public:
    Ticker(std::string name, std::chrono::milliseconds period, std::function<void()> tick);
    ~Ticker();
    void wake();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace mozi::jobs
