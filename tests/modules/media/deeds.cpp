// One function per attempt. They run in place of ffmpeg, with whatever the jail has left them.
#include "deeds.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/memfd.h>
#include <map>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mozi::test {
namespace {

int leaks_if(bool succeeded) { return succeeded ? 0 : 1; }

int open_for(char const* path, int flags) { return leaks_if(open(path, flags, 0600) >= 0); }

int fork_many() {
    int made = 0;
    for (int i = 0; i < 10'000; ++i) {
        auto const child = fork();
        if (child == 0) pause();
        if (child > 0) ++made;
    }
    return leaks_if(made > 0);
}

int fill_disk() {
    std::string const block(1 << 20, 'x');
    for (int file = 0; file < 4096; ++file) {
        auto const fd = open(("fill" + std::to_string(file)).c_str(), O_WRONLY | O_CREAT, 0600);
        if (fd < 0) return 1;
        for (int i = 0; i < 8; ++i)
            if (write(fd, block.data(), block.size()) < 0) return 1;
        close(fd);
    }
    return 0;
}

int make_many_files() {
    for (int file = 0; file < 2'000'000; ++file) {
        auto const fd = open(("f" + std::to_string(file)).c_str(), O_WRONLY | O_CREAT, 0600);
        if (fd < 0) return 1;
        close(fd);
    }
    return 0;
}

int write_large_file() {
    auto const fd = open("large", O_WRONLY | O_CREAT, 0600);
    signal(SIGXFSZ, SIG_IGN);
    return leaks_if(fd >= 0 && pwrite(fd, "x", 1, 1LL << 40) == 1);
}

int take_memory() {
    auto const size = std::size_t{3} << 30;
    return leaks_if(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

int wait_for_ever() {
    signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN), signal(SIGINT, SIG_IGN);
    for (;;) pause();
}

int burn() {
    unsigned volatile count = 0;
    for (;;) (void)count;
}

int shout() {
    std::string const line(1 << 16, 'a');
    for (int i = 0; i < 4096; ++i)
        if (write(1, line.data(), line.size()) < 0) return 1;
    return 0;
}

int shout_errors() {
    std::string const line(1 << 16, 'e');
    for (int i = 0; i < 64; ++i)
        if (write(2, line.data(), line.size()) < 0) return 1;
    return 1;
}

int kill_parent() { return leaks_if(kill(getppid() > 0 ? getppid() : 1, SIGKILL) == 0 && getppid() != 0); }
int leave_group() { return leaks_if(setsid() > 0 || setpgid(0, 0) == 0); }

int run_from_memory() {
    auto const fd = static_cast<int>(syscall(SYS_memfd_create, "x", 0));
    return leaks_if(fd >= 0);
}

int run_shell() {
    char shell[] = "/bin/sh", c[] = "-c", text[] = "exit 0";
    char* argv[] = {shell, c, text, nullptr};
    execve(shell, argv, nullptr);
    return 1;
}

int run_own_file() {
    auto const fd = open("script", O_WRONLY | O_CREAT, 0700);
    if (fd < 0 || write(fd, "#!/bin/sh\nexit 0\n", 17) != 17) return 1;
    close(fd);
    chmod("script", 0700);
    char name[] = "./script";
    char* argv[] = {name, nullptr};
    execve(name, argv, nullptr);
    return 1;
}

int see_environment() { return leaks_if(getenv("MOZI_TEST_SECRET") != nullptr); }

int inherit_descriptors() {
    for (int fd = 3; fd < 64; ++fd)
        if (fcntl(fd, F_GETFD) >= 0) return 0;
    return 1;
}

int crash() {
    signal(SIGILL, SIG_DFL);
    __builtin_trap();
}

int write_to(int kind) {
    switch (kind) {
    case 0: return leaks_if(mkdir("/tmp/videa-jail-escape", 0700) == 0);
    case 1: return leaks_if(unlink("../source") == 0);
    case 2: return leaks_if(rename("../source", "mine") == 0);
    case 3: return leaks_if(symlink("/etc/passwd", "00000.m4s") == 0);
    case 4: return leaks_if(link("../source", "mine") == 0);
    case 5: return leaks_if(truncate("../source", 0) == 0);
    default: return leaks_if(mknod("null", S_IFCHR | 0666, (1 << 8) | 3) == 0);
    }
}

int unix_socket() { return leaks_if(socket(AF_UNIX, SOCK_STREAM, 0) >= 0); }
int internet_socket() { return leaks_if(socket(AF_INET, SOCK_STREAM, 0) >= 0); }
int netlink_socket() { return leaks_if(socket(AF_NETLINK, SOCK_RAW, 0) >= 0); }
int new_namespaces() { return leaks_if(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0); }
int clone_into_namespace() { return leaks_if(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0); }
int trace_parent() { return leaks_if(ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr) == 0); }
int trace_me() { return leaks_if(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0); }
int mount_something() { return leaks_if(mount("none", ".", "tmpfs", 0, nullptr) == 0); }
int call(long number) { return leaks_if(syscall(number, 0, 0, 0, 0, 0, 0) >= 0 || errno == EFAULT || errno == EINVAL); }

} // namespace

