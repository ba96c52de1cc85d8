// One line per way out. Raw calls: what the C library would do instead is not what is tried.
#include "jail/attempts.hpp"

#include "jail/protocol.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <iterator>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace mozi::media {
namespace {

using Targets = AttemptTargets const&;

constexpr char const* secret = "../../secret";
constexpr char const* source = "../source";
constexpr long pidfd_open = 434, pidfd_send_signal = 424, pidfd_getfd = 438, process_madvise = 440, process_mrelease = 448, open_tree = 428,
               move_mount = 429, fsopen = 430, mount_setattr = 442, memfd_secret = 447, landlock_create_ruleset = 444, setxattrat = 463,
               fchmodat2 = 452;

template <class... A>
bool done(long number, A... arguments) {
    return syscall(number, arguments...) >= 0;
}
// Also where the kernel only finds fault with what it was given: it looked.
template <class... A>
bool reached(long number, A... arguments) {
    return syscall(number, arguments...) >= 0 || errno == EFAULT || errno == EINVAL || errno == EBADF;
}

int open_at(char const* path, int flags) { return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, 0600)); }
bool opens(char const* path, int flags) {
    auto const fd = open_at(path, flags);
    if (fd >= 0) close(fd);
    return fd >= 0;
}
// A path below /proc of the server.
bool opens_of(pid_t process, char const* what, int flags) {
    char path[60];
    std::snprintf(path, sizeof path, "/proc/%d/%s", process, what);
    return opens(path, flags);
}
// With the source open for reading, which the file wall allows.
template <class F>
bool with_source(F&& f) {
    auto const fd = open_at(source, O_RDONLY);
    auto const out = fd >= 0 && f(fd);
    close(fd);
    return out;
}
// A process: it ends at once.
bool begets(unsigned long flags) {
    auto const child = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    return child > 0;
}
bool makes_socket(int family, int type) { return done(SYS_socket, family, type, 0); }
bool is_there(char const* path) {
    struct stat info{};
    return fstatat(AT_FDCWD, path, &info, 0) == 0;
}

struct Attempt {
    char const* name;
    bool (*get_out)(Targets);
};

constexpr timespec now_twice[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};

