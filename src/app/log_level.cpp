// The route of the log's level.
#include "log_level.hpp"

namespace mozi::app {

std::vector<http::Route> LogRoutes::routes() {
    return {http::route<&LogRoutes::change>(*this, http::Method::put, "/api/admin/log", "setLogLevel",
        "Change how much is logged, for a while", http::Access::admin, 200, {}, {.lane = http::Lane::work})};
}

void LogRoutes::set(LogLevel level) {
    log::set_level(level == LogLevel::debug  ? log::Level::debug
                   : level == LogLevel::info ? log::Level::info
                   : level == LogLevel::warn ? log::Level::warn
                                             : log::Level::error);
}

Result<LogRoutes::LogLevelNow> LogRoutes::change(http::Call&, SetLogLevel const& in) {
    std::scoped_lock const held(mutex_);
    auto const lasting = std::chrono::seconds(in.seconds);
    until_.reset();
    if (in.seconds > 0) until_ = std::chrono::steady_clock::now() + lasting;
    log::write(log::Level::warn, "log.level", {{"level", to_text(in.level)}, {"seconds", in.seconds}});
    set(in.level);
    return LogLevelNow{in.level, in.seconds > 0 ? std::optional(system_clock().now() + lasting) : std::nullopt};
}

void LogRoutes::tick() {
    std::scoped_lock const held(mutex_);
    if (!until_ || std::chrono::steady_clock::now() < *until_) return;
    until_.reset();
    set(usual_);
    log::write(log::Level::warn, "log.level", {{"level", to_text(usual_)}});
}

} // namespace mozi::app
