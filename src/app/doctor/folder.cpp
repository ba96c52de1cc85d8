// The data folder: room, rights, owner, kind of file system.
#include "doctor/looks.hpp"

namespace mozi::app::doctor {

void look_at_folder(Patient const& patient, Findings& say) {
    auto const& settings = patient.settings;
    if (std::error_code none; !std::filesystem::is_directory(settings.data.dir, none)) return;
    blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
    auto const free = "data folder " + dir.path().string() + " has " + std::to_string(dir.free_bytes() >> 20) + " MiB free";
    if (dir.free_bytes() > std::uint64_t(settings.data.min_free_bytes)) say.well("data.disk", free);
    else
        say.fault("data.disk", free + ", and nothing is saved below " + std::to_string(settings.data.min_free_bytes >> 20) + " MiB",
            "Make room: delete films, old snapshots/ or what else fills that disk; or lower data.min_free_bytes.");
}

} // namespace mozi::app::doctor
