// One small blocking request to this machine: for the command line to ask a running server. Not for the outside world.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mozi::net {

struct Fetched {
    int status = 0;
    std::string body; // at most 1 MiB
};

// Nullopt when nobody answers within the time. `host` is a loopback address or name.
std::optional<Fetched> fetch(std::string const& host, std::uint16_t port, std::string const& method, std::string const& target, std::vector<std::pair<std::string, std::string>> const& headers,
                             std::string const& body, std::chrono::milliseconds within);

} // namespace mozi::net
