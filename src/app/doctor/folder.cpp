// The data folder: room, rights, owner, kind of file system, what lies about.
#include "doctor/looks.hpp"

#include "doctor/file_systems.hpp"
#include "doctor/owners.hpp"
#include "doctor/proc.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mozi::app::doctor {

namespace fs = std::filesystem;

namespace {

struct Entry {
    fs::path path;
    struct stat info{};
};

// The folder, what lies in it, in snapshots and in media. What films consist of may belong to the jail.
std::vector<Entry> entries_of(fs::path const& dir) {
    std::vector<Entry> out;
    auto const add = [&](fs::path const& path) {
        Entry entry{path, {}};
        if (lstat(path.c_str(), &entry.info) == 0 && !S_ISLNK(entry.info.st_mode)) out.push_back(entry);
    };
    add(dir);
    for (auto const& folder : {dir, dir / "snapshots", dir / "media"}) {
        std::error_code failed;
        for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) add(at->path());
    }
    return out;
}

// "a, b and 4 more"
std::string some(std::vector<std::string> const& names) {
    constexpr std::size_t most = 3;
    std::string out;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) out += (i ? ", " : "") + names[i];
    return out + (names.size() > most ? " and " + std::to_string(names.size() - most) + " more" : "");
}

void look_at_room(Patient const& patient, fs::path const& dir, Findings& say) {
    auto const floor = std::uint64_t(patient.settings.data.min_free_bytes);
    auto const is_media = dir.filename() == "media";
    struct statvfs info{};
    if (statvfs(dir.c_str(), &info) != 0) return;
    if ((info.f_flag & ST_RDONLY) != 0)
        say.fault("data.read_only", dir.string() + " lies on a file system that is mounted read-only: nothing can be saved",
            "The kernel does that by itself after errors of the disk (dmesg says so). Mend the disk or the mount, then start the server "
            "again.");
    if (info.f_files > 0 && info.f_favail < 1000)
        say.fault("data.inodes", dir.string() + " has room but hardly a file more (" + std::to_string(info.f_favail) + " inodes left)",
            "Remove what holds many small files on that disk, or move the data folder.");
    auto const free = std::uint64_t(info.f_bavail) * info.f_frsize;
    auto const text = (is_media ? "media folder " : "data folder ") + dir.string() + " has " + std::to_string(free >> 20) + " MiB free";
    if (free > floor) say.well("data.disk", text);
    else
        say.fault("data.disk", text + ", and below " + std::to_string(floor >> 20) + " MiB (data.min_free_bytes) nothing is saved",
            "Make room: delete films, old copies in snapshots/ or what else fills that disk. It recovers by itself within seconds.");
}

void look_at_owners(Patient const& patient, std::vector<Entry> const& all, Findings& say) {
    auto const user = server_user(patient);
    std::vector<std::string> strangers, open, closed, parts;
    for (auto const& entry : all) {
        auto const& mode = entry.info.st_mode;
        if (entry.info.st_uid != user.uid) strangers.push_back(entry.path.string() + " (of " + user_of(entry.info.st_uid).name + ")");
        else if ((mode & S_IWUSR) == 0 || (S_ISDIR(mode) && (mode & S_IXUSR) == 0)) closed.push_back(entry.path.string());
        if ((mode & 077) != 0 && entry.path.filename() != "secret" && entry.path.filename() != "setup-link")
            open.push_back(entry.path.string());
        if (S_ISREG(mode) && entry.path.extension() == ".part" && entry.info.st_mtime < time(nullptr) - 3600)
            parts.push_back(entry.path.string());
    }
    auto const dir = all.front().path.string();
    if (!strangers.empty())
        say.fault("data.owner", "The server is " + user.name + " and cannot write what belongs to others: " + some(strangers),
            "Give it to the server: chown -R " + user.name + ": " + dir + ". It happens where a command ran as root: run it as " +
                user.name + ".");
    if (!closed.empty())
        say.fault("data.read_only", "Its own user may not write " + some(closed), "Give that right back: chmod -R u+rwX " + dir);
    if (!open.empty())
        say.look("data.rights", "Others may use " + some(open), "The next start takes that away, as does videa-mozi doctor --fix.");
    if (!parts.empty())
        say.look(
            "data.leftovers", "Writes that were cut off left " + some(parts), "They are of no use: videa-mozi doctor --fix removes them.");
    if (strangers.empty() && closed.empty()) say.well("data.owner", "all of the data folder belongs to " + user.name);
}

void look_at_secret(fs::path const& dir, Findings& say) {
    if (auto const fault = fault_of_secret(blob::Folder(dir, blob::Folder::Missing::refuse)); !fault.empty())
        say.told("secret", Verdict::fault, fault);
}

// Somebody who writes to a database without the lock: another server through another mount, a shell of sqlite3.
void look_at_openers(Patient const& patient, fs::path const& dir, Findings& say) {
    std::vector<fs::path> databases;
    for (auto const* name : {"user.db", "content.db", "media.db", "social.db", "moderation.db"}) {
        std::error_code none;
        if (fs::exists(dir / name, none)) databases.push_back(dir / name);
    }
    for (auto const& [process, file] : openers_of(databases))
        if (process.pid != patient.pid)
            say.fault("data.shared",
                "Process " + std::to_string(process.pid) + " (" + process.name + ") has " + file +
                    " open, and is not the server of this folder",
                "Two that write to one folder damage it. Stop that process; a second server needs a data folder of its own.");
}

} // namespace

void look_at_folder(Patient const& patient, Findings& say) {
    fs::path const dir = fs::absolute(patient.settings.data.dir);
    std::error_code failed;
    auto const state = fs::status(dir, failed);
    if (state.type() == fs::file_type::not_found) return; // said as there being no installation
    if (access(dir.c_str(), R_OK | X_OK) != 0) {
        auto const why = std::generic_category().message(errno);
        return say.fault("data.unreadable",
            "The data folder " + dir.string() + " cannot be looked into by " + user_of(geteuid()).name + ": " + why,
            "Run this as the server's user (sudo -u NAME videa-mozi doctor) or as root; what follows is not known otherwise.");
    }
    if (!fs::is_directory(state))
        return say.fault("data.no_folder", dir.string() + " is no folder", "Correct data.dir, or put away what stands there.");
    look_at_room(patient, dir, say);
    struct stat here{}, media{};
    if (stat(dir.c_str(), &here) == 0 && stat((dir / "media").c_str(), &media) == 0 && here.st_dev != media.st_dev)
        look_at_room(patient, dir / "media", say);
    look_at_file_system(dir, patient.settings.database.url.empty() ? Holds::databases : Holds::files, say);
    look_at_owners(patient, entries_of(dir), say);
    look_at_secret(dir, say);
    look_at_openers(patient, dir, say);
}

} // namespace mozi::app::doctor
