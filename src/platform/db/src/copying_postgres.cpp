// PostgreSQL: every table by COPY from one transaction, and back into a schema that the migrations have made.
#include "copying.hpp"

#include "shared.hpp"

#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>

#include <soci/postgresql/soci-postgresql.h>

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace mozi::db {

namespace {

using json::field;

// <name>/tables.json
struct Table {
    std::string name;
    std::vector<std::string> columns;
    std::int64_t rows = 0;
    static constexpr auto fields() {
        return std::tuple{field("name", &Table::name, {.max = 63}), field("columns", &Table::columns, {.max = 1600, .item_max = 63}),
            field("rows", &Table::rows, {.max = 1LL << 62})};
    }
};
// What comes next of what counts by itself. The table may have lost the rows that had the numbers before: listeners know them.
struct Sequence {
    std::string name;
    std::int64_t last = 0; // given
    static constexpr auto fields() {
        return std::tuple{field("name", &Sequence::name, {.max = 63}), field("last", &Sequence::last, {.max = 1LL << 62})};
    }
};
struct Tables {
    std::vector<Table> tables;
    std::vector<Sequence> sequences;
    static constexpr auto fields() {
        return std::tuple{field("tables", &Tables::tables, {.max = 1000}), field("sequences", &Tables::sequences, {.max = 1000})};
    }
};

constexpr auto answers_within = std::chrono::seconds(60);
constexpr std::size_t piece = 1 << 20;

std::string schema_of(std::string const& name) { return "videa_" + name; }

std::string quoted(std::string const& name) {
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") != name.npos)
        throw Failure(Failure::Kind::other, "no table or column of ours has the name " + name);
    return "\"" + name + "\"";
}

std::string copy_statement(std::string const& schema, Table const& table, std::string_view way) {
    std::string columns;
    for (auto const& column : table.columns) columns += (columns.empty() ? "" : ", ") + quoted(column);
    return "COPY " + schema + "." + quoted(table.name) + " (" + columns + ") " + std::string(way);
}

using Answer = std::unique_ptr<PGresult, void (*)(PGresult*)>;

PGconn* connection_of(Session& session) { return static_cast<soci::postgresql_session_backend*>(session.raw().get_backend())->conn_; }

[[noreturn]] void fail(Session& session, std::string const& what) {
    std::string why = PQerrorMessage(connection_of(session));
    throw Failure(Failure::Kind::gone, what + ": " + std::string(trim(why.empty() ? "PostgreSQL does not answer" : why)));
}

void wait_for(Session& session, short event) {
    pollfd line{PQsocket(connection_of(session)), event, 0};
    auto const got = ::poll(&line, 1, int(std::chrono::milliseconds(answers_within).count()));
    if (got == 0) throw Failure(Failure::Kind::gone, "PostgreSQL has not answered for a minute");
    if (got < 0 && errno != EINTR) throw Failure(Failure::Kind::gone, std::strerror(errno));
}

void begin_copy(Session& session, std::string const& statement, ExecStatusType wanted) {
    Answer const answer(PQexec(connection_of(session), statement.c_str()), PQclear);
    if (PQresultStatus(answer.get()) != wanted) fail(session, statement);
}

void end_copy(Session& session, std::string const& what) {
    for (;;) {
        Answer const answer(PQgetResult(connection_of(session)), PQclear);
        if (!answer) return;
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) fail(session, what);
    }
}

// A row a line; what ends a line inside a text is escaped.
void copy_out(Session& session, std::string const& schema, Table& table, std::filesystem::path const& to, Between const& between) {
    std::ofstream file(to, std::ios::binary | std::ios::trunc);
    auto const full = [&] {
        return Failure(errno == ENOSPC ? Failure::Kind::full : Failure::Kind::io, to.string() + ": " + std::strerror(errno));
    };
    if (!file) throw full();
    begin_copy(session, copy_statement(schema, table, "TO STDOUT"), PGRES_COPY_OUT);
    std::size_t since = 0;
    for (;;) {
        char* row = nullptr;
        auto const size = PQgetCopyData(connection_of(session), &row, 1);
        if (size == 0) {
            wait_for(session, POLLIN);
            if (PQconsumeInput(connection_of(session)) != 1) fail(session, to.string());
            continue;
        }
        if (size < 0) break;
        std::unique_ptr<char, void (*)(void*)> const owned(row, PQfreemem);
        if (!file.write(row, size)) throw full();
        ++table.rows;
        if ((since += std::size_t(size)) > piece) since = 0, between();
    }
    end_copy(session, to.string());
    if (!file.flush()) throw full();
    file.close();
    make_durable(to);
}

void copy_in(Session& session, std::string const& schema, Table const& table, std::filesystem::path const& from, Between const& between) {
    std::ifstream file(from, std::ios::binary);
    if (!file) throw Failure(Failure::Kind::io, from.string() + " cannot be read");
    begin_copy(session, copy_statement(schema, table, "FROM STDIN"), PGRES_COPY_IN);
    std::string bytes(piece, '\0');
    while (file.read(bytes.data(), std::streamsize(bytes.size())) || file.gcount() > 0) {
        if (PQputCopyData(connection_of(session), bytes.data(), int(file.gcount())) != 1) fail(session, from.string());
        between();
    }
    if (PQputCopyEnd(connection_of(session), nullptr) != 1) fail(session, from.string());
    end_copy(session, from.string());
}

Tables tables_of(Connection& c, std::string const& schema) {
    Tables out;
    c.each<std::string, std::string>(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
        "ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' "
        "WHERE c.table_schema = ? AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position",
        [&](std::string table, std::string column) {
            if (out.tables.empty() || out.tables.back().name != table) out.tables.push_back({std::move(table), {}, 0});
            out.tables.back().columns.push_back(std::move(column));
        },
        schema);
    c.each<std::string, std::int64_t>(
        "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = ? ORDER BY sequencename",
        [&](std::string name, std::int64_t last) { out.sequences.push_back({std::move(name), last}); }, schema);
    return out;
}

Tables read_tables(std::filesystem::path const& folder, std::string const& name) {
    std::ifstream file(folder / name / "tables.json", std::ios::binary);
    std::string const text(std::istreambuf_iterator<char>(file), {});
    auto read = json::from_json<Tables>(text);
    if (!read) throw Failure(Failure::Kind::io, (folder / name / "tables.json").string() + " cannot be read");
    return std::move(*read);
}

std::ifstream open_copy(std::filesystem::path const& folder, std::string const& name, std::string const& table) {
    quoted(table); // a name of ours
    std::ifstream file(folder / name / (table + ".copy"), std::ios::binary);
    if (!file) throw Failure(Failure::Kind::io, table + ".copy of " + name + " cannot be read");
    return file;
}

class PostgresInstant final : public Instant {
public:
    explicit PostgresInstant(std::unique_ptr<Session> session) : session_(std::move(session)) {
        session_->plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        session_->one<std::int64_t>("SELECT count(*) FROM pg_namespace"); // from here on it sees this
    }

    Connection& reader(std::string const& database) override {
        session_->forget_statements();
        session_->plain("SET LOCAL search_path TO " + schema_of(database));
        return *session_;
    }

    Copied copy(std::string const& database, std::filesystem::path const& folder, Between const& between) override {
        auto const place = folder / database;
        if (mkdir(place.c_str(), 0700) != 0) throw Failure(Failure::Kind::io, place.string() + ": " + std::strerror(errno));
        Copied out;
        auto tables = tables_of(reader(database), schema_of(database));
        for (auto& table : tables.tables) {
            copy_out(*session_, schema_of(database), table, place / (table.name + ".copy"), between);
            out.files.push_back(database + "/" + table.name + ".copy");
            out.rows[table.name] = table.rows;
            between();
        }
        std::ofstream(place / "tables.json", std::ios::binary) << json::to_json(tables) << "\n";
        make_durable(place / "tables.json");
        out.files.push_back(database + "/tables.json");
        return out;
    }

private:
    std::unique_ptr<Session> session_;
};

// Files of the first so many steps.
std::vector<EmbeddedFile> first_steps(std::span<EmbeddedFile const> files, int steps) {
    std::vector<EmbeddedFile> out;
    for (auto const& file : files)
        if (std::atoi(std::string(file.path.substr(0, 4)).c_str()) <= steps) out.push_back(file);
    return out;
}

struct Reference {
    std::string table, name, text;
};

void fill(Session& session, PutBack const& what, Tables const& tables, Between const& between) {
    auto const schema = schema_of(what.name);
    session.plain("BEGIN");
    std::vector<Reference> references;
    session.each<std::string, std::string, std::string>(
        "SELECT r.relname::text, c.conname::text, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid "
        "JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND n.nspname = ?",
        [&](std::string table, std::string name, std::string text) {
            references.push_back({std::move(table), std::move(name), std::move(text)});
        },
        schema);
    // Rows come in the order of their tables' names, and parents may come after children.
    for (auto const& reference : references)
        session.script("ALTER TABLE " + quoted(reference.table) + " DROP CONSTRAINT " + quoted(reference.name));
    std::string all; // what the steps themselves put there
    for (auto const& table : tables_of(session, schema).tables) all += (all.empty() ? "" : ", ") + quoted(table.name);
    session.script("TRUNCATE " + all);
    for (auto const& table : tables.tables) copy_in(session, schema, table, what.folder / what.name / (table.name + ".copy"), between);
    for (auto const& sequence : tables.sequences)
        if (sequence.last > 0) session.script("SELECT setval('" + quoted(sequence.name) + "', " + std::to_string(sequence.last) + ")");
    for (auto const& reference : references)
        session.script("ALTER TABLE " + quoted(reference.table) + " ADD CONSTRAINT " + quoted(reference.name) + " " + reference.text);
    session.plain("COMMIT");
    session.script("ANALYZE");
}

} // namespace

