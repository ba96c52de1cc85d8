// What database and disk do not agree about: folders that no row knows, rows whose files are gone. Thread-safe.
#pragma once

#include "library/library.hpp"

namespace mozi::media {

enum class Missing { everything, versions, source };
constexpr auto names(Missing) {
    return std::array{
        std::pair{Missing::everything, "EVERYTHING"sv}, std::pair{Missing::versions, "VERSIONS"sv}, std::pair{Missing::source, "SOURCE"sv}};
}

struct UnknownFolder {
    MediaId id;
    std::int64_t bytes = 0;
    static constexpr auto fields() {
        return std::tuple{json::field("id", &UnknownFolder::id), json::field("bytes", &UnknownFolder::bytes)};
    }
};

struct RowWithoutFiles {
    MediaId id;
    UserId owner_id;
    std::string filename;
    Missing missing = Missing::everything;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &RowWithoutFiles::id), field("ownerId", &RowWithoutFiles::owner_id),
            field("filename", &RowWithoutFiles::filename),
            field("missing", &RowWithoutFiles::missing,
                {.help = "VERSIONS: it can be made again from the upload. SOURCE: it plays, and cannot be made again."})};
    }
};

struct Orphans {
    std::vector<UnknownFolder> folders;
    std::vector<RowWithoutFiles> rows;
    bool more = false; // than are listed
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("folders", &Orphans::folders, {.help = "That no upload is known for."}),
            field("rows", &Orphans::rows, {.help = "Uploads whose files are gone."}),
            field("more", &Orphans::more, {.help = "There are more than the thousand of each that are listed."})};
    }
};

struct MendedOrphans {
    std::int64_t put_aside = 0, prepared_again = 0, failed = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("putAside", &MendedOrphans::put_aside, {.help = "Folders, kept in the trash for 30 days."}),
            field("preparedAgain", &MendedOrphans::prepared_again), field("failed", &MendedOrphans::failed)};
    }
};

class OrphanFinder {
public:
    struct Parts {
        db::Database& database;
        events::Outbox& outbox;
        Clock const& clock;
        Places const& places;
        Library& library;
        Keeper& keeper;
        std::function<void()> wake_jobs;
    };
    explicit OrphanFinder(Parts parts) : parts_(std::move(parts)) {}

    // Goes through all folders and all rows: takes its time, changes nothing. Errors: "storage.*".
    Result<Orphans> find();
    // Folders go to the trash; films without versions are made again from the upload, and are FAILED ("media.source_missing") where that
    // is gone as well. What only lacks its upload is left as it is. Errors: "media.too_many_missing" (conflict): that is no leftover but a
    // disk that is not there, and nothing was changed; "storage.*".
    Result<MendedOrphans> mend();

private:
    Result<std::vector<RowWithoutFiles>> rows_without_files();
    std::optional<Missing> missing_of(Medium const& medium) const;

    Parts parts_;
};

} // namespace mozi::media
