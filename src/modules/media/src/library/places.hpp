// Where the files of media lie: <dir>/files/<id>/source, and what is made from it beside it.
#pragma once

#include "transcode/prepare.hpp"

#include <mozi/media/api.hpp>

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
    // A new, empty source that may be written; -1 with errno. The names of both are on the disk for good.
    int create_source(MediaId id) const;
    // Ids that have a folder, whose last change is older than `age_s` seconds. At most 10,000.
    std::vector<MediaId> older_than(std::int64_t age_s) const;
    // Free bytes where the files lie.
    std::uint64_t free_bytes() const;

private:
    std::string dir_;
};

} // namespace mozi::media
