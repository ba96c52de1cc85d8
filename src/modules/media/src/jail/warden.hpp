// The inner parent: it is told of every call that is not on the list, ends the program for it, and says which it was.
#pragma once

#include <sys/types.h>

namespace mozi::media {

enum class OnCall { end, refuse }; // refuse: error_stopped is answered, and the program goes on (the attempts of doctor and tests)

// A child that shares this process's descriptors until one of them takes its own: what the child opens the parent has as well.
// fork(2) otherwise; only for a process with one thread. -1 as fork.
pid_t fork_sharing_descriptors();

// Waits until `program` has ended and what it left behind is gone; returns its wait status, as of SIGSYS where a call ended it.
// `told`: where the program writes the number of its listener (an int) before it runs execve; -1: it has none.
int watch_program(pid_t program, int told, OnCall on_call);

} // namespace mozi::media
