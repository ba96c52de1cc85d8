// The file wall, by Landlock. The kernel's numbers are written out here: Debian 12's headers are older than its kernels may be.
#include "jail/walls.hpp"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mozi::media {
namespace {

constexpr long sys_create_ruleset = 444, sys_add_rule = 445, sys_restrict_self = 446;
constexpr std::uint64_t fs_execute = 1U << 0, fs_read_file = 1U << 2, fs_read_dir = 1U << 3, fs_write_file = 1U << 1, fs_make_reg = 1U << 8;
constexpr std::uint64_t fs_refer = 1U << 13, fs_truncate = 1U << 14, fs_ioctl_dev = 1U << 15;
constexpr std::uint64_t net_bind_and_connect = 3;
constexpr std::uint64_t scope_abstract_sockets_and_signals = 3;

struct RulesetAttributes {
    std::uint64_t fs, net, scoped;
};
struct __attribute__((packed)) PathBeneath {
    std::uint64_t allowed;
    std::int32_t parent;
};

// All rights this kernel knows: what is handled and not allowed by a rule is denied.
std::uint64_t known_rights(int abi) {
    std::uint64_t rights = (1U << 13) - 1;
    if (abi >= 2) rights |= fs_refer;
    if (abi >= 3) rights |= fs_truncate;
    if (abi >= 5) rights |= fs_ioctl_dev;
    return rights;
}

// A path that is not there needs no rule.
bool allow(int ruleset, std::string const& path, std::uint64_t rights) {
    auto const fd = open(path.c_str(), O_PATH | O_CLOEXEC);
    if (fd < 0) return true;
    struct stat info{};
    constexpr auto for_files = fs_execute | fs_read_file | fs_write_file | fs_truncate | fs_ioctl_dev;
    if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode)) rights &= for_files;
    PathBeneath const rule{rights, fd};
    auto const added = syscall(sys_add_rule, ruleset, 1 /* path beneath */, &rule, 0) == 0;
    close(fd);
    return added;
}

bool add_rules(int ruleset, std::uint64_t known, FileAccess const& access) {
    constexpr auto read = fs_read_file | fs_read_dir;
    auto const write = known & (read | fs_write_file | fs_truncate | fs_make_reg);
    bool good = allow(ruleset, access.directory, write);
    if (!access.program.empty()) good = good && allow(ruleset, access.program, fs_read_file | fs_execute);
    if (!access.input.empty()) good = good && allow(ruleset, access.input, fs_read_file);
    for (auto const* loader :
        {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux-armhf.so.3", "/lib/ld-musl-x86_64.so.1"})
        good = good && allow(ruleset, loader, fs_read_file | fs_execute);
    for (auto const& folder : system_folders()) good = good && allow(ruleset, folder, read);
    for (auto const& file : system_files())
        good = good && allow(ruleset, file, file == "/dev/null" ? known & (fs_read_file | fs_write_file | fs_truncate) : fs_read_file);
    return good;
}

} // namespace

int landlock_abi() {
    auto const abi = syscall(sys_create_ruleset, nullptr, 0, 1 /* ask for the version */);
    return abi > 0 ? static_cast<int>(abi) : 0;
}

std::vector<std::string> const& system_folders() {
    static std::vector<std::string> const folders{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"};
    return folders;
}

std::vector<std::string> const& system_files() {
    static std::vector<std::string> const files{"/etc/ld.so.cache", "/dev/urandom", "/dev/zero", "/dev/null"};
    return files;
}

int restrict_files(FileAccess const& access, int most_abi) {
    auto const abi = std::min(landlock_abi(), most_abi);
    if (abi <= 0) return 0;
    RulesetAttributes const attributes{
        known_rights(abi), abi >= 4 ? net_bind_and_connect : 0, abi >= 6 ? scope_abstract_sockets_and_signals : 0};
    auto const size = abi >= 6 ? sizeof attributes : abi >= 4 ? 2 * sizeof(std::uint64_t) : sizeof(std::uint64_t);
    auto const ruleset = static_cast<int>(syscall(sys_create_ruleset, &attributes, size, 0));
    if (ruleset < 0) return 0;
    auto const up = add_rules(ruleset, attributes.fs, access) && syscall(sys_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return up ? abi : 0;
}

} // namespace mozi::media
