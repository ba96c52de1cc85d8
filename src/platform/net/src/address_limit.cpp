// Counting connections per client address.
#include "address_limit.hpp"

#include <mozi/net/networks.hpp>

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace mozi::net {
namespace {

Peer from_v4(in_addr address) {
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &address, text, sizeof text);
    return {text, 0xffff'0000'0000'0000U | ntohl(address.s_addr)}; // no /64 of IPv6 begins with ffff (multicast)
}

} // namespace

Peer peer_of(sockaddr_storage const& address) {
    if (address.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return from_v4(v4.sin_addr);
    }
    if (address.ss_family != AF_INET6) return {};
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
        in_addr v4{};
        std::memcpy(&v4, v6.sin6_addr.s6_addr + 12, sizeof v4);
        return from_v4(v4);
    }
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    std::uint64_t key = 0;
    for (int i = 0; i < 8; ++i) key = key << 8 | v6.sin6_addr.s6_addr[i];
    return {text, key};
}

std::string network_of(std::string const& address) {
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        in_addr v4{};
        std::memcpy(&v4, v6.s6_addr + 12, sizeof v4);
        return from_v4(v4).text;
    }
    std::fill(std::begin(v6.s6_addr) + 8, std::end(v6.s6_addr), std::uint8_t{0});
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(AF_INET6, &v6, text, sizeof text);
    return std::string(text) + "/64";
}

bool AddressLimit::enter(std::optional<std::uint64_t> key) {
    if (!key) return true;
    auto& at = shard(*key);
    std::lock_guard const lock(at.mutex);
    auto& count = at.counts[*key];
    if (count >= most_) {
        if (count == 0) at.counts.erase(*key);
        return false;
    }
    ++count;
    return true;
}

void AddressLimit::leave(std::optional<std::uint64_t> key) {
    if (!key) return;
    auto& at = shard(*key);
    std::lock_guard const lock(at.mutex);
    auto const found = at.counts.find(*key);
    if (found != at.counts.end() && --found->second == 0) at.counts.erase(found);
}

} // namespace mozi::net
