// Token buckets.
#include "limits.hpp"

#include <algorithm>
#include <cmath>

namespace mozi::http {

Limits::Verdict Limits::take(Limit kind, std::string_view who, int per_minute) {
    std::string key(1, char('a' + int(kind)));
    key += who;
    auto& shard = shards_[std::hash<std::string>{}(key) % shards];
    auto const now = std::chrono::steady_clock::now();
    std::scoped_lock const held(shard.mutex);
    if (shard.buckets.size() >= most_per_shard && !shard.buckets.contains(key)) {
        std::erase_if(shard.buckets, [&](auto const& entry) { return now - entry.second.at > std::chrono::minutes(1); });
        if (shard.buckets.size() >= most_per_shard) shard.buckets.clear();
    }
    auto [at, fresh] = shard.buckets.try_emplace(std::move(key), Bucket{double(per_minute), now});
    auto& bucket = at->second;
    auto const rate = per_minute / 60.0;
    bucket.tokens = std::min<double>(per_minute, bucket.tokens + std::chrono::duration<double>(now - bucket.at).count() * rate);
    bucket.at = now;
    if (bucket.tokens < 1) return {false, per_minute, 0, std::max(1, int(std::ceil((1 - bucket.tokens) / rate)))};
    bucket.tokens -= 1;
    return {true, per_minute, int(bucket.tokens), 0};
}

} // namespace mozi::http
