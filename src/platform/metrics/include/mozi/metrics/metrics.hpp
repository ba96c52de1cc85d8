// Counters, gauges and histograms in the Prometheus text format (version 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mozi::metrics {

class Counter {
public:
    void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Seconds, in buckets from 50 µs to 10 s.
class Histogram {
public:
    static constexpr std::array<double, 12> bounds{0.00005, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.015, 0.05, 0.2, 1, 3, 10};
    void observe(double seconds);
    void write(std::string& out, std::string const& name, std::string const& labels) const;

private:
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> nanoseconds_{0};
};

// All series of the process; made by composition and handed on, so tests have their own. Who counts registers what he counts when he is
// made, each value of a label that can be known: a series that first appears at 1 has risen for nobody. `labels` as written:
// route="listMovies",status="2xx"; never a byte that came from outside. Thread-safe. Throws std::logic_error when a name is of two types,
// or of a type its end denies: what only grows ends in _total, what does not, does not.
class Registry {
public:
    // The same name and labels give the same object. Bounded: past 4,000 series the one with labels "other" is given.
    Counter& counter(std::string const& name, std::string const& help, std::string const& labels = {});
    // Counts nanoseconds, shows seconds.
    Counter& seconds(std::string const& name, std::string const& help, std::string const& labels = {});
    Histogram& histogram(std::string const& name, std::string const& help, std::string const& labels = {});
    // Asked when the page is written, under the registry's mutex: from memory alone.
    using Ask = std::function<double()>;
    void gauge(std::string const& name, std::string const& help, std::string const& labels, Ask value);
    void counter(std::string const& name, std::string const& help, std::string const& labels, Ask value); // that is counted elsewhere
    std::string text() const;

private:
    struct Family {
        std::string help, type;
        double unit = 1; // of one count
        std::map<std::string, std::unique_ptr<Counter>> counters;
        std::map<std::string, std::unique_ptr<Histogram>> histograms;
        std::map<std::string, Ask> asked;
    };
    Family& family(std::string const& name, std::string const& help, std::string_view type);
    std::string const& bounded(std::string const& labels, bool known) const;
    mutable std::mutex mutex_;
    std::map<std::string, Family> families_;
    std::size_t series_ = 0;
};

} // namespace mozi::metrics
