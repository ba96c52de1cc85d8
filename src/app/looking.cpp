// Opening an installation as it stands.
#include "looking.hpp"

#include "installation.hpp"

namespace mozi::app {

namespace {

std::string const& existing(std::string const& dir) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(dir, ignored))
        throw NoInstallation("There is no data folder " + dir + " yet. The server's first start makes it.");
    return dir;
}

} // namespace

Look::Look(Settings const& settings) : lock_(existing(settings.data.dir), DataLock::Missing::leave) {
    for (auto const name : module_names())
        if (Installation::exists(settings, std::string(name)))
            databases_[std::string(name)] = db::Database::open({.name = std::string(name),
                .dir = settings.data.dir,
                .url = settings.database.url,
                .read_limit = std::chrono::minutes(10), // nobody waits behind it
                .min_free_bytes = std::uint64_t(settings.data.min_free_bytes),
                .access = db::Access::look});
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
