// One SOCI session with its prepared statements. The only header that sees SOCI.
#pragma once

#include <mozi/db/database.hpp>

#include <soci/soci.h>

#include <atomic>
#include <unordered_map>

namespace sqlite_api { // as soci-sqlite3.h names what it includes
struct sqlite3_stmt;
}

namespace mozi::db {

class Session final : public Connection {
public:
    // look: nothing is made or changed on disk either, not even beside the file. beside: locked as others' reads are, never writing.
    enum class Use { write, read, look, beside };
    static std::unique_ptr<Session> sqlite(std::string const& path, Use use);
    static std::unique_ptr<Session> postgres(
        std::string const& url, std::string const& schema, std::chrono::milliseconds statement_limit, Use use = Use::write);

    Dialect dialect() const override { return dialect_; }
    std::int64_t execute(
        std::string_view sql, std::span<Param const> params, std::span<Cell> cells, std::function<bool()> const& on_row) override;

    // One statement without parameters, not cached (PRAGMA, DDL).
    void plain(std::string const& sql);
    // Any number of statements, told apart by the engine itself; what they answer is dropped.
    void script(std::string const& sql);
    // BEGIN, SAVEPOINT, COMMIT and their kin: kept prepared where that is cheaper.
    void control(std::string const& sql);
    // A read that runs past this instant is interrupted (SQLite; PostgreSQL has statement_timeout).
    void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }
    // PostgreSQL: statements take at most so long from here on.
    void limit_statements(std::chrono::milliseconds limit);
    // PostgreSQL: a statement that nothing has come back from for longer than that fails as `gone`. Any thread.
    void end_hung(std::chrono::milliseconds longest);
    void forget_statements() { statements_.clear(); }
    soci::session& raw() { return session_; }

private:
    struct Prepared {
        std::unique_ptr<soci::statement> statement;
        sqlite_api::sqlite3_stmt* native = nullptr; // SQLite: the statement's own
        std::vector<std::uint16_t> arguments; // which parameter each placeholder takes
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    Prepared& prepare(std::string_view sql);
    std::int64_t execute_sqlite(std::string_view sql, Prepared& prepared, std::span<Param const> params, std::span<Cell> cells,
        std::function<bool()> const& on_row);
    std::int64_t execute_postgres(std::string_view sql, Prepared& prepared, std::span<Param const> params, std::span<Cell> cells,
        std::function<bool()> const& on_row);
    [[noreturn]] void fail(std::exception const& cause);
    [[noreturn]] void fail_sqlite();
    static int progress(void* self);

    // Says that a statement is under way.
    class Waiting {
    public:
        explicit Waiting(Session& session) : session_(session) { session_.waits_since_ = std::chrono::steady_clock::now(); }
        ~Waiting() { session_.waits_since_ = never; }
        Waiting(Waiting const&) = delete;
        Waiting& operator=(Waiting const&) = delete;

    private:
        Session& session_;
    };
    // The connection's socket once more: libpq may close its own at any time.
    struct Line {
        int fd = -1;
        ~Line();
    };

    Dialect dialect_ = Dialect::sqlite;
    soci::session session_;
    std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> statements_;
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
    std::chrono::milliseconds statement_limit_{0};
    static constexpr std::chrono::steady_clock::time_point never{};
    std::atomic<std::chrono::steady_clock::time_point> waits_since_{never}; // of PostgreSQL
    Line line_;
};

// The cut this thread is under; most is zero where it is under none.
std::chrono::milliseconds most_of_a_read();

// "SELECT … WHERE id = ? AND x IN {list}" into the engine's form. `arguments` receives the parameter index of each placeholder.
std::string translate(std::string_view sql, Dialect dialect, std::vector<std::uint16_t>& arguments);

} // namespace mozi::db
