// Looking at what is there without changing it: nothing is made, migrated or written.
#pragma once

#include "composition.hpp"

#include <stdexcept>

namespace mozi::app {

// There is nothing to look at yet.
struct NoInstallation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

using Databases = std::map<std::string, std::unique_ptr<db::Database>>;

// Those that exist, opened for looking, or for looking beside a running server. Throws std::runtime_error, which names the file and the way
// out, where the end of one is missing.
Databases look_at_databases(Settings const& settings, db::Access access = db::Access::look);
// The modules whose database is in use and older than this executable. Throws std::runtime_error where one is newer, or changed.
std::vector<std::string> must_be_upgradable(Databases const& databases);
// Whether the folder has room for the copies and the steps of their upgrade: a copy of each, and twice the biggest. Throws
// std::runtime_error.
void check_room(Settings const& settings, std::vector<std::string> const& older);

// Whether every page of those that are to be upgraded is sound. Throws std::runtime_error, which names the first file that is not.
void check_whole(Settings const& settings, Databases const& databases, std::vector<std::string> const& older);

class Look {
public:
    // Throws NoInstallation, NotOneInstallation where a start would be refused, std::runtime_error when another process works there.
    explicit Look(Settings const& settings);
    std::string const& installation() const { return id_; } // empty where an earlier version made it
    std::map<std::string, std::unique_ptr<db::Database>> const& databases() const { return databases_; }
    // By module, why its database cannot be read by this executable: "schema.older", "schema.newer", "schema.changed".
    std::map<std::string, Error> const& differences() const { return differences_; }
    // Throws std::runtime_error with the first of them.
    void must_be_current() const;

private:
    DataLock lock_;
    std::string id_;
    std::map<std::string, std::unique_ptr<db::Database>> databases_;
    std::map<std::string, Error> differences_;
};

} // namespace mozi::app
