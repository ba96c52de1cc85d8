// What databases hold at one instant, copied while they go on being used, and put back where nothing is.
#pragma once

#include <mozi/db/database.hpp>

#include <map>

namespace mozi::db {

// What of a ledger stands in a database, and what this executable would add.
struct Steps {
    int applied = 0;
    std::vector<std::string> pending; // names
};
// Reads only. Errors: as Database::check_schema(), but for "schema.older".
Result<Steps> steps_of(Database& database, std::span<EmbeddedFile const> migrations, std::string const& ledger = "schema");
// How many steps of a ledger this executable brings.
int known_steps(std::span<EmbeddedFile const> migrations, Dialect dialect);

// Called between pieces of at most a few MiB; may sleep, and ends the work by throwing.
using Between = std::function<void()>;

struct Copied {
    std::vector<std::string> files; // below the folder it was copied to, durable
    std::map<std::string, std::int64_t> rows; // of each table at the instant
};

// Used by one thread. While it lives, SQLite's log cannot shrink and PostgreSQL keeps dead rows.
class Instant {
public:
    // Of databases of one engine. Writers of all are held together for the milliseconds that it takes to begin; how long is in `held`.
    // Throws Failure: `busy` where they could not be had within `patience`.
    static std::unique_ptr<Instant> take(std::map<std::string, Database*> const& databases, std::chrono::milliseconds patience);
    virtual ~Instant() = default;
    virtual Connection& reader(std::string const& database) = 0;
    // <database>.db, or on PostgreSQL a folder <database> with a file for each table. Throws Failure, or what `between` throws.
    virtual Copied copy(std::string const& database, std::filesystem::path const& folder, Between const& between) = 0;
    std::chrono::microseconds held{0};
};

// Puts what copy() made of PostgreSQL back into a schema that is not there yet: made by so many steps of this executable's ledgers
// first. All of it or nothing. Throws Failure with a sentence.
struct PutBack {
    std::string name, url;
    std::filesystem::path folder; // that copy() was given
    std::span<EmbeddedFile const> platform, own;
    int platform_steps = 0, own_steps = 0;
};
std::map<std::string, std::int64_t> put_back(PutBack const& what, Between const& between);
bool postgres_schema_exists(std::string const& url, std::string const& name);
void drop_postgres_schema(std::string const& url, std::string const& name);
// Rows of each table that the files of a copy hold; nothing is asked of PostgreSQL. Throws Failure.
std::map<std::string, std::int64_t> rows_in_copy(std::filesystem::path const& folder, std::string const& name);
// Columns of a table in such files, as PostgreSQL writes them: "\\N" is none, and only digits and words are not escaped. Throws Failure.
void each_in_copy(std::filesystem::path const& folder, std::string const& name, std::string const& table,
    std::vector<std::string> const& columns, std::function<void(std::vector<std::string_view> const&)> const& each);

} // namespace mozi::db
