// The programs that prepare films: are they there, do they run, and do they have what films need?
#include "doctor/looks.hpp"

#include "doctor/proc.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <array>
#include <unistd.h>

namespace mozi::app::doctor {

namespace {

constexpr auto install =
    "Install Debian's package ffmpeg (apt-get install ffmpeg), or name another program in media.ffmpeg and media.ffprobe.";
constexpr auto patience = std::chrono::seconds(20);

// A busy machine is no broken program.
void tell_slow(std::string const& file, Findings& say) {
    say.look("programs.slow", file + " did not answer within 20 s: what it can do is not known",
        "Look again when the machine has less to do; if it stays so, run it by hand: " + file + " -version");
}

// Where it lies; empty: nowhere.
std::string find_program(std::string const& name) {
    auto const* const path = getenv("PATH");
    auto const folders = name.find('/') == name.npos ? std::string_view(path ? path : "/usr/bin:/bin") : std::string_view("/");
    for (auto const folder : split(folders, ':')) {
        auto const file = std::filesystem::path(folder) / name;
        std::error_code none;
        if (access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, none)) return file.string();
    }
    return {};
}

// Whether a list of ffmpeg's names it: " V....D libx264   libx264 H.264 …".
bool lists(std::string const& list, std::string_view name) {
    return std::ranges::any_of(split(list, '\n'), [&](std::string_view line) {
        auto const columns = trim(line);
        auto const from = columns.find_first_of(" \t");
        if (from == columns.npos) return false;
        auto const rest = trim(columns.substr(from));
        return rest.substr(0, rest.find_first_of(" \t")) == name;
    });
}

void look_at_abilities(std::string const& file, Findings& say) {
    struct Need {
        std::string_view name, what;
    };
    constexpr std::array needs{Need{"libx264", "pictures of films (H.264)"}, Need{"aac", "sound"}, Need{"mjpeg", "posters"}};
    auto const encoders = ask_program({file, "-hide_banner", "-encoders"}, patience);
    if (encoders.status == -2) return tell_slow(file, say);
    std::string missing;
    for (auto const& need : needs)
        if (!lists(encoders.out, need.name))
            missing += (missing.empty() ? "" : ", ") + std::string(need.name) + " for " + std::string(need.what);
    if (missing.empty()) say.well("programs.encoders", file + " has the encoders films need");
    else
        say.fault("programs.encoders", file + " was built without what films need: " + missing,
            "Put a whole ffmpeg there: Debian's package has all of them, as has what is configured with --enable-gpl --enable-libx264.");
    auto const filters = ask_program({file, "-hide_banner", "-filters"}, patience);
    if (filters.status == 0 && !lists(filters.out, "zscale") && missing.empty())
        say.look("programs.zscale", file + " has no filter zscale: films with bright pictures (HDR) come out paler",
            "Debian's package ffmpeg has it.");
}

} // namespace

void look_at_programs(Patient const& patient, Findings& say) {
    auto const& media = patient.settings.media;
    for (auto const& program : {media.ffmpeg, media.ffprobe}) {
        auto const file = find_program(program);
        if (file.empty()) {
            say.fault("programs.missing",
                program + " is missing" + (program.starts_with('/') ? "" : " from the folders of PATH") + ": films wait until it is there",
                install);
            continue;
        }
        auto const answer = ask_program({file, "-hide_banner", "-version"}, patience);
        if (answer.status == -2) {
            tell_slow(file, say);
            continue;
        }
        auto const first = answer.out.substr(0, answer.out.find('\n')); // "ffmpeg version 5.1.9-0+deb12u1 Copyright …"
        auto const at = first.find(" version ");
        if (answer.status != 0 || at == first.npos) {
            auto const why = std::string(trim(answer.err.substr(0, 200)));
            say.fault("programs.broken", file + " is there and does not say its version" + (why.empty() ? "" : ": " + why), install);
            continue;
        }
        auto const version = first.substr(at + 9, first.find(' ', at + 9) - at - 9);
        say.well("programs.missing", program + " is there: " + version);
        if (program == media.ffmpeg) look_at_abilities(file, say);
        if (program == media.ffmpeg) look_at_version("ffmpeg", version, say);
    }
}

} // namespace mozi::app::doctor
