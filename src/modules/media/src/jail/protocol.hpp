// What the two sides of the jail agree on.
#pragma once

namespace mozi::media::jail {

// Descriptor for lines about the walls: "ok …" or "refused: …", then "missing" when there is nothing to run, or "stopped NUMBER NAME"
// when a call ended the program. The program itself does not have it.
inline constexpr int status_fd = 3;
// Descriptors from here on are pipes into which the program writes ("pipe:4", "pipe:5" …); at most so many.
inline constexpr int first_pipe_fd = 4, most_pipes = 24;
// Exit statuses of the jail itself. A program can imitate them; that only changes what its failure is called.
inline constexpr int exit_refused = 125;
inline constexpr int exit_no_program = 126; // the walls stand, and there is nothing to run
inline constexpr int exit_signalled = 128; // + signal
// What those who only try to get out are answered instead of being ended: an error no kernel gives (EDOTDOT).
inline constexpr int error_stopped = 73;

} // namespace mozi::media::jail
