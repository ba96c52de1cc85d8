// Ways out of the jail, tried from inside: what a taken-over decoder might do. For doctor and the tests.
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace mozi::media {

// Of Order: what runs in the jail instead of a program.
inline constexpr std::int64_t attempts_only = 1, attempts_and_calls = 2;

struct AttemptTargets {
    pid_t server = 0; // its process id
    bool every_call = false; // then also each number of the kernel's table, all arguments zero
};

// Expects the folder of prepare_attempts(): "../source" and "../../secret". Tries everything, in forms that do no harm where they succeed
// (signal 0, limits as they are, files of that folder), and says on stdout "through NAME" for each that succeeded; with every_call also
// "call NUMBER" for each that reached the kernel; "tried COUNT" at the end. Needs a warden that refuses. Returns an exit status.
int try_to_get_out(AttemptTargets const& targets);

} // namespace mozi::media
