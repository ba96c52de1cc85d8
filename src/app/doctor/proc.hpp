// What the kernel tells of processes, sockets and locks (/proc), and asking a program something.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mozi::app::doctor {

struct Process {
    int pid = 0;
    std::string name;
};

struct Socket {
    std::string address; // "0.0.0.0", "::", "127.0.0.1" …
    std::uint16_t port = 0; // its own
    bool listens = false;
    unsigned uid = 0;
    std::uint64_t inode = 0;
};
// Of TCP, in this network namespace.
std::vector<Socket> tcp_sockets();
// Who has it open; nothing where this process may not look.
std::optional<Process> owner_of_socket(std::uint64_t inode);
// Who holds the lock (flock(2)) of that file.
std::optional<Process> holder_of_lock(std::filesystem::path const& file);
// Other processes that have one of the files open, where this process may look.
std::vector<std::pair<Process, std::string>> openers_of(std::vector<std::filesystem::path> const& files);
// "Max open files" of a process, soft and hard.
struct Limits {
    std::uint64_t soft = 0, hard = 0;
};
std::optional<Limits> descriptors_of(int pid);

struct Answer {
    int status = -1; // of its end; -1: it did not start, or a signal ended it; -2: it was ended for taking too long
    std::string out, err; // at most 1 MiB each
};
// Runs it without a shell, with nothing on its standard input, and ends it after that time.
Answer ask_program(std::vector<std::string> const& argv, std::chrono::milliseconds within);

} // namespace mozi::app::doctor
