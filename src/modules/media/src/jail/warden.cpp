// Answering the kernel's questions about calls that the list does not have. seccomp_unotify(2)
#include "jail/warden.hpp"

#include "jail/calls.hpp"
#include "jail/protocol.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mozi::media {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t machine = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t machine = AUDIT_ARCH_AARCH64;
#endif

// The program's listener, once it has made one. -1 when it ended before.
int receive_listener(int told, int program) {
    pollfd fds[] = {{told, POLLIN, 0}, {program, POLLIN, 0}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR) {}
    int listener = -1;
    if ((fds[0].revents & POLLIN) == 0 || read(told, &listener, sizeof listener) != sizeof listener) return -1;
    return listener;
}

void report(seccomp_data const& data) {
    char line[120];
    auto const name = data.arch == machine ? name_of_call(data.nr) : std::string_view("of another machine's table");
    auto const size = std::snprintf(line, sizeof line, "stopped %d %.*s\n", data.nr, name.empty() ? 1 : static_cast<int>(name.size()),
        name.empty() ? "?" : name.data());
    if (write(jail::status_fd, line, static_cast<std::size_t>(size)) < 0) {} // nobody is listening any more
}

class Answers {
public:
    Answers(int listener, OnCall on_call) : listener_(listener), on_call_(on_call) {}

    // One question. False: the program has to end for it.
    bool answer() {
        // The kernel's structures may be longer than ours; it says so by ENOSYS or writes less.
        union {
            seccomp_notif question;
            char room[512];
        };
        std::memset(room, 0, sizeof room);
        if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &question) != 0) return true; // it went away meanwhile
        seccomp_notif_resp reply{};
        reply.id = question.id;
        if (question.data.arch == machine && question.data.nr == SYS_execve && !executed_) {
            executed_ = true;
            reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE; // nobody but us could have changed its arguments: this is before the program
        } else if (on_call_ == OnCall::end) {
            report(question.data);
            return false;
        } else {
            reply.error = -jail::error_stopped;
        }
        return ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &reply) == 0 || errno == ENOENT;
    }

private:
    int listener_;
    OnCall on_call_;
    bool executed_ = false;
};

} // namespace

pid_t fork_sharing_descriptors() {
#if defined(__x86_64__) || defined(__aarch64__)
    return static_cast<pid_t>(syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0));
#else
    return fork();
#endif
}

int watch_program(pid_t program, int told, OnCall on_call) {
    bool stopped = false;
    auto const ends = static_cast<int>(syscall(SYS_pidfd_open, program, 0)); // a kernel before 5.3: its calls are refused, not named
    auto const listener = ends >= 0 && told >= 0 ? receive_listener(told, ends) : -1;
    if (listener >= 0) fcntl(listener, F_SETFL, O_NONBLOCK); // who asked may have been interrupted before the question is read
    unshare(CLONE_FILES);
    // The program alone holds its pipes from now on.
    for (int fd = jail::first_pipe_fd; fd < 64; ++fd)
        if (fd != listener && fd != ends) close(fd);
    close(STDOUT_FILENO), close(STDERR_FILENO);
    Answers answers(listener, on_call);
    while (listener >= 0 && !stopped) {
        pollfd fds[] = {{ends, POLLIN, 0}, {listener, POLLIN, 0}};
        if (poll(fds, 2, -1) < 0) continue;
        if (fds[0].revents != 0) break;
        if ((fds[1].revents & POLLIN) != 0) stopped = !answers.answer();
        else if (fds[1].revents != 0) break; // nobody is left behind the filter
    }
    if (stopped) kill(program, SIGKILL);
    int status = 0;
    while (waitpid(program, &status, 0) < 0 && errno == EINTR) {}
    while (waitpid(-1, nullptr, WNOHANG) > 0) {}
    return stopped ? SIGSYS : status;
}

} // namespace mozi::media
