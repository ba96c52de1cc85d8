// A file of blocks that nobody reads.
#include "reserve.hpp"

#include <mozi/log/log.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace mozi::db {

void Reserve::keep(std::uint64_t spare) {
    if (bytes_ == 0 || whole_ || spare < bytes_) return;
    auto const file = open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return;
    whole_ = posix_fallocate(file, 0, static_cast<off_t>(bytes_)) == 0;
    if (!whole_) (void)!ftruncate(file, 0);
    close(file);
}

void Reserve::spend_below(std::uint64_t free) {
    if (bytes_ == 0 || free >= bytes_) return;
    if (truncate(path_.c_str(), 0) == 0 && whole_.exchange(false)) log::warn("db.reserve_spent", {{"file", path_}});
}

} // namespace mozi::db
