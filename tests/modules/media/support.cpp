// The test program in its other roles, and helpers.
#include "support.hpp"

#include "deeds.hpp"

#include <mozi/media/jail.hpp>

#include <atomic>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mozi::test {
namespace {

// Runs before doctest's main: started as "… media-jail …" this program is the jail, as "… deed <name>" it misbehaves.
__attribute__((constructor)) void take_another_role(int argc, char** argv, char**) {
    if (argc > 1 && std::strcmp(argv[1], "media-jail") == 0) _exit(media::media_jail_main(argc - 1, argv + 1));
    if (argc > 2 && std::strcmp(argv[1], "deed") == 0) _exit(do_deed(argv[2]));
    if (argc > 1 && std::strcmp(argv[1], "-nostdin") == 0) _exit(do_deed("wait-for-ever")); // in place of ffmpeg
}

} // namespace

TempFolder::TempFolder() {
    static std::atomic<int> made{0};
    path_ = (std::filesystem::temp_directory_path() / ("videa-media-" + std::to_string(getpid()) + "-" + std::to_string(++made))).string();
    std::filesystem::create_directories(path_);
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string const& this_program() {
    static TempFolder const folder;
    static std::string const copy = [] {
        auto const path = folder.path("program");
        std::filesystem::copy_file("/proc/self/exe", path);
        std::filesystem::permissions(path, std::filesystem::perms(0755));
        return path;
    }();
    return copy;
}

bool sanitized() {
#if defined(__has_feature)
    return __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return false;
#endif
}

media::JailSettings real_jail() {
    media::JailSettings out;
    out.self = this_program();
    return out;
}

bool run(std::vector<std::string> arguments, std::string* output) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t child = -1;
    auto const started = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char buffer[4096];
    for (ssize_t got = 0; started && (got = read(ends[0], buffer, sizeof buffer)) > 0;)
        if (output) output->append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = -1;
    return started && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void make_video(std::vector<std::string> arguments) {
    std::vector<std::string> all{"ffmpeg", "-nostdin", "-v", "error", "-y"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    REQUIRE(run(all));
}

std::vector<std::string> ffprobe(std::string const& file, std::vector<std::string> arguments) {
    std::vector<std::string> all{"ffprobe", "-v", "error", "-of", "csv=p=0"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.push_back(file);
    std::string text;
    REQUIRE(run(all, &text));
    std::vector<std::string> lines;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1)
        if (end > at) lines.push_back(text.substr(at, end - at));
    return lines;
}

void write_file(std::string const& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string read_file(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

double List::length() const {
    double out = 0;
    for (auto const duration : durations) out += duration;
    return out;
}

List read_list(std::string const& text) {
    List out;
    for (std::size_t at = 0; (at = text.find("#EXTINF:", at)) != text.npos; ++at)
        out.durations.push_back(std::strtod(text.c_str() + at + 8, nullptr));
    out.ended = text.find("#EXT-X-ENDLIST") != text.npos;
    return out;
}

media::Place place_of(TempFolder const& folder) { return {folder.path("medium"), 1}; }

media::Prepared prepare_here(TempFolder const& folder) { return media::prepare(real_jail(), place_of(folder), {}, {}); }

int processes_in(std::string const& folder) {
    int found = 0;
    auto* processes = opendir("/proc");
    REQUIRE(processes);
    while (auto const* entry = readdir(processes)) {
        char where[4096];
        auto const size = readlink((std::string("/proc/") + entry->d_name + "/cwd").c_str(), where, sizeof where);
        if (size > 0 && std::string_view(where, static_cast<std::size_t>(size)).starts_with(folder)) ++found;
    }
    closedir(processes);
    return found;
}

} // namespace mozi::test
