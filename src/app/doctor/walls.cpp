// The walls around ffmpeg: whether they stand, whether anything gets out, whether films are prepared behind them.
#include "doctor/looks.hpp"

namespace mozi::app::doctor {

namespace {

constexpr auto grant = "docs/operations.md, The jail, says what the system has to grant.";

} // namespace

TemporaryFolder::TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "videa-mozi-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("No temporary folder can be made. Make room in " + name + ", or set TMPDIR.");
    path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

void look_at_walls(Patient const& patient, Findings& say) {
    auto const& settings = patient.settings.media;
    TemporaryFolder const folder;
    auto const walls = media::inspect_jail(settings, folder.path);
    if (settings.allow_unsandboxed == media::Unsandboxed::allowed)
        say.look("jail.allowed", "media.allow_unsandboxed: films are prepared whatever is missing of the jail's walls",
            "Take it out of the configuration when nothing is missing.");
    if (!walls.stands) return say.fault("jail.walls", "films cannot be prepared safely, and are not: " + walls.walls, grant);
    say.well("jail.walls", "films are prepared behind: " + walls.walls);
    std::string leaks;
    for (auto const& leak : walls.leaks) leaks += (leaks.empty() ? "" : ", ") + leak;
    auto const tried = "the jail: " + std::to_string(walls.tried) + " ways out were tried, ";
    if (walls.tried == 0)
        say.look("jail.untried", "the jail: ways out cannot be tried, as something outside listens to system calls already",
            "A container's own filter does that. It is no fault.");
    else if (leaks.empty()) say.well("jail.leaks", tried + "none leads out");
    else
        say.fault("jail.leaks", tried + "and these lead out: " + leaks,
            std::string("Upload nothing of strangers until they are closed. ") + grant);
    if (auto const fault = media::fault_of_tools(settings, folder.path); !fault.empty())
        say.fault("programs.in_jail", fault,
            "Install Debian's package ffmpeg and name its programs in media.ffmpeg and media.ffprobe; a program from snap or a "
            "home folder cannot be reached from the jail.");
    else say.well("programs.in_jail", "ffmpeg and ffprobe work behind them");
}

} // namespace mozi::app::doctor
