// Error mapping, nested units and the migrator.
#include "shared.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <openssl/sha.h>

#include <algorithm>

namespace mozi::db {

std::unique_ptr<Database> Database::open(Options options) {
    return options.url.empty() ? open_sqlite(std::move(options)) : open_postgres(std::move(options));
}

void Transaction::after_commit(std::function<void()> action) { actions_.push_back(std::move(action)); }
void Transaction::touch(Topic& topic) {
    after_commit([&topic] { topic.version.fetch_add(1, std::memory_order_release); });
}

Active& active() {
    thread_local Active current;
    return current;
}

bool Database::in_unit() const { return active().database == this; }

Error to_error(Failure const& failure, std::string const& database) {
    auto detail = database + ": " + failure.text;
    switch (failure.kind) {
    case Failure::Kind::unique: return {Code::conflict, "storage.exists", "This is there already.", {.detail = std::move(detail)}};
    case Failure::Kind::full:
        return {Code::disk_full, "storage.full",
            "The disk is full. What you have is kept; this was not saved. Try again when there is space.",
            {.detail = std::move(detail), .retry_after_s = 60}};
    case Failure::Kind::busy:
    case Failure::Kind::serialization:
        return {Code::unavailable, "storage.busy", "Too many writes at once. Try again in a moment.",
            {.detail = std::move(detail), .retry_after_s = 1}};
    case Failure::Kind::gone:
        return {Code::unavailable, "storage.gone", "The database does not answer. Try again in a moment.",
            {.detail = std::move(detail), .retry_after_s = 5}};
    case Failure::Kind::io:
        return {Code::unavailable, "storage.unknown",
            "The disk failed while saving; whether it was saved is not known. Repeat it with the same Idempotency-Key.",
            {.detail = std::move(detail), .retry_after_s = 5}};
    case Failure::Kind::interrupted:
        return {Code::unavailable, "storage.too_slow", "This question took too long. Ask for less.",
            {.detail = std::move(detail), .retry_after_s = 5}};
    default: return internal(std::move(detail));
    }
}

namespace {

// The engine may have rolled back by itself: no savepoint can be trusted any more.
bool ends_transaction(Failure::Kind kind) { return kind == Failure::Kind::gone || kind == Failure::Kind::full || kind == Failure::Kind::io || kind == Failure::Kind::serialization; }

} // namespace

Result<> nested_unit(Database& database, Session& session, std::vector<std::function<void()>>& actions, std::function<bool(Transaction&)> const& fn) {
    auto& here = active();
    auto const savepoint = "u" + std::to_string(here.depth);
    Transaction unit(session, database);
    auto* const outer = std::exchange(here.unit, &unit);
    ++here.depth;
    struct Leave {
        Active& at;
        Transaction* outer;
        ~Leave() { --at.depth, at.unit = outer; }
    } const leave{here, outer};
    if (here.doomed) return to_error(*here.doomed, database.name());
    auto const kept = actions.size(); // those of inner units that succeeded go with this one
    auto const undo = [&] {
        actions.resize(kept);
        session.control("ROLLBACK TO " + savepoint);
        session.control("RELEASE " + savepoint);
    };
    try {
        session.control("SAVEPOINT " + savepoint);
        try {
            if (fn(unit)) {
                session.control("RELEASE " + savepoint);
                std::move(unit.actions().begin(), unit.actions().end(), std::back_inserter(actions));
            } else if (!here.doomed) {
                undo();
            }
            return {};
        } catch (Failure const& failure) {
            if (ends_transaction(failure.kind)) throw;
            if (!here.doomed) undo();
            return to_error(failure, database.name());
        } catch (std::exception const& cause) {
            if (!here.doomed) undo();
            return internal(database.name() + ": " + cause.what());
        }
    } catch (Failure const& failure) {
        if (!here.doomed) here.doomed = failure;
        return to_error(*here.doomed, database.name());
    }
}

std::vector<std::string> split_statements(std::string_view sql) {
    std::vector<std::string> statements;
    std::string current;
    char quote = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        char const c = sql[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (sql.substr(i).starts_with("--")) {
            i = std::min(sql.find('\n', i), sql.size()) - 1;
            continue;
        } else if (c == ';') {
            if (!trim(current).empty()) statements.emplace_back(trim(current));
            current.clear();
            continue;
        }
        current += c;
    }
    if (!trim(current).empty()) statements.emplace_back(trim(current));
    return statements;
}

namespace {

std::string sha256(std::string_view bytes) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), digest);
    return hex({reinterpret_cast<char const*>(digest), sizeof digest});
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