std::unique_ptr<Instant> postgres_instant(std::unique_ptr<Session> session) {
    return std::make_unique<PostgresInstant>(std::move(session));
}

bool postgres_schema_exists(std::string const& url, std::string const& name) {
    auto const session = Session::postgres(url, schema_of(name), std::chrono::seconds(10), Session::Use::look);
    return std::get<0>(*session->one<std::int64_t>(
               "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ?", schema_of(name))) > 0;
}

void drop_postgres_schema(std::string const& url, std::string const& name) {
    Session::postgres(url, schema_of(name), std::chrono::minutes(10))->plain("DROP SCHEMA IF EXISTS " + schema_of(name) + " CASCADE");
}

void each_in_copy(std::filesystem::path const& folder, std::string const& name, std::string const& table,
    std::vector<std::string> const& columns, std::function<void(std::vector<std::string_view> const&)> const& each) {
    auto const tables = read_tables(folder, name).tables;
    auto const found = std::ranges::find(tables, table, &Table::name);
    if (found == tables.end()) throw Failure(Failure::Kind::io, "there is no table " + table + " of " + name);
    std::vector<std::size_t> places;
    for (auto const& column : columns) places.push_back(std::size_t(std::ranges::find(found->columns, column) - found->columns.begin()));
    auto file = open_copy(folder, name, table);
    for (std::string line; std::getline(file, line);) {
        auto const cells = split(line, '\t');
        std::vector<std::string_view> row;
        for (auto const place : places) {
            if (place >= cells.size()) throw Failure(Failure::Kind::io, "a row of " + table + " of " + name + " is short");
            row.push_back(cells[place]);
        }
        each(row);
    }
}

