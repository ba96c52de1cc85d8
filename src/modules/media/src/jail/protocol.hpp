// What the two sides of the jail agree on.
#pragma once

namespace mozi::media::jail {

// Descriptor for one line about the walls; it closes when the program starts.
inline constexpr int status_fd = 3;
// Descriptors from here on are pipes into which the program writes ("pipe:4", "pipe:5" …); at most so many.
inline constexpr int first_pipe_fd = 4, most_pipes = 24;
// Exit statuses of the jail itself. A program can imitate them; that only changes what its failure is called.
inline constexpr int exit_refused = 125;
inline constexpr int exit_signalled = 128; // + signal

} // namespace mozi::media::jail
