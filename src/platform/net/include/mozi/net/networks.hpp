// Internet addresses as text, and sets of networks: whose word is taken for whom they speak for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::net {

// An address as people and proxies write it, in the form of Request::peer: without port, brackets and zone, IPv4 as IPv4.
// Nullopt for anything else ("unknown", a name).
std::optional<std::string> plain_address(std::string_view text);

// What limits count as one: an IPv4 address, or the /64 of an IPv6 address, whose owner has all of it. As it came if it is neither.
std::string network_of(std::string const& address);

class Networks {
public:
    Networks() = default;
    // "192.0.2.1", "10.0.0.0/8", "2001:db8::/32". Throws std::invalid_argument with the first text that is none.
    Networks(std::vector<std::string> const& texts);
    static bool is_one(std::string_view text);
    bool contain(std::string_view address) const; // plain
    bool empty() const { return networks_.empty(); }

private:
    struct Network {
        std::array<std::uint8_t, 16> bytes{}; // IPv4 mapped into IPv6
        unsigned bits = 0;
    };
    static std::optional<Network> read(std::string_view text);
    std::vector<Network> networks_;
};

} // namespace mozi::net
