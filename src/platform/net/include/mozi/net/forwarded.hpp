// Who asks, where proxies stand in between: X-Forwarded-For and Forwarded (RFC 7239), as far as those who wrote them are believed.
#pragma once

#include <mozi/net/server.hpp>

namespace mozi::net {

// The nearest address that is no trusted proxy: of all lines of the header, from the right. A hop that cannot be read or hides itself
// ("unknown", "_x", a quote that is not closed) ends the walk: the last one that was seen counts. Where a request carries both headers a
// proxy wrote one of them, and the client may have written the other: only what both say is believed.
std::string client_of(Request const& request, Networks const& trusted);

// It carries both headers, and they do not say the same: one of them may be the client's own.
bool is_forwarded_twice(Request const& request);

// The scheme the nearest proxy says it was asked by, in lower case: X-Forwarded-Proto, else Forwarded; nothing where neither is there.
std::optional<std::string> forwarded_proto(Request const& request);

// It carries a header that proxies add, so somebody else asked.
bool is_forwarded(Request const& request);

// network_of() as a number. `site` is the /48 of IPv6, which one customer may have as well: it counts in the large.
struct Counted {
    std::uint64_t network = 0;
    std::optional<std::uint64_t> site;
};
Counted counted_as(std::string const& address);

} // namespace mozi::net
