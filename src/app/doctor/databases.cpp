// The databases while no server runs, and what belongs to them: whole, of this executable's schema, of this installation.
#include "doctor/databases.hpp"

#include "composition.hpp"
#include "effects_check.hpp"
#include "installation.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>

namespace mozi::app::doctor {

namespace {

constexpr auto restore = "Stop the server. Restore the database from a backup or from the folder snapshots (docs/operations.md, Backup).";

// Tables that the ledger implies and that are not there: the steps it names make them in a database that is thrown away.
std::string missing_tables(std::string const& name, db::Database& database) {
    TemporaryFolder const folder;
    auto const made = db::Database::open({.name = name, .dir = folder.path, .min_free_bytes = 0});
    made->migrate(mozi_platform_schema(), "platform");
    made->migrate(module_migrations().at(name));
    auto const there = database.tables(), wanted = made->tables();
    if (!there || !wanted) return "its tables cannot be listed";
    std::string out;
    for (auto const& table : *wanted)
        if (std::ranges::find(*there, table) == there->end()) out += (out.empty() ? "" : ", ") + table;
    return out.empty() ? out : "tables are missing that its ledger says were made: " + out;
}

// Rows that an accident left without their parents: they hinder nothing, and somebody should know.
void tell_orphans(std::string const& name, db::Database& database, Findings& say) {
    constexpr int most = 20;
    auto const found = database.orphans(most);
    if (!found || found->empty()) return;
    std::string rows;
    for (auto const& orphan : *found)
        rows += (rows.empty() ? "" : ", ") + (orphan.row ? "row " + std::to_string(*orphan.row) : std::string("a row")) + " of the table " +
                orphan.table + " refers to a row of " + orphan.parent + " that is not there";
    say.look("database.orphans", name + " database: " + rows + (std::ssize(*found) == most ? "; there may be more of them" : ""),
        "They hinder nothing. Restore " + name +
            ".db from before they came, or with the server stopped and a backup at hand delete "
            "them: sqlite3 " +
            name + ".db \"DELETE FROM <table> WHERE rowid = <row>\"");
}

} // namespace

void look_into(std::string const& name, db::Database& database, Findings& say) {
    for (auto const& checked : {database.check_pages(), database.probe()})
        if (!checked && checked.error().code == Code::disk_full) return; // said of the disk
        else if (!checked) return say.fault("database.damaged", name + " database: " + checked.error().detail, restore);
    if (auto const missing = missing_tables(name, database); !missing.empty())
        return say.fault("database.tables", name + " database: " + missing, restore);
    say.well("database.whole", name + " database");
    tell_orphans(name, database, say);
}

std::string look_at_record(Databases const& databases, Settings const& settings, Findings& say) {
    blob::Folder const dir(settings.data.dir, blob::Folder::Missing::refuse);
    auto const secret = dir.read("secret", 200);
    if (!databases.contains("moderation") || !secret) return {}; // said elsewhere
    auto record = record_settings(settings, std::string(trim(*secret)));
    EffectsCheck effects{.databases = {}, .places = module_places()};
    for (auto const& [name, database] : databases) effects.databases[name] = database.get();
    record.check_effects = [&] { return check_effects(effects); };
    auto const rows = moderation::verify_record(*databases.at("moderation"), record);
    if (rows) return say.well("record", "record of decisions: " + std::to_string(*rows) + " rows, sealed, anchored, and as decided"), "";
    say.told("record", Verdict::fault, rows.error().message);
    return rows.error().message;
}

void look_at_rest(Patient const& patient, Findings& say) {
    auto const& settings = patient.settings;
    if (!patient.database_answers) return;
    Look const look(settings);
    say.well("installation",
        "installation" + (look.installation().empty() ? "" : " " + look.installation()) + ": folder, media and databases belong together");
    for (auto const& [name, difference] : look.differences()) say.told(difference.id, Verdict::fault, difference.message);
    for (auto const& [name, database] : look.databases())
        if (!look.differences().contains(name)) look_into(name, *database, say);
    if (look.differences().empty()) look_at_events(look.databases(), say);
    if (look.differences().empty()) look_at_record(look.databases(), settings, say);
    if (look.differences().contains("media")) return;
    look_at_films(*look.databases().at("media"), settings, Server::rests, say);
}

} // namespace mozi::app::doctor
