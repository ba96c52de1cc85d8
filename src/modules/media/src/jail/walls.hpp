// The two walls a process puts around itself for good: which files it may touch, and which system calls it may make.
#pragma once

#include <string>

namespace mozi::media {

enum class Wall { up, missing };

struct FileAccess {
    std::string program; // may be executed; its libraries may be read
    std::string input; // may be read; empty for none
    std::string directory; // may be read and written, with everything below
};

// Landlock's ABI of this kernel, 0 where it has none.
int landlock_abi();
// Restricts this thread and what it starts (call it while there is only one thread). Needs no_new_privs.
Wall restrict_files(FileAccess const& access);

// The same for system calls: no sockets, no other processes, no namespaces, no mounts, no debugging. Kills on most
// violations, refuses with EPERM what libraries merely try. Needs no_new_privs.
Wall restrict_calls();

} // namespace mozi::media
