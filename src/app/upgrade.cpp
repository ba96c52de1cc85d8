// Noting copies, and putting them back.
#include "upgrade.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <stdexcept>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view note = "upgrade", back = "back";

} // namespace

Upgrade::Upgrade(blob::Folder const& dir) : dir_(dir) {
    auto const text = dir_.read(note, 10'000);
    if (!text) return;
    for (auto const line : split(*text, '\n')) {
        if (line == back) back_ = true;
        if (auto const space = line.find(' '); space != line.npos)
            copies_.push_back({std::string(line.substr(0, space)), std::string(line.substr(space + 1))});
    }
}

bool Upgrade::is_cut_off(blob::Folder const& dir) { return Upgrade(dir).back_; }

void Upgrade::write(bool put_back) {
    std::string text;
    for (auto const& copy : copies_) text += copy.module + " " + copy.file + "\n";
    if (auto const written = dir_.write(note, text + (put_back ? std::string(back) + "\n" : "")); !written)
        throw std::runtime_error("cannot write " + (dir_.path() / note).string() + ": " + written.error().message);
}

void Upgrade::copied(std::string const& module, fs::path const& copy) {
    auto const known = std::ranges::find(copies_, module, &Copy::module);
    if (known != copies_.end()) return; // of a start that was cut off: what it was before that is further back
    copies_.push_back({module, copy.filename().string()});
    write(false);
}

// A copy takes the place of its database, which needs no room. What was done already is found done.
std::string Upgrade::restore() {
    std::string names;
    for (auto const& copy : copies_) {
        auto const from = dir_.path() / "snapshots" / copy.file, to = dir_.path() / (copy.module + ".db");
        if (std::error_code none; !fs::exists(from, none)) continue;
        for (auto const* const beside : {"-wal", "-shm"}) fs::remove(to.string() + beside);
        fs::rename(from, to);
        names += (names.empty() ? "" : ", ") + copy.module;
    }
    log::warn("db.upgrade_put_back", {{"databases", names}});
    done();
    return names.empty() ? "" : "Put back as they were before: " + names + ". The version before this one can go on with them.";
}

void Upgrade::go_on() {
    if (back_) restore();
}

std::string Upgrade::put_back() {
    if (copies_.empty()) return {};
    write(true);
    return restore();
}

void Upgrade::done() {
    copies_.clear();
    back_ = false;
    dir_.remove(note);
}

} // namespace mozi::app
