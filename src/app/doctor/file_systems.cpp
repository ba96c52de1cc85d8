// File systems by the numbers the kernel gives them.
#include "doctor/file_systems.hpp"

#include <sys/vfs.h>

namespace mozi::app::doctor {

namespace {

enum class Trouble { network, maybe, gone };
struct Kind {
    unsigned type;
    std::string_view name;
    Trouble trouble;
};
// linux/magic.h, and of those that are not in it their own sources.
constexpr Kind kinds[] = {{0x6969, "NFS", Trouble::network}, {0xff534d42, "SMB", Trouble::network}, {0xfe534d42, "SMB", Trouble::network},
    {0x517b, "SMB", Trouble::network}, {0x00c36400, "Ceph", Trouble::network}, {0x5346414f, "AFS", Trouble::network},
    {0x01161970, "GFS2", Trouble::network}, {0x7461636f, "OCFS2", Trouble::network}, {0x65735546, "FUSE", Trouble::maybe},
    {0x01021997, "9p (a folder of the machine around this one)", Trouble::maybe},
    {0x786f4256, "a shared folder of VirtualBox", Trouble::maybe}, {0x01021994, "tmpfs", Trouble::gone},
    {0x858458f6, "ramfs", Trouble::gone}, {0x794c7630, "a container's own layer (overlay)", Trouble::gone}};

} // namespace

void judge_file_system(long type, std::filesystem::path const& dir, Holds what, Findings& say) {
    for (auto const& kind : kinds) {
        if (kind.type != unsigned(type)) continue;
        auto const text = dir.string() + " lies on " + std::string(kind.name);
        if (kind.trouble == Trouble::gone)
            return say.look("data.not_lasting", text + ": what is there goes with the next boot or the container",
                "Move the data folder to a disk; in a container mount a volume there.");
        auto const way_out = "Move the data folder to a local disk. Films alone may stay there: mount it at media below the data folder.";
        if (what == Holds::databases && kind.trouble == Trouble::network)
            return say.fault("data.network", text + ", where SQLite's locks and shared memory do not hold: databases get damaged", way_out);
        if (what == Holds::databases)
            return say.look("data.network", text + ", where SQLite's locks and shared memory may not hold", way_out);
    }
}

void look_at_file_system(std::filesystem::path const& dir, Holds what, Findings& say) {
    struct statfs info{};
    if (statfs(dir.c_str(), &info) == 0) judge_file_system(long(info.f_type), dir, what, say);
}

} // namespace mozi::app::doctor
