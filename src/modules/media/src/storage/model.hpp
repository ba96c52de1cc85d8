// Who keeps how much, on the wire.
#pragma once

#include "library/model.hpp"

namespace mozi::media {

// Of one person.
struct Usage {
    std::int64_t used = 0;
    std::optional<std::int64_t> quota;
    std::int64_t media = 0, open_uploads = 0, most_open_uploads = 0, unused_films = 0, most_unused_films = 0;
    static std::string schema_name() { return "MediaUsage"; }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("used", &Usage::used,
                              {.help = "Bytes of uploads, as announced, with what was made from them and subtitles that were added."}),
            field("quota", &Usage::quota, {.help = "Most bytes; null: no limit. What was accepted is prepared even beyond it."}),
            field("media", &Usage::media), field("openUploads", &Usage::open_uploads), field("mostOpenUploads", &Usage::most_open_uploads),
            field("unusedFilms", &Usage::unused_films), field("mostUnusedFilms", &Usage::most_unused_films)};
    }
};

// What somebody's uploads take, for administrators.
struct PersonsStorage {
    user::Person person;
    std::int64_t used = 0, media = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("person", &PersonsStorage::person), field("used", &PersonsStorage::used, {.help = "Bytes."}),
            field("media", &PersonsStorage::media, {.help = "Uploads."})};
    }
};

// An upload of anybody's, for administrators.
struct StoredMedium {
    MediaId id;
    user::Person owner;
    std::string filename;
    std::int64_t size = 0, bytes_on_disk = 0;
    bool measured = true;
    Status status = Status::uploading;
    std::optional<FailureView> error;
    bool hidden = false;
    Time created_at;
    std::vector<std::string> titles;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &StoredMedium::id), field("owner", &StoredMedium::owner), field("filename", &StoredMedium::filename),
            field("size", &StoredMedium::size, {.help = "Bytes of the upload, as announced, or as far as it has come."}),
            field("bytesOnDisk", &StoredMedium::bytes_on_disk, {.help = "With all that was made from it."}),
            field(
                "measured", &StoredMedium::measured, {.help = "False shortly after an upgrade: what was made from it is not counted yet."}),
            field("status", &StoredMedium::status), field("error", &StoredMedium::error),
            field("hidden", &StoredMedium::hidden, {.help = "By a moderator, itself or with a title: it stays until that is taken back."}),
            field("createdAt", &StoredMedium::created_at),
            field("titles", &StoredMedium::titles, {.help = "Names of those that show it; at most 20."})};
    }
};

struct ListStored : Paging {
    std::optional<UserId> owner;
    std::optional<bool> shown;
    static constexpr auto fields() {
        using json::field;
        using json::Where;
        return std::tuple_cat(paging_fields<ListStored>(),
            std::tuple{field("owner", &ListStored::owner, {.where = Where::query}),
                field("shown", &ListStored::shown, {.where = Where::query, .help = "Only what a title shows, or only what none does."})});
    }
};

} // namespace mozi::media
