// Everything here treats the jail's folder as hostile: no links followed, only regular files taken, names are ours.
#include "transcode/publish.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {

Folder::Folder(std::string const& path) : fd_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}

Folder::Folder(Folder const& parent, std::string const& name)
    : fd_(openat(parent.fd_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}

Folder::~Folder() {
    if (fd_ >= 0) close(fd_);
}

Folder& Folder::operator=(Folder&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

bool Folder::make(std::string const& name) const { return mkdirat(fd_, name.c_str(), 0700) == 0 || errno == EEXIST; }

std::string Folder::read(std::string const& name, std::size_t most) const {
    auto const size = size_of(name);
    std::string out;
    if (size <= 0 || static_cast<std::size_t>(size) > most) return out;
    auto const file = openat(fd_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return out;
    out.resize(static_cast<std::size_t>(size));
    auto const got = pread(file, out.data(), out.size(), 0);
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    close(file);
    return out;
}

bool Folder::write(std::string const& name, std::string_view text) const {
    auto const next = name + ".new";
    auto const file = openat(fd_, next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return false;
    auto const written = ::write(file, text.data(), text.size());
    close(file);
    return written == static_cast<ssize_t>(text.size()) && renameat(fd_, next.c_str(), fd_, name.c_str()) == 0;
}

std::int64_t Folder::size_of(std::string const& name) const {
    struct stat info{};
    if (fstatat(fd_, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode) || info.st_nlink != 1) return -1;
    return info.st_size;
}

bool Folder::sync_all() const {
    auto* listing = fdopendir(openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!listing) return false;
    bool good = true;
    while (auto const* entry = readdir(listing)) {
        if (entry->d_name[0] == '.') continue;
        auto const file = openat(fd_, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        good = good && file >= 0 && fsync(file) == 0;
        if (file >= 0) close(file);
    }
    closedir(listing);
    return good && fsync(fd_) == 0;
}

Outlet::Outlet(Rung const& rung, int target_s, Folder const& work, Folder const& target) {
    version_.rung = rung;
    version_.target_s = target_s;
    if (!work.make(rung.name()) || !target.make(rung.name())) return;
    from_ = Folder(work, rung.name());
    to_ = Folder(target, rung.name());
}

double Outlet::duration_s() const {
    double out = 0;
    for (auto const& segment : version_.segments) out += segment.duration_s;
    return out;
}

bool Outlet::take_init(bool second) {
    auto const init = from_.read("init.mp4", 1 << 20);
    auto const codec = video_codec(init);
    if (!codec) return false;
    if (second && init == init_) return true;
    if (second) version_.second_init_from = kept_;
    else init_ = init, version_.codecs = *codec + (init.find("mp4a") != init.npos ? ",mp4a.40.2" : "");
    return to_.write(second ? "init-2.mp4" : "init.mp4", init);
}

bool Outlet::advance() {
    auto const list = read_list(from_.read("list.m3u8", 8 << 20));
    auto const before = version_.segments.size();
    if (before == kept_ && list.segments.size() > kept_ && !take_init(kept_ > 0)) return false;
    for (auto at = before; at < list.segments.size(); ++at) {
        auto const& segment = list.segments[at];
        auto const name = segment_name(segment.number);
        auto const size = from_.size_of(name);
        if (size <= 0 || renameat(from_.fd(), name.c_str(), to_.fd(), name.c_str()) != 0) {
            missing_ = true;
            return false;
        }
        bytes_ += size;
        if (segment.duration_s > 0.5) peak_kbps_ = std::max(peak_kbps_, double(size) * 8 / 1000 / segment.duration_s);
        version_.segments.push_back(segment);
    }
    if (list.ended && !version_.ended && !version_.segments.empty()) {
        version_.ended = true;
        auto const average = double(bytes_) * 8 / 1000 / std::max(0.1, duration_s());
        version_.average_kbps = static_cast<int>(std::ceil(average));
        version_.peak_kbps = static_cast<int>(std::ceil(std::max(peak_kbps_, average)));
    } else if (version_.segments.size() == before) {
        return false;
    }
    write_playlist();
    return true;
}

bool Outlet::keep_first() {
    auto const list = read_list(from_.read("list.m3u8", 1 << 20));
    auto const name = segment_name(0);
    auto const size = from_.size_of(name);
    if (list.segments.empty() || size <= 0 || !take_init(false) || renameat(from_.fd(), name.c_str(), to_.fd(), name.c_str()) != 0) return false;
    version_.segments = {list.segments.front()};
    bytes_ = size;
    kept_ = 1;
    unlinkat(from_.fd(), "list.m3u8", 0);
    write_playlist();
    return true;
}

void Outlet::write_playlist() {
    if (!to_.write("index.m3u8", media_playlist(version_))) missing_ = true;
}

void remove_tree(std::string const& path) {
    std::error_code ignored; // remove_all follows no link
    std::filesystem::remove_all(path, ignored);
}

} // namespace mozi::media
