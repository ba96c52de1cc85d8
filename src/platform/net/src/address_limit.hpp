// How many connections each client address holds; one address is an IPv4 address or an IPv6 /64, and a /48 holds as many as four of them.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include <sys/socket.h>

namespace mozi::net {

struct Peer {
    std::string text; // without port; an IPv4 address that came over IPv6 reads as IPv4
    std::optional<std::uint64_t> key; // what is counted; nothing for a trusted proxy
};
Peer peer_of(sockaddr_storage const& address);

// Any thread.
class AddressLimit {
public:
    explicit AddressLimit(std::size_t most) : most_(most) {}
    bool enter(std::optional<std::uint64_t> key); // false: the address is full, nothing was counted
    void leave(std::optional<std::uint64_t> key);

private:
    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::uint64_t, std::size_t> counts;
    };
    bool count(std::uint64_t key, std::size_t most);
    void uncount(std::uint64_t key);
    Shard& shard(std::uint64_t key) { return shards_[(key ^ key >> 32 ^ key >> 16) % shards_.size()]; }
    std::size_t const most_;
    std::array<Shard, 16> shards_;
};

} // namespace mozi::net
