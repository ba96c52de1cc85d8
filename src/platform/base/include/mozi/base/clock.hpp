// Time: microseconds UTC inside, ISO 8601 with milliseconds and Z on the wire. The clock is passed in, so tests own it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mozi {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

// The wall clock. Durations are measured with std::chrono::steady_clock, never with this.
Clock const& system_clock();

std::string to_iso(Time time); // 2026-11-24T18:00:00.000Z
std::optional<Time> from_iso(std::string_view text); // RFC 3339 date-time, or a plain date (midnight UTC)
std::string to_http_date(Time time); // RFC 9110 §5.6.7 IMF-fixdate
bool is_iso_date(std::string_view text); // YYYY-MM-DD that exists; there is no year 0

} // namespace mozi
