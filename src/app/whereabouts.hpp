// Which configuration a command took: the file, where each value came from, and whose data it is about.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace mozi::app {

struct Settings;

// Of one loading of the settings. A plain value.
struct Whereabouts {
    std::filesystem::path file; // absolute; empty: there was none
    std::filesystem::path unused; // a file that would count if `file` were not there; empty: none
    std::filesystem::path started_in; // where the command was given
    std::map<std::string, std::string, std::less<>> origins; // of what was set, by "section.key"

    std::string origin(std::string_view key) const; // "/etc/videa-mozi.toml line 3", "--set data.dir", "default"
    std::string file_taken() const; // a sentence without its full stop
};

// The file that --config names, else videa-mozi.toml where the command is given, else /etc/videa-mozi.toml; `file` stays empty where there
// is none. Returns why it must not be taken; empty: it may.
std::string find_file(std::string const& named, Whereabouts& where);

std::string name_of_user(uid_t user); // "videa", or "user 10001" where nobody has a name for it
// Whose the data folder is: of what a server made in it, else of the folder itself. Nothing where there is no folder.
std::optional<uid_t> owner_of_data(std::filesystem::path const& dir);

// What a command that cannot do its work says besides: which file, data folder and user it took.
std::string taken(Settings const& settings);

} // namespace mozi::app
