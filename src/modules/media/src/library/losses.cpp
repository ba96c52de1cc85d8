// Rows without what belongs to them.
#include <mozi/media/losses.hpp>

#include "library/places.hpp"
#include "library/repository.hpp"

#include <algorithm>
#include <chrono>

namespace mozi::media {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most = 20;
constexpr auto patience = std::chrono::minutes(15);

struct Row {
    MediaId id;
    Status status;
    std::optional<Time> lease; // of its job
};

// Nothing of the folder, nor of what lies in it, has changed for that long.
bool rests(std::string const& folder) {
    auto const limit = fs::file_time_type::clock::now() - patience;
    std::error_code failed;
    if (fs::last_write_time(folder, failed) > limit || failed) return false;
    int looked = 0;
    for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end && ++looked < 20'000; at.increment(failed)) {
        std::error_code gone;
        if (auto const when = at->last_write_time(gone); !gone && when > limit) return false;
    }
    return true;
}

void keep(std::vector<MediaId>& list, MediaId id) {
    if (list.size() < most) list.push_back(id);
}

} // namespace

Result<Losses> look_for_losses(db::Database& database, fs::path const& dir) {
    std::vector<Row> rows;
    Time lived{};
    MOZI_CHECK(database.read([&](db::Connection& c) -> Result<> {
        if (auto const row = c.one<Time>("SELECT lived FROM installation")) lived = std::get<0>(*row);
        c.each<MediaId, Status, std::optional<Time>>(
            "SELECT m.id, m.status, j.lease_until FROM medium m LEFT JOIN job j ON j.medium_id = m.id WHERE m.status IN (?, ?) ORDER BY "
            "m.id",
            [&](MediaId id, Status status, std::optional<Time> lease) { rows.push_back({id, status, lease}); }, Status::processing,
            Status::ready);
        return {};
    }));
    Places const places(dir.string());
    auto const folders = places.list(Places::Room::files);
    Losses out;
    std::vector<MediaId> without;
    for (auto const& row : rows) {
        if (!std::ranges::binary_search(folders, row.id)) without.push_back(row.id);
        if (row.status != Status::processing) continue;
        if (!row.lease) keep(out.without_job, row.id);
        else if (*row.lease > lived && rests(places.folder(row.id))) keep(out.stuck, row.id);
    }
    std::span const some(without.data(), std::min<std::size_t>(without.size(), 500));
    // What was deleted meanwhile is not known any more.
    MOZI_TRY(
        auto const known, database.read([&](db::Connection& c) -> Result<std::vector<MediaId>> { return repository::known(c, some); }));
    for (auto const id : known) keep(out.without_files, id);
    return out;
}

} // namespace mozi::media
