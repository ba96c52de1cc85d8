// Counting in sets of a few places each.
#include "tally.hpp"

#include <mozi/base/random.hpp>
#include <mozi/crypto/crypto.hpp>

#include <algorithm>
#include <cstring>

namespace mozi::user {

Tally::Tally(int most, Clock::duration window) : most_(most), window_(window), seed_(random_bytes(32)) {}

std::uint64_t Tally::number_of(std::string_view who) const {
    std::uint64_t out = 0;
    std::memcpy(&out, crypto::hmac_sha256(seed_, who).data(), sizeof out);
    return out;
}

Tally::Entry* Tally::find(std::uint64_t who) {
    auto& set = entries_[who % sets];
    auto const at = std::ranges::find(set, who, &Entry::who);
    return at == set.end() ? nullptr : &*at;
}

Tally::Count Tally::take(std::string_view name, Clock::time_point now) {
    auto const who = number_of(name);
    std::scoped_lock const held(mutex_);
    auto* entry = find(who);
    if (!entry) {
        auto& set = entries_[who % sets];
        if (set.size() < places) {
            entry = &set.emplace_back();
        } else {
            entry = &*std::ranges::min_element(set, [&](Entry const& a, Entry const& b) {
                auto const owes = [&](Entry const& one) { return now - one.since > window_ ? 0 : one.times; };
                return std::pair(owes(a), a.since) < std::pair(owes(b), b.since);
            });
        }
        *entry = {who, 0, now};
    }
    if (now - entry->since > window_) *entry = {who, 0, now};
    if (entry->times >= most_)
        return {-1, std::max(1, int(std::chrono::ceil<std::chrono::seconds>(window_ - (now - entry->since)).count()))};
    return {most_ - ++entry->times, 0};
}

void Tally::give_back(std::string_view name) {
    auto const who = number_of(name);
    std::scoped_lock const held(mutex_);
    if (auto* const entry = find(who); entry && entry->times > 0) --entry->times;
}

void Tally::forget(std::string_view name) {
    auto const who = number_of(name);
    std::scoped_lock const held(mutex_);
    auto& set = entries_[who % sets];
    std::erase_if(set, [&](Entry const& entry) { return entry.who == who; });
}

} // namespace mozi::user
