// One small blocking request to this machine: for the command line to ask a running server. Not for the outside world.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mozi::net {

struct Fetched {
    int status = 0;
    std::string body; // at most 1 MiB
};

// `url`: http or https, a host or [IPv6], a port unless it is the usual one, a path. Nullopt when it is none, or nobody answers within
// the time. Certificates are not looked at: this machine's own server shows one that names its public address.
std::optional<Fetched> fetch(std::string const& url, std::string const& method,
    std::vector<std::pair<std::string, std::string>> const& headers, std::string const& body, std::chrono::milliseconds within);

} // namespace mozi::net
