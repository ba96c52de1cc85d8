// The copies that an upgrade leaves in <data>/snapshots: whose they are, when they go, and what putting one back leaves behind.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/blob/folder.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mozi::app {

struct Snapshot {
    std::string file; // "user.before-schema-0004_choices.sqlite.db"
    std::string module, before; // the step that it was made before
    std::int64_t bytes = 0;
    Time made;
    std::string version; // that wrote what it holds; empty: an earlier one that did not say
    std::optional<Time> goes; // about when, if the server runs until then
};
std::vector<Snapshot> snapshots_in(std::filesystem::path const& data); // only looks

// That this version has had the data from now on: a line in <data>/versions.
void note_version(blob::Folder const& data);
// Those that have lain for 30 lived days. Called now and then.
void drop_old_snapshots(blob::Folder const& data, Time lived);

// A database that was put back beside the log of the one that lay there before would be read with that log's pages in it.
// The sentence about the first; empty: there is none.
std::string fault_of_left_log(std::filesystem::path const& data);
// What a start does about it: the logs move to <data>/snapshots, where nothing reads them. Throws std::runtime_error.
void put_left_logs_aside(std::filesystem::path const& data);

} // namespace mozi::app
