// Reading and writing what a backup says of itself.
#include "backup_manifest.hpp"

#include "backup_files.hpp"

#include <mozi/base/text.hpp>
#include <mozi/blob/folder.hpp>

#include <algorithm>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t longest_manifest = 4 << 20, longest_line = 8192;
constexpr std::string_view list_name = "files.jsonl";

} // namespace

bool is_backup_name(std::string_view name) {
    if (name.size() != 16 || name[8] != 'T' || name[15] != 'Z') return false;
    for (std::size_t i = 0; i < 15; ++i)
        if (i != 8 && (name[i] < '0' || name[i] > '9')) return false;
    return true;
}

std::string backup_name(Time time) {
    std::string out;
    for (char const c : to_iso(time).substr(0, 19))
        if (c != '-' && c != ':') out += c;
    return out + "Z";
}

Manifest read_manifest(fs::path const& backup) {
    std::error_code failed;
    if (!fs::is_directory(backup, failed)) throw BackupFailed("There is no folder " + backup.string() + ".");
    auto const text = blob::Folder(backup, blob::Folder::Missing::refuse).read("manifest.json", longest_manifest);
    if (!text)
        throw BackupFailed(backup.string() + " is no backup: its manifest.json cannot be read. Without it what lies there is half of one.");
    auto read = json::from_json<Manifest>(*text);
    if (!read) throw BackupFailed("The manifest.json of " + backup.string() + " is damaged. Use another backup.");
    if (read->format != 1)
        throw BackupFailed(backup.string() + " was made by a newer videa-mozi (" + read->version + ") in a form that this one, " +
                           MOZI_VERSION + ", does not know. Use that version.");
    return std::move(*read);
}

std::vector<fs::path> backups_in(fs::path const& dir) {
    std::vector<fs::path> out;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator(dir, failed))
        if (std::error_code none; is_backup_name(entry.path().filename().string()) && fs::exists(entry.path() / "manifest.json", none))
            out.push_back(entry.path());
    std::ranges::sort(out, std::greater{});
    return out;
}

FileList::FileList(fs::path const& backup) : path_(backup / list_name), out_(path_, std::ios::binary | std::ios::trunc) {}

void FileList::add(BackupFile const& file) {
    if (file.path <= last_)
        throw BackupFailed("The files of the backup are out of order: " + file.path + ". This is a fault of videa-mozi.");
    auto const line = json::to_json(file) + "\n";
    if (!(out_ << line)) fail_on(path_);
    digest_.add(line);
    last_ = file.path;
    ++files_;
    bytes_ += file.size;
}

void FileList::finish(Manifest& into) {
    if (!out_.flush()) fail_on(path_);
    out_.close();
    sync_path(path_);
    into.files = files_;
    into.bytes = bytes_;
    into.list_sha256 = hex(digest_.finish());
}

FileListReader::FileListReader(fs::path const& backup) : path_(backup / list_name), in_(path_, std::ios::binary) {
    if (!in_) throw BackupFailed(path_.string() + " cannot be read. Use another backup.");
}

std::optional<BackupFile> FileListReader::next() {
    std::string line;
    if (!std::getline(in_, line)) return std::nullopt;
    digest_.add(line);
    digest_.add("\n");
    auto file = line.size() <= longest_line ? json::from_json<BackupFile>(line) : Result<BackupFile>(internal("a long line"));
    auto const way_out = file && (file->path.starts_with('/') || ("/" + file->path + "/").find("/../") != std::string::npos);
    if (!file || way_out) throw BackupFailed("A line of " + path_.string() + " cannot be understood. Use another backup.");
    return std::move(*file);
}

std::optional<BackupFile> FileListReader::find(std::string_view path) {
    while (!ahead_ || ahead_->path < path) {
        ahead_ = next();
        if (!ahead_) return std::nullopt;
    }
    return ahead_->path == path ? ahead_ : std::nullopt;
}

std::string FileListReader::digest() { return hex(digest_.finish()); }

} // namespace mozi::app
