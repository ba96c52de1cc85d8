// The media jail: the executable starts itself again as `videa-mozi media-jail …`, locks itself in, and becomes ffmpeg.
#pragma once

#include <mozi/base/enum.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace mozi::media {

struct Settings;

// The whole of the sub-command; `argv[0]` is "media-jail". Never returns into a running server: the process is either
// replaced or ends with the status of what it ran. Writes one line about its walls to descriptor 3 before it starts anything.
int media_jail_main(int argc, char** argv);

// What happens to films where the file wall or the call wall cannot be had.
enum class Unsandboxed { never, allowed };
constexpr auto names(Unsandboxed) {
    return std::array{std::pair{Unsandboxed::never, "never"sv},
        std::pair{Unsandboxed::allowed, "uploads may read and change whatever this server may"sv}};
}

// What the jail of this system keeps in.
struct JailReport {
    bool stands = false; // both required walls are up
    int landlock = 0; // ABI of the file wall, 0: none
    bool root = false, calls = false, namespaces = false; // a root of its own, the list of calls, spaces of its own
    std::string walls; // as a sentence; where it does not stand, why
    int tried = 0; // attempts to get out
    std::vector<std::string> leaks; // those that succeeded and are not known to be harmless
    std::vector<std::string> harmless; // those that succeeded, with the reason why that harms nobody
};

// Starts a jail as the server would and tries to get out of it, in `folder`, which exists and is its caller's alone. Blocks for some
// tenths of a second; changes nothing outside that folder.
JailReport inspect_jail(Settings const& settings, std::filesystem::path const& folder);
// Whether the program (ffmpeg, ffprobe) starts behind these walls and ends well; else why not, as a sentence.
std::string fault_of_tools(Settings const& settings, std::filesystem::path const& folder);

} // namespace mozi::media
