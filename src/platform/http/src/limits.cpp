// The generic cell rate algorithm in a table of fixed size.
#include "limits.hpp"

#include <mozi/base/random.hpp>

#include <algorithm>
#include <cstring>

namespace mozi::http {

namespace {

constexpr std::int64_t window_ns = 60'000'000'000;

std::int64_t ns(Limits::Clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

// Of who has paid until `paid` and wants one more.
Limits::Verdict judge(std::int64_t paid, std::int64_t now, int per_minute) {
    auto const each = window_ns / per_minute;
    auto const owed = std::max(paid, now) + each - now;
    if (owed <= window_ns) return {true, per_minute, int((window_ns - owed) / each), 0};
    return {false, per_minute, 0, int((owed - window_ns + 999'999'999) / 1'000'000'000)};
}

} // namespace

Limits::Limits(std::size_t sets) : mask_(sets - 1), sets_(std::make_unique<Set[]>(sets)) {
    auto const drawn = random_bytes(sizeof seeds_);
    std::memcpy(seeds_, drawn.data(), sizeof seeds_);
}

std::uint64_t Limits::mixed(std::uint64_t a, std::uint64_t b) const {
    __extension__ using Wide = unsigned __int128;
    auto const product = Wide(a ^ seeds_[0]) * (b ^ seeds_[1]);
    return std::uint64_t(product) ^ std::uint64_t(product >> 64);
}

std::uint64_t Limits::key(std::uint64_t kind, std::uint64_t who) const { return mixed(mixed(who, kind), who); }

std::uint64_t Limits::key(std::uint64_t kind, std::string_view who) const {
    std::uint64_t out = mixed(who.size(), kind);
    for (; !who.empty(); who.remove_prefix(std::min<std::size_t>(8, who.size()))) {
        std::uint64_t part = 0;
        std::memcpy(&part, who.data(), std::min<std::size_t>(8, who.size()));
        out = mixed(out, part);
    }
    return mixed(out, out);
}

// Two threads that come with the same new key at once may take two places: the second is forgotten, and was one request.
Limits::Slot& Limits::slot_of(std::uint64_t key) {
    auto& slots = sets_[key & mask_].slots;
    auto* least = &slots[0];
    for (auto& slot : slots) {
        if (slot.key.load(std::memory_order_relaxed) == key) return slot;
        if (slot.paid_ns.load(std::memory_order_relaxed) < least->paid_ns.load(std::memory_order_relaxed)) least = &slot;
    }
    least->key.store(key, std::memory_order_relaxed);
    least->paid_ns.store(0, std::memory_order_relaxed);
    return *least;
}

Limits::Verdict Limits::take(std::uint64_t key, int per_minute, Clock::time_point at) {
    auto const now = ns(at);
    auto& paid_ns = slot_of(key).paid_ns;
    for (auto paid = paid_ns.load(std::memory_order_relaxed);;) {
        auto const verdict = judge(paid, now, per_minute);
        if (!verdict.allowed) return verdict;
        if (paid_ns.compare_exchange_weak(paid, std::max(paid, now) + window_ns / per_minute, std::memory_order_relaxed)) return verdict;
    }
}

Limits::Verdict Limits::look(std::uint64_t key, int per_minute, Clock::time_point at) const {
    for (auto const& slot : sets_[key & mask_].slots)
        if (slot.key.load(std::memory_order_relaxed) == key) return judge(slot.paid_ns.load(std::memory_order_relaxed), ns(at), per_minute);
    return judge(0, ns(at), per_minute);
}

} // namespace mozi::http
