// Making a backup: small files, an instant of the databases, films by another name or copied, the manifest last.
#include "backup.hpp"

#include "installation.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr auto patience = std::chrono::seconds(10); // with writers; what takes longer is no instant
constexpr std::int64_t biggest_small_file = 16 << 20;

// Of the data folder: what is made anew, or copied in another way.
bool is_left_out(std::string const& name) {
    for (std::string_view const ending : {".db", ".db-wal", ".db-shm", ".db-journal", ".reserve", ".part"})
        if (name.ends_with(ending)) return true;
    return name == "lock" || name == "setup-link" || name == "upgrade" || name == "backup-status";
}

std::uint64_t free_at(fs::path const& path) {
    struct statvfs info{};
    return statvfs(path.c_str(), &info) == 0 ? std::uint64_t(info.f_bavail) * info.f_frsize : 0;
}

dev_t disk_of(fs::path const& path) {
    struct stat info{};
    return stat(path.c_str(), &info) == 0 ? info.st_dev : 0;
}

// One at a time in a folder, whoever makes it.
class Turn {
public:
    explicit Turn(fs::path const& dir) : fd_(::open((dir / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (fd_ < 0) fail_on(dir / "lock");
        if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
        ::close(fd_);
        throw BackupFailed("Another backup is being made in " + dir.string() + ". Wait until it has ended.");
    }
    ~Turn() { ::close(fd_); }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;

private:
    int fd_;
};

class Making {
public:
    Making(BackupSource const& source, fs::path const& dir, db::Between const& between)
        : source_(source), data_(source.settings.data.dir), dir_(dir), given_between_(between), between_([this] { go_on(); }) {}

    BackupMade run() {
        prepare();
        Turn const turn(dir_);
        remove_halves();
        find_earlier();
        half_ = next_name();
        try {
            make_folder(half_);
            fill();
        } catch (...) {
            std::error_code ignored;
            fs::remove_all(half_, ignored);
            throw;
        }
        return std::move(made_);
    }

private:
    void prepare() {
        std::error_code none;
        auto const inside = fs::weakly_canonical(dir_, none), data = fs::weakly_canonical(data_, none);
        if (std::ranges::mismatch(data, inside).in1 == data.end())
            throw BackupFailed("The folder for backups, " + dir_.string() +
                               ", lies in the data folder and would be lost with it. Name "
                               "another one, best on another disk.");
        make_folder(dir_);
        same_disk_ = disk_of(dir_) == disk_of(data_);
        std::uint64_t needed = 0;
        for (auto const& entry : fs::directory_iterator(data_, none))
            if (auto const name = entry.path().filename().string(); name.ends_with(".db") || name.ends_with(".db-wal"))
                needed += entry.file_size(none);
        if (auto const free = free_at(dir_); free < needed + floor())
            throw BackupFailed("The disk of " + dir_.string() + " has " + std::to_string(free >> 20) +
                               " MiB free, and the databases alone need " + std::to_string((needed + floor()) >> 20) +
                               ". Make room there, or name another folder.");
    }

    // The server's own room is not taken from it.
    std::uint64_t floor() const { return same_disk_ ? std::uint64_t(source_.settings.data.min_free_bytes) : 1 << 20; }

    void go_on() {
        given_between_();
        auto const now = std::chrono::steady_clock::now();
        if (now - looked_ < std::chrono::milliseconds(500)) return;
        looked_ = now;
        if (auto const free = free_at(dir_); free < floor())
            throw BackupFailed("The disk is full: " + dir_.string() + " has " + std::to_string(free >> 20) +
                               " MiB left. Make room there, or name another folder.");
        // What people delete waits for the backup: a disk that fills needs that room sooner.
        if (auto const free = free_at(data_); source_.hold && free < std::uint64_t(source_.settings.data.min_free_bytes))
            throw BackupFailed("The data folder's disk is full, and what is deleted there frees nothing while a backup is made, so it was "
                               "given up. Make room in " +
                               data_.string() + ".");
    }

    void remove_halves() {
        std::error_code failed;
        for (auto const& entry : fs::directory_iterator(dir_, failed)) {
            auto const name = entry.path().filename().string();
            if (!name.ends_with(half_ending) || !is_backup_name(name.substr(0, name.size() - half_ending.size()))) continue;
            fs::remove_all(entry.path(), failed);
            made_.halves.push_back(entry.path());
            log::warn("backup.half_removed", {{"folder", entry.path().string()}});
        }
    }

    void find_earlier() {
        for (auto const& path : backups_in(dir_)) {
            try {
                if (read_manifest(path).installation != installation()) continue;
                earlier_list_.emplace(path);
                earlier_ = path;
                return;
            } catch (BackupFailed const&) {} // it is no help; the next older may be
        }
    }

    std::string installation() const {
        auto const text = blob::Folder(data_, blob::Folder::Missing::refuse).read("installation", 300);
        return text ? std::string(trim(split(*text, '\n')[0])) : std::string();
    }

    fs::path next_name() {
        for (auto now = system_clock().now();; now += std::chrono::seconds(1)) {
            made_.path = dir_ / backup_name(now);
            std::error_code none;
            if (!fs::exists(made_.path, none)) return made_.path.string() + std::string(half_ending);
        }
    }

    void fill() {
        auto& manifest = made_.manifest;
        manifest.version = MOZI_VERSION;
        manifest.installation = installation();
        auto const held = source_.hold ? source_.hold() : nullptr;
        // Before the databases: the record of decisions may be ahead of its anchor, never behind it.
        std::vector<BackupFile> small = small_files();
        auto const holdings = databases();
        // As the paths are ordered: config, databases, folder, media.
        FileList list(half_);
        std::ranges::sort(files_, {}, &BackupFile::path);
        for (auto const& file : small)
            if (file.path.starts_with("config/")) list.add(file);
        for (auto const& file : files_) list.add(file);
        for (auto const& file : small)
            if (file.path.starts_with("folder/")) list.add(file);
        for (auto const& holding : holdings) film(holding, list);
        for (auto const& file : small)
            if (file.path.starts_with("media/")) list.add(file);
        list.finish(manifest);
        publish();
    }

    std::vector<BackupFile> small_files() {
        std::vector<BackupFile> out;
        auto const add = [&](fs::path const& from, std::string const& name) {
            auto const facts = facts_of(from);
            if (!facts) return;
            if (facts->size > biggest_small_file) {
                log::warn("backup.left_out", {{"file", from.string()}, {"bytes", facts->size}});
                return;
            }
            out.push_back(copied(from, name, facts->size, facts->changed));
        };
        auto const& file = source_.settings.where.file;
        if (std::error_code none; fs::is_regular_file(file, none)) // as it lies there, by whatever link
            add(fs::canonical(file), "config/" + file.filename().string());
        std::vector<std::string> names;
        std::error_code failed;
        for (auto const& entry : fs::directory_iterator(data_, failed))
            if (auto const name = entry.path().filename().string(); !is_left_out(name)) names.push_back(name);
        std::ranges::sort(names);
        for (auto const& name : names) add(data_ / name, "folder/" + name);
        add(data_ / "media/installation", "media/installation");
        return out;
    }

    // All at one instant; what films there were then.
    std::vector<media::Holding> databases() {
        make_folder(half_ / "databases");
        auto const instant = db::Instant::take(source_.databases, patience);
        made_.held = instant->held;
        if (source_.begun) source_.begun();
        made_.manifest.time = system_clock().now();
        auto const first = source_.databases.begin()->second;
        made_.manifest.dialect = first->dialect() == db::Dialect::sqlite ? "sqlite" : "postgresql";
        auto out = media::holdings(instant->reader("media"));
        for (auto const& [name, database] : source_.databases) {
            auto& reader = instant->reader(name);
            auto const tables = database->tables();
            auto const steps = [&](std::string const& ledger) { // an early version had only one
                auto const there = tables && std::ranges::find(*tables, ledger + "_migration") != tables->end();
                return there ? int(std::get<0>(reader.one<std::int64_t>("SELECT count(*) FROM " + ledger + "_migration").value())) : 0;
            };
            BackupDatabase about{name, steps("platform"), steps("schema"), {}};
            auto const copy = instant->copy(name, half_ / "databases", between_);
            for (auto const& [table, rows] : copy.rows) about.tables.push_back({table, rows});
            for (auto const& file : copy.files) {
                auto const path = "databases/" + file;
                auto const facts = facts_of(half_ / path).value();
                files_.push_back({path, facts.size, hash_of(half_ / path, between_), facts.changed});
                made_.added += facts.size;
            }
            made_.manifest.databases.push_back(std::move(about));
        }
        return out;
    }

    BackupFile copied(fs::path const& from, std::string const& name, std::int64_t size, std::int64_t changed) {
        make_folder((half_ / name).parent_path());
        auto hash = copy_file(from, half_ / name, between_, size);
        size = facts_of(half_ / name).value().size; // it may be shorter by now
        made_.added += size;
        return {name, size, std::move(hash), changed};
    }

    // Nobody writes to the file any more: a second name, from the data folder or the earlier backup, else a copy.
    BackupFile kept(fs::path const& from, std::string const& name) {
        auto const facts = facts_of(from);
        if (!facts) throw BackupFailed(from.string() + " went while the backup was made.");
        auto known = earlier_list_ ? earlier_list_->find(name) : std::nullopt;
        if (known && (known->size != facts->size || known->changed != facts->changed)) known.reset();
        auto const to = half_ / name;
        make_folder(to.parent_path());
        if (same_disk_ && link_file(from, to)) return {name, facts->size, known ? known->sha256 : hash_of(to, between_), facts->changed};
        if (known && link_file(earlier_ / name, to)) return *known;
        return copied(from, name, facts->size, facts->changed);
    }

    // Of a film that is being prepared: what goes meanwhile is made anew.
    std::optional<BackupFile> passing(fs::path const& file, std::string const& path) {
        auto const facts = facts_of(file);
        if (!facts) return std::nullopt;
        try {
            return copied(file, path, facts->size, facts->changed);
        } catch (BackupFailed const&) {
            if (facts_of(file)) throw;
            std::error_code ignored;
            fs::remove(half_ / path, ignored);
            return std::nullopt;
        }
    }

    void film(media::Holding const& holding, FileList& list) {
        auto const id = holding.id.text();
        auto const name = "media/files/" + id + "/";
        auto folder = data_ / "media/files" / id;
        std::error_code none;
        if (!fs::exists(folder, none)) folder = data_ / "media/incoming" / id; // acknowledged a moment ago
        if (!fs::exists(folder, none)) folder = data_ / "media/files" / id;
        auto const below = [&](std::string const& part) {
            walk(folder / part, name + part + "/", [&](fs::path const& file, std::string const& path) {
                if (path.ends_with(".new")) return;
                if (holding.state == media::Holding::State::settled || part == "added") return list.add(kept(file, path)), between_();
                if (auto const entry = passing(file, path)) list.add(*entry);
            });
        };
        below("added");
        if (holding.run > 0) below("r" + std::to_string(holding.run));
        auto const facts = facts_of(folder / "source");
        if (!facts) {
            log::warn("backup.without_source", {{"media", id}}); // it was lost before: verify names it
            return;
        }
        if (holding.source && *holding.source == facts->size) return list.add(kept(folder / "source", name + "source")), between_();
        list.add(copied(folder / "source", name + "source", facts->size, facts->changed));
    }

    // Everything is on the disk before the manifest says so, and the manifest before the folder has its name.
    void publish() {
        sync_disk(half_);
        auto const written =
            blob::Folder(half_, blob::Folder::Missing::refuse).write("manifest.json", json::to_json(made_.manifest) + "\n");
        if (!written)
            throw BackupFailed(written.error().code == Code::disk_full ? "The disk is full: " + half_.string() + " could not be completed."
                                                                       : (half_ / "manifest.json").string() + " could not be written.");
        sync_path(half_);
        if (rename(half_.c_str(), made_.path.c_str()) != 0) fail_on(made_.path);
        sync_path(dir_);
    }

    BackupSource const& source_;
    fs::path data_, dir_, half_, earlier_;
    db::Between const& given_between_;
    db::Between between_;
    std::optional<FileListReader> earlier_list_;
    std::vector<BackupFile> files_; // of the databases
    std::chrono::steady_clock::time_point looked_{};
    bool same_disk_ = false;
    BackupMade made_;
};

} // namespace

BackupMade make_backup(BackupSource const& source, fs::path const& dir, db::Between const& between) {
    try {
        return Making(source, dir, between).run();
    } catch (db::Failure const& failure) {
        if (failure.kind == db::Failure::Kind::full)
            throw BackupFailed("The disk of " + dir.string() + " is full. Nothing half was left there. Make room, or name another folder.");
        throw BackupFailed("The databases could not be copied to " + dir.string() + ": " + failure.text + ".");
    } catch (fs::filesystem_error const& cause) { throw BackupFailed(std::string(cause.what()) + "."); }
}

BackupStatus read_backup_status(fs::path const& data) {
    std::error_code none;
    if (!fs::is_directory(data, none)) return {};
    auto const text = blob::Folder(data, blob::Folder::Missing::refuse).read("backup-status", 16 << 10);
    auto const read = text ? json::from_json<BackupStatus>(*text) : Result<BackupStatus>(internal(""));
    return read ? *read : BackupStatus{};
}

void write_backup_status(fs::path const& data, BackupStatus const& status) {
    auto const written = blob::Folder(data, blob::Folder::Missing::refuse).write("backup-status", json::to_json(status) + "\n");
    if (!written) log::warn("backup.status_not_written", {{"why", written.error().message}});
}

} // namespace mozi::app
