// Worker threads with a bounded queue, and a clock-driven ticker. Nothing durable: that is a module's own table.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace mozi::jobs {

class Pool {
public:
    Pool(std::string name, int threads, std::size_t most_queued);
    ~Pool(); // stops
    // Runs the task on a worker; false when the queue is full or the pool has stopped. Tasks must not throw.
    [[nodiscard]] bool post(std::function<void()> task);
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
