// Trying whether films can be prepared.
#include "jail/trial.hpp"

#include <mozi/blob/folder.hpp>
#include <mozi/log/log.hpp>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {
namespace {

using namespace std::chrono_literals;
constexpr auto good_for = 10s, bad_for = 30s, at_once = 2s;
constexpr std::uint64_t enough_room = 16u << 20; // with less the disk is the fault, which is said elsewhere

} // namespace

std::vector<std::string> Trial::missing() const {
    std::vector<std::string> out;
    for (auto const& program : {jail_.ffmpeg, jail_.ffprobe})
        if (access(program.c_str(), X_OK) != 0)
            out.push_back(program + " is missing: films wait until it is there. Install Debian's package ffmpeg" +
                          (program.starts_with('/') ? "" : ", and start this server again"));
    return out;
}

std::vector<std::string> Trial::faults() const {
    auto out = missing();
    std::scoped_lock const held(mutex_);
    if (out.empty() && !fault_.empty())
        out.push_back("Films cannot be prepared on this server now, and wait: " + fault_ + ". `videa-mozi doctor` says more");
    return out;
}

bool Trial::fails() const {
    if (!missing().empty()) return false;
    std::scoped_lock const held(mutex_);
    return !fault_.empty();
}

std::vector<Trial::Stamp> Trial::stamps() const {
    std::vector<Stamp> out;
    for (auto const& program : {jail_.ffmpeg, jail_.ffprobe}) {
        struct stat info{};
        if (stat(program.c_str(), &info) == 0)
            out.push_back({info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec});
    }
    return out;
}

bool Trial::is_due(Steady::duration good, Steady::duration bad) const {
    auto const now = stamps();
    std::scoped_lock const held(mutex_);
    return tried_.empty() || tried_ != now || Steady::now() - when_ >= (fault_.empty() ? good : bad);
}

bool Trial::keep() {
    auto const failed = fails();
    try_where_due(Steady::duration::max(), bad_for);
    return failed && !fails() && missing().empty();
}

bool Trial::works() {
    try_where_due(good_for, at_once); // for many that fail together one try is enough
    return missing().empty() && !fails();
}

void Trial::try_where_due(Steady::duration good, Steady::duration bad) {
    std::scoped_lock const alone(trying_);
    if (!missing().empty() || !is_due(good, bad)) return;
    auto tried = stamps();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    auto fault = prepare_folder(jail_, folder_) ? std::string() : "no folder can be made in " + folder_;
    auto const room = fault.empty() && blob::Folder(folder_, blob::Folder::Missing::refuse).free_bytes() >= enough_room;
    if (room) fault = fault_of_tools(jail_, folder_, [this] { return stopping_.load(); });
    std::filesystem::remove_all(folder_, ignored);
    if (stopping_ || (!room && fault.empty())) return;
    std::scoped_lock const held(mutex_);
    if (!fault.empty() && fault_.empty()) log::error("media.cannot_prepare", {{"why", fault}});
    if (fault.empty() && !fault_.empty()) log::info("media.can_prepare");
    fault_ = std::move(fault);
    tried_ = std::move(tried);
    when_ = Steady::now();
}

} // namespace mozi::media
