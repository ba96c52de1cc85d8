// What a backup consists of: manifest.json, written last, and files.jsonl with a line for every file, in the order of their paths.
#pragma once

#include "settings.hpp"

#include <mozi/crypto/sha256.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace mozi::app {

// Why there is no backup, or why one cannot be used: a sentence.
struct BackupFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct BackupTable {
    std::string name;
    std::int64_t rows = 0;
    static constexpr auto fields() {
        return std::tuple{field("name", &BackupTable::name, {.max = 63}), field("rows", &BackupTable::rows, {.max = 1LL << 62})};
    }
};

struct BackupDatabase {
    std::string name;
    int platform = 0, schema = 0; // steps of its two ledgers
    std::vector<BackupTable> tables;
    static constexpr auto fields() {
        return std::tuple{field("name", &BackupDatabase::name, {.max = 63}),
            field("platform", &BackupDatabase::platform, {.max = 1'000'000}), field("schema", &BackupDatabase::schema, {.max = 1'000'000}),
            field("tables", &BackupDatabase::tables, {.max = 1000})};
    }
};

struct Manifest {
    int format = 1;
    std::string version, installation, dialect; // "sqlite", "postgresql"
    Time time; // of the instant
    std::vector<BackupDatabase> databases;
    std::int64_t files = 0, bytes = 0;
    std::string list_sha256; // of files.jsonl, in hexadecimal
    static constexpr auto fields() {
        return std::tuple{field("format", &Manifest::format, {.max = 1'000'000}), field("version", &Manifest::version, {.max = 100}),
            field("installation", &Manifest::installation, {.max = 100}), field("dialect", &Manifest::dialect, {.max = 20}),
            field("time", &Manifest::time), field("databases", &Manifest::databases, {.max = 100}),
            field("files", &Manifest::files, {.max = 1LL << 62}), field("bytes", &Manifest::bytes, {.max = 1LL << 62}),
            field("listSha256", &Manifest::list_sha256, {.max = 64})};
    }
};

struct BackupFile {
    std::string path; // below the backup
    std::int64_t size = 0;
    std::string sha256;
    std::int64_t changed = 0; // of the file it was made from: nanoseconds since 1970
    static constexpr auto fields() {
        return std::tuple{field("path", &BackupFile::path, {.max = 4000}), field("size", &BackupFile::size, {.max = 1LL << 62}),
            field("sha256", &BackupFile::sha256, {.max = 64}),
            field("changed", &BackupFile::changed, {.min = -(1LL << 62), .max = 1LL << 62})};
    }
};

inline constexpr std::string_view half_ending = ".half"; // of a folder in which one is being made

// Of a whole one. Throws BackupFailed.
Manifest read_manifest(std::filesystem::path const& backup);
// Whole ones in a folder, the newest first by their names. Only looks.
std::vector<std::filesystem::path> backups_in(std::filesystem::path const& dir);
bool is_backup_name(std::string_view name); // 20261130T123000Z
std::string backup_name(Time time);

// Writes files.jsonl. Paths come in rising order. Throws BackupFailed.
class FileList {
public:
    explicit FileList(std::filesystem::path const& backup);
    void add(BackupFile const& file);
    void finish(Manifest& into); // durable

private:
    std::filesystem::path path_;
    std::ofstream out_;
    crypto::Sha256 digest_;
    std::string last_;
    std::int64_t files_ = 0, bytes_ = 0;
};

// Reads it, a line at a time. Throws BackupFailed where a line cannot be read.
class FileListReader {
public:
    explicit FileListReader(std::filesystem::path const& backup);
    std::optional<BackupFile> next();
    // The line of that path, where there is one; asked in rising order.
    std::optional<BackupFile> find(std::string_view path);
    std::string digest(); // of what has been read: at the end

private:
    std::filesystem::path path_;
    std::ifstream in_;
    crypto::Sha256 digest_;
    std::optional<BackupFile> ahead_;
};

} // namespace mozi::app
