// The programs that prepare films: are they there, and do they have what films need?
#include "doctor/looks.hpp"

#include <mozi/base/text.hpp>

#include <unistd.h>

namespace mozi::app::doctor {

namespace {

// Where it lies; empty: nowhere.
std::string find_program(std::string const& name) {
    auto const* const path = getenv("PATH");
    auto const folders = name.find('/') == name.npos ? std::string_view(path ? path : "/usr/bin:/bin") : std::string_view("/");
    for (auto const folder : split(folders, ':'))
        if (auto const file = std::filesystem::path(folder) / name; access(file.c_str(), X_OK) == 0) return file.string();
    return {};
}

} // namespace

void look_at_programs(Patient const& patient, Findings& say) {
    for (auto const& program : {patient.settings.media.ffmpeg, patient.settings.media.ffprobe}) {
        auto const file = find_program(program);
        if (file.empty()) say.fault("programs.missing", program + " is missing", "Install Debian's package ffmpeg.");
        else say.well("programs.missing", program + " is there");
    }
}

} // namespace mozi::app::doctor