std::map<std::string, std::int64_t> rows_in_copy(std::filesystem::path const& folder, std::string const& name) {
    std::map<std::string, std::int64_t> out;
    for (auto const& table : read_tables(folder, name).tables) {
        auto file = open_copy(folder, name, table.name);
        auto& rows = out[table.name];
        std::string bytes(piece, '\0');
        while (file.read(bytes.data(), std::streamsize(bytes.size())) || file.gcount() > 0)
            rows += std::count(bytes.begin(), bytes.begin() + file.gcount(), '\n');
    }
    return out;
}

std::map<std::string, std::int64_t> put_back(PutBack const& what, Between const& between) {
    auto const tables = read_tables(what.folder, what.name);
    auto const database = Database::open({.name = what.name, .url = what.url, .readers = 2});
    database->migrate(first_steps(what.platform, what.platform_steps), "platform");
    database->migrate(first_steps(what.own, what.own_steps));
    auto const session = Session::postgres(what.url, schema_of(what.name), std::chrono::milliseconds(0));
    fill(*session, what, tables, between);
    // The ledger came with the rows: whether those steps were these.
    for (auto const& [files, steps, ledger] :
        {std::tuple{what.platform, what.platform_steps, "platform"}, {what.own, what.own_steps, "schema"}})
        if (auto const same = database->check_schema(first_steps(files, steps), ledger); !same)
            throw Failure(Failure::Kind::other, same.error().message);
    std::map<std::string, std::int64_t> out;
    for (auto const& table : tables.tables)
        out[table.name] = std::get<0>(*session->one<std::int64_t>("SELECT count(*) FROM " + quoted(table.name)));
    return out;
}

} // namespace mozi::db
