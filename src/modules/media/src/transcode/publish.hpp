// Moving finished segments out of the jail's folder to where players get them, and keeping the playlists true.
#pragma once

#include "transcode/playlist.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mozi::media {

// A directory held open: nothing that is later put in its place under the same name is ever used instead.
class Folder {
public:
    Folder() = default;
    explicit Folder(std::string const& path);          // must exist, not a link
    Folder(Folder const& parent, std::string const& name);
    ~Folder();
    Folder(Folder&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Folder& operator=(Folder&& other) noexcept;
    int fd() const { return fd_; }
    bool good() const { return fd_ >= 0; }
    bool make(std::string const& name) const;          // a folder in it; true when it is there
    // A regular file of at most `most` bytes, empty when there is none.
    std::string read(std::string const& name, std::size_t most) const;
    // Replaces `name` at once: no reader sees half of it.
    bool write(std::string const& name, std::string_view text) const;
    // Size of a regular file with one name, -1 for anything else.
    std::int64_t size_of(std::string const& name) const;
    bool sync_all() const;                             // fsync of every file in it, then of itself

private:
    int fd_ = -1;
};

// One version on its way out.
class Outlet {
public:
    // `work` and `target` are the folders of the run; both get a folder named as the rung.
    Outlet(Rung const& rung, int target_s, Folder const& work, Folder const& target);

    bool good() const { return from_.good() && to_.good(); }
    // Takes what ffmpeg has finished since the last call. True when the playlist has grown or ended.
    bool advance();
    // Keeps only the first segment of what was just made; the next run makes the version again and continues behind it.
    bool keep_first();
    bool missing_file() const { return missing_; }
    double duration_s() const;
    std::int64_t bytes() const { return bytes_; }
    PlayableRung const& version() const { return version_; }
    bool durable() const { return to_.sync_all(); }

private:
    bool take_init(bool second);
    void write_playlist();

    Folder from_, to_;
    PlayableRung version_;
    std::string init_;
    std::size_t kept_ = 0; // segments that came from an earlier run
    std::int64_t bytes_ = 0;
    double peak_kbps_ = 0;
    bool missing_ = false;
};

// Removes a folder and everything below it, following no link. Missing is fine.
void remove_tree(std::string const& path);

} // namespace mozi::media
