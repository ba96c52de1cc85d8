// Files on their way into a backup and out of it: linked or copied, hashed, durable.
#pragma once

#include "backup_manifest.hpp"

#include <mozi/db/copying.hpp>

namespace mozi::app {

// Throws BackupFailed with what errno says about that path.
[[noreturn]] void fail_on(std::filesystem::path const& path);
void sync_path(std::filesystem::path const& path); // a file or a folder. Throws BackupFailed
void sync_disk(std::filesystem::path const& folder); // all that lies on the same one. Throws BackupFailed
void make_folder(std::filesystem::path const& path); // with those above it, its owner's alone. Throws BackupFailed

struct FileFacts {
    std::int64_t size = 0, changed = 0; // nanoseconds
};
// Of a regular file; nothing where there is none. Throws BackupFailed.
std::optional<FileFacts> facts_of(std::filesystem::path const& file);

// In hexadecimal. Throws BackupFailed.
std::string hash_of(std::filesystem::path const& file, db::Between const& between);
// A new file of the same content and time of change, 0600, durable; its hash. `most`: only the beginning.
std::string copy_file(std::filesystem::path const& from, std::filesystem::path const& to, db::Between const& between,
    std::int64_t most = std::numeric_limits<std::int64_t>::max());
// A second name of the same file. False where the system does not give one.
bool link_file(std::filesystem::path const& from, std::filesystem::path const& to);
// Everything below, in the order of the whole paths, without links. Throws BackupFailed.
void walk(std::filesystem::path const& folder, std::string const& prefix,
    std::function<void(std::filesystem::path const& file, std::string const& name)> const& each);

} // namespace mozi::app
