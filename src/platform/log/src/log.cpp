// Lines, and the file or pipe they go to.
#include <mozi/log/log.hpp>

#include <mozi/base/clock.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mozi::log {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t longest_line = 4096; // PIPE_BUF: a pipe that is ready takes so much at once
constexpr auto look_every = std::chrono::seconds(2); // whether the file is still where it was

std::atomic<Level> threshold{Level::info};
std::atomic<bool> as_text{false};
std::atomic<Addresses> addresses{Addresses::full};
std::atomic<std::uint64_t> lost_lines{0};
thread_local Scope const* innermost = nullptr;

// Where lines go. Never waits: what is not taken at once is not written.
class Target {
public:
    std::string open(std::string path) {
        std::scoped_lock const held(mutex_);
        path_ = std::move(path);
        return open_held();
    }
    std::string reopen() {
        std::scoped_lock const held(mutex_);
        return open_held();
    }
    void put(std::string const& line, std::string (*resumed)(std::uint64_t lost)) {
        std::scoped_lock const held(mutex_);
        look_for_file();
        if (unsaid_ > 0) {
            auto told = resumed(unsaid_);
            if (torn_) told.insert(0, 1, '\n');
            if (!send(told)) return lose();
            unsaid_ = 0;
        }
        if (!send(line)) lose();
    }
    bool is_terminal() const { return path_.empty() && isatty(STDERR_FILENO) == 1; }

private:
    std::string open_held() {
        if (path_.empty()) {
            if (fd_ != STDERR_FILENO) ::close(std::exchange(fd_, STDERR_FILENO));
            return {};
        }
        auto const fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
        if (fd < 0) return path_ + ": " + std::strerror(errno);
        if (fd_ != STDERR_FILENO) ::close(fd_);
        fd_ = fd;
        looked_ = Steady::now();
        torn_ = false;
        return {};
    }
    // Whoever moves or removes the file without a word gets a new one.
    void look_for_file() {
        if (path_.empty() || Steady::now() - looked_ < look_every) return;
        looked_ = Steady::now();
        struct stat here{}, there{};
        if (::stat(path_.c_str(), &there) == 0 && ::fstat(fd_, &here) == 0 && here.st_ino == there.st_ino && here.st_dev == there.st_dev)
            return;
        open_held();
    }
    // Sockets are the journal's.
    bool send(std::string_view line) {
        pollfd ready{fd_, POLLOUT, 0};
        if (::poll(&ready, 1, 0) != 1 || (ready.revents & (POLLERR | POLLHUP | POLLNVAL))) return false;
        auto written = ::send(fd_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (written < 0 && errno == ENOTSOCK) written = ::write(fd_, line.data(), line.size());
        if (written <= 0) return false;
        torn_ = std::size_t(written) != line.size();
        return !torn_;
    }
    void lose() {
        ++unsaid_;
        lost_lines.fetch_add(1, std::memory_order_relaxed);
    }

    std::mutex mutex_;
    std::string path_;
    int fd_ = STDERR_FILENO;
    bool torn_ = false; // the last line is there in part
    std::uint64_t unsaid_ = 0; // lines lost since one was written
    Steady::time_point looked_{};
};

// Threads may write until the very end.
Target& target() {
    static auto* const made = new Target;
    return *made;
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
    else if (auto const* real = std::get_if<double>(&field.value)) {
        char digits[32];
        out.append(digits, std::size_t(std::snprintf(digits, sizeof digits, "%.6g", *real)));
    } else out += std::get<bool>(field.value) ? "true" : "false";
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

std::string line_of(Level level, std::string_view event, std::initializer_list<Field> fields, std::initializer_list<Field> scopes) {
    std::string line;
    line.reserve(256);
    auto const time = to_iso(mozi::system_clock().now());
    auto const field = [&line](Field const& each) {
        if (as_text) {
            (line += ' ').append(each.name) += '=';
        } else {
            line += ',';
            quote(line, each.name);
            line += ':';
        }
        append(line, each);
    };
    auto const name = name_of(level);
    if (as_text) {
        line.append(time.substr(11, 12)).append(1, ' ').append(name).append(6 - name.size(), ' ').append(event);
    } else {
        line.append("{\"time\":\"").append(time).append("\",\"level\":\"").append(name).append("\",\"event\":");
        quote(line, event);
    }
    for (auto const& each : scopes)
        if (!each.name.empty()) field(each);
    for (auto const& each : fields) {
        auto const before = line.size();
        field(each);
        if (line.size() < longest_line - 32) continue;
        line.resize(before);
        if (auto const* text = std::get_if<std::string>(&each.value)) {
            auto const room = longest_line - std::min(longest_line - 64, before + 64);
            auto kept = text->substr(0, room / 2);
            while (!kept.empty() && (static_cast<unsigned char>(kept.back()) & 0xc0U) == 0x80U) kept.pop_back(); // whole letters
            if (!kept.empty()) kept.pop_back();
            field({each.name, kept});
            if (line.size() > longest_line - 32) line.resize(before); // all of it was to be escaped
        }
        field({"cut", true});
        break;
    }
    line += as_text ? "\n" : "}\n";
    return line;
}

} // namespace

std::string written(Address const& address) {
    auto const how = addresses.load(std::memory_order_relaxed);
    if (how == Addresses::full) return std::string(address.text);
    if (how == Addresses::none) return "-";
    std::string const text(address.text.substr(0, address.text.find('/')));
    char shown[INET6_ADDRSTRLEN];
    in_addr four{};
    if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
        four.s_addr &= htonl(0xffffff00U);
        return std::string(inet_ntop(AF_INET, &four, shown, sizeof shown)) + "/24";
    }
    in6_addr six{};
    if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return "-";
    std::memset(six.s6_addr + 6, 0, 10);
    return std::string(inet_ntop(AF_INET6, &six, shown, sizeof shown)) + "/48";
}

std::string configure(Options const& options) {
    threshold = options.level == "debug"   ? Level::debug
                : options.level == "warn"  ? Level::warn
                : options.level == "error" ? Level::error
                                           : Level::info;
    addresses = options.addresses;
    auto problem = target().open(options.file);
    as_text = options.format == "text" || (options.format == "auto" && target().is_terminal());
    return problem;
}

std::string reopen() { return target().reopen(); }
void set_level(Level level) { threshold = level; }
Level level() { return threshold; }
bool enabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }
std::uint64_t lost() { return lost_lines.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    std::string_view names[4], ids[4];
    std::size_t scopes = 0;
    for (auto const* each = innermost; each && scopes < std::size(names); each = each->outer_) {
        auto const told = std::ranges::any_of(fields, [&](Field const& field) { return field.name == each->name_; });
        if (told || std::find(names, names + scopes, each->name_) != names + scopes) continue;
        names[scopes] = each->name_;
        ids[scopes++] = each->id_;
    }
    auto const line =
        line_of(level, event, fields, {Field{names[0], ids[0]}, Field{names[1], ids[1]}, Field{names[2], ids[2]}, Field{names[3], ids[3]}});
    target().put(line, [](std::uint64_t lines) { return line_of(Level::warn, "log.resumed", {{"lost", lines}}, {}); });
}

Scope::Scope(std::string_view name, std::string_view id) : name_(name), id_(id), outer_(innermost) { innermost = this; }
Scope::~Scope() { innermost = outer_; }

std::string_view current_request() {
    for (auto const* each = innermost; each; each = each->outer_)
        if (each->name_ == "requestId") return each->id_;
    return {};
}

} // namespace mozi::log
