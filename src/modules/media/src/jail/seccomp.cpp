// The system call wall: a filter the kernel runs before every call. What is listed is refused; a decoder needs none of it.
#include "jail/walls.hpp"

#include <cerrno>
#include <cstddef>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <vector>

namespace mozi::media {

#if defined(__x86_64__) || defined(__aarch64__)
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t machine = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t machine = AUDIT_ARCH_AARCH64;
#endif
constexpr std::uint32_t other_tables = 0x40000000; // x32 calls on x86-64

// Nobody calls these by mistake: the process ends.
constexpr long deadly[] = {
    SYS_socket,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_ptrace,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_move_mount,
    SYS_open_tree,
    SYS_mount_setattr,
    SYS_bpf,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_kcmp,
    SYS_unshare,
    SYS_setns,
    SYS_perf_event_open,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_quotactl,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_syslog,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_fanotify_init,
    SYS_vhangup,
    SYS_execveat,
#if defined(__x86_64__)
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_uselib,
#endif
};

// Libraries may try these and live without: refused quietly. No child process, no other session, no other owner.
constexpr long refused[] = {
    SYS_socketpair,
    SYS_setsid,
    SYS_setpgid,
    SYS_memfd_create,
    SYS_memfd_secret,
    SYS_personality,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_capset,
    SYS_fchown,
    SYS_fchownat,
    SYS_mknodat,
    SYS_symlinkat,
    SYS_linkat,
    SYS_msgget,
    SYS_semget,
    SYS_shmget,
    SYS_mq_open,
    SYS_inotify_init1,
    SYS_setrlimit,
    SYS_kill,
    SYS_tkill,
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_chown,
    SYS_lchown,
    SYS_mknod,
    SYS_symlink,
    SYS_link,
    SYS_inotify_init,
#endif
};

class Filter {
public:
    Filter() {
        load(offsetof(seccomp_data, arch));
        unless_equal(machine, SECCOMP_RET_KILL_PROCESS);
        load(offsetof(seccomp_data, nr));
        add(BPF_JMP | BPF_JGE | BPF_K, other_tables, 0, 1);
        answer(SECCOMP_RET_KILL_PROCESS);
    }
    void on(long call, std::uint32_t verdict) {
        add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1);
        answer(verdict);
    }
    // `verdict` for `call` when (test) holds for its argument; otherwise it is allowed. Ends the filter for this call.
    void on_argument(long call, int argument, std::uint16_t test, std::uint32_t value, bool holds, std::uint32_t verdict) {
        add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 4);
        load(static_cast<std::uint32_t>(
            offsetof(seccomp_data, args) + sizeof(std::uint64_t) * static_cast<unsigned>(argument))); // little end first
        add(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, holds ? 0 : 1, holds ? 1 : 0);
        answer(verdict);
        answer(SECCOMP_RET_ALLOW);
    }
    bool apply() {
        answer(SECCOMP_RET_ALLOW);
        sock_fprog const program{static_cast<unsigned short>(code_.size()), code_.data()};
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    }

private:
    void add(std::uint16_t operation, std::uint32_t value, std::uint8_t when_true = 0, std::uint8_t when_false = 0) {
        code_.push_back({operation, when_true, when_false, value});
    }
    void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
    void answer(std::uint32_t verdict) { add(BPF_RET | BPF_K, verdict); }
    void unless_equal(std::uint32_t value, std::uint32_t verdict) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
        answer(verdict);
    }

    std::vector<sock_filter> code_;
};

} // namespace

Wall restrict_calls() {
    Filter filter;
    for (auto const call : deadly) filter.on(call, SECCOMP_RET_KILL_PROCESS);
    for (auto const call : refused) filter.on(call, SECCOMP_RET_ERRNO | EPERM);
    // Its flags are behind a pointer; without it the C library falls back to clone.
    filter.on(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    // Threads yes, processes no: whoever leaves out CLONE_THREAD asks for a process or a namespace.
    filter.on_argument(SYS_clone, 0, BPF_JSET, CLONE_THREAD, false, SECCOMP_RET_ERRNO | EPERM);
    filter.on_argument(SYS_ioctl, 1, BPF_JEQ, TIOCSTI, true, SECCOMP_RET_KILL_PROCESS);
    return filter.apply() ? Wall::up : Wall::missing;
}
#else
Wall restrict_calls() { return Wall::missing; }
#endif

} // namespace mozi::media
