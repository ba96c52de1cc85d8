// Opening an installation as it stands.
#include "looking.hpp"

#include "installation.hpp"
#include "snapshots.hpp"
#include "upgrade.hpp"

#include <algorithm>
#include <fstream>

namespace mozi::app {

namespace {

std::string const& existing(std::string const& dir) {
    std::error_code failed;
    auto const state = std::filesystem::status(dir, failed);
    if (failed && state.type() != std::filesystem::file_type::not_found) // what may not be seen is not what is not there
        throw std::runtime_error(
            "The data folder " + dir + " cannot be looked at: " + failed.message() + ". Run this as the server's user, or as root.");
    if (!std::filesystem::is_directory(state))
        throw NoInstallation("There is no data folder " + dir + " yet. The server's first start makes it.");
    return dir;
}

constexpr auto restore_it =
    ". Restore it from a backup or from the folder snapshots, without the -wal and -shm beside it (docs/operations.md, Backup).";

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t out = 0;
    for (char const c : bytes) out = out << 8 | static_cast<unsigned char>(c);
    return out;
}

// What a file lacks of the pages that its header counts (https://sqlite.org/fileformat2.html, 1.3). With a log beside it they may be there.
std::uint64_t bytes_missing(std::filesystem::path const& file) {
    std::error_code none;
    if (auto const log = std::filesystem::file_size(file.string() + "-wal", none); !none && log > 0) return 0;
    std::string head(100, '\0');
    if (!std::ifstream(file, std::ios::binary).read(head.data(), 100) || !head.starts_with("SQLite format 3")) return 0; // said elsewhere
    auto const at = [&](std::size_t from, std::size_t count) { return big_endian(std::string_view(head).substr(from, count)); };
    if (at(24, 4) != at(92, 4)) return 0; // the count is of an old writer and not kept
    auto const page = at(16, 2) == 1 ? 65536 : at(16, 2), wanted = at(28, 4) * page;
    auto const has = std::filesystem::file_size(file, none);
    return none || has >= wanted ? 0 : wanted - has;
}

// Throws std::runtime_error.
void check_end(std::filesystem::path const& file) {
    if (auto const missing = bytes_missing(file); missing > 0)
        throw std::runtime_error(
            "The file " + file.string() + " is damaged: its end is missing, " + std::to_string(missing) + " bytes" + restore_it);
}

} // namespace

Databases look_at_databases(Settings const& settings, db::Access access) {
    Databases out;
    for (auto const name : module_names()) {
        if (!Installation::exists(settings, std::string(name))) continue;
        // Nobody else writes to it: what its header says holds.
        if (settings.database.url.empty() && access == db::Access::look)
            check_end(std::filesystem::path(settings.data.dir) / (std::string(name) + ".db"));
        out[std::string(name)] = db::Database::open({.name = std::string(name),
            .dir = settings.data.dir,
            .url = settings.database.url,
            .read_limit = std::chrono::minutes(10), // nobody waits behind it
            .min_free_bytes = std::uint64_t(settings.data.min_free_bytes),
            .access = access});
    }
    return out;
}

std::vector<std::string> must_be_upgradable(Databases const& databases) {
    std::vector<std::string> older;
    for (auto const& [name, database] : databases) {
        auto const current = check_schema(name, *database);
        if (!current && current.error().id != "schema.older")
            throw std::runtime_error(current.error().id.starts_with("storage.") ? current.error().detail : current.error().message);
        if (!current && database->belonging().in_use) older.push_back(name);
    }
    return older;
}

void check_room(Settings const& settings, std::vector<std::string> const& older) {
    if (older.empty() || !settings.database.url.empty()) return;
    std::uintmax_t copies = 0, biggest = 0;
    for (auto const& name : older) {
        auto size = std::uintmax_t(0);
        for (auto const* part : {".db", ".db-wal"}) {
            std::error_code missing;
            auto const bytes = std::filesystem::file_size(std::filesystem::path(settings.data.dir) / (name + part), missing);
            size += missing ? 0 : bytes;
        }
        copies += size;
        biggest = std::max(biggest, size);
    }
    auto const needed = copies + 2 * biggest;
    auto const free = blob::Folder(settings.data.dir, blob::Folder::Missing::refuse).free_bytes();
    if (free >= needed) return;
    throw std::runtime_error("The folder " + std::filesystem::absolute(settings.data.dir).string() + " has " + std::to_string(free) +
                             " bytes free, and bringing the databases up to date needs " + std::to_string(needed) +
                             ": a copy of each, and twice the biggest for the steps. Nothing was changed. Make room, or move the data "
                             "folder to a bigger disk, and start again.");
}

void check_whole(Settings const& settings, Databases const& databases, std::vector<std::string> const& older) {
    if (!settings.database.url.empty()) return; // PostgreSQL sees to it
    for (auto const& [name, database] : databases) {
        auto const file = std::filesystem::path(settings.data.dir) / (name + ".db");
        if (std::ranges::find(older, name) == older.end()) continue;
        if (auto const whole = database->check_pages(); !whole)
            throw std::runtime_error("The file " + file.string() + " is damaged: " + whole.error().detail + restore_it);
    }
}

Look::Look(Settings const& settings) : lock_(existing(settings.data.dir), DataLock::Missing::leave) {
    blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
    if (Upgrade::is_cut_off(dir))
        throw std::runtime_error("An upgrade of the databases in " + settings.data.dir +
                                 " failed, and putting them back was cut off. The next start of the server goes on with it.");
    if (auto const fault = fault_of_left_log(settings.data.dir); !fault.empty()) throw std::runtime_error(fault);
    databases_ = look_at_databases(settings);
    Installation const there(settings, dir, databases_);
    auto const verdict = judge(there.found());
    id_ = there.found().id;
    if (!verdict.refusal.empty()) throw NotOneInstallation(verdict.refusal);
    if (verdict.id.empty())
        throw NoInstallation("There is no installation in " + settings.data.dir + " yet. The server's first start makes one.");
    for (auto const name : module_names()) {
        auto const database = databases_.find(std::string(name));
        auto const current = database != databases_.end()
                                 ? check_schema(database->first, *database->second)
                                 : Result<>(error(Code::conflict, "schema.older",
                                       "The database of " + std::string(name) +
                                           " has not been made yet. Start the server, and it goes on where it stopped."));
        if (!current) differences_.emplace(name, current.error());
    }
}

void Look::must_be_current() const {
    if (!differences_.empty())
        throw std::runtime_error(differences_.begin()->second.message + " (" + differences_.begin()->second.id + ")");
}

} // namespace mozi::app
