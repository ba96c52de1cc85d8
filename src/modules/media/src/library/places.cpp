// Folders of media on disk.
#include "library/places.hpp"

#include <cerrno>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mozi::media {
namespace {

bool sync_folder(std::string const& path) {
    auto const fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    auto const good = fsync(fd) == 0;
    close(fd);
    return good;
}

} // namespace

void Places::prepare() const {
    std::filesystem::create_directories(files());
    // The jail works below as another user: it may pass through, and look nowhere.
    std::filesystem::permissions(files(), std::filesystem::perms::owner_all);
}

int Places::create_source(MediaId id) const {
    if (mkdir(folder(id).c_str(), 0700) != 0) return -1;
    auto const fd = open(source(id).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return -1;
    if (sync_folder(folder(id)) && sync_folder(files())) return fd;
    auto const why = errno;
    close(fd);
    errno = why;
    return -1;
}

std::vector<MediaId> Places::older_than(std::int64_t age_s) const {
    std::vector<MediaId> out;
    auto* listing = opendir(files().c_str());
    if (!listing) return out;
    auto const now = std::time(nullptr);
    while (auto const* entry = readdir(listing)) {
        auto const id = parse<MediaId>(entry->d_name);
        struct stat info{};
        if (id && out.size() < 10'000 && fstatat(dirfd(listing), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && now - info.st_mtime >= age_s) out.push_back(*id);
    }
    closedir(listing);
    return out;
}

std::uint64_t Places::free_bytes() const {
    struct statvfs space{};
    if (statvfs(files().c_str(), &space) != 0) return 0;
    return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
}

} // namespace mozi::media
