// Having an installation to oneself: what every command that changes something begins with.
#pragma once

#include "data_folder.hpp"
#include "settings.hpp"

#include <mozi/db/sole_use.hpp>

#include <functional>
#include <memory>

namespace mozi::app {

class Hold {
public:
    // existing: nothing is made; it must be there, whole and of this version's schema. make: it may be new or older.
    enum class Takes { existing, make };
    // Throws NoInstallation, NotOneInstallation, WrongUser, db::InUse, std::runtime_error. on_lost as of db::SoleUse.
    Hold(Settings const& settings, Takes takes, std::function<void(std::string const&)> on_lost = {});
    void write_address(std::string const& url) { folder_->write_address(url); }

private:
    std::unique_ptr<DataLock> folder_;
    std::unique_ptr<db::SoleUse> database_; // on PostgreSQL
};

// How a command that failed ends: the cause and what was taken on standard error, and the status of sysexits.h that says which kind it is.
// 75: in use; 77: wrong user; 78: not one installation, or a secret that is none; else 69.
int refuse(Settings const& settings, std::exception const& cause);
int status_of(std::exception const& cause);

} // namespace mozi::app
