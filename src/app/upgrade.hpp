// An upgrade of several SQLite databases is whole or not at all: what was migrated before a step failed is put back from its copy.
#pragma once

#include <mozi/blob/folder.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace mozi::app {

// Keeps <data>/upgrade while one is under way: a line "<module> <copy's name>" for each database that has been copied, and "back" where
// they are to be put back. A start that is cut off is gone on with by the next, with the copies of the first.
class Upgrade {
public:
    explicit Upgrade(blob::Folder const& dir);
    // Before any database is opened: goes on with putting back where a start was cut off in it. Throws std::runtime_error.
    void go_on();
    // `copy` is what `module` was before, on the disk; its first step runs next. Throws std::runtime_error.
    void copied(std::string const& module, std::filesystem::path const& copy);
    // With every database closed. Returns a sentence about what was put back; empty: nothing had to be. Throws std::runtime_error.
    std::string put_back();
    void done();

    // One is being put back, and was cut off.
    static bool is_cut_off(blob::Folder const& dir);

private:
    void write(bool back);
    std::string restore();

    struct Copy {
        std::string module, file;
    };
    blob::Folder const& dir_;
    std::vector<Copy> copies_;
    bool back_ = false;
};

} // namespace mozi::app
