// Structured logs: an event name and fields, one JSON object per line, or readable on a terminal. Never a secret.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace mozi::log {

enum class Level { debug, info, warn, error };

// A field's value. Text is escaped when written; fields named like secrets (password, token, secret, authorization, cookie)
// are written as "[redacted]".
using Value = std::variant<std::string, std::int64_t, double, bool>;
struct Field {
    std::string_view name;
    Value value;
    template <class T>
    Field(std::string_view n, T const& v) : name(n), value(make(v)) {}

private:
    template <class T>
    static Value make(T const& v) {
        if constexpr (std::is_same_v<T, bool>) return v;
        else if constexpr (std::is_integral_v<T>) return std::int64_t(v);
        else if constexpr (std::is_floating_point_v<T>) return double(v);
        else return std::string(std::string_view(v));
    }
};

struct Options {
    std::string level = "info"; // debug, info, warn, error
    std::string format = "auto"; // json, text, auto: text on a terminal
};

// Before the first line; again at run time to change the level. Thread-safe. Writing never blocks the caller on a full disk:
// lines that cannot be written are counted and dropped.
void configure(Options const& options);
void set_level(Level level);
bool enabled(Level level);
void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::debug)) write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::info)) write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::warn)) write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::error, event, fields); }

// The request a thread works for; appears in every line of that thread while it lives.
class RequestScope {
public:
    explicit RequestScope(std::string_view request_id);
    ~RequestScope();
    RequestScope(RequestScope const&) = delete;
    RequestScope& operator=(RequestScope const&) = delete;

private:
    std::string_view before_;
};

} // namespace mozi::log
