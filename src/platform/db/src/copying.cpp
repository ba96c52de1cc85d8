// An instant of several databases; SQLite copied from it by its own backup interface.
#include "copying.hpp"

#include "shared.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mozi::db {

namespace {

using namespace sqlite_api;
constexpr int pages_at_once = 512;

sqlite3* handle(Session& session) { return static_cast<soci::sqlite3_session_backend*>(session.raw().get_backend())->conn_; }

Copyable& engine_of(Database& database) { return dynamic_cast<Copyable&>(database); }

[[noreturn]] void fail(int code, std::filesystem::path const& to) {
    auto const first = code & 255;
    auto const no_room = first == SQLITE_FULL || (first == SQLITE_IOERR && errno == ENOSPC);
    throw Failure(no_room ? Failure::Kind::full : Failure::Kind::io, "copying to " + to.string() + ": " + sqlite3_errstr(code));
}

struct Target {
    sqlite3* database = nullptr;
    explicit Target(std::filesystem::path const& to) {
        auto const path = std::filesystem::absolute(to).string();
        auto const code = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
        if (code == SQLITE_OK) return;
        sqlite3_close(database);
        fail(code, to);
    }
    ~Target() { sqlite3_close(database); }
    Target(Target const&) = delete;
    Target& operator=(Target const&) = delete;
};

void copy_pages(Session& from, std::filesystem::path const& to, Between const& between) {
    Target const target(to);
    std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> const copying(
        sqlite3_backup_init(target.database, "main", handle(from), "main"), sqlite3_backup_finish);
    if (!copying) fail(sqlite3_extended_errcode(target.database), to);
    for (int code = SQLITE_OK; code != SQLITE_DONE;) {
        code = sqlite3_backup_step(copying.get(), pages_at_once);
        if (code != SQLITE_OK && code != SQLITE_DONE) fail(code, to);
        between();
    }
}

// One file that needs no other beside it: put beside the log of another database it is known for what it is.
void close_log(std::filesystem::path const& to) {
    Target const target(to);
    if (auto const code = sqlite3_exec(target.database, "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail(code, to);
}

class SqliteInstant final : public Instant {
public:
    SqliteInstant(std::map<std::string, Database*> const& databases, std::chrono::milliseconds patience) {
        for (auto const& [name, database] : databases) sessions_[name] = engine_of(*database).reading_session(); // before anybody waits
        auto const until = std::chrono::steady_clock::now() + patience;
        std::vector<std::unique_lock<std::timed_mutex>> writers; // in the order of their names, whoever asks
        std::chrono::steady_clock::time_point since;
        for (auto const& [name, database] : databases) {
            writers.push_back(engine_of(*database).hold_writer(until));
            if (writers.size() == 1) since = std::chrono::steady_clock::now();
            if (!writers.back()) throw Failure(Failure::Kind::busy, "the writer of " + name + " was not free in time");
        }
        for (auto const& [name, session] : sessions_) {
            session->control("BEGIN");
            session->one<std::int64_t>("SELECT count(*) FROM sqlite_master"); // from here on it sees this
        }
        held = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - since);
    }

    Connection& reader(std::string const& database) override { return *sessions_.at(database); }

    Copied copy(std::string const& database, std::filesystem::path const& folder, Between const& between) override {
        auto& from = *sessions_.at(database);
        auto const to = folder / (database + ".db");
        Copied out{{database + ".db"}, {}};
        copy_pages(from, to, between);
        close_log(to);
        make_durable(to);
        for (auto const& [table] :
            from.all<std::string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")) {
            out.rows[table] = std::get<0>(from.one<std::int64_t>("SELECT count(*) FROM \"" + table + "\"").value());
            between();
        }
        return out;
    }

private:
    std::map<std::string, std::unique_ptr<Session>> sessions_;
};

} // namespace

void make_durable(std::filesystem::path const& file) {
    auto const fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    auto const done = fd >= 0 && fsync(fd) == 0;
    auto const why = errno;
    if (fd >= 0) ::close(fd);
    if (!done)
        throw Failure(why == ENOSPC || why == EDQUOT ? Failure::Kind::full : Failure::Kind::io, file.string() + ": " + std::strerror(why));
}

std::unique_ptr<Instant> Instant::take(std::map<std::string, Database*> const& databases, std::chrono::milliseconds patience) {
    if (databases.empty()) throw Failure(Failure::Kind::other, "there is no database");
    if (databases.begin()->second->dialect() == Dialect::sqlite) return std::make_unique<SqliteInstant>(databases, patience);
    return postgres_instant(engine_of(*databases.begin()->second).reading_session());
}

} // namespace mozi::db
