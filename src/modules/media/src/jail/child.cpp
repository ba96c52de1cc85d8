// The inside of the jail: takes everything away from this process, step by step, and then becomes the program.
// It runs single-threaded in a fresh process, so that ordinary functions may be used between its forks.
#include "jail/attempts.hpp"
#include "jail/calls.hpp"
#include "jail/protocol.hpp"
#include "jail/walls.hpp"
#include "jail/warden.hpp"

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
    std::int64_t namespaces = 1, landlock = 0, calls = 1, allow_unsandboxed = 0, attempts = 0;
    std::string directory, input, program, list;
    std::vector<char*> command; // argv of the program, nullptr at the end
};

[[noreturn]] void refuse(std::string_view why) {
    auto const line = "refused: " + std::string(why) + " (" + std::strerror(errno) + ")\n";
    if (write(jail::status_fd, line.data(), line.size()) < 0) {} // nobody is listening: the exit status says enough
    _exit(jail::exit_refused);
}

bool take(Order& order, std::string_view name, std::string_view value) {
    constexpr std::pair<std::string_view, std::string Order::*> texts[] = {
        {"--directory", &Order::directory}, {"--input", &Order::input}, {"--program", &Order::program}, {"--list", &Order::list}};
    constexpr std::pair<std::string_view, std::int64_t Order::*> numbers[] = {{"--parent", &Order::parent},
        {"--memory-mib", &Order::memory_mib}, {"--cpu-s", &Order::cpu_s}, {"--file-mib", &Order::file_mib},
        {"--niceness", &Order::niceness}, {"--uid", &Order::uid}, {"--pipes", &Order::pipes}, {"--namespaces", &Order::namespaces},
        {"--landlock", &Order::landlock}, {"--calls", &Order::calls}, {"--allow-unsandboxed", &Order::allow_unsandboxed},
        {"--attempts", &Order::attempts}};
    for (auto const& [known, member] : texts)
        if (name == known) return order.*member = value, true;
    for (auto const& [known, member] : numbers) {
        if (name != known) continue;
        auto const [end, code] = std::from_chars(value.data(), value.data() + value.size(), order.*member);
        return code == std::errc{} && end == value.data() + value.size();
    }
    return false;
}

// `--name=value …  -- arguments of the program`. Unknown names are refused: both ends are this executable.
std::optional<Order> read_order(int argc, char** argv) {
    Order order;
    int at = 1;
    for (; at < argc && std::string_view(argv[at]) != "--"; ++at) {
        std::string_view const text = argv[at];
        auto const equals = text.find('=');
        if (equals == text.npos || !take(order, text.substr(0, equals), text.substr(equals + 1))) return std::nullopt;
    }
    if (at == argc || order.directory.empty() || order.list.empty() || (order.program.empty() && order.attempts == 0) || order.pipes < 0 ||
        order.pipes > jail::most_pipes)
        return std::nullopt;
    order.command.push_back(order.program.data());
    for (++at; at < argc; ++at) order.command.push_back(argv[at]);
    order.command.push_back(nullptr);
    return order;
}

void die_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(jail::exit_refused); // it died before we asked
}

void limit(int what, std::int64_t most) {
    rlimit const value{static_cast<rlim_t>(most), static_cast<rlim_t>(most)};
    if (setrlimit(static_cast<__rlimit_resource>(what), &value) != 0) refuse("resource limit");
}

struct Apart {
    bool spaces = false; // network, processes, IPC
    Wall root = Wall::missing;
};

FileAccess access_of(Order const& order) { return {order.program, order.input, "."}; }

// Only who this is inside the new user namespace: without it nothing can be made on file systems that belong to it.
void keep_identity(uid_t user, gid_t group) {
    auto const put = [](char const* file, std::string const& text) {
        auto const fd = open(file, O_WRONLY | O_CLOEXEC);
        if (fd < 0) return;
        if (write(fd, text.data(), text.size()) < 0) {} // then the root stays the old one
        close(fd);
    };
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", std::to_string(user) + " " + std::to_string(user) + " 1");
    put("/proc/self/gid_map", std::to_string(group) + " " + std::to_string(group) + " 1");
}

// Its own root, network, processes, IPC and users where the system lets us; without them the other walls still stand.
// As root the plain namespaces come first (some containers allow those alone), then another user.
Apart separate(Order const& order) {
    constexpr int spaces = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC;
    Apart out;
    auto const leave = [&](int more) {
        if (order.namespaces == 0) return;
        auto const user = geteuid();
        auto const group = getegid();
        auto const rooted = unshare(spaces | more | CLONE_NEWNS) == 0;
        out.spaces = rooted || unshare(spaces | more) == 0;
        if (rooted && (more & CLONE_NEWUSER) != 0) keep_identity(user, group);
        if (rooted) out.root = enter_empty_root(access_of(order));
    };
    if (geteuid() == 0) {
        leave(0);
        if (order.uid > 0) {
            auto const uid = static_cast<uid_t>(order.uid);
            if (setgroups(0, nullptr) == 0 && setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) != 0) refuse("dropping root");
        }
    }
    if (!out.spaces) leave(CLONE_NEWUSER);
    else if (order.namespaces != 0 && geteuid() != 0) unshare(CLONE_NEWUSER); // on top: no capability means anything outside
    return out;
}

