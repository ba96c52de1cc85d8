// Making a backup, holding one against itself, and putting one back. What they are made of is in backup_manifest.hpp.
#pragma once

#include "backup_files.hpp"
#include "composition.hpp"

namespace mozi::app {

// What a backup is made of.
struct BackupSource {
    Settings const& settings;
    std::map<std::string, db::Database*> databases;
    std::function<std::shared_ptr<void>()> hold; // nothing of films goes while what it gives lives; empty: nobody is there to remove it
    std::function<void()> begun = {}; // called once the instant is taken: nobody waits for this thread from there on
};

struct BackupMade {
    std::filesystem::path path;
    Manifest manifest;
    std::int64_t added = 0; // bytes that lay nowhere on the target's disk before
    std::chrono::microseconds held{0}; // how long nobody could write
    std::vector<std::filesystem::path> halves; // left by one that was cut off, and removed
};

// Into a new folder <dir>/<time>: all of it, or nothing that looks like it. Throws BackupFailed, or what `between` throws.
BackupMade make_backup(BackupSource const& source, std::filesystem::path const& dir, db::Between const& between);

struct BackupState {
    std::vector<std::string> faults; // sentences; empty: it is whole
    Manifest manifest;
    std::int64_t films = 0;
};
// The newest whole one where `from` is a folder of several. Throws BackupFailed where there is none.
std::filesystem::path find_backup(std::filesystem::path const& from);
// Every file hashed, every database opened and counted, every film's files looked for. Throws BackupFailed where it cannot be read at all.
BackupState verify_backup(std::filesystem::path const& backup, db::Between const& between);
// What this executable cannot read of it, as sentences.
std::vector<std::string> newer_in(Manifest const& manifest);
// Into the data folder and database of the settings, where nothing is yet; what was made of it when it fails goes again. Throws
// BackupFailed, and as Hold does.
void restore_backup(std::filesystem::path const& backup, Manifest const& manifest, Settings const& settings, db::Between const& between);

// <data>/backup-status: how the last ones ended, for whoever looks from outside.
struct BackupFailure {
    Time at;
    std::string sentence;
    static constexpr auto fields() {
        return std::tuple{field("at", &BackupFailure::at), field("sentence", &BackupFailure::sentence, {.max = 4000})};
    }
};
struct BackupStatus {
    std::optional<Time> last_good;
    std::optional<std::string> path; // of that
    std::optional<BackupFailure> last_failure; // since then
    static constexpr auto fields() {
        return std::tuple{field("lastGood", &BackupStatus::last_good), field("path", &BackupStatus::path, {.max = 4000}),
            field("lastFailure", &BackupStatus::last_failure)};
    }
};
BackupStatus read_backup_status(std::filesystem::path const& data);
void write_backup_status(std::filesystem::path const& data, BackupStatus const& status); // what cannot be written is told in the log

} // namespace mozi::app
