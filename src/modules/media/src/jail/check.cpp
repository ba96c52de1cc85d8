// Trying the walls from the server's side: for doctor, the start, and the tests.
#include "jail/run.hpp"

#include "jail/protocol.hpp"

#include <mozi/base/embedded.hpp>
#include <mozi/base/text.hpp>

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi {
std::span<EmbeddedFile const> mozi_media_jail();
}

namespace mozi::media {
namespace {

struct Known {
    std::string_view attempt, why;
    std::vector<std::string_view> missing;
};

std::vector<Known> read_known() {
    std::vector<Known> out;
    for (auto const& file : mozi_media_jail()) {
        if (file.path != "through.list") continue;
        for (auto const line : split(file.bytes, '\n')) {
            auto const columns = split(line, '|');
            if (line.starts_with('#') || columns.size() != 3) continue;
            Known known{trim(columns[0]), trim(columns[2]), {}};
            for (auto const wall : split(columns[1], ',')) known.missing.push_back(trim(wall));
            out.push_back(std::move(known));
        }
    }
    return out;
}

bool is_missing(JailReport const& report, std::string_view wall) {
    return (wall == "root" && !report.root) || (wall == "landlock" && report.landlock == 0) || (wall == "calls" && !report.calls) ||
           (wall == "namespaces" && !report.namespaces);
}

void judge(JailReport& report, std::string_view attempt) {
    static std::vector<Known> const all = read_known();
    auto const known = std::ranges::find_if(all, [&](Known const& one) {
        return one.attempt == attempt && std::ranges::all_of(one.missing, [&](auto wall) { return is_missing(report, wall); });
    });
    if (known == all.end()) report.leaks.emplace_back(attempt);
    else report.harmless.push_back(std::string(attempt) + ": " + std::string(known->why));
}

int number_after(std::string const& text, std::string_view words) {
    auto const at = text.find(words);
    return at == text.npos ? 0 : std::atoi(text.c_str() + at + words.size());
}

bool make_file(std::string const& path) {
    auto const fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    auto const good = fd >= 0 && write(fd, "kept", 4) == 4;
    if (fd >= 0) close(fd);
    return good;
}

// What stands around a program, as a sentence.
std::string sentence_of(JailReport const& report) {
    std::string out = report.calls ? "the list of system calls" : "no list of system calls";
    out += report.landlock ? ", Landlock " + std::to_string(report.landlock) : ", no Landlock";
    out += report.root ? ", a root of its own" : ", the system's root";
    out += report.namespaces ? ", network and processes of its own" : ", no namespaces";
    return out + (geteuid() == 0 ? ", a user of its own" : ", the server's user");
}

} // namespace

std::string prepare_attempts(JailSettings const& settings, std::string const& folder) {
    auto const medium = folder + "/medium", work = medium + "/work";
    if (!make_file(folder + "/secret") || !prepare_folder(settings, medium) || !make_file(medium + "/source") ||
        !prepare_folder(settings, work, medium + "/source"))
        return {};
    return work;
}

JailReport try_walls(JailSettings const& settings, std::string const& folder, std::vector<std::string>* calls) {
    JailReport report;
    JailedRun run;
    run.directory = prepare_attempts(settings, folder);
    run.priority = Priority::soon;
    run.attempts = calls ? attempts_and_calls : attempts_only;
    run.wall = std::chrono::seconds(10);
    run.disk_mib = 4;
    std::vector<std::string> through;
    run.on_line = [&](std::string_view line) {
        if (line.starts_with("through ")) through.emplace_back(line.substr(8));
        else if (line.starts_with("tried ")) report.tried = std::atoi(std::string(line.substr(6)).c_str());
        else if (calls) calls->emplace_back(line);
    };
    if (run.directory.empty()) return report.walls = "no folder can be made in " + folder, report;
    auto const outcome = run_jailed(settings, run);
    report.stands = outcome.walls.starts_with("ok ");
    report.landlock = number_after(outcome.walls, "landlock=");
    report.root = number_after(outcome.walls, "root=") != 0;
    report.calls = number_after(outcome.walls, "seccomp=") != 0;
    report.namespaces = number_after(outcome.walls, "namespaces=") != 0;
    report.walls = report.stands           ? sentence_of(report)
                   : outcome.walls.empty() ? "the jail did not start"
                                           : std::string(trim(outcome.walls));
    for (auto const& attempt : through) judge(report, attempt);
    return report;
}

std::string fault_of_tools(JailSettings const& settings, std::string const& folder, std::function<bool()> const& cancelled) {
    for (auto const tool : {Tool::ffmpeg, Tool::ffprobe}) {
        JailedRun run;
        run.tool = tool;
        run.input = Input::none;
        run.directory = folder;
        run.priority = Priority::soon;
        run.wall = std::chrono::seconds(20);
        run.disk_mib = 4;
        run.cancelled = cancelled;
        // A second of a made picture and a made sound, encoded as films are: threads and all.
        if (tool == Tool::ffmpeg)
            run.arguments.words({"-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=5:duration=1", "-f", "lavfi",
                "-i", "sine=duration=1", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac", "-f", "mp4", "-movflags", "empty_moov",
                "-y", "made.mp4"});
        else run.arguments.words({"-v", "error", "-show_entries", "format=duration", "made.mp4"});
        auto const outcome = run_jailed(settings, run);
        auto const name = std::string(tool == Tool::ffmpeg ? "ffmpeg" : "ffprobe");
        if (!outcome.stopped.empty())
            return name + " was ended for a system call that is not on the list: " + outcome.stopped + ". Report it, with the version of " +
                   name;
        if (outcome.ending == Ending::timed_out) return name + " does not come back from the jail within 20 s";
        if (!outcome.good())
            return name + " does not work in the jail: " + std::string(trim(outcome.walls + " " + outcome.errors.substr(0, 300)));
        if (struct stat made{}; stat((folder + "/made.mp4").c_str(), &made) != 0 || made.st_size == 0)
            return name + " runs in the jail and makes nothing";
    }
    return {};
}

} // namespace mozi::media
