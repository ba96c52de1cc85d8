// Running ffmpeg or ffprobe in the jail, from the server's side: start, watch, and always bring to an end.
#pragma once

#include "jail/argv.hpp"
#include "jail/attempts.hpp"

#include <mozi/media/jail.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mozi::media {

enum class Namespaces { when_allowed, never };
enum class CallWallWanted { yes, no };
constexpr int newest_landlock = 99;

// How this server starts its jails. All paths come from the configuration.
struct JailSettings {
    std::string self = "/proc/self/exe"; // the executable whose "media-jail" is media_jail_main
    std::string ffmpeg = "/usr/bin/ffmpeg";
    std::string ffprobe = "/usr/bin/ffprobe";
    std::int64_t memory_mib = 2048;
    std::uint32_t uid = 64921; // what root becomes; an ordinary user stays who it is
    int niceness = 10; // of runs in the background
    Unsandboxed unsandboxed = Unsandboxed::never;
    // Left out by tests, to see each wall alone.
    Namespaces namespaces = Namespaces::when_allowed;
    int landlock = newest_landlock; // as a kernel of this ABI has it; 0: none
    CallWallWanted calls = CallWallWanted::yes;
};

enum class Tool { ffmpeg, ffprobe };
enum class Input { none, source }; // source: "../source" as seen from the working folder
enum class Priority { background, soon };

struct JailedRun {
    Tool tool = Tool::ffmpeg;
    Argv arguments;
    std::string directory; // made by prepare_folder(); the program's working folder and the only place it may write
    Input input = Input::source;
    Priority priority = Priority::background;
    std::chrono::milliseconds wall{60'000};
    std::int64_t cpu_s = 60;
    std::int64_t disk_mib = 1024; // everything in `directory` together
    std::size_t stdout_limit = 4 << 20; // more than that ends the run
    std::function<void(std::string_view)> on_line; // lines of stdout as they come; then `output` stays empty
    int pipes = 0; // more outputs: descriptors 4, 5 … of the program
    std::function<bool(int pipe, std::string_view bytes)> on_bytes; // what it wrote into them (0 is descriptor 4); false ends the run
    std::int64_t attempts = 0; // attempts_only, attempts_and_calls: instead of the tool (attempts.hpp)
    std::function<void()> on_tick; // about five times a second
    std::function<bool()> cancelled; // asked about five times a second
};

enum class Ending { exited, signalled, timed_out, cancelled, too_much_output, not_understood, no_jail, no_program, not_started };

struct JailOutcome {
    Ending ending = Ending::not_started;
    int code = 0; // exit status or signal
    std::string walls; // "ok landlock=7 root=1 seccomp=1 namespaces=1", or why the jail refused
    std::string stopped; // "socket (41)": the call that is not on the list and ended the program
    std::string output; // stdout
    std::string errors; // the last 64 KiB of stderr; for the log, it may quote the file
    bool good() const { return ending == Ending::exited && code == 0; }
};

// Blocks until the program and everything it started are gone. Thread-safe; the calling thread must outlive the run
// (it does: it waits), for the jail dies with the thread that started it.
JailOutcome run_jailed(JailSettings const& settings, JailedRun const& run);

// Makes `directory` if needed and gives it, and `file` where there is one, to the user the jail runs as.
// False where that is impossible.
bool prepare_folder(JailSettings const& settings, std::string const& directory, std::string const& file = {});

// Makes below `folder`, which exists, what the attempts look for, and answers the working folder for them; empty where it cannot.
std::string prepare_attempts(JailSettings const& settings, std::string const& folder);
// Tries every attempt behind the walls of these settings; uses prepare_attempts(). `calls`: every line "call NUMBER ERRNO" of
// attempts_and_calls. Blocks for some tenths of a second.
JailReport try_walls(JailSettings const& settings, std::string const& folder, std::vector<std::string>* calls = nullptr);
// Encodes a second and probes it, as fault_of_tools() of jail.hpp; `folder` is of prepare_folder().
std::string fault_of_tools(JailSettings const& settings, std::string const& folder, std::function<bool()> const& cancelled = {});

} // namespace mozi::media
