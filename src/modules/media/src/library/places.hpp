// Where the files of media lie: <dir>/files/<id>/source, and what is made from it beside it. An upload that has not been acknowledged
// yet lies in <dir>/incoming/<id>, a folder that nobody knows in <dir>/trash/<id>.
#pragma once

#include "transcode/prepare.hpp"

#include <mozi/base/result.hpp>
#include <mozi/media/api.hpp>

#include <string_view>

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace mozi::media {

class Places {
public:
    explicit Places(std::string dir) : dir_(std::move(dir)) {}
    std::string files() const { return dir_ + "/files"; }
    std::string folder(MediaId id) const { return files() + "/" + id.text(); }
    std::string source(MediaId id) const { return folder(id) + "/source"; }
    Place place(MediaId id, int run) const { return {folder(id), run}; }

    // Makes the outer folders; throws std::system_error when that is impossible.
    void prepare() const;
    enum class Room { incoming, files, trash };
    std::string folder_in(Room room, MediaId id) const { return room_path(room) + "/" + id.text(); }
    // A new, empty source among the incoming that may be written; -1 with errno.
    int create_source(MediaId id) const;
    // The whole folder, at once and for good; false with errno. What stands at the new place already is never replaced.
    bool move(MediaId id, Room from, Room to) const;
    // Ids that have a folder there, in rising order.
    std::vector<MediaId> list(Room room) const;
    // Subtitles that somebody added: <folder>/added/t<number>/. Errors: "storage.full" (disk_full), internal.
    Result<> write_text(MediaId id, int number, std::string_view webvtt, std::string_view playlist) const;
    void remove_text(MediaId id, int number) const;
    // Of all that preparations made from it.
    std::uint64_t made_bytes(MediaId id) const;
    // A folder and everything below it, at once, or when the last who holds lets go.
    void remove(std::string const& path) const;
    // While it lives, nothing that is acknowledged goes: a backup is made of it. Waits for removals under way.
    std::shared_ptr<void> hold() const;
    bool held() const;
    static std::uint64_t bytes_below(std::string const& folder);
    // Free bytes where the files lie.
    std::uint64_t free_bytes() const;

private:
    std::string room_path(Room room) const;

    // What waits for the last who holds.
    struct Removals {
        std::shared_mutex mutex; // shared: one is under way
        int holds = 0;
        std::vector<std::string> waiting;
        std::mutex waiting_mutex;
    };

    std::string dir_;
    std::shared_ptr<Removals> removals_ = std::make_shared<Removals>();
};

} // namespace mozi::media
