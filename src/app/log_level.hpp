// How much is logged, changed while the server runs.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/http/route.hpp>
#include <mozi/log/log.hpp>

#include "settings.hpp"

#include <mutex>

namespace mozi::app {

class LogRoutes {
public:
    explicit LogRoutes(LogLevel usual) : usual_(usual) {}
    std::vector<http::Route> routes();
    void tick(); // now and then: what was for some time ends

private:
    struct SetLogLevel {
        LogLevel level = LogLevel::info;
        int seconds = 0;
        static constexpr auto fields() {
            return std::tuple{field("level", &SetLogLevel::level),
                field("seconds", &SetLogLevel::seconds,
                    {.min = 0, .max = 86'400, .help = "After so long the level of the settings is back; 0: with the next start."})};
        }
    };
    struct LogLevelNow {
        LogLevel level = LogLevel::info;
        std::optional<Time> until;
        static constexpr auto fields() { return std::tuple{field("level", &LogLevelNow::level), field("until", &LogLevelNow::until)}; }
    };
    Result<LogLevelNow> change(http::Call& call, SetLogLevel const& in);
    void set(LogLevel level);

    LogLevel const usual_;
    std::mutex mutex_;
    std::optional<std::chrono::steady_clock::time_point> until_;
};

} // namespace mozi::app
