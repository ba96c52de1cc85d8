// A module's database: one writer with combined commits, many readers, the same SQL on SQLite and PostgreSQL.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/base/embedded.hpp>
#include <mozi/base/result.hpp>
#include <mozi/db/value.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

namespace mozi::db {

enum class Dialect { sqlite, postgres };

// Statements on one session. `?` binds the next argument, `?1` the first again, `{list}` a JSON list as rows ("id IN {list}",
// the argument from id_list()). strpos(text, part) is there on both. Each statement text is prepared once per session. Used
// by one thread at a time.
class Connection {
public:
    virtual ~Connection() = default;
    virtual Dialect dialect() const = 0;

    // First row, or nothing. Throws Failure.
    template <class... Out, class... In>
    std::optional<std::tuple<Out...>> one(std::string_view sql, In const&... in) {
        std::optional<std::tuple<Out...>> found;
        each<Out...>(
            sql,
            [&](Out... columns) {
                found.emplace(std::move(columns)...);
                return false;
            },
            in...);
        return found;
    }

    // Calls f(columns…) per row; f may return false to stop. Throws Failure.
    template <class... Out, class F, class... In>
    void each(std::string_view sql, F&& f, In const&... in) {
        Cell cells[sizeof...(Out)];
        std::size_t i = 0;
        ((cells[i++].kind = cell_kind<Out>()), ...);
        Param const params[] = {to_param(in)..., nullptr};
        auto const row = [&]() -> bool {
            return [&]<std::size_t... k>(std::index_sequence<k...>) {
                if constexpr (std::is_same_v<std::invoke_result_t<F&, Out...>, bool>) return f(from_cell<Out>(cells[k])...);
                else return f(from_cell<Out>(cells[k])...), true;
            }(std::index_sequence_for<Out...>{});
        };
        execute(sql, {params, sizeof...(In)}, {cells, sizeof...(Out)}, row);
    }

    template <class... Out, class... In>
    std::vector<std::tuple<Out...>> all(std::string_view sql, In const&... in) {
        std::vector<std::tuple<Out...>> rows;
        each<Out...>(sql, [&](Out... columns) { rows.emplace_back(std::move(columns)...); }, in...);
        return rows;
    }

    // Rows changed. Throws Failure.
    template <class... In>
    std::int64_t run(std::string_view sql, In const&... in) {
        Param const params[] = {to_param(in)..., nullptr};
        return execute(sql, {params, sizeof...(In)}, {}, {});
    }

    virtual std::int64_t execute(
        std::string_view sql, std::span<Param const> params, std::span<Cell> cells, std::function<bool()> const& on_row) = 0;
};

// The argument of one `{list}`.
template <class IdType>
std::string id_list(std::span<IdType const> ids) {
    std::string out = "[";
    for (auto const id : ids) (out.size() > 1 ? out += ',' : out) += std::to_string(id.value);
    return out + "]";
}

// Statements executed by this thread so far: for tests that count.
std::uint64_t statements_of_this_thread();

// A version that moves with every commit that touched its subject. Caches keep what they built as long as it stands.
struct Topic {
    std::atomic<std::uint64_t> version{1};
};

class Database;

// The writer's connection inside one unit of work.
class Transaction {
public:
    Transaction(Connection& connection, Database& database) : connection_(connection), database_(database) {}
    Connection& operator*() { return connection_; }
    Connection* operator->() { return &connection_; }
    // Runs after the commit returned, before anybody is answered; not at all when the unit is undone.
    void after_commit(std::function<void()> action);
    // The topic's version moves with this unit's commit.
    void touch(Topic& topic);
    Database& database() { return database_; }
    std::vector<std::function<void()>>& actions() { return actions_; }

private:
    Connection& connection_;
    Database& database_;
    std::vector<std::function<void()>> actions_;
};

// look: nothing is made, migrated or written, on disk neither. The SQLite file must be there and nobody else may write to it.
// beside: the same of this process while another one has the database open for changing.
enum class Access { change, look, beside };

// now: on the disk when the unit returns. later: seen at once and on the disk with the next unit that is `now`; lost with the power until
// then, as a whole and never before what was written earlier. For what would be done again: a listener's effect together with its place.
enum class Durable { now, later };

struct Options {
    std::string name; // module name: file <name>.db, PostgreSQL schema videa_<name>
    std::filesystem::path dir; // where the SQLite file lives
    std::string url; // empty: SQLite; else postgresql://…
    int readers = 8; // PostgreSQL: most sessions
    std::chrono::milliseconds read_limit{2000}; // a read that takes longer is cut: "storage.too_slow"
    std::uint64_t min_free_bytes = 16u << 20; // less free space: writes answer disk_full before touching the disk
    std::function<void(std::string const&)> on_fatal; // the outcome of a commit is unknown: the process must end
    Access access = Access::change;
};

struct Figures {
    std::uint64_t reads = 0, units = 0, commits = 0, failures = 0;
    std::uint64_t reads_in_others_units = 0; // while the reader held another database's writer
    std::uint64_t wal_bytes = 0;
    std::uint64_t sessions_used = 0, sessions_most = 0; // that somebody works with now; on PostgreSQL there are no more than so many
    std::uint64_t session_waits = 0; // somebody had to wait for one
};

// What a database says of itself before anybody changes it.
struct Belonging {
    bool in_use = false; // migrations have been applied
    std::string installation; // whose it is; empty where an earlier version made it
};

// A row whose parent is not there.
struct Orphan {
    std::string table;
    std::optional<std::int64_t> row; // nothing where the table has no row ids
    std::string parent;
};

class Database {
public:
    // Opens or creates (a schema of PostgreSQL: migrate() does). Throws Failure with a sentence when it cannot.
    static std::unique_ptr<Database> open(Options options);
    virtual ~Database() = default;

