// Putting a backup back where nothing is.
#include "backup.hpp"

#include "hold.hpp"
#include "installation.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

class Restoring {
public:
    Restoring(fs::path const& backup, Manifest const& manifest, Settings const& settings, db::Between const& between)
        : backup_(backup), manifest_(manifest), settings_(settings), between_(between), data_(settings.data.dir) {}

    void run() {
        must_be_empty();
        make_folder(fs::absolute(data_));
        Hold const hold(settings_, Hold::Takes::make);
        check_room();
        try {
            databases();
            films();
            folder();
        } catch (...) {
            give_up();
            throw;
        }
    }

private:
    bool postgres() const { return manifest_.dialect == "postgresql"; }

    void must_be_empty() const {
        std::error_code none;
        for (auto const& entry : fs::directory_iterator(data_, none))
            if (auto const name = entry.path().filename().string(); name != "lock" && name != "lost+found")
                throw BackupFailed("The data folder " + fs::absolute(data_).string() + " is not empty: " + name +
                                   " lies there. A backup is only put back into an empty one. Move what is there away, or name another "
                                   "folder with --set data.dir=…; nothing was changed.");
        if (postgres() == settings_.database.url.empty())
            throw BackupFailed(postgres() ? "This backup is of PostgreSQL: say with database.url into which database it goes."
                                          : "This backup is of SQLite, and database.url names a PostgreSQL. Take database.url away.");
        if (postgres())
            for (auto const name : module_names())
                if (db::postgres_schema_exists(settings_.database.url, std::string(name)))
                    throw BackupFailed("The database at database.url is not empty: its schema videa_" + std::string(name) +
                                       " has tables. A backup is only put back into an empty one; nothing was changed.");
    }

    void check_room() const {
        auto const free = blob::Folder(data_, blob::Folder::Missing::refuse).free_bytes();
        if (auto const needed = std::uint64_t(manifest_.bytes) + std::uint64_t(settings_.data.min_free_bytes); free < needed)
            throw BackupFailed("The disk of " + data_.string() + " has " + std::to_string(free >> 20) + " MiB free, and the backup needs " +
                               std::to_string(needed >> 20) + ". Nothing was changed.");
    }

    void put(BackupFile const& file, fs::path const& to) {
        make_folder(to.parent_path());
        if (copy_file(backup_ / file.path, to, between_) != file.sha256)
            throw BackupFailed(file.path + " is not what was saved: its SHA-256 differs. Use another backup.");
    }

    // f(the rest of the path, the file) for those below `prefix`.
    template <class F>
    void each_below(std::string_view prefix, F&& f) const {
        FileListReader list(backup_);
        while (auto const file = list.next())
            if (file->path.starts_with(prefix)) f(file->path.substr(prefix.size()), *file);
    }

    void databases() {
        if (!postgres()) return each_below("databases/", [&](std::string const& name, BackupFile const& file) { put(file, data_ / name); });
        auto const migrations = module_migrations();
        for (auto const& database : manifest_.databases) {
            put_back_.push_back(database.name);
            auto const rows = db::put_back({.name = database.name,
                                               .url = settings_.database.url,
                                               .folder = backup_ / "databases",
                                               .platform = mozi_platform_schema(),
                                               .own = migrations.at(database.name),
                                               .platform_steps = database.platform,
                                               .own_steps = database.schema},
                between_);
            for (auto const& table : database.tables)
                if (auto const found = rows.find(table.name); found == rows.end() || found->second != table.rows)
                    throw BackupFailed("The table " + table.name + " of " + database.name + " did not come back whole.");
        }
    }

    void films() {
        for (auto const* room : {"media/files", "media/incoming", "media/trash"}) make_folder(data_ / room);
        each_below("media/", [&](std::string const& name, BackupFile const& file) { put(file, data_ / "media" / name); });
    }

    // The secret and the mark last: without them no server starts on what is half.
    void folder() {
        std::vector<std::pair<std::string, BackupFile>> last;
        each_below("folder/", [&](std::string const& name, BackupFile const& file) {
            if (name == "secret" || name == "installation") last.emplace_back(name, file);
            else put(file, data_ / name);
        });
        std::ranges::sort(last, std::greater{}, [](auto const& each) { return each.first; });
        for (auto const& [name, file] : last) {
            sync_disk(data_);
            put(file, data_ / name);
        }
        sync_path(data_);
    }

    void give_up() {
        std::error_code ignored;
        for (auto const& entry : fs::directory_iterator(data_, ignored))
            if (auto const name = entry.path().filename().string(); name != "lock" && name != "lost+found")
                fs::remove_all(entry.path(), ignored);
        for (auto const& name : put_back_) {
            try {
                db::drop_postgres_schema(settings_.database.url, name);
            } catch (db::Failure const&) {} // the next try names what is left
        }
    }

    fs::path backup_;
    Manifest const& manifest_;
    Settings const& settings_;
    db::Between const& between_;
    fs::path data_;
    std::vector<std::string> put_back_; // schemas that were empty before
};

} // namespace

void restore_backup(fs::path const& backup, Manifest const& manifest, Settings const& settings, db::Between const& between) {
    try {
        Restoring(backup, manifest, settings, between).run();
    } catch (db::Failure const& failure) {
        throw BackupFailed("The databases could not be put back, and nothing of them was left: " + failure.text + ".");
    } catch (fs::filesystem_error const& cause) { throw BackupFailed(std::string(cause.what()) + "."); }
}

} // namespace mozi::app
