// One function per attempt. They run in place of ffmpeg, with whatever the jail has left them.
#include "deeds.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace mozi::test {
namespace {

char const* self_path = nullptr;

int leaks_if(bool succeeded) { return succeeded ? 0 : 1; }

int fork_many() {
    int made = 0;
    for (int i = 0; i < 10'000; ++i) {
        auto const child = fork();
        if (child == 0) pause();
        if (child > 0) ++made;
    }
    return leaks_if(made > 0);
}

int fill_disk() {
    std::string const block(1 << 20, 'x');
    for (int file = 0; file < 4096; ++file) {
        auto const fd = open(("fill" + std::to_string(file)).c_str(), O_WRONLY | O_CREAT, 0600);
        if (fd < 0) return 1;
        for (int i = 0; i < 8; ++i)
            if (write(fd, block.data(), block.size()) < 0) return 1;
        close(fd);
    }
    return 0;
}

int make_many_files() {
    for (int file = 0; file < 2'000'000; ++file) {
        auto const fd = open(("f" + std::to_string(file)).c_str(), O_WRONLY | O_CREAT, 0600);
        if (fd < 0) return 1;
        close(fd);
    }
    return 0;
}

int write_large_file() {
    auto const fd = open("large", O_WRONLY | O_CREAT, 0600);
    signal(SIGXFSZ, SIG_IGN);
    return leaks_if(fd >= 0 && lseek(fd, 1LL << 40, SEEK_SET) > 0 && write(fd, "x", 1) == 1);
}

int take_memory() {
    auto const size = std::size_t{3} << 30;
    return leaks_if(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

int wait_for_ever() {
    signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN), signal(SIGINT, SIG_IGN);
    for (;;) sleep(1);
}

int burn() {
    unsigned volatile count = 0;
    for (;;) (void)count;
}

int shout() {
    std::string const line(1 << 16, 'a');
    for (int i = 0; i < 4096; ++i)
        if (write(1, line.data(), line.size()) < 0) return 1;
    return 0;
}

int shout_errors() {
    std::string const line(1 << 16, 'e');
    for (int i = 0; i < 64; ++i)
        if (write(2, line.data(), line.size()) < 0) return 1;
    return 1;
}

// Becomes a program a second time, and it is one that the file wall lets be executed.
int run_again() {
    char deed[] = "deed", nothing[] = "nothing";
    char* argv[] = {deed, deed, nothing, nullptr};
    execve("/proc/self/exe", argv, nullptr);
    execve(self_path, argv, nullptr);
    return 1;
}

int see_environment() { return leaks_if(getenv("MOZI_TEST_SECRET") != nullptr); }

int inherit_descriptors() {
    for (int fd = 3; fd < 64; ++fd)
        if (fcntl(fd, F_GETFD) >= 0) return 0;
    return 1;
}

int crash() {
    signal(SIGILL, SIG_DFL);
    __builtin_trap();
}

// Threads, and what a library does on its way: all of it is on the list.
int ordinary_life() {
    int sum = 0;
    std::vector<std::thread> threads;
    std::mutex mutex;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            std::vector<char> room(4 << 20, 'x');
            std::scoped_lock const held(mutex);
            sum += room.back() == 'x';
        });
    for (auto& thread : threads) thread.join();
    auto const fd = open("made", O_RDWR | O_CREAT | O_TRUNC, 0600);
    rlimit limit{};
    return fd >= 0 && write(fd, "x", 1) == 1 && getrlimit(RLIMIT_NOFILE, &limit) == 0 && isatty(1) == 0 && sum == 8 ? 0 : 1;
}

// The number of a call, with nothing in its arguments.
int call(std::string_view number) {
    std::printf("before\n");
    std::fflush(stdout);
    syscall(std::atol(number.data()), 0L, 0L, 0L, 0L, 0L, 0L);
    return 0;
}

} // namespace

int do_deed(char const* self, std::string_view name, std::string_view number) {
    self_path = self;
    if (name == "call") return call(number);
    static std::map<std::string_view, int (*)()> const deeds{
        {"nothing", [] { return 0; }},
        {"fork-many", fork_many},
        {"fill-disk", fill_disk},
        {"many-files", make_many_files},
        {"large-file", write_large_file},
        {"take-memory", take_memory},
        {"wait-for-ever", wait_for_ever},
        {"burn", burn},
        {"shout", shout},
        {"shout-errors", shout_errors},
        {"run-again", run_again},
        {"ordinary-life", ordinary_life},
        {"abort",
            [] {
                std::abort();
                return 0;
            }},
        {"see-environment", see_environment},
        {"inherit-descriptors", inherit_descriptors},
        {"crash", crash},
    };
    auto const deed = deeds.find(name);
    if (deed == deeds.end()) return 99;
    return deed->second();
}

} // namespace mozi::test
