// Lines through spdlog's stderr sink; we make the line, spdlog serialises the writing.
#include <mozi/log/log.hpp>

#include <mozi/base/clock.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <unistd.h>

namespace mozi::log {

namespace {

std::atomic<Level> threshold{Level::info};
std::atomic<bool> as_text{false};
thread_local std::string_view current_request;

spdlog::logger& sink() {
    static auto const logger = [] {
        auto made = std::make_shared<spdlog::logger>("mozi", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::trace);
        made->set_error_handler([](std::string const&) {}); // a full disk must not stop a request
        return made;
    }();
    return *logger;
}

void quote(std::string& out, std::string_view text) {
    out += '"';
    for (char const c : text) {
        auto const u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (u < 0x20 || u == 0x7f) {
            out += "\\u00";
            out += "0123456789abcdef"[u >> 4];
            out += "0123456789abcdef"[u & 15];
        } else out += c;
    }
    out += '"';
}

bool secret(std::string_view name) {
    for (auto const word : {"assword", "oken", "ecret", "uthorization", "ookie"})
        if (name.find(word) != name.npos) return true;
    return false;
}

void append(std::string& out, Field const& field) {
    if (secret(field.name)) return quote(out, "[redacted]");
    if (auto const* text = std::get_if<std::string>(&field.value)) quote(out, *text);
    else if (auto const* integer = std::get_if<std::int64_t>(&field.value)) out += std::to_string(*integer);
    else if (auto const* real = std::get_if<double>(&field.value)) out += fmt::format("{:.6g}", *real);
    else out += std::get<bool>(field.value) ? "true" : "false";
}

constexpr std::string_view name_of(Level level) {
    switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
    }
    return "info";
}

} // namespace

void configure(Options const& options) {
    threshold = options.level == "debug"   ? Level::debug
                : options.level == "warn"  ? Level::warn
                : options.level == "error" ? Level::error
                                           : Level::info;
    as_text = options.format == "text" || (options.format == "auto" && isatty(STDERR_FILENO) == 1);
}

void set_level(Level level) { threshold = level; }
bool enabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    std::string line;
    line.reserve(256);
    auto const time = to_iso(mozi::system_clock().now());
    if (as_text) {
        line += time.substr(11, 12);
        line += fmt::format(" {:<5} {}", name_of(level), event);
        for (auto const& field : fields) {
            line += ' ';
            line += field.name;
            line += '=';
            append(line, field);
        }
        if (!current_request.empty()) line += fmt::format(" request={}", current_request);
    } else {
        line += "{\"time\":\"" + time + "\",\"level\":\"";
        line += name_of(level);
        line += "\",\"event\":";
        quote(line, event);
        if (!current_request.empty()) {
            line += ",\"requestId\":";
            quote(line, current_request);
        }
        for (auto const& field : fields) {
            line += ',';
            quote(line, field.name);
            line += ':';
            append(line, field);
        }
        line += '}';
    }
    sink().log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    if (level >= Level::warn) sink().flush();
}

RequestScope::RequestScope(std::string_view request_id) : before_(current_request) { current_request = request_id; }
RequestScope::~RequestScope() { current_request = before_; }

} // namespace mozi::log
