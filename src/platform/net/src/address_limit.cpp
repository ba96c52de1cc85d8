// Counting connections per client address, and what an address counts as.
#include "address_limit.hpp"

#include <mozi/net/forwarded.hpp>

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace mozi::net {
namespace {

// Nobody sends from a /64 that begins with ffff or fffe (multicast).
constexpr std::uint64_t v4_bits = 0xffff'0000'0000'0000U, site_bits = 0xfffe'0000'0000'0000U;
constexpr std::size_t networks_of_a_site = 4; // as many connections as so many /64 of it

Peer from_v4(in_addr address) {
    char text[INET_ADDRSTRLEN] = {};
    inet_ntop(AF_INET, &address, text, sizeof text);
    return {text, v4_bits | ntohl(address.s_addr)};
}

// The IPv4 address in an IPv6 one: mapped, or as translators write it (64:ff9b::/96, RFC 6052), behind which all of IPv4 would be one.
std::optional<in_addr> v4_in(in6_addr const& v6) {
    constexpr std::uint8_t translated[12]{0, 0x64, 0xff, 0x9b};
    if (!IN6_IS_ADDR_V4MAPPED(&v6) && std::memcmp(v6.s6_addr, translated, sizeof translated) != 0) return std::nullopt;
    in_addr v4{};
    std::memcpy(&v4, v6.s6_addr + 12, sizeof v4);
    return v4;
}

std::uint64_t upper_half(in6_addr const& v6) {
    std::uint64_t out = 0;
    for (int i = 0; i < 8; ++i) out = out << 8 | v6.s6_addr[i];
    return out;
}

std::optional<std::uint64_t> site_of(std::uint64_t network) {
    return (network & v4_bits) == v4_bits ? std::nullopt : std::optional(site_bits | network >> 16);
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
    if (auto const v4 = v4_in(v6.sin6_addr)) return from_v4(*v4);
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return {text, upper_half(v6.sin6_addr)};
}

Counted counted_as(std::string const& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return {v4_bits | ntohl(v4.s_addr), std::nullopt};
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return {};
    if (auto const inside = v4_in(v6)) return {v4_bits | ntohl(inside->s_addr), std::nullopt};
    auto const network = upper_half(v6);
    return {network, site_of(network)};
}

std::string network_of(std::string const& address) {
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
    if (auto const v4 = v4_in(v6)) return from_v4(*v4).text;
    std::fill(std::begin(v6.s6_addr) + 8, std::end(v6.s6_addr), std::uint8_t{0});
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(AF_INET6, &v6, text, sizeof text);
    return std::string(text) + "/64";
}

bool AddressLimit::count(std::uint64_t key, std::size_t most) {
    auto& at = shard(key);
    std::lock_guard const lock(at.mutex);
    auto& count = at.counts[key];
    if (count >= most) {
        if (count == 0) at.counts.erase(key);
        return false;
    }
    ++count;
    return true;
}

void AddressLimit::uncount(std::uint64_t key) {
    auto& at = shard(key);
    std::lock_guard const lock(at.mutex);
    auto const found = at.counts.find(key);
    if (found != at.counts.end() && --found->second == 0) at.counts.erase(found);
}

bool AddressLimit::enter(std::optional<std::uint64_t> key) {
    if (!key) return true;
    if (!count(*key, most_)) return false;
    auto const site = site_of(*key);
    if (!site || count(*site, most_ * networks_of_a_site)) return true;
    uncount(*key);
    return false;
}

void AddressLimit::leave(std::optional<std::uint64_t> key) {
    if (!key) return;
    uncount(*key);
    if (auto const site = site_of(*key)) uncount(*site);
}

} // namespace mozi::net
