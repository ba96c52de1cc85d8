// The data folder: who uses it, and the secret in it.
#pragma once

#include <mozi/blob/folder.hpp>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace mozi::app {

// What is written would belong to another user than the rest, and a server could not open it; or nothing can be read.
struct WrongUser : std::runtime_error {
    using std::runtime_error::runtime_error;
};
// Throws WrongUser, with how to run it, where the data folder and what a server made in it belong to somebody else.
void must_own(std::filesystem::path const& dir);

// "process 4711 on films1": for whoever finds the folder or the database taken.
std::string this_process();

// The data folder's lock: one process at a time. Throws db::InUse, which says by which, when another holds it; WrongUser.
class DataLock {
public:
    enum class Missing { make, leave }; // leave: where no server has ever run nothing is made, nothing locked, and nothing written
    explicit DataLock(std::filesystem::path const& dir, Missing missing = Missing::make);
    ~DataLock();
    DataLock(DataLock const&) = delete;
    DataLock& operator=(DataLock const&) = delete;
    void write_address(std::string const& url); // for the command line
    static std::optional<std::string> address_of(std::filesystem::path const& dir); // of the running server

private:
    int fd_;
};

// Takes from everybody but the owner what an earlier version left them of databases, snapshots, folders and what marks them. Not of the
// secret: who has seen it stays in, so the start refuses. What cannot be changed is told in the log.
void close_to_others(std::filesystem::path const& dir);
// Reads <dir>/secret, or makes it (whether it may be missing is Installation's to judge). Throws
// std::runtime_error when others may read it.
std::string installation_secret(blob::Folder const& dir);
// Why a start would refuse the secret; empty: it would not, or would make one.
std::string fault_of_secret(blob::Folder const& dir);

} // namespace mozi::app
