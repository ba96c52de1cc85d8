// How often something happened to whom, in memory.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::user {

// At most so often within a window that begins with the first time. Bounded: where a place is wanting, one whose window has passed gives
// way, else the one it happened to least, so nobody drives out what he has done by doing less of it under other names. Thread-safe.
class Tally {
public:
    using Clock = std::chrono::steady_clock;

    Tally(int most, Clock::duration window);
    struct Count {
        int left = 0; // after this one; below zero: it was not counted any more
        int retry_s = 0; // where it was not: until the window has passed
    };
    // Once more, where there is one left.
    Count take(std::string_view who, Clock::time_point now = Clock::now());
    void give_back(std::string_view who); // the last one did not count
    void forget(std::string_view who);

private:
    struct Entry {
        std::uint64_t who = 0;
        int times = 0;
        Clock::time_point since;
    };
    static constexpr std::size_t sets = 2048, places = 16;
    std::uint64_t number_of(std::string_view who) const;
    Entry* find(std::uint64_t who);

    int const most_;
    Clock::duration const window_;
    std::string const seed_; // nobody can choose names that share a set
    std::mutex mutex_;
    std::array<std::vector<Entry>, sets> entries_;
};

} // namespace mozi::user
