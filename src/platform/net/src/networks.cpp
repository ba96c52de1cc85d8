// Addresses and networks, all as IPv6.
#include <mozi/net/networks.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>

namespace mozi::net {
namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr Bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

std::optional<Bytes> bytes_of(std::string_view text) {
    char zero_terminated[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof zero_terminated) return std::nullopt;
    text.copy(zero_terminated, text.size());
    auto out = mapped;
    if (inet_pton(AF_INET, zero_terminated, out.data() + mapped_bits / 8) == 1) return out;
    if (inet_pton(AF_INET6, zero_terminated, out.data()) == 1) return out;
    return std::nullopt;
}

bool is_mapped(Bytes const& bytes) { return std::equal(mapped.begin(), mapped.begin() + mapped_bits / 8, bytes.begin()); }

} // namespace

std::optional<std::string> plain_address(std::string_view text) {
    // Behind it may stand a port, or what hides one (RFC 7239 section 6).
    auto const is_port = [](std::string_view rest) {
        constexpr auto in_port = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        return rest.size() > 1 && rest.front() == ':' && rest.size() <= 64 &&
               std::all_of(rest.begin() + 1, rest.end(), [&](char c) { return in_port(c) || c == '.' || c == '_' || c == '-'; });
    };
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        if (close == text.npos || (close + 1 < text.size() && !is_port(text.substr(close + 1)))) return std::nullopt;
        text = text.substr(1, close - 1);
        if (text.find(':') == text.npos) return std::nullopt;
    } else if (auto const colon = text.find(':'); colon != text.npos && text.find(':', colon + 1) == text.npos) {
        if (!is_port(text.substr(colon))) return std::nullopt;
        text = text.substr(0, colon); // two colons or more are IPv6 itself
    }
    text = text.substr(0, text.find('%'));
    auto const bytes = bytes_of(text);
    if (!bytes) return std::nullopt;
    char plain[INET6_ADDRSTRLEN] = {};
    if (is_mapped(*bytes)) inet_ntop(AF_INET, bytes->data() + mapped_bits / 8, plain, sizeof plain);
    else inet_ntop(AF_INET6, bytes->data(), plain, sizeof plain);
    return plain;
}

std::optional<Networks::Network> Networks::read(std::string_view text) {
    auto const slash = text.find('/');
    auto const bytes = bytes_of(text.substr(0, slash));
    if (!bytes) return std::nullopt;
    auto const v4 = text.substr(0, slash).find(':') == text.npos;
    unsigned bits = v4 ? 32 : 128;
    if (slash != text.npos) {
        auto const length = text.substr(slash + 1);
        unsigned asked = 0;
        auto const [end, failed] = std::from_chars(length.data(), length.data() + length.size(), asked);
        if (failed != std::errc{} || end != length.data() + length.size() || asked > bits) return std::nullopt;
        bits = asked;
    }
    return Network{*bytes, bits + (v4 ? mapped_bits : 0)};
}

Networks::Networks(std::vector<std::string> const& texts) {
    for (auto const& text : texts) {
        auto const network = read(text);
        if (!network) throw std::invalid_argument(text);
        networks_.push_back(*network);
    }
}

bool Networks::is_one(std::string_view text) { return read(text).has_value(); }

bool Networks::contain(std::string_view address) const {
    if (networks_.empty()) return false;
    auto const bytes = bytes_of(address);
    if (!bytes) return false;
    return std::any_of(networks_.begin(), networks_.end(), [&](Network const& network) {
        auto const whole = network.bits / 8, rest = network.bits % 8;
        if (std::memcmp(network.bytes.data(), bytes->data(), whole) != 0) return false;
        return rest == 0 || ((network.bytes[whole] ^ (*bytes)[whole]) >> (8 - rest)) == 0;
    });
}

} // namespace mozi::net
