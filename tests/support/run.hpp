// Runs a program and collects what it says.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

namespace mozi::test {

struct Ran {
    int status = -1; // exit status; 128 + signal when one ended it
    std::string out, err; // both as written
};

// argv[0] is looked up in PATH. `input` (a few lines) is its standard input. A program that takes longer
// is killed.
inline Ran run(std::vector<std::string> const& argv, std::string const& directory = {}, std::string const& input = {},
    std::chrono::seconds within = std::chrono::seconds(120)) {
    int in[2], out[2], err[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) return {};
    if (::write(in[1], input.data(), input.size()) != ssize_t(input.size())) return {}; // short enough for a pipe
    ::close(in[1]);
    auto const child = ::fork();
    if (child == 0) {
        ::dup2(in[0], STDIN_FILENO), ::dup2(out[1], STDOUT_FILENO), ::dup2(err[1], STDERR_FILENO);
        if (!directory.empty() && ::chdir(directory.c_str()) != 0) ::_exit(126);
        std::vector<char*> pointers;
        for (auto const& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
        pointers.push_back(nullptr);
        ::execvp(pointers[0], pointers.data());
        ::_exit(127);
    }
    ::close(in[0]), ::close(out[1]), ::close(err[1]);
    Ran ran;
    auto const until = std::chrono::steady_clock::now() + within;
    pollfd sources[] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    std::string* const sinks[] = {&ran.out, &ran.err};
    while (sources[0].fd >= 0 || sources[1].fd >= 0) {
        auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
        if (left <= 0 || ::poll(sources, 2, int(left)) < 0) ::kill(child, SIGKILL);
        for (int i = 0; i < 2; ++i) {
            if (sources[i].fd < 0 || !sources[i].revents) continue;
            char bytes[4096];
            auto const got = ::read(sources[i].fd, bytes, sizeof bytes);
            if (got > 0) sinks[i]->append(bytes, std::size_t(got));
            else ::close(sources[i].fd), sources[i].fd = -1;
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ran;
}

} // namespace mozi::test
