// Folders of media on disk.
#include "library/places.hpp"
#include "transcode/publish.hpp"

#include <mozi/blob/folder.hpp>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
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

std::string Places::room_path(Room room) const {
    switch (room) {
    case Room::incoming: return dir_ + "/incoming";
    case Room::files: return files();
    case Room::trash: return dir_ + "/trash";
    }
    return files();
}

void Places::prepare() const {
    for (auto const room : {Room::incoming, Room::files, Room::trash}) {
        std::filesystem::create_directories(room_path(room));
        // The jail works below as another user: it may pass through, and look nowhere.
        std::filesystem::permissions(room_path(room), std::filesystem::perms::owner_all);
    }
}

int Places::create_source(MediaId id) const {
    auto const folder = folder_in(Room::incoming, id);
    if (mkdir(folder.c_str(), 0700) != 0) return -1;
    auto const fd = open((folder + "/source").c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || sync_folder(folder)) return fd;
    auto const why = errno;
    close(fd);
    errno = why;
    return -1;
}

bool Places::move(MediaId id, Room from, Room to) const {
    auto const here = folder_in(from, id), there = folder_in(to, id);
    // Never over something that stands there. Where the file system does not know how, a look beforehand: nobody else names folders here.
    auto moved = renameat2(AT_FDCWD, here.c_str(), AT_FDCWD, there.c_str(), RENAME_NOREPLACE) == 0;
    if (!moved && errno == EINVAL) moved = access(there.c_str(), F_OK) != 0 && rename(here.c_str(), there.c_str()) == 0;
    return moved && sync_folder(room_path(to));
}

std::vector<MediaId> Places::list(Room room) const {
    std::vector<MediaId> out;
    auto* listing = opendir(room_path(room).c_str());
    if (!listing) return out;
    while (auto const* entry = readdir(listing))
        if (auto const id = parse<MediaId>(entry->d_name)) out.push_back(*id);
    closedir(listing);
    std::sort(out.begin(), out.end());
    return out;
}

Result<> Places::write_text(MediaId id, int number, std::string_view webvtt, std::string_view playlist) const {
    Folder const film(folder(id));
    auto const name = "t" + std::to_string(number);
    if (!film.good() || !film.make("added")) return internal("making a folder for texts: " + std::to_string(errno));
    Folder const added(film, "added");
    if (!added.make(name)) return internal("making a folder for a text: " + std::to_string(errno));
    Folder const place(added, name);
    if (place.write("text.vtt", webvtt) && place.write("index.m3u8", playlist) && place.sync_all() && added.sync_all()) return {};
    if (errno == ENOSPC || errno == EDQUOT)
        return error(Code::disk_full, "media.no_space", "There is no room for these subtitles now. Try again later.");
    return internal("writing a text: " + std::to_string(errno));
}

void Places::remove_text(MediaId id, int number) const { remove(folder(id) + "/added/t" + std::to_string(number)); }

void Places::remove(std::string const& path) const {
    std::shared_lock const under_way(removals_->mutex);
    if (removals_->holds == 0) return remove_tree(path);
    std::scoped_lock const list(removals_->waiting_mutex);
    removals_->waiting.push_back(path);
}

std::shared_ptr<void> Places::hold() const {
    {
        std::unique_lock const alone(removals_->mutex);
        ++removals_->holds;
    }
    return {nullptr, [removals = removals_](void*) {
                std::vector<std::string> due;
                {
                    std::unique_lock const alone(removals->mutex);
                    if (--removals->holds == 0) due.swap(removals->waiting);
                }
                for (auto const& path : due) remove_tree(path);
            }};
}

bool Places::held() const {
    std::shared_lock const looking(removals_->mutex);
    return removals_->holds > 0;
}

std::uint64_t Places::made_bytes(MediaId id) const {
    std::uint64_t out = 0;
    std::error_code failed;
    for (std::filesystem::directory_iterator at(folder(id), failed), end; !failed && at != end; at.increment(failed))
        if (at->path().filename().string().starts_with("r")) out += bytes_below(at->path().string());
    return out;
}

std::uint64_t Places::bytes_below(std::string const& folder) {
    std::uint64_t out = 0;
    std::error_code failed;
    for (std::filesystem::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
        std::error_code none;
        if (at->is_regular_file(none) && !at->is_symlink(none)) out += at->file_size(none);
    }
    return out;
}

std::uint64_t Places::free_bytes() const {
    try {
        return blob::Folder(files(), blob::Folder::Missing::refuse).free_bytes();
    } catch (std::runtime_error const&) { return 0; }
}

} // namespace mozi::media
