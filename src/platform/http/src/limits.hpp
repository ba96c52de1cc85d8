// How much of each kind of request who has had, in the last minute. No locks, no memory beyond what it begins with.
#pragma once

#include <mozi/http/route.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>

namespace mozi::http {

// By the generic cell rate algorithm (ITU-T I.371): of each one who is counted a single number is kept, the time until which what was
// taken is paid for. Whose time has passed owes nothing and needs no place. Where places are wanting, the one who owes least gives way: so
// whoever is refused stays refused, however many newcomers he sends, for each of them owes less than he does. Thread-safe.
class Limits {
public:
    using Clock = std::chrono::steady_clock;

    struct Verdict {
        bool allowed = true;
        int limit = 0; // per minute
        int remaining = 0;
        int reset_s = 0; // until one more is allowed, when refused
    };

    explicit Limits(std::size_t sets = 1U << 14); // of four each, a power of two: 1 MiB
    // Whom a limit counts, as a number nobody outside can make collide with another's.
    std::uint64_t key(std::uint64_t kind, std::uint64_t who) const;
    std::uint64_t key(std::uint64_t kind, std::string_view who) const;
    // Takes one, where there is one. `per_minute` is also the burst, and is above zero.
    Verdict take(std::uint64_t key, int per_minute, Clock::time_point now = Clock::now());
    // The same without taking.
    Verdict look(std::uint64_t key, int per_minute, Clock::time_point now = Clock::now()) const;

private:
    struct Slot {
        std::atomic<std::uint64_t> key{0};
        std::atomic<std::int64_t> paid_ns{0}; // by the steady clock
    };
    struct alignas(64) Set {
        std::array<Slot, 4> slots;
    };
    std::uint64_t mixed(std::uint64_t a, std::uint64_t b) const;
    Slot& slot_of(std::uint64_t key);

    std::uint64_t seeds_[2];
    std::size_t mask_;
    std::unique_ptr<Set[]> sets_;
};

} // namespace mozi::http