// Migrations are written in SQLite's types; these are the only differences they may use.
std::string for_postgres(std::string sql) {
    replace_all(sql, "INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY");
    replace_all(sql, "INTEGER", "BIGINT");
    replace_all(sql, " REAL", " DOUBLE PRECISION");
    replace_all(sql, ") STRICT, WITHOUT ROWID", ")");
    replace_all(sql, ") STRICT", ")");
    return sql;
}

struct Step {
    int version;
    std::string name, sql, hash;
};

std::vector<Step> steps_of(std::span<EmbeddedFile const> files) {
    std::vector<Step> steps;
    for (auto const& file : files) steps.push_back({std::stoi(std::string(file.path.substr(0, 4))), std::string(file.path), std::string(file.bytes), sha256(file.bytes)});
    std::sort(steps.begin(), steps.end(), [](Step const& a, Step const& b) { return a.version < b.version; });
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i].version != int(i) + 1) throw Failure(Failure::Kind::other, "migrations must be numbered without gaps; " + steps[i].name + " is not number " + std::to_string(i + 1));
    return steps;
}

} // namespace

int run_migrations(Session& session, std::string const& database, std::string const& ledger, std::span<EmbeddedFile const> files, std::function<void(std::string const&)> const& before_first) {
    auto const steps = steps_of(files);
    session.plain("CREATE TABLE IF NOT EXISTS " + ledger + "_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)");
    auto const applied = session.all<int, std::string, std::string>("SELECT version, name, sha256 FROM " + ledger + "_migration ORDER BY version");
    if (applied.size() > steps.size())
        throw Failure(Failure::Kind::other, "The " + database + " data was written by a newer videa-mozi (schema " + std::to_string(applied.size()) + ", this one knows " +
                                                std::to_string(steps.size()) + "). Start that version, or restore a snapshot from the snapshots folder.");
    for (std::size_t i = 0; i < applied.size(); ++i)
        if (std::get<2>(applied[i]) != steps[i].hash)
            throw Failure(Failure::Kind::other, "Migration " + std::get<1>(applied[i]) + " of " + database + " is not the one that was applied (its SHA-256 differs). Use the executable this data was made with.");
    if (applied.size() < steps.size() && !applied.empty()) before_first(steps[applied.size()].name);
    int ran = 0;
    for (auto i = applied.size(); i < steps.size(); ++i, ++ran) {
        auto const& step = steps[i];
        session.plain(session.dialect() == Dialect::sqlite ? "BEGIN IMMEDIATE" : "BEGIN");
        try {
            auto const sql = session.dialect() == Dialect::postgres ? for_postgres(step.sql) : step.sql;
            for (auto const& statement : split_statements(sql)) session.plain(statement);
            session.run("INSERT INTO " + ledger + "_migration (version, name, sha256, applied_at) VALUES (?, ?, ?, ?)", step.version, step.name, step.hash, system_clock().now());
            session.plain("COMMIT");
        } catch (Failure const& failure) {
            session.plain("ROLLBACK");
            throw Failure(failure.kind, step.name + " of " + database + " failed and was undone: " + failure.text);
        }
        log::info("db.migrated", {{"database", database}, {"migration", step.name}});
    }
    return ran;
}

} // namespace mozi::db
