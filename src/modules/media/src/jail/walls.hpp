// The walls a process puts around itself for good: which files there are for it, and which system calls it may make.
#pragma once

#include <linux/filter.h>
#include <string>
#include <string_view>
#include <vector>

namespace mozi::media {

enum class Wall { up, missing };

struct FileAccess {
    std::string program; // may be executed; its libraries may be read; empty for none
    std::string input; // may be read; empty for none
    std::string directory; // may be read and written, with everything below
};

// Folders and files a program of this system needs, for reading: libraries, what finds them, harmless devices.
std::vector<std::string> const& system_folders();
std::vector<std::string> const& system_files();

// Landlock's ABI of this kernel, 0 where it has none.
int landlock_abi();
// Restricts this thread and what it starts (call it while there is only one thread), by at most that ABI of Landlock. Returns the
// ABI in force, 0: there is no wall. Needs no_new_privs. landlock(7)
int restrict_files(FileAccess const& access, int most_abi);

// A root of its own in which nothing is but what FileAccess and the system's folders name, under the names they had, all of it
// read-only except `directory`, which is the working folder before and after. Needs a mount namespace of its own and its privileges.
// Where it cannot be made the root stays the old one. pivot_root(2), open_tree(2), mount_setattr(2)
Wall enter_empty_root(FileAccess const& access);

// What becomes of a call that is not on the list of a program (calls.list). Needs no_new_privs. seccomp(2)
struct CallWall {
    Wall wall = Wall::missing;
    int listener = -1; // who has this descriptor is told of each such call, and answers it; -1: the kernel ends the process by itself
};
// The list as the kernel takes it, for this process: made before memory is limited.
struct CallFilter {
    std::vector<sock_filter> told, silent; // who listens is told; the kernel ends the process
};
CallFilter call_filter(std::string_view program);
// Takes no memory.
CallWall restrict_calls(CallFilter const& filter);

} // namespace mozi::media
