// The server's side of the jail. Between start and exec there is only posix_spawn: the server has many threads.
#include "jail/run.hpp"

#include "jail/protocol.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <cerrno>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace mozi::media {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t most_stderr = 64 << 10;
constexpr int most_files = 60'000;
constexpr auto tick = 200ms;

struct Pipe {
    int read = -1, write = -1;
    Pipe() = default;
    Pipe(Pipe const&) = delete;
    Pipe& operator=(Pipe const&) = delete;
    bool open() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return false;
        read = ends[0];
        write = ends[1];
        return true;
    }
    void close_write() {
        if (write >= 0) close(write);
        write = -1;
    }
    void close_read() {
        if (read >= 0) close(read);
        read = -1;
    }
    ~Pipe() { close_write(), close_read(); }
};

struct Pipes {
    Pipe output, errors, status;
    std::vector<Pipe> more;
    bool open(int count) {
        more = std::vector<Pipe>(static_cast<std::size_t>(count));
        if (!output.open() || !errors.open() || !status.open()) return false;
        for (auto& pipe : more) {
            if (!pipe.open()) return false;
            fcntl(pipe.read, F_SETPIPE_SZ, 1 << 20); // films at disk speed; less is fine
        }
        return true;
    }
    template <class F>
    void each(F&& f) {
        for (auto* pipe : {&output, &errors, &status}) f(*pipe);
        for (auto& pipe : more) f(pipe);
    }
};

char const* name_of(Tool tool) { return tool == Tool::ffmpeg ? "ffmpeg" : "ffprobe"; }

std::vector<std::string> jail_arguments(JailSettings const& settings, JailedRun const& run) {
    auto const number = [](char const* name, auto value) { return std::string(name) + std::to_string(value); };
    std::vector<std::string> out{settings.self, "media-jail", number("--parent=", getpid()), "--directory=" + run.directory,
        "--program=" + (run.attempts                  ? std::string{}
                           : run.tool == Tool::ffmpeg ? settings.ffmpeg
                                                      : settings.ffprobe),
        number("--memory-mib=", settings.memory_mib), number("--cpu-s=", run.cpu_s), number("--file-mib=", run.disk_mib),
        number("--niceness=", run.priority == Priority::soon ? 0 : settings.niceness), number("--uid=", settings.uid),
        number("--pipes=", run.pipes), number("--namespaces=", int(settings.namespaces == Namespaces::when_allowed)),
        number("--landlock=", settings.landlock), number("--calls=", int(settings.calls == CallWallWanted::yes)),
        number("--allow-unsandboxed=", int(settings.unsandboxed == Unsandboxed::allowed)), number("--attempts=", run.attempts),
        std::string("--list=") + name_of(run.tool)};
    if (run.input == Input::source) out.push_back("--input=../source");
    out.push_back("--");
    out.insert(out.end(), run.arguments.items().begin(), run.arguments.items().end());
    return out;
}

// dup2 onto itself would keep close-on-exec, and a target must not hit another pipe's end: all ends are above the targets here.
bool move_up(int& fd) {
    auto const moved = fcntl(fd, F_DUPFD_CLOEXEC, jail::first_pipe_fd + jail::most_pipes);
    if (moved < 0) return false;
    close(fd);
    fd = moved;
    return true;
}

