// The house put together: one function, read from top to bottom.
#pragma once

#include "data_folder.hpp"
#include "settings.hpp"
#include "vitals.hpp"

#include <mozi/blob/folder.hpp>
#include <mozi/http/gateway.hpp>

#include <map>
#include <memory>

namespace mozi::app {

enum class Purpose {
    serve, // everything
    describe, // made and migrated, but nothing listens and no job runs
    work, // of a command, on what is there and of this schema: nothing is made, migrated or given other rights
};

class House {
public:
    // Opens databases and migrates; where that fails on SQLite, those that were migrated are put back as they were. Throws db::Failure or
    // std::exception with a sentence. on_fatal: the process must end (exit 70).
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
    std::string reload(); // SIGHUP: the log's file and certificates; empty, or what is wrong
    // Why only a new start would help, in a sentence; empty: nothing stands still. A PostgreSQL that hangs is no reason.
    std::string stands_still() const;
    std::vector<Ailment> ailments() const;
    std::string secret() const;
    media::Keeping& keeping();
    moderation::Record& record();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// What the record of decisions is sealed with and held against.
moderation::RecordSettings record_settings(Settings const& settings, std::string const& secret);
// What each module's database is made by, besides mozi_platform_schema().
std::map<std::string, std::span<EmbeddedFile const>> module_migrations();
// Where each module's things lie, and what it keeps of effects.
std::map<std::string, std::vector<effects::Place>> module_places();
// Whether the schema of that module's database is the one of this executable. Errors: as Database::check_schema().
Result<> check_schema(std::string const& module, db::Database& database);

} // namespace mozi::app
