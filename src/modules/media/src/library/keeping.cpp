// What is kept, put aside and removed.
#include "library/keeping.hpp"

#include "library/repository.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>

#include <algorithm>
#include <filesystem>

namespace mozi::media {
namespace {

using Room = Places::Room;

constexpr auto kept_in_trash = std::chrono::days(30);

// More than a tenth unknown at once is no leftover: the database is from another day or another place.
bool too_many(std::size_t unknown, std::size_t folders) { return unknown * 10 > folders; }

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::vector<MediaId> unknown_among(db::Database& database, std::vector<MediaId> ids, bool& asked) {
    std::vector<MediaId> out;
    asked = true;
    for (std::size_t at = 0; at < ids.size() && asked; at += 500) {
        std::span const some(ids.data() + at, std::min<std::size_t>(500, ids.size() - at));
        auto const known = database.read([&](db::Connection& c) -> Result<std::vector<MediaId>> { return repository::known(c, some); });
        asked = known.has_value();
        if (asked)
            std::copy_if(some.begin(), some.end(), std::back_inserter(out),
                [&](MediaId id) { return !std::binary_search(known->begin(), known->end(), id); });
    }
    return asked ? out : std::vector<MediaId>{};
}

Result<Strays> look_in(db::Database& database, Places const& places) {
    Strays out;
    auto const folders = places.list(Room::files);
    bool asked = false;
    auto const unknown = unknown_among(database, folders, asked);
    if (!asked) return error(Code::unavailable, "storage.gone", "The database of media does not answer.");
    out.folders = folders.size();
    for (auto const id : unknown) out.unknown.push_back({id, Places::bytes_below(places.folder(id))});
    for (auto const id : places.list(Room::trash)) out.trashed.push_back({id, Places::bytes_below(places.folder_in(Room::trash, id))});
    return out;
}

} // namespace

Result<Strays> look_for_strays(db::Database& database, std::filesystem::path const& dir) { return look_in(database, Places(dir.string())); }

void Keeper::recover() {
    auto incoming = parts_.places.list(Room::incoming);
    std::erase_if(incoming, [this](MediaId id) { return parts_.receiving(id); });
    bool asked = false;
    auto const unknown = unknown_among(parts_.database, incoming, asked);
    for (auto const id : incoming) {
        if (!asked) break;
        // Its row was committed and its server ended before it could be told: the upload goes on.
        if (!std::binary_search(unknown.begin(), unknown.end(), id)) parts_.places.move(id, Room::incoming, Room::files);
        else log::info("upload.never_acknowledged", {{"media", id.text()}}), remove_tree(parts_.places.folder_in(Room::incoming, id));
    }
    put_back_or_end();
}

bool Keeper::put_aside(MediaId id) {
    if (!parts_.places.move(id, Room::files, Room::trash)) {
        log::warn("media.not_put_aside", {{"media", id.text()}});
        return false;
    }
    auto const noted = parts_.database.write(
        [&](db::Transaction& tx) -> Result<> { return repository::note_trashed(*tx, id, parts_.database.lived()), Result<>{}; });
    log::warn(
        "media.put_aside", {{"media", id.text()}, {"folder", parts_.places.folder_in(Room::trash, id)}, {"noted", noted.has_value()}});
    return true;
}

// Everything in the trash has a line that says since when; what is known again goes back; what has been there for its time goes.
void Keeper::put_back_or_end() {
    auto const now = parts_.database.lived();
    auto const folders = parts_.places.list(Room::trash);
    bool asked = false;
    auto const unknown = unknown_among(parts_.database, folders, asked);
    auto const noted =
        parts_.database.read([](db::Connection& c) -> Result<std::vector<repository::Trashed>> { return repository::trashed(c); });
    if (!asked || !noted) return;
    auto const change = [&](auto&& f) {
        (void)parts_.database.write([&](db::Transaction& tx) -> Result<> { return db::frees(tx), f(*tx), Result<>{}; });
    }; // the next sweep tries again
    for (auto const& line : *noted)
        if (!std::binary_search(folders.begin(), folders.end(), line.id))
            change([&](db::Connection& c) { repository::forget_trashed(c, line.id); });
    for (auto const id : folders) {
        auto const line = std::find_if(noted->begin(), noted->end(), [&](auto const& each) { return each.id == id; });
        if (!std::binary_search(unknown.begin(), unknown.end(), id)) {
            if (!parts_.places.move(id, Room::trash, Room::files)) continue; // a folder stands there already: both are kept
            log::warn("media.put_back", {{"media", id.text()}});
            change([&](db::Connection& c) { repository::forget_trashed(c, id); });
        } else if (line == noted->end()) {
            change([&](db::Connection& c) { repository::note_trashed(c, id, now); });
        } else if (line->since + kept_in_trash <= now) {
            log::warn("media.trash_ended", {{"media", id.text()}});
            remove_tree(parts_.places.folder_in(Room::trash, id));
            change([&](db::Connection& c) { repository::forget_trashed(c, id); });
        }
    }
}

void Keeper::sweep() {
    if (auto const due = parts_.database.read([](db::Connection& c) -> Result<std::vector<MediaId>> { return repository::removals(c); }))
        for (auto const id : *due)
            if (!parts_.places.held()) remove_now(id);
    if (parts_.places.held()) return; // a backup is being made
    put_back_or_end();
    auto const folders = parts_.places.list(Room::files);
    bool asked = false;
    auto unknown = unknown_among(parts_.database, folders, asked);
    if (!asked) return;
    Strays found;
    found.folders = folders.size();
    if (too_many(unknown.size(), folders.size())) {
        for (auto const id : unknown) found.unknown.push_back({id, 0});
    } else {
        for (auto const id : unknown) put_aside(id);
    }
    for (auto const id : parts_.places.list(Room::trash)) found.trashed.push_back({id, 0});
    std::scoped_lock const held(mutex_);
    if (found.unknown.size() != seen_.unknown.size())
        log::error("media.unknown_folders", {{"unknown", std::int64_t(found.unknown.size())}, {"folders", std::int64_t(found.folders)},
                                                {"note", "nothing is moved; see videa-mozi doctor"}});
    seen_ = std::move(found);
}

Result<Strays> Keeper::look() { return look_in(parts_.database, parts_.places); }

bool Keeper::measure() {
    constexpr std::int64_t page = 20;
    auto const some =
        parts_.database.read([](db::Connection& c) -> Result<std::vector<MediaId>> { return repository::unmeasured(c, page); });
    if (!some) return true; // asked again
    for (auto const id : *some) {
        auto const bytes = std::int64_t(parts_.places.made_bytes(id));
        (void)parts_.database.write([&](db::Transaction& tx) -> Result<> {
            db::frees(tx);
            auto const medium = db::hold<Medium>(*tx, id);
            if (medium && !medium->made) repository::set_made(*tx, id, bytes); // a preparation counts for itself
            return {};
        });
    }
    return !some->empty();
}

void Keeper::remove_now(MediaId id) {
    auto const folder = parts_.places.folder(id);
    parts_.places.remove(folder);
    std::error_code failed;
    if (std::filesystem::exists(folder, failed) || failed) return; // the next sweep tries again
    (void)parts_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        repository::forget_removal(*tx, id);
        return {};
    });
}

