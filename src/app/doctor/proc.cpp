// Reading /proc.
#include "doctor/proc.hpp"

#include <mozi/base/text.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>
#include <functional>
#include <sstream>

namespace mozi::app::doctor {

namespace fs = std::filesystem;

namespace {

std::string text_of(fs::path const& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
    T out{};
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return failed == std::errc{} && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

std::vector<std::string> words(std::string const& line) {
    std::istringstream in(line);
    std::vector<std::string> out;
    for (std::string word; in >> word;) out.push_back(std::move(word));
    return out;
}

Process process(int pid) { return {pid, std::string(trim(text_of("/proc/" + std::to_string(pid) + "/comm")))}; }

// f(pid, what the descriptor refers to, its place in /proc) may return true to end it.
void each_descriptor(std::function<bool(int, std::string const&, fs::path const&)> const& f) {
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator("/proc", failed)) {
        auto const pid = number<int>(entry.path().filename().string());
        if (!pid) continue;
        std::error_code none;
        for (fs::directory_iterator at(entry.path() / "fd", none), end; !none && at != end; at.increment(none)) {
            std::error_code gone;
            auto const target = fs::read_symlink(at->path(), gone).string();
            if (!gone && f(*pid, target, at->path())) return;
        }
    }
}

// "0100007F", "00000000000000000000000001000000": words of 32 bits in the machine's order.
std::string address_of(std::string_view digits) {
    std::uint32_t parts[4]{};
    for (std::size_t i = 0; i * 8 < digits.size() && i < 4; ++i) parts[i] = number<std::uint32_t>(digits.substr(i * 8, 8), 16).value_or(0);
    char text[INET6_ADDRSTRLEN]{};
    inet_ntop(digits.size() > 8 ? AF_INET6 : AF_INET, parts, text, sizeof text);
    return text;
}

} // namespace

std::vector<Socket> tcp_sockets() {
    std::vector<Socket> out;
    for (auto const* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream lines(file);
        std::string line;
        std::getline(lines, line); // what the columns are
        while (std::getline(lines, line)) {
            auto const columns = words(line);
            if (columns.size() < 10) continue;
            auto const colon = columns[1].find(':');
            if (colon == std::string::npos) continue;
            out.push_back({address_of(std::string_view(columns[1]).substr(0, colon)),
                number<std::uint16_t>(std::string_view(columns[1]).substr(colon + 1), 16).value_or(0), columns[3] == "0A",
                number<unsigned>(columns[7]).value_or(0), number<std::uint64_t>(columns[9]).value_or(0)});
        }
    }
    return out;
}

std::optional<Process> owner_of_socket(std::uint64_t inode) {
    std::optional<Process> out;
    auto const wanted = "socket:[" + std::to_string(inode) + "]";
    each_descriptor([&](int pid, std::string const& target, fs::path const&) {
        if (target != wanted) return false;
        out = process(pid);
        return true;
    });
    return out;
}

std::optional<Process> holder_of_lock(fs::path const& file) {
    struct stat info{};
    if (stat(file.c_str(), &info) != 0) return std::nullopt;
    std::ifstream lines("/proc/locks");
    for (std::string line; std::getline(lines, line);) {
        auto const columns = words(line); // 1: FLOCK ADVISORY WRITE 4711 08:01:131075 0 EOF
        if (columns.size() < 6 || columns[1] != "FLOCK") continue;
        auto const inode = columns[5].substr(columns[5].rfind(':') + 1);
        auto const pid = number<int>(columns[4]);
        if (inode == std::to_string(info.st_ino) && pid && *pid > 0 && fs::exists("/proc/" + columns[4])) return process(*pid);
    }
    return std::nullopt;
}

std::vector<std::pair<Process, std::string>> openers_of(std::vector<fs::path> const& files) {
    std::vector<std::pair<Process, std::string>> out;
    each_descriptor([&](int pid, std::string const& target, fs::path const& place) {
        std::error_code gone;
        if (pid == getpid() || (!out.empty() && out.back().first.pid == pid)) return false;
        for (auto const& file : files)
            if (target.ends_with(file.filename().string()) && fs::equivalent(place, file, gone) && !gone)
                return out.emplace_back(process(pid), file.string()), false;
        return false;
    });
    return out;
}

std::optional<Limits> descriptors_of(int pid) {
    std::ifstream lines("/proc/" + std::to_string(pid) + "/limits");
    auto const limit = [](std::string const& word) { return word == "unlimited" ? ~0ull : number<std::uint64_t>(word).value_or(0); };
    for (std::string line; std::getline(lines, line);)
        if (auto const columns = words(line); line.starts_with("Max open files") && columns.size() >= 5)
            return Limits{limit(columns[3]), limit(columns[4])};
    return std::nullopt;
}

Answer ask_program(std::vector<std::string> const& argv, std::chrono::milliseconds within) {
    constexpr std::size_t most = 1 << 20;
    Answer answer;
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0) return answer;
    if (pipe2(err, O_CLOEXEC) != 0) return ::close(out[0]), ::close(out[1]), answer;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    posix_spawnattr_t attributes; // a group of its own: what it started ends with it
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::vector<char*> pointers;
    for (auto const& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    pid_t child = -1;
    auto const failed = posix_spawnp(&child, pointers[0], &actions, &attributes, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(out[1]), ::close(err[1]);
    pollfd sources[] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    std::string* const sinks[] = {&answer.out, &answer.err};
    auto const until = std::chrono::steady_clock::now() + within;
    auto in_time = true;
    while (failed == 0 && in_time && (sources[0].fd >= 0 || sources[1].fd >= 0)) {
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
        in_time = left > 0 && ::poll(sources, 2, int(left)) > 0;
        for (int i = 0; i < 2 && in_time; ++i) {
            if (sources[i].fd < 0 || !sources[i].revents) continue;
            char bytes[8192];
            auto const got = ::read(sources[i].fd, bytes, sizeof bytes);
            if (got > 0 && sinks[i]->size() < most) sinks[i]->append(bytes, std::size_t(got));
            if (got <= 0) sources[i].fd = -1;
        }
    }
    ::close(out[0]), ::close(err[0]);
    if (failed != 0) return answer.err = std::generic_category().message(failed), answer;
    auto const handle = int(syscall(SYS_pidfd_open, child, 0)); // what has closed its output may still be on its way to its end
    pollfd ends{handle, POLLIN, 0};
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    in_time = in_time && handle >= 0 && ::poll(&ends, 1, int(std::max<std::int64_t>(left, 1))) == 1;
    if (handle >= 0) ::close(handle);
    kill(-child, SIGKILL); // and whatever it left behind
    int status = 0;
    waitpid(child, &status, 0);
    if (!in_time) answer.err = "it did not end within " + std::to_string(within.count() / 1000) + " s";
    answer.status = !in_time ? -2 : WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return answer;
}

} // namespace mozi::app::doctor
