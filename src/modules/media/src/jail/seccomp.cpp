// The system call wall: calls.list as a filter the kernel runs before every call.
#include "jail/calls.hpp"
#include "jail/walls.hpp"

#include <cstddef>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace mozi::media {

#if defined(__x86_64__) || defined(__aarch64__)
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t machine = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t machine = AUDIT_ARCH_AARCH64;
#endif
constexpr std::uint32_t other_tables = 0x40000000; // x32 calls on x86-64

// One block for each rule, in the list's order; what meets none gets `otherwise`.
class Filter {
public:
    Filter(std::string_view program, std::uint32_t otherwise) : otherwise_(otherwise) {
        load(offsetof(seccomp_data, arch));
        add(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0);
        answer(otherwise);
        load(offsetof(seccomp_data, nr));
        add(BPF_JMP | BPF_JGE | BPF_K, other_tables, 0, 1);
        answer(otherwise);
        for (auto const& rule : call_list().rules)
            if (rule.number >= 0 && rule.is_for(program)) on(rule);
        answer(otherwise);
    }
    std::vector<sock_filter> code() && { return std::move(code_); }

private:
    std::uint32_t verdict_of(CallRule const& rule) const {
        switch (rule.answer) {
        case CallRule::Answer::allow: return SECCOMP_RET_ALLOW;
        case CallRule::Answer::error: return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(rule.error);
        case CallRule::Answer::first: break;
        }
        // Whoever listens lets it pass once; where nobody does it has to pass.
        return otherwise_ == SECCOMP_RET_USER_NOTIF ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
    }
    void on(CallRule const& rule) {
        begin();
        load(offsetof(seccomp_data, nr));
        unless_equal(static_cast<std::uint32_t>(rule.number));
        for (auto const& condition : rule.when) {
            auto const low = static_cast<std::uint32_t>( // the lower half first, on both machines
                offsetof(seccomp_data, args) + sizeof(std::uint64_t) * static_cast<unsigned>(condition.argument));
            load(low);
            if (condition.of == Condition::Of::low_bits) add(BPF_ALU | BPF_AND | BPF_K, condition.mask);
            unless_equal(condition.of == Condition::Of::self ? static_cast<std::uint32_t>(getpid()) : condition.value);
            if (condition.of != Condition::Of::whole) continue;
            load(low + static_cast<std::uint32_t>(sizeof(std::uint32_t)));
            unless_equal(0);
        }
        answer(verdict_of(rule));
        end();
    }

    void add(std::uint16_t operation, std::uint32_t value, std::uint8_t when_true = 0, std::uint8_t when_false = 0) {
        code_.push_back({operation, when_true, when_false, value});
    }
    void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset); }
    void answer(std::uint32_t verdict) { add(BPF_RET | BPF_K, verdict); }
    // On to the next block.
    void unless_equal(std::uint32_t value) {
        leaving_.push_back(code_.size());
        add(BPF_JMP | BPF_JEQ | BPF_K, value);
    }
    void begin() { leaving_.clear(); }
    void end() {
        for (auto const at : leaving_) code_[at].jf = static_cast<std::uint8_t>(code_.size() - at - 1);
    }

    std::uint32_t otherwise_;
    std::vector<sock_filter> code_;
    std::vector<std::size_t> leaving_;
};

// A descriptor with SECCOMP_FILTER_FLAG_NEW_LISTENER, else 0; -1 where the kernel does not take it.
int apply(std::vector<sock_filter> const& code, unsigned flags) {
    sock_fprog const program{static_cast<unsigned short>(code.size()), const_cast<sock_filter*>(code.data())};
    return code.empty() ? -1 : static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

} // namespace

CallFilter call_filter(std::string_view program) {
    if (!call_list().fault.empty()) return {};
    return {Filter(program, SECCOMP_RET_USER_NOTIF).code(), Filter(program, SECCOMP_RET_KILL_PROCESS).code()};
}

CallWall restrict_calls(CallFilter const& filter) {
    if (auto const listener = apply(filter.told, SECCOMP_FILTER_FLAG_NEW_LISTENER); listener >= 0) return {Wall::up, listener};
    // A kernel before 5.0, or somebody outside (LXC and the like) listens already: there is room for one.
    return {apply(filter.silent, 0) == 0 ? Wall::up : Wall::missing, -1};
}
#else
CallFilter call_filter(std::string_view) { return {}; }
CallWall restrict_calls(CallFilter const&) { return {}; }
#endif

} // namespace mozi::media
