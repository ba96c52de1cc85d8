// Folders against rows, and rows against files.
#include "storage/orphans.hpp"

#include "library/repository.hpp"

#include <mozi/log/log.hpp>
#include <mozi/media/events.hpp>

#include <unistd.h>

namespace mozi::media {

namespace {

constexpr std::size_t most = 1000; // of each, listed

// A few get lost; more than a tenth at once are on a disk that is not there, or in a copy that was not restored.
bool too_many(std::size_t lost, std::int64_t rows) { return lost > 10 && std::int64_t(lost) * 10 > rows; }

} // namespace

// Complete uploads alone: of one that comes the file may not have its name yet.
std::optional<Missing> OrphanFinder::missing_of(Medium const& medium) const {
    if (medium.status == Status::uploading) return std::nullopt;
    auto const there = [](std::string const& path) { return access(path.c_str(), F_OK) == 0; };
    auto const source = there(parts_.places.source(medium.id));
    auto const versions = medium.status != Status::ready || there(parts_.places.place(medium.id, medium.run).target());
    if (source) return versions ? std::nullopt : std::optional(Missing::versions);
    // Of what failed nothing but the upload is kept, and of what is prepared the preparation says so itself.
    if (medium.status == Status::processing || (medium.status == Status::failed && medium.reason == Reason::source_missing))
        return std::nullopt;
    return versions && medium.status == Status::ready ? Missing::source : Missing::everything;
}

Result<std::vector<RowWithoutFiles>> OrphanFinder::rows_without_files() {
    constexpr std::int64_t page = 500;
    static auto const sql = db::select<Medium>("WHERE m.id > ? ORDER BY m.id LIMIT ?");
    std::vector<RowWithoutFiles> out;
    MediaId after;
    for (bool more = true; more && out.size() <= most;) {
        MOZI_TRY(auto const rows,
            parts_.database.read([&](db::Connection& c) -> Result<std::vector<Medium>> { return db::rows<Medium>(c, sql, after, page); }));
        more = std::ssize(rows) == page;
        if (!rows.empty()) after = rows.back().id;
        for (auto const& medium : rows)
            if (auto const missing = missing_of(medium)) out.push_back({medium.id, medium.owner, medium.filename, *missing});
    }
    return out;
}

Result<Orphans> OrphanFinder::find() {
    Orphans out;
    MOZI_TRY(auto const strays, parts_.keeper.look());
    for (auto const& stray : strays.unknown) out.folders.push_back({stray.id, std::int64_t(stray.bytes)});
    MOZI_TRY(out.rows, rows_without_files());
    out.more = out.folders.size() > most || out.rows.size() > most;
    if (out.folders.size() > most) out.folders.resize(most);
    if (out.rows.size() > most) out.rows.resize(most);
    return out;
}

Result<MendedOrphans> OrphanFinder::mend() {
    MendedOrphans out;
    MOZI_TRY(auto const rows, rows_without_files());
    MOZI_TRY(auto const all, parts_.database.read([](db::Connection& c) -> Result<std::int64_t> {
        return std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM medium").value());
    }));
    auto const lost = std::size_t(std::ranges::count_if(rows, [](auto const& row) { return row.missing == Missing::everything; }));
    if (too_many(lost, all)) {
        auto refused = error(Code::conflict, "media.too_many_missing",
            "The files of " + std::to_string(lost) + " of " + std::to_string(all) + " uploads are gone. Nothing was changed.");
        refused.next = "Look whether the disk with the folder media is there, or restore that folder from a backup.";
        return refused;
    }
    MOZI_TRY(out.put_aside, parts_.keeper.trash_unknown());
    for (auto const& row : rows) {
        if (row.missing == Missing::source) continue;
        MOZI_CHECK(parts_.database.write([&](db::Transaction& tx) -> Result<> {
            auto const medium = db::hold<Medium>(*tx, row.id);
            if (!medium || missing_of(*medium) != row.missing) return {}; // something came of it meanwhile
            if (row.missing == Missing::versions) {
                repository::queue_again(*tx, row.id, parts_.clock.now());
                tx.after_commit(parts_.wake_jobs);
                ++out.prepared_again;
            } else {
                repository::fail(*tx, {row.id, row.owner_id, medium->run, 0}, Reason::source_missing);
                parts_.outbox.emit(tx, MediaFailed{row.id, row.owner_id, std::string(to_text(Reason::source_missing)), {}, {}});
                ++out.failed;
            }
            repository::set_made(*tx, row.id, 0);
            parts_.library.changed(tx, row.id);
            return {};
        }));
        log::warn("media.orphan_mended", {{"media", row.id.text()}, {"missing", to_text(row.missing)}});
    }
    return out;
}

} // namespace mozi::media
