// Token buckets per person or address and class. Bounded: the oldest shard is emptied rather than grown.
#pragma once

#include <mozi/http/route.hpp>

#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>

namespace mozi::http {

class Limits {
public:
    struct Verdict {
        bool allowed = true;
        int limit = 0; // per minute
        int remaining = 0;
        int reset_s = 0; // until one more is allowed, when refused
    };
    // Takes one token. `per_minute` is also the burst.
    Verdict take(Limit kind, std::string_view who, int per_minute);

private:
    static constexpr std::size_t shards = 16, most_per_shard = 20'000;
    struct Bucket {
        double tokens = 0;
        std::chrono::steady_clock::time_point at{};
    };
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Bucket> buckets;
    };
    std::array<Shard, shards> shards_;
};

} // namespace mozi::http