    // Reads only; also before migrate(). Throws Failure.
    Belonging belonging();
    // After migrate(): writes whose it is where that does not stand there, replaces it where it is another's, takes up lived()
    // where it was kept last and lifts the floor of new ids. Throws Failure.
    void belong_to(std::string const& installation);

    // Now, on a clock that moves only while a server runs and never jumps. What ends by itself (sessions, uploads, kept answers)
    // ends by this one. Begins at the wall clock's time and falls behind it while the server is off.
    Time lived() const { return Time{std::chrono::microseconds{lived_us_.load(std::memory_order_relaxed)}}; }
    // The same instant as people's clocks show it, for answers.
    Time as_wall(Time when, Clock const& clock) const { return clock.now() + (when - lived()); }
    // So much time has passed, by the steady clock. One thread calls it.
    void live(std::chrono::microseconds passed) { lived_us_.fetch_add(passed.count(), std::memory_order_relaxed); }
    Result<> keep_lived();

    // Runs pending steps before anybody else uses it, each whole or not at all: "0001_accounts.sql" for both engines, or
    // "0001_accounts.sqlite.sql" with "0001_accounts.postgres.sql". Throws Failure when a recorded one has changed or the schema is
    // newer than this executable. Takes a snapshot of a non-empty SQLite file before the first pending one. Returns how many ran.
    // Applied ones are recorded in <ledger>_migration.
    virtual int migrate(std::span<EmbeddedFile const> migrations, std::string const& ledger = "schema") = 0;
    // Whether exactly these have been applied. Reads only; also before migrate(). Errors: "schema.older", "schema.newer",
    // "schema.changed", each a sentence with a way out; "storage.*".
    Result<> check_schema(std::span<EmbeddedFile const> migrations, std::string const& ledger = "schema");

    // Runs fn(Connection&) -> Result<T> on a reader. Errors: fn's, or "storage.*".
    template <class F>
    auto read(F&& fn) -> std::invoke_result_t<F&, Connection&> {
        std::optional<std::invoke_result_t<F&, Connection&>> result;
        if (auto done = run_read([&](Connection& c) { result.emplace(fn(c)); }); !done) return std::move(done).error();
        return std::move(*result);
    }

    // Runs fn(Transaction&) -> Result<T> as one unit: all of it or nothing, durable as asked when this returns. An error of fn undoes it.
    // Inside a unit or batch of the same database on the same thread it becomes part of that (its own savepoint). Inside a unit
    // of another database it is refused ("storage.cross_write"): a module writes its own facts and emits events for the rest.
    template <class F>
    auto write(F&& fn, Durable durable = Durable::now) -> std::invoke_result_t<F&, Transaction&> {
        std::optional<std::invoke_result_t<F&, Transaction&>> result;
        auto done = run_write(
            [&](Transaction& tx) {
                result.emplace(fn(tx));
                return result->has_value();
            },
            durable);
        if (!done) return std::move(done).error();
        return std::move(*result);
    }

    // Runs the tasks one after another on this thread; what they write here shares one commit on SQLite. The tasks' answers may
    // leave only after this returned, and only if it returned no error. Tasks must not throw.
    virtual Result<> batch(std::span<std::function<void()>> tasks) = 0;

    virtual void checkpoint() = 0; // called by the maintenance thread, every 250 ms
    virtual Figures figures() const = 0;
    virtual Dialect dialect() const = 0;
    virtual std::string const& name() const = 0;
    // This thread is inside a unit or batch of this database.
    bool in_unit() const;
    // "ok", or what is wrong. For health and doctor.
    virtual Result<> probe() = 0;
    // Of SQLite, for doctor: the file's pages and indexes are whole; its rows without a parent, at most so many. PostgreSQL sees to both.
    Result<> check_pages();
    Result<std::vector<std::string>> tables(); // on PostgreSQL too
    Result<std::vector<Orphan>> orphans(int most);

protected:
    virtual Result<> run_read(std::function<void(Connection&)> const& fn) = 0;
    virtual Result<> run_write(std::function<bool(Transaction&)> const& fn, Durable durable) = 0;

private:
    std::atomic<std::int64_t> lived_us_{system_clock().now().time_since_epoch().count()};
};

// While it lives, reads of this thread are cut ("storage.too_slow") after so much work: on SQLite the thread's own time, on PostgreSQL
// each statement's.
class Cut {
public:
    explicit Cut(std::chrono::milliseconds most);
    ~Cut();
    Cut(Cut const&) = delete;
    Cut& operator=(Cut const&) = delete;
};

// Version of the SQLite in this process, and whether it carries the fix for the WAL-reset race (3.51.3 and later, not 3.52.0).
std::string sqlite_version();
bool sqlite_checkpoints_safely();

} // namespace mozi::db
