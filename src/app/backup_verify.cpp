// Holding a backup against itself: every file, every database, every film.
#include "backup.hpp"

#include "installation.hpp"
#include "looking.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_told = 20;

class Verifying {
public:
    Verifying(fs::path const& backup, db::Between const& between) : backup_(backup), between_(between) {}

    BackupState run() {
        out_.manifest = read_manifest(backup_);
        files();
        for (auto const& database : out_.manifest.databases) {
            try {
                out_.manifest.dialect == "sqlite" ? sqlite(database) : postgres(database);
            } catch (db::Failure const& failure) { say("The database of " + database.name + " cannot be read: " + failure.text); }
            between_();
        }
        for (auto const name : module_names())
            if (std::ranges::find(out_.manifest.databases, name, &BackupDatabase::name) == out_.manifest.databases.end())
                say("The database of " + std::string(name) + " is not in it.");
        if (told_ > most_told) out_.faults.push_back("And " + std::to_string(told_ - most_told) + " more.");
        return std::move(out_);
    }

private:
    void say(std::string what) {
        if (++told_ <= most_told) out_.faults.push_back(std::move(what));
    }

    void files() {
        FileListReader list(backup_);
        std::int64_t count = 0;
        while (auto const file = list.next()) {
            ++count;
            auto const facts = facts_of(backup_ / file->path);
            if (!facts) say(file->path + " is missing.");
            else if (facts->size != file->size)
                say(file->path + " has " + std::to_string(facts->size) + " bytes instead of " + std::to_string(file->size) + ".");
            else if (hash_of(backup_ / file->path, between_) != file->sha256)
                say(file->path + " is not what was saved: its SHA-256 differs.");
        }
        if (count != out_.manifest.files || list.digest() != out_.manifest.list_sha256)
            say("files.jsonl is not the list that was written with this backup.");
        for (auto const* needed : {"folder/secret", "folder/installation", "media/installation"})
            if (!facts_of(backup_ / needed) && (needed == std::string_view("folder/secret") || !out_.manifest.installation.empty()))
                say(std::string(needed) + " is missing.");
    }

    void count(BackupDatabase const& database, std::map<std::string, std::int64_t> rows) {
        for (auto const& table : database.tables)
            if (auto const found = rows.find(table.name); found == rows.end() || found->second != table.rows)
                say("The table " + table.name + " of " + database.name + " has " +
                    (found == rows.end() ? "gone" : std::to_string(found->second) + " rows instead of " + std::to_string(table.rows)) +
                    ".");
    }

    void sqlite(BackupDatabase const& about) {
        if (!facts_of(backup_ / "databases" / (about.name + ".db"))) return; // it is told as missing
        auto const database = db::Database::open({.name = about.name,
            .dir = backup_ / "databases",
            .read_limit = std::chrono::hours(24),
            .min_free_bytes = 0,
            .access = db::Access::look});
        if (auto const whole = database->check_pages(); !whole)
            return say("The database of " + about.name + " is damaged: " + whole.error().detail + ".");
        if (auto const whose = database->belonging().installation; !whose.empty() && whose != out_.manifest.installation)
            say("The database of " + about.name + " is of another installation (" + whose + ").");
        std::map<std::string, std::int64_t> rows;
        auto const counted = database->read([&](db::Connection& c) -> Result<> {
            for (auto const& table : about.tables) {
                if (table.name.find('"') != table.name.npos) continue;
                if (!c.one<std::int64_t>("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table.name)) continue;
                rows[table.name] = std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM \"" + table.name + "\"").value());
            }
            if (about.name == "media" && newer_in(out_.manifest).empty())
                for (auto const& holding : media::holdings(c)) film(holding.id.text(), holding.source, holding.run);
            return {};
        });
        if (!counted) return say("The database of " + about.name + " cannot be read: " + counted.error().detail + ".");
        count(about, std::move(rows));
    }

    void postgres(BackupDatabase const& about) {
        auto const folder = backup_ / "databases";
        count(about, db::rows_in_copy(folder, about.name));
        if (about.name != "media") return;
        db::each_in_copy(
            folder, "media", "medium", {"id", "status", "size", "run", "playable"}, [&](std::vector<std::string_view> const& row) {
                auto const size = row[1] == "UPLOADING" ? std::nullopt : parse_id(row[2]);
                film(std::string(row[0]), size, row[4] == "0" ? 0 : int(parse_id(row[3]).value_or(0)));
            });
    }

    void film(std::string const& id, std::optional<std::int64_t> source, int run) {
        ++out_.films;
        auto const folder = backup_ / "media/files" / id;
        auto const facts = facts_of(folder / "source");
        if (!facts) return say("The film " + id + " has no file.");
        if (source && facts->size < *source) say("The file of the film " + id + " is cut off.");
        if (auto const what = "r" + std::to_string(run); run > 0 && source && !facts_of(folder / what / "master.m3u8") && !in_work(id))
            say("What plays of the film " + id + " is not there.");
    }

    // Its playable part is made anew after a start.
    bool in_work(std::string const& id) {
        if (!in_work_) {
            in_work_.emplace();
            auto const folder = backup_ / "databases";
            if (out_.manifest.dialect != "sqlite")
                db::each_in_copy(folder, "media", "job", {"medium_id"},
                    [&](std::vector<std::string_view> const& row) { in_work_->push_back(std::string(row[0])); });
            else
                (void)db::Database::open({.name = "media", .dir = folder, .min_free_bytes = 0, .access = db::Access::look})
                    ->read([&](db::Connection& c) -> Result<> {
                        c.each<std::int64_t>(
                            "SELECT medium_id FROM job", [&](std::int64_t medium) { in_work_->push_back(std::to_string(medium)); });
                        return {};
                    });
        }
        return std::ranges::find(*in_work_, id) != in_work_->end();
    }

    fs::path backup_;
    db::Between const& between_;
    BackupState out_;
    std::size_t told_ = 0;
    std::optional<std::vector<std::string>> in_work_;
};

} // namespace

fs::path find_backup(fs::path const& from) {
    std::error_code failed;
    if (!fs::is_directory(from, failed)) throw BackupFailed("There is no folder " + from.string() + ".");
    if (fs::exists(from / "manifest.json", failed)) return from;
    auto const all = backups_in(from);
    if (!all.empty()) return all.front();
    auto const half = std::ranges::any_of(fs::directory_iterator(from, failed),
        [](fs::directory_entry const& entry) { return entry.path().filename().string().ends_with(half_ending); });
    throw BackupFailed("There is no whole backup in " + from.string() + (half ? ", only one that was cut off" : "") + ".");
}

std::vector<std::string> newer_in(Manifest const& manifest) {
    std::vector<std::string> out;
    auto const dialect = manifest.dialect == "sqlite" ? db::Dialect::sqlite : db::Dialect::postgres;
    auto const all = module_migrations();
    for (auto const& database : manifest.databases) {
        auto const own = all.find(database.name);
        if (own == all.end()) {
            out.push_back("The database " + database.name + " is not known to this version.");
            continue;
        }
        for (auto const& [what, has, knows] : {std::tuple{"schema", database.schema, db::known_steps(own->second, dialect)},
                 {"platform schema", database.platform, db::known_steps(mozi_platform_schema(), dialect)}})
            if (has > knows)
                out.push_back("The " + std::string(what) + " of " + database.name + " is " + std::to_string(has) + ", this version knows " +
                              std::to_string(knows) + ".");
    }
    return out;
}

BackupState verify_backup(fs::path const& backup, db::Between const& between) { return Verifying(backup, between).run(); }

} // namespace mozi::app