void Keeper::remove_in(db::Transaction& tx, MediaId id) {
    repository::note_removal(*tx, id);
    // Thousands of files: not on the thread that answers. What a full queue leaves behind, the sweep finds.
    tx.after_commit([this, id] { (void)parts_.workers.post([this, id] { remove_now(id); }); });
}

std::vector<std::string> Keeper::warnings() const {
    std::vector<std::string> out;
    for (auto& fault : faults()) out.push_back(std::move(fault.sentence));
    std::scoped_lock const held(mutex_);
    if (!seen_.unknown.empty()) out.push_back(sentence_of_unknown(seen_));
    if (!seen_.trashed.empty()) out.push_back(sentence_of_trash(seen_));
    return out;
}

Result<int> Keeper::trash_unknown() {
    MOZI_TRY(auto const found, look_in(parts_.database, parts_.places));
    return static_cast<int>(
        std::count_if(found.unknown.begin(), found.unknown.end(), [this](Stray const& stray) { return put_aside(stray.id); }));
}

Result<int> Keeper::empty_trash() {
    auto const folders = parts_.places.list(Room::trash);
    for (auto const id : folders) remove_tree(parts_.places.folder_in(Room::trash, id));
    put_back_or_end(); // forgets their lines
    return static_cast<int>(folders.size());
}

std::shared_ptr<void> Keeper::hold() { return parts_.places.hold(); }

std::vector<Holding> holdings(db::Connection& c) { return repository::holdings(c); }

std::string sentence_of_unknown(Strays const& found) {
    return plural(found.unknown.size(), "film folder of ", "film folders of ") + std::to_string(found.folders) +
           " are not known to the database, which is more than a tenth; nothing was moved. Is this the right media.db, and of the right "
           "day? "
           "If it is, stop the server and put them aside with: videa-mozi media unknown --to-trash";
}

std::string sentence_of_trash(Strays const& found) {
    return plural(found.trashed.size(), "folder lies", "folders lie") +
           " in the trash of media, each for 30 days; `videa-mozi media trash` lists them";
}

} // namespace mozi::media
