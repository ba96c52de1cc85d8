// What both engines share: error mapping, the unit a thread is in, migrations.
#pragma once

#include "session.hpp"

#include <mutex>

namespace mozi::db {

// The unit or batch this thread is in, if any. A thread is in at most one database's.
struct Active {
    Database* database = nullptr;
    Session* session = nullptr;
    Transaction* unit = nullptr;
    int depth = 0;
    std::vector<std::function<void()>>* actions = nullptr; // of the whole commit
    std::optional<Failure> doomed = {}; // the transaction cannot go on; whoever opened it undoes it, whatever the units answered
    std::optional<Failure> short_of_room = {}; // why only units that free may pass
    bool frees = false; // the outermost unit that runs now
    bool freed = false; // one that may has passed
    bool makes_room = false; // one that does has passed
};
Active& active();

Error to_error(Failure const& failure, std::string const& database);

// Runs fn as a savepoint on the active session; its after-commit actions join `actions` when it succeeds. Does not throw: a
// failure that ends the whole transaction is kept in active().doomed, so that no handler in between can swallow it.
Result<> nested_unit(
    Database& database, Session& session, std::vector<std::function<void()>>& actions, std::function<bool(Transaction&)> const& fn);

// What an engine gives for copies of it.
class Copyable {
public:
    virtual ~Copyable() = default;
    // While it lives, units wait; owns nothing where the writer was not free in time. On PostgreSQL nothing has to be held.
    virtual std::unique_lock<std::timed_mutex> hold_writer(std::chrono::steady_clock::time_point until) = 0;
    // A session of its own that reads. Throws Failure.
    virtual std::unique_ptr<Session> reading_session() const = 0;
};

bool has_table(Connection& c, std::string_view name);

// The copy of that database from before its upgrade lies there whole, and the first pending step runs next: to who is TellsCopies here.
void tell_copied(std::string const& database, std::filesystem::path const& copy);

enum class Within { own_transactions, callers_transaction };
// Applies what is pending, each step in its own transaction, or all in the caller's. before_first runs once, with the name of the first
// pending one, if the schema is not new.
int run_migrations(Session& session, std::string const& database, std::string const& ledger, std::span<EmbeddedFile const> files,
    std::function<void(std::string const&)> const& before_first, Within within = Within::own_transactions);

std::unique_ptr<Database> open_sqlite(Options options);
std::unique_ptr<Database> open_postgres(Options options);

} // namespace mozi::db