pid_t spawn(JailSettings const& settings, JailedRun const& run, Pipes& pipes) {
    bool moved = true;
    pipes.each([&](Pipe& pipe) { moved = moved && move_up(pipe.write); });
    if (!moved) return -1;
    auto text = jail_arguments(settings, run);
    std::vector<char*> argv;
    for (auto& item : text) argv.push_back(item.data());
    argv.push_back(nullptr);
    char* environment[] = {nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipes.output.write, 1);
    posix_spawn_file_actions_adddup2(&actions, pipes.errors.write, 2);
    posix_spawn_file_actions_adddup2(&actions, pipes.status.write, jail::status_fd);
    for (std::size_t i = 0; i < pipes.more.size(); ++i)
        posix_spawn_file_actions_adddup2(&actions, pipes.more[i].write, jail::first_pipe_fd + static_cast<int>(i));
    sigset_t none, all;
    sigemptyset(&none), sigfillset(&all);
    sigdelset(&all, SIGKILL), sigdelset(&all, SIGSTOP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child = -1;
    if (posix_spawn(&child, settings.self.c_str(), &actions, &attributes, argv.data(), environment) != 0) child = -1;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return child;
}

// Bytes and files below `directory`; stops counting beyond `most_files`. Links are not followed.
void measure(int directory, std::uint64_t& bytes, int& files, int depth = 0) {
    auto* listing = directory < 0 ? nullptr : fdopendir(directory);
    if (!listing) {
        if (directory >= 0) close(directory);
        return;
    }
    while (auto const* entry = readdir(listing)) {
        std::string_view const name = entry->d_name;
        struct stat info{};
        if (name == "." || name == ".." || fstatat(dirfd(listing), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
        bytes += static_cast<std::uint64_t>(info.st_blocks) * 512;
        if (++files > most_files) break;
        if (S_ISDIR(info.st_mode) && depth < 4)
            measure(openat(dirfd(listing), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), bytes, files, depth + 1);
    }
    closedir(listing);
}

bool within_quota(JailedRun const& run) {
    std::uint64_t bytes = 0;
    int files = 0;
    measure(open(run.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), bytes, files);
    return files <= most_files && bytes <= static_cast<std::uint64_t>(run.disk_mib) << 20;
}

// Collects what the program says until it closes its pipes, or until there is a reason to end it.
class Watch {
public:
    Watch(JailedRun const& run, Pipes& pipes, JailOutcome& outcome) : run_(run), pipes_(pipes), outcome_(outcome) {}

    // Returns why the program has to be ended; `exited` when it ends by itself.
    Ending until_end(pid_t child) {
        auto const deadline = std::chrono::steady_clock::now() + run_.wall;
        SteadyTime next_tick{}, next_count = std::chrono::steady_clock::now() + 1s;
        for (bool ended = false; !ended;) {
            wait_for_bytes(int(tick.count()));
            if (!take_output()) return Ending::too_much_output;
            take(pipes_.errors, outcome_.errors, most_stderr), take(pipes_.status, outcome_.walls, 512);
            if (!take_more()) return Ending::not_understood;
            auto const now = std::chrono::steady_clock::now();
            siginfo_t info{};
            ended = waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT | WNOHANG) == 0 && info.si_pid == child;
            if (now >= deadline && !ended) return Ending::timed_out;
            if (now >= next_tick) {
                next_tick = now + tick;
                if (run_.on_tick) run_.on_tick();
                if (run_.cancelled && run_.cancelled() && !ended) return Ending::cancelled;
            }
            if (now >= next_count) {
                next_count = now + 1s;
                if (!within_quota(run_)) return Ending::too_much_output;
            }
        }
        return Ending::exited;
    }

    // What is left in the pipes. They end when the last one who held them is gone, and then there is nobody left. False: it was
    // not understood.
    bool drain() {
        auto const deadline = std::chrono::steady_clock::now() + 5s;
        bool understood = true;
        do {
            take_output(), take(pipes_.errors, outcome_.errors, most_stderr), take(pipes_.status, outcome_.walls, 512);
            understood = understood && take_more();
        } while (understood && wait_for_bytes(100) && std::chrono::steady_clock::now() < deadline);
        if (run_.on_line && !line_.empty()) run_.on_line(line_);
        return understood;
    }

private:
    // False when every pipe has ended; then it only waits.
    bool wait_for_bytes(int most_ms) {
        std::vector<pollfd> fds;
        pipes_.each([&](Pipe& pipe) {
            if (pipe.read >= 0) fds.push_back({pipe.read, POLLIN, 0});
        });
        poll(fds.data(), fds.size(), fds.empty() ? 20 : most_ms);
        return !fds.empty();
    }

    // The next bytes that are there; empty when there are none now.
    std::string_view next(Pipe& from) {
        if (from.read < 0) return {};
        auto const got = read(from.read, buffer_.data(), buffer_.size());
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) from.close_read();
        return {buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }

    // Reads what is there; the end of it is kept.
    void take(Pipe& from, std::string& into, std::size_t most) {
        for (int rounds = 0; rounds < 16; ++rounds) {
            auto const bytes = next(from);
            if (bytes.empty()) break;
            into.append(bytes);
            if (into.size() > most) into.erase(0, into.size() - most);
        }
    }

    bool take_more() {
        for (std::size_t i = 0; i < pipes_.more.size(); ++i)
            for (int rounds = 0; rounds < 16; ++rounds) {
                auto const bytes = next(pipes_.more[i]);
                if (bytes.empty()) break;
                if (!run_.on_bytes || !run_.on_bytes(static_cast<int>(i), bytes)) return false;
            }
        return true;
    }

    // False: more than it may say, or a line that does not end.
    bool take_output() {
        if (!run_.on_line) {
            take(pipes_.output, outcome_.output, run_.stdout_limit + 1);
            return outcome_.output.size() <= run_.stdout_limit;
        }
        for (int rounds = 0; rounds < 16; ++rounds) {
            auto const bytes = next(pipes_.output);
            if (bytes.empty()) break;
            line_.append(bytes);
            std::size_t begin = 0;
            for (std::size_t end = 0; (end = line_.find('\n', begin)) != line_.npos; begin = end + 1)
                run_.on_line(std::string_view(line_).substr(begin, end - begin));
            line_.erase(0, begin);
            if (line_.size() > 4096) return false;
        }
        return true;
    }

    JailedRun const& run_;
    Pipes& pipes_;
    JailOutcome& outcome_;
    std::string line_;
    std::vector<char> buffer_ = std::vector<char>(256 << 10);
};

void reap(pid_t child, JailOutcome& outcome) {
    int status = 0;
    kill(-child, SIGKILL); // whoever is still in the group, also after an orderly end
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (outcome.ending != Ending::exited) return;
    auto const code = WIFEXITED(status) ? WEXITSTATUS(status) : jail::exit_signalled + WTERMSIG(status);
    outcome.code = code;
    if (code > jail::exit_signalled) {
        outcome.ending = Ending::signalled;
        outcome.code = code - jail::exit_signalled;
    }
}

// Whether an end that looks orderly was that of the program, once all is read.
void judge_walls(JailOutcome& outcome) {
    if (outcome.ending != Ending::exited) return;
    if (!outcome.walls.starts_with("ok ")) outcome.ending = Ending::no_jail;
    else if (outcome.walls.find("\nmissing\n") != std::string::npos) outcome.ending = Ending::no_program;
}

// The line "stopped NUMBER NAME" after the walls' own.
void tell_stopped(JailedRun const& run, JailOutcome& outcome) {
    auto const at = outcome.walls.find("stopped ");
    if (at == std::string::npos) return;
    auto const words = split(trim(std::string_view(outcome.walls).substr(at + 8)), ' ');
    auto const name = std::string_view(outcome.walls).substr(at + 8 + words[0].size());
    outcome.stopped = std::string(trim(name)) + " (" + std::string(words[0]) + ")";
    log::warn("media.call_stopped",
        {{"program", name_of(run.tool)}, {"call", outcome.stopped}, {"walls", trim(std::string_view(outcome.walls).substr(0, at))}});
}

} // namespace

JailOutcome run_jailed(JailSettings const& settings, JailedRun const& run) {
    JailOutcome outcome;
    Pipes pipes;
    if (run.pipes > jail::most_pipes || !pipes.open(run.pipes)) return outcome;
    auto const child = spawn(settings, run, pipes);
    if (child < 0) return outcome;
    pipes.each([](Pipe& pipe) {
        pipe.close_write();
        fcntl(pipe.read, F_SETFL, O_NONBLOCK);
    });
    Watch watch(run, pipes, outcome);
    outcome.ending = watch.until_end(child);
    reap(child, outcome);
    if (!watch.drain() && outcome.ending == Ending::exited) outcome.ending = Ending::not_understood;
    judge_walls(outcome);
    tell_stopped(run, outcome);
    return outcome;
}

bool prepare_folder(JailSettings const& settings, std::string const& directory, std::string const& file) {
    if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return false;
    if (geteuid() != 0) return true;
    for (auto const& path : {directory, file})
        if (!path.empty() && lchown(path.c_str(), settings.uid, settings.uid) != 0 && errno != EINVAL && errno != EPERM) return false;
    return true;
}

} // namespace mozi::media
