// What a folder looks like, to see whether anything in it was changed.
#pragma once

#include "support.hpp"

namespace mozi::test {

// Every path below, with its rights, time of change and content.
inline std::map<std::string, std::string> tree(std::filesystem::path const& root) {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> out;
    auto const add = [&](fs::path const& path) {
        auto const state = fs::symlink_status(path);
        out[path.string()] = std::to_string(int(state.permissions())) + " " +
                             std::to_string(fs::last_write_time(path).time_since_epoch().count()) +
                             (fs::is_regular_file(state) ? " " + read_file(path) : "");
    };
    if (!fs::exists(root)) return out;
    add(root);
    for (auto const& entry : fs::recursive_directory_iterator(root)) add(entry.path());
    return out;
}

} // namespace mozi::test