void lower_priority(std::int64_t niceness) {
    setpriority(PRIO_PROCESS, 0, static_cast<int>(niceness));
    // ioprio_set(IOPRIO_WHO_PROCESS, 0, best effort, lowest): written out, as some kernel headers of it are not C++.
    if (niceness > 0) syscall(SYS_ioprio_set, 1, 0, (2 << 13) | 7);
}

// What a user namespace gave it. A program that is started loses them anyway; the attempts are made without one.
void drop_capabilities() {
    struct {
        std::uint32_t version = 0x20080522 /* _LINUX_CAPABILITY_VERSION_3 */;
        int process = 0;
    } const header{};
    std::uint32_t const none[6] = {};
    syscall(SYS_capset, &header, none);
}

// `told`: its listener is written there.
[[noreturn]] void become_program(Order& order, Apart const& apart, int told) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); // where server and parent died before, nobody reads what is written about the walls: that ends it
    auto const landlock = restrict_files(access_of(order), static_cast<int>(order.landlock));
    if (landlock == 0 && apart.root == Wall::missing && order.allow_unsandboxed == 0) {
        errno = ENOSYS;
        refuse("the file wall is missing: neither Landlock nor a root of its own can be had here");
    }
    char path[] = "PATH=/nowhere", home[] = "HOME=/nowhere", language[] = "LC_ALL=C";
    char arenas[] = "MALLOC_ARENA_MAX=4"; // else each thread of a big machine takes 64 MiB of the address space that is granted
    char* environment[] = {path, home, language, arenas, nullptr};
    fcntl(jail::status_fd, F_SETFD, FD_CLOEXEC);
    auto const filter = order.calls != 0 ? call_filter(order.list) : CallFilter{};
    limit(RLIMIT_AS, order.memory_mib << 20);
    // From here on only calls of the list.
    auto const calls = restrict_calls(filter);
    if (calls.wall == Wall::missing && order.allow_unsandboxed == 0) {
        errno = ENOSYS;
        refuse("the call wall is missing: " + (call_list().fault.empty() ? "there is no seccomp filter here" : call_list().fault));
    }
    char line[120];
    auto const size = std::snprintf(line, sizeof line, "ok landlock=%d root=%d seccomp=%d namespaces=%d\n", landlock,
        int(apart.root == Wall::up), int(calls.wall == Wall::up), int(apart.spaces));
    if (write(jail::status_fd, line, static_cast<std::size_t>(size)) < 0) _exit(jail::exit_refused);
    if (write(told, &calls.listener, sizeof calls.listener) < 0) _exit(jail::exit_refused);
    if (order.attempts != 0) _exit(try_to_get_out({static_cast<pid_t>(order.parent), order.attempts == attempts_and_calls}));
    execve(order.program.c_str(), order.command.data(), environment);
    if (write(jail::status_fd, "missing\n", 8) < 0) {} // nobody is listening
    _exit(jail::exit_no_program);
}

} // namespace

int media_jail_main(int argc, char** argv) {
    auto order = read_order(argc, argv);
    if (!order) refuse("arguments");
    if (syscall(SYS_close_range, jail::first_pipe_fd + static_cast<int>(order->pipes), ~0U, 0) != 0) refuse("closing descriptors");
    if (chdir(order->directory.c_str()) != 0) refuse("working folder");
    die_with_parent(static_cast<pid_t>(order->parent));
    lower_priority(order->niceness);
    auto const apart = separate(*order);
    die_with_parent(static_cast<pid_t>(order->parent)); // changing the user forgets it
    umask(077);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) refuse("no_new_privs");
    drop_capabilities();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_FSIZE, order->file_mib << 20);
    limit(RLIMIT_CPU, order->cpu_s);
    // Without a namespace the count is shared with the server's own threads under the same user.
    limit(RLIMIT_NPROC, apart.spaces || getuid() == static_cast<uid_t>(order->uid) ? 128 : 4096);
    int told[2];
    if (pipe2(told, O_CLOEXEC) != 0) refuse("a pipe");
    auto const program = fork_sharing_descriptors();
    if (program < 0) refuse("starting a process");
    if (program == 0) become_program(*order, apart, told[1]);
    auto const status = watch_program(program, told[0], order->attempts != 0 ? OnCall::refuse : OnCall::end);
    if (WIFSIGNALED(status)) _exit(jail::exit_signalled + WTERMSIG(status));
    _exit(WEXITSTATUS(status));
}

} // namespace mozi::media
