// How old the last good backup is, where any was ever made.
#include "doctor/looks.hpp"

#include "backup.hpp"

#include <mozi/json/read.hpp>

namespace mozi::app::doctor {

namespace {

constexpr auto too_old = std::chrono::days(8); // one of the week may be missed by a day
constexpr auto again = "Make one: videa-mozi backup FOLDER, and see in its log why the last ones failed.";

} // namespace

void look_at_backup(Patient const& patient, Findings& say) {
    std::error_code none;
    if (!std::filesystem::exists(std::filesystem::path(patient.settings.data.dir) / "backup-status", none)) return;
    auto const text = blob::Folder(patient.settings.data.dir, blob::Folder::Missing::refuse).read("backup-status", 64 << 10);
    auto const status = text ? json::from_json<BackupStatus>(*text) : Result<BackupStatus>(text.error());
    if (!status || (status->last_good && !status->path))
        return say.look("backup.unknown", "When the last backup was made cannot be read from backup-status in the data folder", again);
    if (!status->last_good) {
        if (auto const& failed = status->last_failure)
            say.look("backup.old", "There is no good backup yet, and the last try failed: " + failed->sentence, again);
        return;
    }
    auto const age = std::chrono::duration_cast<std::chrono::hours>(system_clock().now() - *status->last_good);
    auto const told = "the last good backup is of " + to_iso(*status->last_good) + ", in " + *status->path;
    if (age > too_old) say.look("backup.old", told + ": " + std::to_string(age.count() / 24) + " days ago", again);
    else if (!std::filesystem::exists(*status->path, none))
        say.look("backup.gone", told + ", and nothing is there now", "Mount what it lies on, or make another: videa-mozi backup FOLDER.");
    else say.well("backup.old", told);
}

} // namespace mozi::app::doctor
