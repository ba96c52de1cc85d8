// Films that have lost something: their files, their place in the queue, their progress. For doctor.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/db/database.hpp>
#include <mozi/media/api.hpp>

#include <filesystem>

namespace mozi::media {

struct Losses {
    std::vector<MediaId> without_files; // finished or being prepared, and no folder is there
    std::vector<MediaId> without_job; // to be prepared, and nobody will
    std::vector<MediaId> stuck; // being prepared, and no file of it has changed for a quarter of an hour
};
// Reads only; slow. At most 20 of each. `dir` as in Needs. Errors: "storage.*".
Result<Losses> look_for_losses(db::Database& database, std::filesystem::path const& dir);

} // namespace mozi::media
