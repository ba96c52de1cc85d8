// Linking, copying and hashing files.
#include "backup_files.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::app {

namespace fs = std::filesystem;

namespace {

struct Descriptor {
    int fd;
    explicit Descriptor(int opened) : fd(opened) {}
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
};

// Calls f with what `file` holds, piece by piece; reading does not push what the server needs out of memory.
template <class F>
void read_through(fs::path const& file, std::int64_t most, db::Between const& between, F&& f) {
    Descriptor const in(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (in.fd < 0) fail_on(file);
    static thread_local std::string bytes(1 << 20, '\0');
    std::int64_t done = 0;
    while (done < most) {
        auto const got = ::read(in.fd, bytes.data(), std::size_t(std::min<std::int64_t>(most - done, std::ssize(bytes))));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail_on(file);
        if (got == 0) break;
        f(std::string_view(bytes.data(), std::size_t(got)));
        posix_fadvise(in.fd, done, got, POSIX_FADV_DONTNEED);
        done += got;
        between();
    }
}

} // namespace

void fail_on(fs::path const& path) {
    auto const why = errno;
    if (why == ENOSPC || why == EDQUOT)
        throw BackupFailed("The disk is full: " + path.string() + " could not be written. Make room there, or name another folder.");
    throw BackupFailed(path.string() + ": " + std::strerror(why) + ".");
}

void sync_path(fs::path const& path) {
    Descriptor const opened(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (opened.fd < 0 || fsync(opened.fd) != 0) fail_on(path);
}

void sync_disk(fs::path const& folder) {
    Descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.fd < 0 || syncfs(opened.fd) != 0) fail_on(folder);
}

void make_folder(fs::path const& path) {
    struct stat info{};
    if (lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return;
    if (path.has_parent_path() && path.parent_path() != path) make_folder(path.parent_path());
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail_on(path);
}

std::optional<FileFacts> facts_of(fs::path const& file) {
    struct stat info{};
    if (lstat(file.c_str(), &info) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        fail_on(file);
    }
    if (!S_ISREG(info.st_mode)) return std::nullopt;
    return FileFacts{info.st_size, info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec};
}

std::string hash_of(fs::path const& file, db::Between const& between) {
    crypto::Sha256 digest;
    read_through(file, std::numeric_limits<std::int64_t>::max(), between, [&](std::string_view bytes) { digest.add(bytes); });
    return hex(digest.finish());
}

std::string copy_file(fs::path const& from, fs::path const& to, db::Between const& between, std::int64_t most) {
    crypto::Sha256 digest;
    Descriptor const out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (out.fd < 0) fail_on(to);
    struct stat info{};
    if (stat(from.c_str(), &info) != 0) fail_on(from);
    read_through(from, most, between, [&](std::string_view bytes) {
        digest.add(bytes);
        while (!bytes.empty()) {
            auto const wrote = ::write(out.fd, bytes.data(), bytes.size());
            if (wrote < 0 && errno == EINTR) continue;
            if (wrote < 0) fail_on(to);
            bytes.remove_prefix(std::size_t(wrote));
        }
    });
    timespec const times[2]{info.st_atim, info.st_mtim};
    if (futimens(out.fd, times) != 0 || fsync(out.fd) != 0) fail_on(to);
    posix_fadvise(out.fd, 0, 0, POSIX_FADV_DONTNEED);
    return hex(digest.finish());
}

bool link_file(fs::path const& from, fs::path const& to) {
    if (linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) == 0) return true;
    // Another file system, one without links, too many of them, or a file of somebody else's.
    if (errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP || errno == EACCES || errno == ENOENT) return false;
    fail_on(to);
}

void walk(fs::path const& folder, std::string const& prefix, std::function<void(fs::path const&, std::string const&)> const& each) {
    std::vector<std::pair<std::string, bool>> names; // a folder's with its "/": as whole paths are ordered
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
        std::error_code none;
        auto const state = at->symlink_status(none);
        auto const name = at->path().filename().string();
        if (fs::is_directory(state)) names.emplace_back(name + "/", true);
        else if (fs::is_regular_file(state)) names.emplace_back(name, false);
    }
    if (failed && failed != std::errc::no_such_file_or_directory) {
        errno = failed.value();
        fail_on(folder);
    }
    std::ranges::sort(names);
    for (auto const& [name, is_folder] : names)
        if (is_folder) walk(folder / name.substr(0, name.size() - 1), prefix + name, each);
        else each(folder / name, prefix + name);
}

} // namespace mozi::app
