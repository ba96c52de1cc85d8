// Files below one folder.
#include <mozi/blob/folder.hpp>

#include <mozi/base/random.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace mozi::blob {

namespace {

Error from_errno(std::string_view what, std::string_view name) {
    auto const code = errno;
    if (code == ENOENT || code == ELOOP || code == EXDEV || code == ENOTDIR) return not_found("file.not_found");
    if (code == ENOSPC || code == EDQUOT)
        return {Code::disk_full, "storage.full", "The disk is full. Try again when there is space.",
            {.detail = std::string(name), .retry_after_s = 60}};
    return internal(std::string(what) + " " + std::string(name) + ": " + std::strerror(code));
}

int open_beneath(int folder, std::string const& name, std::uint64_t flags, std::uint64_t mode) {
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    auto const fd = int(syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how));
    if (fd >= 0 || errno != ENOSYS) return fd;
    // A kernel before 5.6: names are made by the server and hold no dots at the start of a part.
    if (name.find("..") != name.npos || name.starts_with('/')) return errno = ENOENT, -1;
    return openat(folder, name.c_str(), int(flags) | O_CLOEXEC | O_NOFOLLOW, mode_t(mode));
}

} // namespace

Folder::Folder(std::filesystem::path path, Missing missing) : path_(std::move(path)) {
    if (missing == Missing::make) std::filesystem::create_directories(path_);
    fd_ = ::open(path_.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "cannot open the folder " + path_.string());
    if (missing == Missing::make) fchmod(fd_, 0700);
}

Folder::~Folder() { ::close(fd_); }

Result<int> Folder::open(std::string_view name) const {
    auto const fd = open_beneath(fd_, std::string(name), O_RDONLY, 0);
    if (fd < 0) return from_errno("open", name);
    return fd;
}

Result<> Folder::write(std::string_view name, std::string_view bytes, unsigned mode) const {
    auto const part = std::string(name) + "." + random_token(6) + ".part";
    auto const fd = open_beneath(fd_, part, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (fd < 0) return from_errno("create", name);
    std::size_t done = 0;
    while (done < bytes.size()) {
        auto const wrote = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) break;
        done += std::size_t(wrote);
    }
    auto const synced = done == bytes.size() && fsync(fd) == 0;
    auto const failure = errno;
    ::close(fd);
    errno = failure;
    if (!synced || renameat(fd_, part.c_str(), fd_, std::string(name).c_str()) != 0) {
        auto error = from_errno("write", name);
        unlinkat(fd_, part.c_str(), 0);
        return error;
    }
    fsync(fd_);
    return {};
}

Result<std::string> Folder::read(std::string_view name, std::size_t most) const {
    MOZI_TRY(auto const fd, open(name));
    std::string out(most, '\0');
    std::size_t have = 0;
    for (;;) {
        auto const got = ::read(fd, out.data() + have, most - have);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        have += std::size_t(got);
    }
    ::close(fd);
    out.resize(have);
    return out;
}

void Folder::remove(std::string_view name) const { unlinkat(fd_, std::string(name).c_str(), 0); }

constexpr std::uint64_t least_files = 1000;

std::uint64_t Folder::free_bytes() const {
    struct statvfs info{};
    if (fstatvfs(fd_, &info) != 0) return 0;
    auto const few = info.f_files > 0 && info.f_favail < least_files; // some say that they have no number of them
    return few ? 0 : std::uint64_t(info.f_bavail) * info.f_frsize;
}

} // namespace mozi::blob
