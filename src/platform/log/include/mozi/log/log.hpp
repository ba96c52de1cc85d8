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

// A person's address, written as the settings say: whole, as its network (IPv4 /24, IPv6 /48), or not at all.
struct Address {
    std::string_view text; // also a network such as 2001:db8::/64
};

// A field's value. Text is escaped when written; fields named like secrets (password, token, secret, authorization, cookie)
// are written as "[redacted]".
using Value = std::variant<std::string, std::int64_t, double, bool>;
std::string written(Address const& address);
struct Field {
    std::string_view name;
    Value value;
    template <class T>
    Field(std::string_view n, T const& v) : name(n), value(make(v)) {}

private:
    template <class T>
    static Value make(T const& v) {
        if constexpr (std::is_same_v<T, Address>) return written(v);
        else if constexpr (std::is_same_v<T, bool>) return v;
        else if constexpr (std::is_integral_v<T>) return std::int64_t(v);
        else if constexpr (std::is_floating_point_v<T>) return double(v);
        else return std::string(std::string_view(v));
    }
};

enum class Addresses { full, network, none };

struct Options {
    std::string level = "info"; // debug, info, warn, error
    std::string format = "auto"; // json, text, auto: text on a terminal
    std::string file = {}; // empty: standard error
    Addresses addresses = Addresses::full;
};

// Before the first line. Empty, or why the file cannot be written to: standard error is used then. All here is thread-safe.
std::string configure(Options const& options);
// Opens the file anew, for who moved it away; the same happens by itself within seconds when it is gone. Empty, or why it cannot be
// opened: the former one stays.
std::string reopen();
void set_level(Level level);
Level level();
// A line that cannot be written now, because the disk is full, the file is gone or nobody reads the pipe, is dropped: no caller waits.
// The first line that can says "log.resumed" and how many were lost.
std::uint64_t lost();
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

// What a thread works for; in every line of it while this lives, under that name. The inner one of a name hides the outer.
// The texts outlive it.
class Scope {
public:
    Scope(std::string_view name, std::string_view id);
    ~Scope();
    Scope(Scope const&) = delete;
    Scope& operator=(Scope const&) = delete;

private:
    friend void write(Level, std::string_view, std::initializer_list<Field>);
    friend std::string_view current_request();
    std::string_view name_, id_;
    Scope const* outer_;
};

class RequestScope : public Scope {
public:
    explicit RequestScope(std::string_view request_id) : Scope("requestId", request_id) {}
};
std::string_view current_request(); // empty: none

} // namespace mozi::log
