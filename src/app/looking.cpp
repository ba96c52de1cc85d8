// Opening an installation as it stands.
#include "looking.hpp"

#include "installation.hpp"
#include "snapshots.hpp"

#include <algorithm>

namespace mozi::app {

namespace {

std::string const& existing(std::string const& dir) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(dir, ignored))
        throw NoInstallation("There is no data folder " + dir + " yet. The server's first start makes it.");
    return dir;
}

} // namespace

Databases look_at_databases(Settings const& settings, db::Access access) {
    Databases out;
    for (auto const name : module_names())
        if (Installation::exists(settings, std::string(name)))
            out[std::string(name)] = db::Database::open({.name = std::string(name),
                .dir = settings.data.dir,
                .url = settings.database.url,
                .read_limit = std::chrono::minutes(10), // nobody waits behind it
                .min_free_bytes = std::uint64_t(settings.data.min_free_bytes),
                .access = access});
    return out;
}

std::vector<std::string> must_be_upgradable(Databases const& databases) {
    std::vector<std::string> older;
    for (auto const& [name, database] : databases) {
        auto const current = check_schema(name, *database);
        if (!current && current.error().id != "schema.older") throw std::runtime_error(current.error().message);
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

Look::Look(Settings const& settings) : lock_(existing(settings.data.dir), DataLock::Missing::leave) {
    if (auto const fault = fault_of_left_log(settings.data.dir); !fault.empty()) throw std::runtime_error(fault);
    databases_ = look_at_databases(settings);
    blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
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
