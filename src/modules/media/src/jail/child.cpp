// The inside of the jail: takes everything away from this process, step by step, and then becomes the program.
// It runs single-threaded in a fresh process, so that ordinary functions may be used between its forks.
#include "jail/protocol.hpp"
#include "jail/walls.hpp"

#include <mozi/media/jail.hpp>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <optional>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace mozi::media {
namespace {

struct Order {
    std::int64_t parent = 0, memory_mib = 0, cpu_s = 0, file_mib = 0, niceness = 0, uid = 0, pipes = 0;
    bool namespaces = true, allow_unsandboxed = false;
    std::string directory, input, program;
    std::vector<char*> command; // argv of the program, nullptr at the end
};

[[noreturn]] void refuse(std::string_view why) {
    auto const line = "refused: " + std::string(why) + " (" + std::strerror(errno) + ")\n";
    if (write(jail::status_fd, line.data(), line.size()) < 0) {} // nobody is listening: the exit status says enough
    _exit(jail::exit_refused);
}

bool to_number(std::string_view text, std::int64_t& out) {
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    return code == std::errc{} && end == text.data() + text.size();
}

// `--name=value …  -- arguments of the program`. Unknown names are refused: both ends are this executable.
std::optional<Order> read_order(int argc, char** argv) {
    Order order;
    int at = 1;
    for (; at < argc && std::string_view(argv[at]) != "--"; ++at) {
        std::string_view const text = argv[at];
        auto const equals = text.find('=');
        if (equals == text.npos) return std::nullopt;
        auto const name = text.substr(0, equals), value = text.substr(equals + 1);
        std::int64_t flag = 0;
        if (name == "--directory") order.directory = value;
        else if (name == "--input") order.input = value;
        else if (name == "--program") order.program = value;
        else if (name == "--namespaces" && to_number(value, flag)) order.namespaces = flag != 0;
        else if (name == "--allow-unsandboxed" && to_number(value, flag)) order.allow_unsandboxed = flag != 0;
        else if (!(name == "--parent" && to_number(value, order.parent)) &&
                 !(name == "--memory-mib" && to_number(value, order.memory_mib)) && !(name == "--cpu-s" && to_number(value, order.cpu_s)) &&
                 !(name == "--file-mib" && to_number(value, order.file_mib)) &&
                 !(name == "--niceness" && to_number(value, order.niceness)) && !(name == "--uid" && to_number(value, order.uid)) &&
                 !(name == "--pipes" && to_number(value, order.pipes) && order.pipes >= 0 && order.pipes <= jail::most_pipes))
            return std::nullopt;
    }
    if (at == argc || order.directory.empty() || order.program.empty()) return std::nullopt;
    order.command.push_back(order.program.data());
    for (++at; at < argc; ++at) order.command.push_back(argv[at]);
    order.command.push_back(nullptr);
    return order;
}

void die_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (parent != 0 && getppid() != parent) _exit(jail::exit_refused); // it died before we asked
}

void limit(int what, std::int64_t most) {
    rlimit const value{static_cast<rlim_t>(most), static_cast<rlim_t>(most)};
    if (setrlimit(static_cast<__rlimit_resource>(what), &value) != 0) refuse("resource limit");
}

// Its own users, network, processes and IPC where the system lets us; without them the two walls still stand.
// As root the plain namespaces come first (some containers allow those alone), then another user.
bool separate(Order const& order) {
    constexpr int spaces = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC;
    bool apart = false;
    if (geteuid() == 0) {
        if (order.namespaces) apart = unshare(spaces) == 0;
        if (order.uid > 0) {
            auto const uid = static_cast<uid_t>(order.uid);
            if (setgroups(0, nullptr) == 0 && setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) != 0) refuse("dropping root");
        }
    }
    if (order.namespaces && !apart) apart = unshare(CLONE_NEWUSER | spaces) == 0;
    else if (order.namespaces && geteuid() != 0) unshare(CLONE_NEWUSER); // on top: no capability means anything outside
    return apart;
}

void lower_priority(std::int64_t niceness) {
    setpriority(PRIO_PROCESS, 0, static_cast<int>(niceness));
    // ioprio_set(IOPRIO_WHO_PROCESS, 0, best effort, lowest): written out, as some kernel headers of it are not C++.
    if (niceness > 0) syscall(SYS_ioprio_set, 1, 0, (2 << 13) | 7);
}

[[noreturn]] void become_program(Order& order, bool apart) {
    die_with_parent(apart ? 0 : getppid());
    auto const files = restrict_files({order.program, order.input, "."});
    auto const calls = restrict_calls();
    if (files == Wall::missing && calls == Wall::missing && !order.allow_unsandboxed) {
        errno = ENOSYS;
        refuse("neither Landlock nor seccomp is available");
    }
    auto const line = std::string("ok namespaces=") + (apart ? "1" : "0") + " landlock=" + (files == Wall::up ? "1" : "0") +
                      " seccomp=" + (calls == Wall::up ? "1" : "0") + "\n";
    if (write(jail::status_fd, line.data(), line.size()) < 0) _exit(jail::exit_refused);
    fcntl(jail::status_fd, F_SETFD, FD_CLOEXEC);
    char path[] = "PATH=/nowhere", home[] = "HOME=/nowhere", language[] = "LC_ALL=C";
    char* environment[] = {path, home, language, nullptr};
    limit(RLIMIT_AS, order.memory_mib << 20);
    execve(order.program.c_str(), order.command.data(), environment);
    refuse("starting the program");
}

// Waits for the program, collects what it may have left behind, and ends the same way.
[[noreturn]] void wait_and_leave(pid_t program) {
    int status = 0;
    syscall(SYS_close_range, jail::status_fd, ~0U, 0); // the program alone holds the other ends
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) {}
    while (waitpid(-1, nullptr, WNOHANG) > 0) {}
    if (WIFSIGNALED(status)) _exit(jail::exit_signalled + WTERMSIG(status));
    _exit(WEXITSTATUS(status));
}

} // namespace

int media_jail_main(int argc, char** argv) {
    auto order = read_order(argc, argv);
    if (!order) refuse("arguments");
    if (syscall(SYS_close_range, jail::first_pipe_fd + static_cast<int>(order->pipes), ~0U, 0) != 0) refuse("closing descriptors");
    if (chdir(order->directory.c_str()) != 0) refuse("working folder");
    die_with_parent(static_cast<pid_t>(order->parent));
    lower_priority(order->niceness);
    bool const apart = separate(*order);
    die_with_parent(static_cast<pid_t>(order->parent)); // changing the user forgets it
    umask(077);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) refuse("no_new_privs");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_FSIZE, order->file_mib << 20);
    limit(RLIMIT_CPU, order->cpu_s);
    // Without a namespace the count is shared with the server's own threads under the same user.
    limit(RLIMIT_NPROC, apart || getuid() == static_cast<uid_t>(order->uid) ? 128 : 4096);
    auto const program = fork();
    if (program < 0) refuse("starting a process");
    if (program == 0) become_program(*order, apart);
    wait_and_leave(program);
}

} // namespace mozi::media
