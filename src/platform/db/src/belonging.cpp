// Whose a database is, how long it has lived, and whether it is whole.
#include "shared.hpp"

#include <mozi/base/id.hpp>
#include <mozi/db/frees.hpp>

namespace mozi::db {

bool has_table(Connection& c, std::string_view name) {
    auto const sqlite = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
    auto const postgres = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?";
    return std::get<0>(c.one<std::int64_t>(c.dialect() == Dialect::sqlite ? sqlite : postgres, name).value()) > 0;
}

namespace {

// The last thing that is known to have happened, where an earlier version kept no lived time; else the wall clock.
Time latest_event(Connection& c) {
    auto const row = c.one<std::optional<Time>>("SELECT max(created_at) FROM outbox");
    return row && std::get<0>(*row) ? *std::get<0>(*row) : system_clock().now();
}

void must(Result<> const& done) {
    if (!done) throw Failure(Failure::Kind::other, done.error().detail.empty() ? done.error().message : done.error().detail);
}

} // namespace

Result<> Database::check_pages() {
    if (dialect() != Dialect::sqlite) return {};
    return read([&](Connection& c) -> Result<> {
        auto const found = std::get<0>(c.one<std::string>("PRAGMA quick_check(1)").value());
        if (found == "ok") return {};
        return Error{Code::internal, "storage.damaged",
            "The file of the " + name() +
                " database is damaged. Stop the server and restore it from a backup or from the folder snapshots.",
            {.detail = found}};
    });
}

Result<std::vector<std::string>> Database::tables() {
    return read([&](Connection& c) -> Result<std::vector<std::string>> {
        std::vector<std::string> out;
        c.each<std::string>(
            dialect() == Dialect::sqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
                : "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name",
            [&](std::string table) { out.push_back(std::move(table)); });
        return out;
    });
}

Result<std::vector<Orphan>> Database::orphans(int most) {
    std::vector<Orphan> out;
    if (dialect() != Dialect::sqlite) return out;
    return read([&](Connection& c) -> Result<std::vector<Orphan>> {
        c.each<std::string, std::optional<std::int64_t>, std::string>(
            "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT ?",
            [&](std::string table, std::optional<std::int64_t> row, std::string parent) {
                out.push_back({std::move(table), row, std::move(parent)});
            },
            most);
        return out;
    });
}

Belonging Database::belonging() {
    Belonging out;
    must(read([&](Connection& c) -> Result<> {
        for (std::string const ledger : {"platform_migration", "schema_migration"})
            out.in_use = out.in_use || (has_table(c, ledger) && c.one<std::int64_t>("SELECT version FROM " + ledger + " LIMIT 1"));
        if (!has_table(c, "installation")) return {};
        if (auto const row = c.one<std::string>("SELECT installation_id FROM installation")) out.installation = std::get<0>(*row);
        return {};
    }));
    return out;
}

void Database::belong_to(std::string const& installation) {
    must(write([&](Transaction& tx) -> Result<> {
        frees(tx); // a full disk is no reason not to start
        auto const row = tx->one<std::string, Time, std::int64_t>("SELECT installation_id, lived, last_id FROM installation");
        auto const since = row ? std::get<1>(*row) : latest_event(*tx);
        if (row) raise_id_floor(std::get<2>(*row));
        lived_us_ = since.time_since_epoch().count();
        if (!row)
            tx->run("INSERT INTO installation (one, installation_id, lived, last_id) VALUES (1, ?, ?, ?)", installation, since, next_id());
        else if (std::get<0>(*row) != installation) tx->run("UPDATE installation SET installation_id = ?", installation);
        return {};
    }));
}

Result<> Database::keep_lived() {
    return write([&](Transaction& tx) -> Result<> {
        frees(tx);
        return tx->run("UPDATE installation SET lived = ?, last_id = ?", lived(), next_id()), Result<>{};
    });
}

} // namespace mozi::db
