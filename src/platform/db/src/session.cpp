// SOCI with its pitfalls closed: static intos only, statements always reset, bindings counted, extended error codes.
#include "session.hpp"

#include <mozi/base/text.hpp>
#include <mozi/db/settings.hpp>

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mozi::db {

namespace {

thread_local std::uint64_t statement_count = 0;
thread_local std::chrono::milliseconds cut_after{0}; // no cut
thread_local std::chrono::nanoseconds cut_at{0};

// clock_gettime(2), CLOCK_THREAD_CPUTIME_ID: what others do meanwhile does not count.
std::chrono::nanoseconds work_of_this_thread() {
    timespec spent{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

sqlite_api::sqlite3* handle(soci::session& session) { return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_; }

Failure::Kind kind_of_sqlite(int code) {
    switch (code & 255) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Failure::Kind::busy;
    case SQLITE_FULL: return Failure::Kind::full;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_CANTOPEN:
    case SQLITE_NOTADB: return Failure::Kind::io;
    case SQLITE_INTERRUPT: return Failure::Kind::interrupted;
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID)
            return Failure::Kind::unique;
        if (code == SQLITE_CONSTRAINT_FOREIGNKEY) return Failure::Kind::foreign_key;
        return Failure::Kind::check;
    default: return Failure::Kind::other;
    }
}

Failure::Kind kind_of_postgres(std::string_view state) {
    if (state == "23505") return Failure::Kind::unique;
    if (state == "23503") return Failure::Kind::foreign_key;
    if (state.starts_with("23")) return Failure::Kind::check;
    if (state == "40001" || state == "40P01") return Failure::Kind::serialization;
    if (state == "53100") return Failure::Kind::full;
    if (state == "57014") return Failure::Kind::interrupted;
    if (state.find_first_not_of(' ') == state.npos) return Failure::Kind::gone; // nothing was answered that has one
    if (state.starts_with("08") || state.starts_with("57P") || state.starts_with("53")) return Failure::Kind::gone;
    return Failure::Kind::other;
}

// strpos(text, part) as PostgreSQL has it: the first place of the part, in characters from 1; 0 when it is nowhere. Time grows with the
// text and with the part, never with their product.
void strpos(sqlite_api::sqlite3_context* context, int, sqlite_api::sqlite3_value** values) {
    auto const* const text_bytes = reinterpret_cast<char const*>(sqlite_api::sqlite3_value_text(values[0]));
    auto const* const part_bytes = reinterpret_cast<char const*>(sqlite_api::sqlite3_value_text(values[1]));
    if (!text_bytes || !part_bytes) return; // NULL
    std::string_view const text(text_bytes, std::size_t(sqlite_api::sqlite3_value_bytes(values[0])));
    std::string_view const part(part_bytes, std::size_t(sqlite_api::sqlite3_value_bytes(values[1])));
    auto const* const found = static_cast<char const*>(memmem(text.data(), text.size(), part.data(), part.size()));
    auto const before = found ? length_utf8(text.substr(0, std::size_t(found - text.data()))) : 0;
    sqlite_api::sqlite3_result_int64(context, found ? std::int64_t(before) + 1 : 0);
}

} // namespace

std::uint64_t statements_of_this_thread() { return statement_count; }

Cut::Cut(std::chrono::milliseconds most) {
    cut_after = most;
    cut_at = work_of_this_thread() + most;
}
Cut::~Cut() { cut_after = std::chrono::milliseconds(0); }
std::chrono::milliseconds most_of_a_read() { return cut_after; }

std::string translate(std::string_view sql, Dialect dialect, std::vector<std::uint16_t>& arguments) {
    std::string out;
    out.reserve(sql.size() + 64);
    std::uint16_t next = 0;
    char quote = 0;
    auto const placeholder = [&](std::uint16_t index) {
        arguments.push_back(index);
        out += ":p" + std::to_string(arguments.size());
    };
    for (std::size_t i = 0; i < sql.size(); ++i) {
        char const c = sql[i];
        if (quote) {
            out += c;
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            out += quote = c;
        } else if (c == '?') {
            std::uint16_t index = next;
            if (i + 1 < sql.size() && sql[i + 1] >= '1' && sql[i + 1] <= '9') index = std::uint16_t(sql[++i] - '1');
            else ++next;
            placeholder(index);
        } else if (c == '{' && sql.substr(i).starts_with("{list}")) {
            out += dialect == Dialect::sqlite ? "(SELECT value FROM json_each(" : "(SELECT jsonb_array_elements_text(CAST(";
            placeholder(next++);
            out += dialect == Dialect::sqlite ? "))" : " AS jsonb))::bigint)";
            i += 5;
        } else {
            out += c;
        }
    }
    return out;
}

namespace {

// As a URI, in which no folder's name means anything to SQLite or SOCI: neither // nor a quote, a space or a leading "file:".
std::string address_of(std::string const& path) {
    std::string out = "file://";
    for (char const c : std::filesystem::absolute(path).string()) {
        auto const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::strchr("-._~/", c);
        if (c == '/' && out.ends_with('/') && out.size() > 7) continue;
        plain ? out += c : out += "%" + hex({&c, 1});
    }
    return out;
}

// Without locks and without a file beside this one that was not there: the caller sees to it that nobody writes meanwhile. What the
// log still holds is read, its index kept in memory.
std::string address_for_looking(std::string const& path) {
    std::error_code missing;
    auto const log = std::filesystem::file_size(path + "-wal", missing);
    return address_of(path) + (missing || log == 0 ? "?immutable=1" : "?mode=ro&vfs=unix-none");
}

std::string address_for(std::string const& path, Session::Use use) {
    return use == Session::Use::look     ? address_for_looking(path)
           : use == Session::Use::beside ? address_of(path) + "?mode=ro"
                                         : address_of(path);
}

} // namespace

std::unique_ptr<Session> Session::sqlite(std::string const& path, Use use) {
    auto session = std::make_unique<Session>();
    session->dialect_ = Dialect::sqlite;
    try {
        session->session_.open(soci::sqlite3, "dbname=\"" + address_for(path, use) + "\" timeout=5 shared_cache=false");
        auto* const db = handle(session->session_);
        sqlite_api::sqlite3_extended_result_codes(db, 1);
        auto const pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
        sqlite_api::sqlite3_create_function_v2(db, "strpos", 2, pure, nullptr, &strpos, nullptr, nullptr, nullptr);
        sqlite_api::sqlite3_progress_handler(db, 4000, &Session::progress, session.get());
        if (use == Use::look) session->plain("PRAGMA locking_mode=EXCLUSIVE"); // no shared memory; said before anything is read
        if (use == Use::look || use == Use::beside) sqlite_api::sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        session->plain("PRAGMA foreign_keys=1");
        session->plain("PRAGMA cache_size=-16000");
        session->plain("PRAGMA mmap_size=268435456");
        session->plain("PRAGMA temp_store=2");
        if (use != Use::write) {
            session->plain("PRAGMA query_only=1");
        } else {
            session->plain("PRAGMA journal_mode=WAL");
            session->plain("PRAGMA synchronous=FULL");
            session->plain("PRAGMA journal_size_limit=67108864");
            session->plain("PRAGMA wal_autocheckpoint=0");
        }
    } catch (Failure const&) { throw; } catch (std::exception const& cause) {
        throw Failure(Failure::Kind::io, "cannot open " + path + ": " + cause.what());
    }
    return session;
}

std::unique_ptr<Session> Session::postgres(
    std::string const& url, std::string const& schema, std::chrono::milliseconds statement_limit, Use use) {
    if (auto const what = fault_of_address(url); !what.empty()) throw Failure(Failure::Kind::other, "database.url " + what);
    auto session = std::make_unique<Session>();
    session->dialect_ = Dialect::postgres;
    try {
        // SOCI reads key=value pairs and adds a "=" to an address without any; the server also lists its sessions by this name.
        session->session_.open(soci::postgresql, url + (url.find('?') == url.npos ? "?" : "&") +
                                                     "application_name=videa-mozi&connect_timeout=5&tcp_user_timeout=15000&keepalives_idle="
                                                     "15&keepalives_interval=5&keepalives_count=3");
        auto* const connection = static_cast<soci::postgresql_session_backend*>(session->session_.get_backend())->conn_;
        session->line_.fd = fcntl(PQsocket(connection), F_DUPFD_CLOEXEC, 0);
        session->plain("SET search_path TO " + schema);
        session->plain("SET statement_timeout TO " + std::to_string(statement_limit.count()));
        session->statement_limit_ = statement_limit;
        if (use != Use::write) session->plain("SET default_transaction_read_only TO on");
        session->plain("SET client_min_messages TO warning");
    } catch (Failure const&) { throw; } catch (std::exception const& cause) {
        throw Failure(Failure::Kind::gone, "PostgreSQL does not answer: " + without_address(cause.what(), url));
    }
    return session;
}

int Session::progress(void* self) {
    if (std::chrono::steady_clock::now() > static_cast<Session*>(self)->deadline_) return 1;
    return cut_after.count() > 0 && work_of_this_thread() > cut_at ? 1 : 0;
}

Session::Line::~Line() {
    if (fd >= 0) ::close(fd);
}

// Its own limit is the server's to keep, and a server that was stopped keeps none.
void Session::end_hung(std::chrono::milliseconds longest) {
    auto const since = waits_since_.load();
    if (since != never && std::chrono::steady_clock::now() - since > longest) ::shutdown(line_.fd, SHUT_RDWR);
}

void Session::limit_statements(std::chrono::milliseconds limit) {
    if (limit == statement_limit_) return;
    plain("SET statement_timeout TO " + std::to_string(limit.count()));
    statement_limit_ = limit;
}

void Session::fail_sqlite() {
    auto const code = sqlite_api::sqlite3_extended_errcode(handle(session_));
    auto text = std::string(sqlite_api::sqlite3_errmsg(handle(session_))) + " (sqlite " + std::to_string(code) + ")";
    if (auto const kind = code & 255; kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT) {
        auto const* const file = sqlite_api::sqlite3_db_filename(handle(session_), "main");
        text = "The file " + std::string(file ? file : "of the database") + " is damaged, or no database at all: " + text +
               ". Restore it from a backup or from the folder snapshots, without the -wal and -shm beside it (docs/operations.md, Backup).";
    }
    throw Failure(kind_of_sqlite(code), std::move(text));
}

void Session::fail(std::exception const& cause) {
    if (dialect_ == Dialect::sqlite) fail_sqlite();
    // what() of SOCI repeats the bound values, and PostgreSQL's detail line the row's: neither may reach a log.
    auto const* reported = dynamic_cast<soci::soci_error const*>(&cause);
    auto text = reported ? reported->get_error_message() : std::string(cause.what());
    text.resize(std::min(text.size(), text.find('\n')));
    auto const* state = dynamic_cast<soci::postgresql_soci_error const*>(&cause);
    throw Failure(state ? kind_of_postgres(state->sqlstate()) : Failure::Kind::gone, std::move(text));
}

void Session::plain(std::string const& sql) {
    ++statement_count;
    Waiting const waiting(*this);
    try {
        session_.once << sql;
    } catch (std::exception const& cause) { fail(cause); }
}

void Session::script(std::string const& sql) {
    ++statement_count;
    if (dialect_ == Dialect::sqlite) {
        if (sqlite_api::sqlite3_exec(handle(session_), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail_sqlite();
        return;
    }
    Waiting const waiting(*this);
    // Not through SOCI, which would take a ":name" in a function's body for a parameter of its own.
    auto* const connection = static_cast<soci::postgresql_session_backend*>(session_.get_backend())->conn_;
    std::unique_ptr<PGresult, void (*)(PGresult*)> const result(PQexec(connection, sql.c_str()), PQclear);
    auto const status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return;
    auto const* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    auto const* text = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    throw Failure(state ? kind_of_postgres(state) : Failure::Kind::gone, text ? text : "PostgreSQL does not answer");
}

void Session::control(std::string const& sql) {
    if (dialect_ == Dialect::sqlite) execute(sql, {}, {}, {});
    else plain(sql);
}

Session::Prepared& Session::prepare(std::string_view sql) {
    if (auto const known = statements_.find(sql); known != statements_.end()) return known->second;
    if (statements_.size() >= 256) statements_.clear(); // a bound; the code has fewer texts than that
    Prepared prepared;
    auto const text = translate(sql, dialect_, prepared.arguments);
    prepared.statement = std::make_unique<soci::statement>(session_);
    prepared.statement->alloc();
    prepared.statement->prepare(text);
    if (dialect_ == Dialect::sqlite)
        prepared.native = static_cast<soci::sqlite3_statement_backend*>(prepared.statement->get_backend())->stmt_;
    return statements_.emplace(std::string(sql), std::move(prepared)).first->second;
}

std::int64_t Session::execute(
    std::string_view sql, std::span<Param const> params, std::span<Cell> cells, std::function<bool()> const& on_row) {
    ++statement_count;
    std::optional<Waiting> waiting;
    if (dialect_ == Dialect::postgres) waiting.emplace(*this); // to be prepared as well
    try {
        auto& prepared = prepare(sql);
        std::size_t used = 0;
        for (auto const index : prepared.arguments) used = std::max<std::size_t>(used, index + 1u);
        if (used > params.size()) throw Failure(Failure::Kind::other, "too few arguments: " + std::string(sql));
        if (used != params.size()) throw Failure(Failure::Kind::other, "too many arguments: " + std::string(sql));
        return dialect_ == Dialect::sqlite ? execute_sqlite(sql, prepared, params, cells, on_row)
                                           : execute_postgres(sql, prepared, params, cells, on_row);
    } catch (soci::soci_error const& cause) {
        if (dialect_ == Dialect::postgres) statements_.erase(std::string(sql)); // it may refer to a lost session or an altered table
        fail(cause);
    }
}

// Values pass between SQLite and the cells without SOCI's objects for each of them, which cost more than the statement itself.
std::int64_t Session::execute_sqlite(
    std::string_view sql, Prepared& prepared, std::span<Param const> params, std::span<Cell> cells, std::function<bool()> const& on_row) {
    using namespace sqlite_api;
    auto* const statement = prepared.native;
    struct Reset {
        sqlite3_stmt* statement;
        ~Reset() { sqlite3_reset(statement); }
    } const guard{statement};
    int place = 0;
    for (auto const index : prepared.arguments) {
        ++place;
        auto const& param = params[index];
        auto code = SQLITE_OK;
        if (auto const* integer = std::get_if<std::int64_t>(&param)) code = sqlite3_bind_int64(statement, place, *integer);
        else if (auto const* real = std::get_if<double>(&param)) code = sqlite3_bind_double(statement, place, *real);
        else if (auto const* text = std::get_if<std::string>(&param))
            code = sqlite3_bind_text(statement, place, text->data(), int(text->size()), nullptr); // outlives the statement's run
        else code = sqlite3_bind_null(statement, place);
        if (code != SQLITE_OK) fail_sqlite();
    }
    if (!cells.empty() && std::size_t(sqlite3_column_count(statement)) != cells.size())
        throw Failure(Failure::Kind::other, "wrong number of columns: " + std::string(sql));
    std::int64_t rows = 0;
    for (;;) {
        auto const code = sqlite3_step(statement);
        if (code == SQLITE_DONE) return cells.empty() ? sqlite3_changes(handle(session_)) : rows;
        if (code != SQLITE_ROW) fail_sqlite();
        if (cells.empty()) continue;
        ++rows;
        for (int i = 0; auto& cell : cells) {
            cell.null = sqlite3_column_type(statement, i) == SQLITE_NULL;
            switch (cell.kind) {
            case Cell::Kind::integer: cell.integer = sqlite3_column_int64(statement, i); break; // of NULL: 0
            case Cell::Kind::real: cell.real = sqlite3_column_double(statement, i); break;
            case Cell::Kind::text: {
                auto const* text = reinterpret_cast<char const*>(sqlite3_column_text(statement, i));
                cell.text.assign(text ? text : "", text ? std::size_t(sqlite3_column_bytes(statement, i)) : 0);
            }
            }
            ++i;
        }
        if (!on_row()) return rows;
    }
}

std::int64_t Session::execute_postgres(
    std::string_view sql, Prepared& prepared, std::span<Param const> params, std::span<Cell> cells, std::function<bool()> const& on_row) {
    auto& statement = *prepared.statement;
    struct Unbind {
        soci::statement& statement;
        ~Unbind() { statement.bind_clean_up(); }
    } const guard{statement};
    thread_local soci::indicator null_indicator = soci::i_null;
    static std::string const empty;
    for (auto const index : prepared.arguments) {
        auto const& param = params[index];
        if (auto const* integer = std::get_if<std::int64_t>(&param)) statement.exchange(soci::use(*integer));
        else if (auto const* real = std::get_if<double>(&param)) statement.exchange(soci::use(*real));
        else if (auto const* text = std::get_if<std::string>(&param)) statement.exchange(soci::use(*text));
        else statement.exchange(soci::use(empty, null_indicator));
    }
    soci::indicator indicators[40];
    if (cells.size() > std::size(indicators)) throw Failure(Failure::Kind::other, "too many columns: " + std::string(sql));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        switch (cells[i].kind) {
        case Cell::Kind::integer: statement.exchange(soci::into(cells[i].integer, indicators[i])); break;
        case Cell::Kind::real: statement.exchange(soci::into(cells[i].real, indicators[i])); break;
        case Cell::Kind::text: statement.exchange(soci::into(cells[i].text, indicators[i])); break;
        }
    }
    statement.define_and_bind();
    if (cells.empty()) {
        statement.execute(true);
        return statement.get_affected_rows();
    }
    statement.execute(false);
    std::int64_t rows = 0;
    while (statement.fetch()) {
        ++rows;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            cells[i].null = indicators[i] == soci::i_null;
            if (!cells[i].null) continue;
            cells[i].integer = 0;
            cells[i].real = 0;
            cells[i].text.clear();
        }
        if (!on_row()) break;
    }
    return rows;
}

std::string sqlite_version() { return sqlite_api::sqlite3_libversion(); }

bool sqlite_checkpoints_safely() {
    auto const version = sqlite_api::sqlite3_libversion_number();
    return version == 3044006 || version == 3050007 || (version >= 3051003 && version != 3052000);
}

} // namespace mozi::db
