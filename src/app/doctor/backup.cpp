// How old the last good backup is, where any was ever made.
#include "doctor/looks.hpp"

#include <mozi/json/read.hpp>

namespace mozi::app::doctor {

namespace {

struct BackupStatus {
    Time last_good{};
    std::string path;
};

// What `videa-mozi backup` leaves in the data folder: {"lastGood": RFC 3339, "path": …}, and whatever else it likes.
std::optional<BackupStatus> read_status(std::string const& text) {
    auto const parsed = json::parse(text);
    auto const* const object = parsed ? parsed->if_object() : nullptr;
    auto const* const when = object ? object->if_contains("lastGood") : nullptr;
    auto const* const path = object ? object->if_contains("path") : nullptr;
    if (!when || !when->is_string() || !path || !path->is_string()) return std::nullopt;
    auto const time = from_iso(std::string_view(when->as_string()));
    return time ? std::optional(BackupStatus{*time, std::string(path->as_string())}) : std::nullopt;
}

constexpr auto too_old = std::chrono::days(8); // one of the week may be missed by a day
constexpr auto again = "Make one: videa-mozi backup FOLDER, and see in its log why the last ones failed.";

} // namespace

void look_at_backup(Patient const& patient, Findings& say) {
    std::error_code none;
    if (!std::filesystem::exists(std::filesystem::path(patient.settings.data.dir) / "backup-status", none)) return;
    auto const text = blob::Folder(patient.settings.data.dir, blob::Folder::Missing::refuse).read("backup-status", 64 << 10);
    auto const status = text ? read_status(*text) : std::nullopt;
    if (!status)
        return say.look("backup.unknown", "When the last backup was made cannot be read from backup-status in the data folder", again);
    auto const age = std::chrono::duration_cast<std::chrono::hours>(system_clock().now() - status->last_good);
    auto const told = "the last good backup is of " + to_iso(status->last_good) + ", in " + status->path;
    if (age > too_old) say.look("backup.old", told + ": " + std::to_string(age.count() / 24) + " days ago", again);
    else if (!std::filesystem::exists(status->path, none))
        say.look("backup.gone", told + ", and nothing is there now", "Mount what it lies on, or make another: videa-mozi backup FOLDER.");
    else say.well("backup.old", told);
}

} // namespace mozi::app::doctor
