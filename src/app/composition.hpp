// The house put together: one function, read from top to bottom.
#pragma once

#include "settings.hpp"

#include <mozi/blob/folder.hpp>
#include <mozi/http/gateway.hpp>

#include <map>
#include <memory>

namespace mozi::app {

enum class Purpose {
    serve, // everything
    describe, // made and migrated, but nothing listens and no job runs
};

class House {
public:
    // Opens databases and migrates. Throws db::Failure or std::exception with a sentence. on_fatal: the process must end (exit 70).
    House(Settings const& settings, Purpose purpose, std::function<void(std::string const&)> on_fatal);
    ~House();

    // Listens and starts the jobs. Throws std::system_error when the address is taken.
    void start();
    // Drains: requests finish, uploads and jobs are parked. Within `grace`.
    void stop(std::chrono::milliseconds grace);

    http::Gateway& gateway();
    std::uint16_t port() const;
    std::string address() const; // http://localhost:3001, or base_url
    std::string local_address() const; // where this machine reaches it
    user::UserModule& users();
    events::Dispatcher& dispatcher();
    Directory const& directory() const;
    std::map<std::string, db::Database*> databases() const;
    std::string reload(); // SIGHUP: certificates
    std::string secret() const;
    media::Keeping& keeping();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// What each module's database is made by, besides mozi_platform_schema().
std::map<std::string, std::span<EmbeddedFile const>> module_migrations();
// Whether the schema of that module's database is the one of this executable. Errors: as Database::check_schema().
Result<> check_schema(std::string const& module, db::Database& database);

// The data folder's lock: one process at a time. Throws std::runtime_error when another holds it.
class DataLock {
public:
    enum class Missing { make, leave }; // leave: where no server has ever run nothing is made, and nothing locked
    explicit DataLock(std::filesystem::path const& dir, Missing missing = Missing::make);
    ~DataLock();
    DataLock(DataLock const&) = delete;
    DataLock& operator=(DataLock const&) = delete;
    void write_address(std::string const& url); // for the command line
    static std::optional<std::string> address_of(std::filesystem::path const& dir); // of the running server

private:
    int fd_;
};

// Reads <dir>/secret, or makes it (whether it may be missing is Installation's to judge). Throws
// std::runtime_error when others may read it.
std::string installation_secret(blob::Folder const& dir);

} // namespace mozi::app