constexpr Attempt attempts[] = {
    // reading what is not its own
    {"read-secret", [](Targets) { return opens(secret, O_RDONLY); }},
    {"read-passwd", [](Targets) { return opens("/etc/passwd", O_RDONLY); }},
    {"read-shadow", [](Targets) { return opens("/etc/shadow", O_RDONLY); }},
    {"read-server-environ", [](Targets t) { return opens_of(t.server, "environ", O_RDONLY); }},
    {"read-server-memory", [](Targets t) { return opens_of(t.server, "mem", O_RDONLY); }},
    {"read-server-command", [](Targets t) { return opens_of(t.server, "cmdline", O_RDONLY); }},
    {"list-server-descriptors", [](Targets t) { return opens_of(t.server, "fd", O_RDONLY | O_DIRECTORY); }},
    {"read-warden-memory", [](Targets) { return opens_of(getppid(), "mem", O_RDWR); }},
    {"read-init-environ", [](Targets) { return opens("/proc/1/environ", O_RDONLY); }},
    {"list-parent", [](Targets) { return opens("..", O_RDONLY | O_DIRECTORY); }},
    {"list-media", [](Targets) { return opens("../..", O_RDONLY | O_DIRECTORY); }},
    {"list-root", [](Targets) { return opens("/", O_RDONLY | O_DIRECTORY); }},
    {"list-processes", [](Targets) { return opens("/proc", O_RDONLY | O_DIRECTORY); }},
    {"read-disk", [](Targets) { return opens("/dev/vda", O_RDONLY) || opens("/dev/sda", O_RDONLY); }},
    {"read-kernel-log", [](Targets) { return opens("/dev/kmsg", O_RDONLY); }},
    {"read-terminal", [](Targets) { return opens("/dev/tty", O_RDWR); }},
    {"read-attributes",
        [](Targets) {
            char room[64];
            return reached(SYS_listxattr, secret, room, sizeof room);
        }},
    {"handle-of-secret", [](Targets) { return reached(SYS_name_to_handle_at, AT_FDCWD, secret, 0, 0, 0); }},
    {"open-by-handle", [](Targets) { return reached(SYS_open_by_handle_at, AT_FDCWD, 0, O_RDONLY); }},
    {"watch-secret", [](Targets) { return done(SYS_inotify_init1, 0); }},
    {"watch-everything", [](Targets) { return done(SYS_fanotify_init, 0, 0); }},
    // seeing that it is there
    {"see-secret", [](Targets) { return is_there(secret); }},
    {"see-server",
        [](Targets t) {
            char path[40];
            std::snprintf(path, sizeof path, "/proc/%d", t.server);
            return is_there(path);
        }},
    {"see-accounts", [](Targets) { return is_there("/etc/passwd"); }},
    {"point-at-secret", [](Targets) { return opens(secret, O_PATH); }},
    // changing what is not its own
    {"write-secret", [](Targets) { return opens(secret, O_WRONLY); }},
    {"write-source", [](Targets) { return opens(source, O_WRONLY); }},
    {"write-library", [](Targets) { return opens("/usr/lib/os-release", O_WRONLY); }},
    {"append-secret", [](Targets) { return opens(secret, O_WRONLY | O_APPEND); }},
    {"write-beside", [](Targets) { return opens("../beside", O_WRONLY | O_CREAT); }},
    {"write-above", [](Targets) { return opens("../../beside", O_WRONLY | O_CREAT); }},
    {"write-root", [](Targets) { return opens("/videa-jail-escape", O_WRONLY | O_CREAT); }},
    {"write-tmp", [](Targets) { return opens("/tmp/videa-jail-escape", O_WRONLY | O_CREAT); }},
    {"truncate-secret", [](Targets) { return done(SYS_truncate, secret, 0L); }},
    {"truncate-source", [](Targets) { return done(SYS_truncate, source, 0L); }},
    {"truncate-by-opening-to-read", [](Targets) { return opens(source, O_RDONLY | O_TRUNC); }},
    {"truncate-secret-by-opening", [](Targets) { return opens(secret, O_RDONLY | O_TRUNC); }},
    {"truncate-by-opening-for-nothing", [](Targets) { return opens(secret, 3 | O_TRUNC); }},
    {"open-for-nothing", [](Targets) { return opens(secret, 3); }},
    {"truncate-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_ftruncate, fd, 0L); }); }},
    {"file-without-a-name", [](Targets) { return opens(".", O_TMPFILE | O_RDWR); }},
    {"unlink-source", [](Targets) { return done(SYS_unlinkat, AT_FDCWD, source, 0); }},
    {"unlink-own", [](Targets) { return opens("own", O_WRONLY | O_CREAT) && done(SYS_unlinkat, AT_FDCWD, "own", 0); }},
    {"rename-source", [](Targets) { return done(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, "mine", 0); }},
    {"link-source", [](Targets) { return done(SYS_linkat, AT_FDCWD, source, AT_FDCWD, "mine", 0); }},
    {"link-out", [](Targets) { return done(SYS_symlinkat, "/etc/passwd", AT_FDCWD, "00000.m4s"); }},
    {"make-device", [](Targets) { return done(SYS_mknodat, AT_FDCWD, "null", S_IFCHR | 0666, (1 << 8) | 3); }},
    {"make-fifo", [](Targets) { return done(SYS_mknodat, AT_FDCWD, "fifo", S_IFIFO | 0666, 0); }},
    {"make-folder", [](Targets) { return done(SYS_mkdirat, AT_FDCWD, "../folder", 0700); }},
    {"chmod-secret", [](Targets) { return done(SYS_fchmodat, AT_FDCWD, secret, 0644); }},
    {"chmod2-secret", [](Targets) { return done(fchmodat2, AT_FDCWD, secret, 0644, 0); }},
    {"chmod-source", [](Targets) { return done(SYS_fchmodat, AT_FDCWD, source, 0644); }},
    {"chmod-folder", [](Targets) { return done(SYS_fchmodat, AT_FDCWD, "..", 0755); }},
    {"chmod-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_fchmod, fd, 0644); }); }},
    {"chown-secret", [](Targets) { return done(SYS_fchownat, AT_FDCWD, secret, getuid(), getgid(), 0); }},
    {"chown-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_fchown, fd, getuid(), getgid()); }); }},
    {"date-secret", [](Targets) { return done(SYS_utimensat, AT_FDCWD, secret, now_twice, 0); }},
    {"date-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_utimensat, fd, nullptr, now_twice, 0); }); }},
    {"label-secret", [](Targets) { return done(SYS_setxattr, secret, "user.videa", "x", 1, 0); }},
    {"label-secret-itself", [](Targets) { return done(SYS_lsetxattr, secret, "user.videa", "x", 1, 0); }},
    {"label-secret-at", [](Targets) { return reached(setxattrat, AT_FDCWD, secret, 0, "user.videa", 0, 0); }},
    {"label-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_fsetxattr, fd, "user.videa", "x", 1, 0); }); }},
    {"unlabel-secret", [](Targets) { return done(SYS_removexattr, secret, "user.videa"); }},
    {"flag-what-it-reads",
        [](Targets) {
            return with_source([](int fd) {
                int flags = 0;
                return done(SYS_ioctl, fd, 0x80086601UL, &flags);
            });
        }},
    {"lock-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_flock, fd, 2); }); }},
    {"lease-what-it-reads", [](Targets) { return with_source([](int fd) { return done(SYS_fcntl, fd, F_SETLEASE, F_RDLCK); }); }},
    {"notify-of-folder",
        [](Targets) {
            auto const fd = open_at(".", O_RDONLY | O_DIRECTORY);
            return fd >= 0 && done(SYS_fcntl, fd, F_NOTIFY, 1L);
        }},
    {"write-disk-back", [](Targets) { return reached(SYS_syncfs, -1); }},
    {"quota", [](Targets) { return reached(SYS_quotactl, 0, 0, 0, 0); }},
    // the server and other processes
    {"signal-server", [](Targets t) { return done(SYS_kill, t.server, 0); }},
    {"signal-warden", [](Targets) { return done(SYS_kill, getppid(), 0) && getppid() != 0; }},
    {"signal-everybody", [](Targets) { return done(SYS_kill, -1, 0); }},
    {"signal-group", [](Targets) { return done(SYS_kill, 0, 0); }},
    {"signal-server-thread", [](Targets t) { return done(SYS_tkill, t.server, 0); }},
    {"signal-server-thread-of", [](Targets t) { return done(SYS_tgkill, t.server, t.server, 0); }},
    {"queue-signal",
        [](Targets t) {
            siginfo_t info{};
            info.si_code = SI_QUEUE;
            return done(SYS_rt_sigqueueinfo, t.server, 0, &info);
        }},
    {"queue-signal-to-thread",
        [](Targets t) {
            siginfo_t info{};
            info.si_code = SI_QUEUE;
            return done(SYS_rt_tgsigqueueinfo, t.server, t.server, 0, &info);
        }},
    {"hold-server", [](Targets t) { return done(pidfd_open, t.server, 0); }},
    {"signal-by-holding", [](Targets) { return reached(pidfd_send_signal, -1, 0, 0, 0); }},
    {"take-descriptor", [](Targets) { return reached(pidfd_getfd, -1, 0, 0); }},
    {"signal-by-descriptor", [](Targets t) { return done(SYS_fcntl, 1, F_SETOWN, t.server); }},
    {"choose-signal-of-descriptor", [](Targets) { return done(SYS_fcntl, 1, F_SETSIG, SIGKILL); }},
    {"asynchronous-descriptor", [](Targets) { return done(SYS_fcntl, 1, F_SETFL, O_ASYNC); }},
    {"limits-of-server",
        [](Targets t) {
            rlimit now{};
            return done(SYS_prlimit64, t.server, RLIMIT_NOFILE, 0, &now);
        }},
    {"limit-server",
        [](Targets t) {
            rlimit now{1024, 1024};
            return done(SYS_prlimit64, t.server, RLIMIT_CORE, &now, 0);
        }},
    {"own-limits",
        [](Targets) {
            rlimit now{64, 64};
            return done(SYS_prlimit64, 0, RLIMIT_NOFILE, &now, 0);
        }},
    {"slow-server-down", [](Targets t) { return done(SYS_setpriority, PRIO_PROCESS, t.server, 10); }},
    {"slow-user-down", [](Targets) { return done(SYS_setpriority, PRIO_USER, 0, 10); }},
    {"schedule-server",
        [](Targets t) {
            sched_param none{};
            return done(SYS_sched_setscheduler, t.server, SCHED_BATCH, &none);
        }},
    {"schedule-server-by-attributes", [](Targets t) { return reached(SYS_sched_setattr, t.server, 0, 0); }},
    {"pin-server",
        [](Targets t) {
            unsigned long mask = 1;
            return done(SYS_sched_setaffinity, t.server, sizeof mask, &mask);
        }},
    {"disk-priority-of-server", [](Targets t) { return done(SYS_ioprio_set, 1, t.server, (2 << 13) | 7); }},
    {"disk-priority-of-user", [](Targets) { return done(SYS_ioprio_set, 3, getuid(), (2 << 13) | 7); }},
    {"move-server-memory",
        [](Targets t) {
            unsigned long none = 0;
            return done(SYS_migrate_pages, t.server, 8L, &none, &none);
        }},
    {"read-server-by-call", [](Targets t) { return reached(SYS_process_vm_readv, t.server, 0, 0L, 0, 0L, 0L); }},
    {"write-server-by-call", [](Targets t) { return reached(SYS_process_vm_writev, t.server, 0, 0L, 0, 0L, 0L); }},
    {"advise-server", [](Targets) { return reached(process_madvise, -1, 0, 0L, 4, 0); }},
    {"reap-server", [](Targets) { return reached(process_mrelease, -1, 0); }},
    {"compare-with-server", [](Targets t) { return done(SYS_kcmp, t.server, getpid(), 0, 0L, 0L); }},
    {"robust-list-of-server",
        [](Targets t) {
            void* head = nullptr;
            std::size_t size = 0;
            return done(SYS_get_robust_list, t.server, &head, &size);
        }},
    {"trace-server", [](Targets t) { return done(SYS_ptrace, PTRACE_SEIZE, t.server, 0, 0); }},
    {"trace-warden", [](Targets) { return done(SYS_ptrace, PTRACE_SEIZE, getppid(), 0, 0); }},
    {"count-events", [](Targets) { return reached(SYS_perf_event_open, 0, 0, -1, -1, 0); }},
    // leaving, and living on
    {"outlive-warden", [](Targets) { return done(SYS_prctl, 1 /* PR_SET_PDEATHSIG */, 0L, 0L, 0L, 0L); }},
    {"collect-orphans", [](Targets) { return done(SYS_prctl, 36 /* PR_SET_CHILD_SUBREAPER */, 1L, 0L, 0L, 0L); }},
    {"be-traceable", [](Targets) { return done(SYS_prctl, 0x59616d61L /* PR_SET_PTRACER */, -1L, 0L, 0L, 0L); }},
    {"be-dumpable", [](Targets) { return done(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1L, 0L, 0L, 0L); }},
    {"fork", [](Targets) { return begets(SIGCHLD); }},
    {"fork-waiting", [](Targets) { return begets(CLONE_VFORK | SIGCHLD); }},
    {"fork-for-parent", [](Targets) { return begets(CLONE_PARENT | SIGCHLD); }},
    {"fork-new-user", [](Targets) { return begets(CLONE_NEWUSER | SIGCHLD); }},
    {"thread-new-mounts", [](Targets) { return begets(CLONE_NEWNS | CLONE_THREAD | SIGCHLD); }},
    {"fork-by-structure", [](Targets) { return reached(SYS_clone3, 0, 0L); }},
    {"new-session", [](Targets) { return done(SYS_setsid); }},
    {"new-group", [](Targets) { return done(SYS_setpgid, 0, 0); }},
    {"new-namespaces", [](Targets) { return done(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS); }},
    {"enter-namespace", [](Targets) { return reached(SYS_setns, -1, 0); }},
    {"new-root", [](Targets) { return done(SYS_chroot, "."); }},
    {"other-root", [](Targets) { return done(SYS_pivot_root, ".", "."); }},
    {"mount", [](Targets) { return done(SYS_mount, "none", ".", "tmpfs", 0L, 0); }},
    {"mount-again", [](Targets) { return done(SYS_mount, 0, "/", 0, 0x1000L | 32 /* MS_REMOUNT | MS_BIND */, 0); }},
    {"unmount", [](Targets) { return done(SYS_umount2, ".", 2); }},
    {"copy-mount", [](Targets) { return done(open_tree, AT_FDCWD, "/", 1); }},
    {"move-mount", [](Targets) { return reached(move_mount, -1, "", AT_FDCWD, ".", 4); }},
    {"open-file-system", [](Targets) { return done(fsopen, "tmpfs", 0); }},
    {"change-mount", [](Targets) { return done(mount_setattr, AT_FDCWD, "/", 0, 0, 0L); }},
    {"be-somebody-else", [](Targets) { return done(SYS_setresuid, getuid(), getuid(), getuid()); }},
    {"be-root", [](Targets) { return done(SYS_setuid, 0); }},
    {"other-groups", [](Targets) { return done(SYS_setgroups, 0L, 0); }},
    {"capabilities", [](Targets) { return reached(SYS_capset, 0, 0); }},
    {"personality", [](Targets) { return done(SYS_personality, 0x0040000L); }},
    {"filter-of-its-own", [](Targets) { return reached(SYS_seccomp, 1, 0, 0); }},
    {"file-wall-of-its-own", [](Targets) { return reached(landlock_create_ruleset, 0, 0L, 1); }},
    // the network
    {"internet-socket", [](Targets) { return makes_socket(AF_INET, SOCK_STREAM); }},
    {"internet6-socket", [](Targets) { return makes_socket(AF_INET6, SOCK_DGRAM); }},
    {"unix-socket", [](Targets) { return makes_socket(AF_UNIX, SOCK_STREAM); }},
    {"unix-datagram", [](Targets) { return makes_socket(AF_UNIX, SOCK_DGRAM); }},
    {"netlink-socket", [](Targets) { return makes_socket(AF_NETLINK, SOCK_RAW); }},
    {"packet-socket", [](Targets) { return makes_socket(AF_PACKET, SOCK_RAW); }},
    {"vsock", [](Targets) { return makes_socket(AF_VSOCK, SOCK_STREAM); }},
    {"socket-pair",
        [](Targets) {
            int ends[2];
            return done(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, ends);
        }},
    // the kernel's larger rooms
    {"bpf", [](Targets) { return reached(SYS_bpf, 0, 0, 0); }},
    {"keys", [](Targets) { return reached(SYS_keyctl, 0, 0, 0, 0, 0); }},
    {"add-key", [](Targets) { return reached(SYS_add_key, 0, 0, 0, 0L, 0); }},
    {"faults-in-user-space", [](Targets) { return done(SYS_userfaultfd, 1); }},
    {"io-uring", [](Targets) { return reached(SYS_io_uring_setup, 0, 0); }},
    {"asynchronous-io", [](Targets) { return reached(SYS_io_setup, 1, 0); }},
    {"file-in-memory", [](Targets) { return done(SYS_memfd_create, "x", 0); }},
    {"secret-memory", [](Targets) { return done(memfd_secret, 0); }},
    {"shared-memory", [](Targets) { return done(SYS_shmget, 0, 4096L, 01600); }},
    {"message-queue", [](Targets) { return done(SYS_msgget, 0, 01600); }},
    {"semaphores", [](Targets) { return done(SYS_semget, 0, 1, 01600); }},
    {"named-queue", [](Targets) { return reached(SYS_mq_open, 0, 0, 0, 0); }},
    {"splice", [](Targets) { return reached(SYS_vmsplice, 1, 0, 0L, 0); }},
    {"load-module", [](Targets) { return reached(SYS_init_module, 0, 0L, 0); }},
    {"load-kernel", [](Targets) { return reached(SYS_kexec_load, 0L, 0L, 0, 0L); }},
    {"reboot", [](Targets) { return reached(SYS_reboot, 0, 0, 0, 0); }},
    {"kernel-log", [](Targets) { return done(SYS_syslog, 10, 0, 0); }},
    {"host-name", [](Targets) { return reached(SYS_sethostname, 0, 0); }},
    {"account", [](Targets) { return done(SYS_acct, 0); }},
    {"swap", [](Targets) { return reached(SYS_swapon, 0, 0); }},
    {"set-clock", [](Targets) { return reached(SYS_clock_settime, 0, 0); }},
#if defined(__x86_64__)
    {"ports", [](Targets) { return done(SYS_iopl, 3); }},
    {"segments", [](Targets) { return reached(SYS_modify_ldt, 1, 0, 0L); }},
#endif
    // becoming something else; the run ends early where one of them succeeds
    {"run-shell",
        [](Targets) {
            char* none[] = {nullptr};
            return done(SYS_execve, "/bin/sh", none, none);
        }},
    {"run-own-file",
        [](Targets) {
            auto const fd = open_at("script", O_WRONLY | O_CREAT);
            if (fd < 0 || write(fd, "#!/bin/sh\n", 10) != 10) return false;
            close(fd);
            syscall(SYS_fchmodat, AT_FDCWD, "script", 0700);
            char* none[] = {nullptr};
            return done(SYS_execve, "script", none, none);
        }},
    {"run-by-descriptor",
        [](Targets) {
            return with_source([](int fd) {
                char* none[] = {nullptr};
                return done(SYS_execveat, fd, "", none, none, 0x1000);
            });
        }},
};

void say(char const* what, char const* name) {
    char line[100];
    auto const size = std::snprintf(line, sizeof line, "%s %s\n", what, name);
    if (write(1, line, static_cast<std::size_t>(size)) < 0) _exit(1);
}

// Those that end or confuse whoever makes them, whatever the arguments; of the last two calls.list says more.
bool ends_the_caller(long number) {
    return number == SYS_exit || number == SYS_exit_group || number == SYS_rt_sigreturn || number == 335 || number == 336;
}

// All arguments zero, but a time that is over for those that would wait for ever without one.
long call_with_nothing(long number) {
    static timespec over{};
    auto* const at_once = &over;
    if (number == SYS_ppoll) return syscall(number, 0L, 0L, at_once, 0L, 0L, 0L);
    if (number == SYS_pselect6) return syscall(number, 0L, 0L, 0L, 0L, at_once, 0L);
#if defined(__x86_64__)
    if (number == SYS_select) return syscall(number, 0L, 0L, 0L, 0L, at_once, 0L);
#endif
    return syscall(number, 0L, 0L, 0L, 0L, 0L, 0L);
}

// Apart from the others: where a service manager allows one table only (SystemCallArchitectures=native), this ends the caller at once. That
// is an answer as well, and the last.
constexpr Attempt other_table{"other-table", [](Targets) { return done(0x40000000L + SYS_getpid); }};

// Beyond the last call of any kernel, and the same numbers in x32's table.
void try_every_call() {
    for (auto const base : {0L, 0x40000000L})
        for (long number = 0; number < 700; ++number) {
            if (base == 0 && (ends_the_caller(number) || number == SYS_execve)) continue;
            errno = 0;
            auto const answer = call_with_nothing(base + number);
            if (answer == -1 && errno == jail::error_stopped) continue;
            char text[40];
            std::snprintf(text, sizeof text, "%ld %d", base + number, answer == -1 ? errno : 0);
            say("call", text);
        }
}

} // namespace

int try_to_get_out(AttemptTargets const& targets) {
    char* none[] = {nullptr};
    syscall(SYS_execve, "", none, none); // the one that is allowed
    for (auto const& attempt : attempts)
        if (attempt.get_out(targets)) say("through", attempt.name);
    if (targets.every_call) try_every_call();
    char count[20];
    std::snprintf(count, sizeof count, "%zu", std::size(attempts) + 1);
    say("tried", count);
    if (other_table.get_out(targets)) say("through", other_table.name);
    return 0;
}

} // namespace mozi::media
