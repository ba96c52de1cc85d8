// Looking after <data>/snapshots and <data>/versions.
#include "snapshots.hpp"

#include "installation.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sys/stat.h>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr auto kept_for = std::chrono::days(30);
constexpr std::size_t longest = 64 << 10;

std::string text_of(blob::Folder const& data, std::string_view name) {
    auto const read = data.read(name, longest);
    return read ? *read : std::string();
}

// Since when each lies there, in lived time: one line each, "name microseconds".
std::map<std::string, std::int64_t> since_in(blob::Folder const& data) {
    std::map<std::string, std::int64_t> out;
    auto const text = text_of(data, "snapshots/since");
    for (auto const line : split(text, '\n'))
        if (auto const words = split(line, ' '); words.size() == 2)
            if (auto const at = parse_id(words[1])) out[std::string(words[0])] = *at;
    return out;
}

bool is_snapshot(std::string const& name) { return name.ends_with(".db") && name.find(".before-") != name.npos; }

// Lines "2026-11-30T12:00:00.000Z 0.1.0", the latest last.
std::vector<std::pair<Time, std::string>> versions_in(blob::Folder const& data) {
    std::vector<std::pair<Time, std::string>> out;
    auto const text = text_of(data, "versions");
    for (auto const line : split(text, '\n'))
        if (auto const words = split(line, ' '); words.size() == 2)
            if (auto const at = from_iso(words[0])) out.emplace_back(*at, std::string(words[1]));
    return out;
}

// SQLite writes 2 there in a database that has a log, before it begins the log; a copy made by VACUUM INTO or a backup says 1.
bool has_left_log(fs::path const& database) {
    std::error_code none;
    auto const log = database.string() + "-wal";
    auto const size = fs::file_size(log, none);
    if (none || size == 0) return false;
    char head[20] = {};
    std::ifstream file(database, std::ios::binary);
    return file.read(head, sizeof head) && std::string_view(head, 15) == "SQLite format 3" && head[18] == 1;
}

} // namespace

std::vector<Snapshot> snapshots_in(fs::path const& data) {
    std::vector<Snapshot> out;
    std::error_code failed;
    if (!fs::is_directory(data / "snapshots", failed)) return out;
    blob::Folder const folder(data, blob::Folder::Missing::refuse);
    auto const since = since_in(folder);
    auto const versions = versions_in(folder);
    for (auto const& entry : fs::directory_iterator(data / "snapshots", failed)) {
        Snapshot one{.file = entry.path().filename().string(), .module = {}, .before = {}, .made = {}, .version = {}, .goes = {}};
        struct stat info{};
        if (!is_snapshot(one.file) || stat(entry.path().c_str(), &info) != 0) continue;
        auto const at = one.file.find(".before-");
        one.module = one.file.substr(0, at);
        one.before = one.file.substr(at + 8, one.file.size() - at - 11);
        one.bytes = info.st_size;
        one.made = Time{std::chrono::seconds(info.st_mtim.tv_sec)};
        for (auto const& [when, version] : versions)
            if (when <= one.made) one.version = version;
        if (auto const noted = since.find(one.file); noted != since.end())
            one.goes = Time{std::chrono::microseconds(noted->second)} + kept_for;
        out.push_back(std::move(one));
    }
    std::ranges::sort(out, {}, &Snapshot::file);
    return out;
}

void note_version(blob::Folder const& data) {
    auto versions = versions_in(data);
    if (!versions.empty() && versions.back().second == MOZI_VERSION) return;
    versions.emplace_back(system_clock().now(), MOZI_VERSION);
    if (versions.size() > 500) versions.erase(versions.begin());
    std::string text;
    for (auto const& [when, version] : versions) text += to_iso(when) + " " + version + "\n";
    if (auto const written = data.write("versions", text); !written) log::warn("versions.not_written", {{"why", written.error().message}});
}

void drop_old_snapshots(blob::Folder const& data, Time lived) {
    auto const before = since_in(data);
    std::map<std::string, std::int64_t> now;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(data.path() / "snapshots", failed)) {
        auto const name = entry.path().filename().string();
        if (!is_snapshot(name) && !name.ends_with("-wal.left")) continue;
        auto const known = before.find(name);
        auto const since = known == before.end() ? lived.time_since_epoch().count() : known->second;
        if (Time{std::chrono::microseconds(since)} + kept_for > lived) now[name] = since;
        else if (fs::remove(entry.path(), failed)) log::info("db.snapshot_removed", {{"file", name}});
    }
    if (failed || now == before) return;
    std::string text;
    for (auto const& [name, since] : now) text += name + " " + std::to_string(since) + "\n";
    if (auto const written = data.write("snapshots/since", text); !written) log::warn("db.snapshots", {{"why", written.error().message}});
}

std::string fault_of_left_log(fs::path const& data) {
    for (auto const name : module_names()) {
        auto const file = data / (std::string(name) + ".db");
        if (has_left_log(file))
            return file.string() + " was put back beside " + file.filename().string() +
                   "-wal, the log of the database that lay there before: read together they are neither. The next start moves that log to "
                   "the "
                   "folder snapshots; or remove it and " +
                   file.filename().string() + "-shm yourself. Nothing was changed.";
    }
    return {};
}

void put_left_logs_aside(fs::path const& data) {
    for (auto const name : module_names()) {
        auto const file = data / (std::string(name) + ".db");
        if (!has_left_log(file)) continue;
        fs::create_directories(data / "snapshots");
        fs::remove(file.string() + "-shm");
        auto const aside = data / "snapshots" / (std::string(name) + ".db-wal.left");
        fs::rename(file.string() + "-wal", aside);
        log::warn("db.left_log", {{"database", name}, {"moved_to", aside.string()}, {"note", "it was the log of another database"}});
    }
}

} // namespace mozi::app