int do_deed(std::string_view name) {
    static std::map<std::string_view, int (*)()> const deeds{
        {"nothing", [] { return 0; }},
        {"fork-many", fork_many},
        {"fill-disk", fill_disk},
        {"many-files", make_many_files},
        {"large-file", write_large_file},
        {"take-memory", take_memory},
        {"wait-for-ever", wait_for_ever},
        {"burn", burn},
        {"shout", shout},
        {"shout-errors", shout_errors},
        {"kill-parent", kill_parent},
        {"leave-group", leave_group},
        {"run-from-memory", run_from_memory},
        {"run-shell", run_shell},
        {"run-own-file", run_own_file},
        {"see-environment", see_environment},
        {"inherit-descriptors", inherit_descriptors},
        {"crash", crash},
        {"read-passwd", [] { return open_for("/etc/passwd", O_RDONLY); }},
        {"read-proc", [] { return open_for("/proc/1/environ", O_RDONLY); }},
        {"list-parent", [] { return open_for("..", O_RDONLY | O_DIRECTORY); }},
        {"write-source", [] { return open_for("../source", O_WRONLY); }},
        {"write-beside", [] { return open_for("../beside", O_WRONLY | O_CREAT); }},
        {"write-tmp", [] { return open_for("/tmp/videa-jail-escape", O_WRONLY | O_CREAT); }},
        {"read-disk", [] { return open_for("/dev/vda", O_RDONLY); }},
        {"read-tty", [] { return open_for("/dev/tty", O_RDWR); }},
        {"mkdir-tmp", [] { return write_to(0); }},
        {"unlink-source", [] { return write_to(1); }},
        {"rename-source", [] { return write_to(2); }},
        {"symlink", [] { return write_to(3); }},
        {"hardlink", [] { return write_to(4); }},
        {"truncate-source", [] { return write_to(5); }},
        {"mknod", [] { return write_to(6); }},
        {"unix-socket", unix_socket},
        {"internet-socket", internet_socket},
        {"netlink-socket", netlink_socket},
        {"namespaces", new_namespaces},
        {"clone-namespace", clone_into_namespace},
        {"ptrace-parent", trace_parent},
        {"ptrace-me", trace_me},
        {"mount", mount_something},
        {"bpf", [] { return call(SYS_bpf); }},
        {"keyctl", [] { return call(SYS_keyctl); }},
        {"userfaultfd", [] { return call(SYS_userfaultfd); }},
        {"io-uring", [] { return call(SYS_io_uring_setup); }},
        {"perf", [] { return call(SYS_perf_event_open); }},
        {"process-vm", [] { return call(SYS_process_vm_readv); }},
        {"open-by-handle", [] { return call(SYS_open_by_handle_at); }},
    };
    auto const deed = deeds.find(name);
    if (deed == deeds.end()) return 99;
    return deed->second();
}

} // namespace mozi::test
