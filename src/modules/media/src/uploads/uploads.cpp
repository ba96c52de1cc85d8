// Rules and units of uploads.
#include "uploads/uploads.hpp"

#include "library/repository.hpp"

#include <mozi/log/log.hpp>
#include <mozi/media/events.hpp>

#include <algorithm>

namespace mozi::media {

Uploads::Uploads(Parts parts)
    : parts_(std::move(parts)), sink_parts_{parts_.places, locks_, parts_.workers, parts_.min_free_bytes, parts_.session_lives, [this](MediaId id, std::int64_t received) {
                                               return parts_.database.write([&](db::Transaction& tx) -> Result<> {
                                                   if (!repository::record(*tx, id, received, expiry())) return not_found("upload.not_found");
                                                   return finish_if_complete(tx, id);
                                               });
                                           }} {}

UploadState Uploads::state_of(Medium const& medium) const {
    auto const expires = medium.expires_at ? std::optional(parts_.database.as_wall(*medium.expires_at, parts_.clock)) : std::nullopt;
    return {medium.received, medium.size, medium.metadata, expires};
}

Result<> Uploads::check_room(UserId owner, Announcement const& announcement) {
    auto const size = announcement.size.value_or(0);
    if (size > parts_.settings.max_upload_bytes) return error(Code::too_large, "upload.too_large", "This file is larger than this server takes.");
    auto const free = parts_.places.free_bytes();
    if (free < parts_.min_free_bytes || static_cast<std::uint64_t>(size) > free - parts_.min_free_bytes)
        return error(Code::disk_full, "media.no_space", "There is no room for this upload now. Try again later.");
    return parts_.database.read([&](db::Connection& c) { return check_quota(c, owner, size); });
}

Result<> Uploads::check_quota(db::Connection& c, UserId owner, std::int64_t more) const {
    auto const quota = parts_.settings.quota_bytes;
    if (quota > 0 && repository::totals(c, owner).bytes + more > quota) return error(Code::disk_full, "media.quota", "This would be more than you may keep here. Delete something first.");
    return {};
}

std::shared_ptr<ChunkSink> Uploads::begin(SessionId session, std::optional<std::int64_t> size, std::optional<tus::Checksum> checksum) {
    auto const id = next<MediaId>();
    locks_.take(id); // nobody else knows it; held, its folder is left alone however long the body takes
    return std::make_shared<ChunkSink>(sink_parts_, SinkOrder{id, session, 0, size, std::move(checksum), SinkOrder::File::create_on_first_byte});
}

Result<UploadState> Uploads::create(ChunkSink& sink, UserId owner, Announcement const& announcement) {
    if (!sink.open()) return *sink.problem();
    MOZI_TRY(auto received, sink.settle());
    Medium medium;
    medium.id = sink.id(), medium.owner = owner;
    medium.filename = announcement.names.filename, medium.metadata = announcement.metadata;
    medium.size = announcement.size, medium.received = received, medium.expires_at = expiry();
    MOZI_CHECK(parts_.database.write([&](db::Transaction& tx) -> Result<> {
        MOZI_CHECK(check_quota(*tx, owner, medium.size.value_or(0))); // others of this person may have begun meanwhile
        repository::insert(*tx, medium, parts_.clock.now());
        // After the commit and before the answer: what lies among the incoming was never acknowledged.
        tx.after_commit([&sink] { sink.adopt(); });
        return finish_if_complete(tx, medium.id);
    }));
    return state_of(medium);
}

Result<> Uploads::finish_if_complete(db::Transaction& tx, MediaId id) {
    auto const medium = repository::find(*tx, id);
    if (!medium || medium->status != Status::uploading || !medium->size || medium->received < *medium->size) return {};
    repository::complete(*tx, id, parts_.clock.now());
    parts_.outbox.emit(tx, MediaUploaded{id, medium->owner, medium->filename, *medium->size});
    parts_.library.changed(tx, id);
    tx.after_commit(parts_.wake_jobs);
    return {};
}

Result<Medium> Uploads::find(MediaId id, UserId owner) {
    return parts_.database.read([&](db::Connection& c) -> Result<Medium> {
        auto medium = repository::find(c, id);
        auto const gone = error(Code::gone, "upload.expired", "Nobody continued this upload in time, so it was given up. Start again.");
        if (!medium && repository::has_expired(c, id, owner)) return gone;
        if (!medium || medium->owner != owner) return not_found("upload.not_found");
        if (medium->status == Status::uploading && medium->expires_at && *medium->expires_at <= parts_.database.lived() && !locks_.held(id)) return gone;
        return std::move(*medium);
    });
}

Result<std::shared_ptr<ChunkSink>> Uploads::continue_at(MediaId id, UserId owner, SessionId session, Chunk const& chunk) {
    MOZI_TRY(auto const before, find(id, owner));
    if (!locks_.take(id)) return error(Code::locked, "upload.locked", "This upload is being continued by another request. Ask for its offset and try again.");
    // From here on the sink owns the lock. The row is read again: a chunk may have ended in between.
    auto row = find(id, owner);
    auto size = row && row->size ? row->size : chunk.declared_size;
    auto sink = std::make_shared<ChunkSink>(sink_parts_, SinkOrder{id, session, row ? row->received : 0, size, chunk.checksum, SinkOrder::File::open_existing});
    if (!row) return std::move(row).error();
    if (row->size && chunk.declared_size && *row->size != *chunk.declared_size) return error(Code::bad_request, "upload.length", "Upload-Length is known already and does not change.");
    if (chunk.offset != row->received) return error(Code::conflict, "upload.offset", "This upload continues at byte " + std::to_string(row->received) + ".");
    if (size && *size > parts_.settings.max_upload_bytes) return error(Code::too_large, "upload.too_large", "This file is larger than this server takes.");
    if (size && *size < row->received) return error(Code::bad_request, "upload.length", "More than that has arrived already.");
    if (!row->size) MOZI_CHECK(parts_.database.read([&](db::Connection& c) { return check_quota(c, owner, size.value_or(row->received + static_cast<std::int64_t>(chunk.content_length.value_or(0)))); }));
    auto const most = size.value_or(parts_.settings.max_upload_bytes) - row->received;
    if (chunk.content_length && *chunk.content_length > static_cast<std::uint64_t>(most)) return error(Code::too_large, "upload.too_long", "This is more than Upload-Length announced.");
    if (!size) sink->limit_to(parts_.settings.max_upload_bytes);
    return sink;
}

Result<UploadState> Uploads::take(ChunkSink& sink, UserId owner, std::optional<std::int64_t> declared_size) {
    MOZI_TRY(auto received, sink.settle());
    return parts_.database.write([&](db::Transaction& tx) -> Result<UploadState> {
        auto medium = repository::find(*tx, sink.id());
        if (!medium || medium->owner != owner) return not_found("upload.not_found");
        if (medium->status != Status::uploading) return state_of(*medium);
        if (declared_size && !medium->size) {
            MOZI_CHECK(check_quota(*tx, owner, *declared_size));
            repository::set_size(*tx, *medium, *declared_size);
        }
        repository::record(*tx, sink.id(), received, expiry());
        MOZI_CHECK(finish_if_complete(tx, sink.id()));
        return state_of(repository::find(*tx, sink.id()).value());
    });
}

Result<> Uploads::terminate(MediaId id, UserId owner) {
    MOZI_TRY(auto const known, find(id, owner));
    if (!locks_.take(id)) return error(Code::locked, "upload.locked", "A chunk of this upload is being received. Try again in a moment.");
    auto done = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        auto const medium = repository::find(*tx, id);
        if (!medium || medium->owner != owner) return not_found("upload.not_found");
        parts_.library.remove_in(tx, *medium);
        return {};
    });
    locks_.release(id);
    return done;
}

void Uploads::expire(std::vector<Medium> const& due) {
    for (auto const& medium : due) {
        if (!locks_.take(medium.id)) continue;
        auto const done = parts_.database.write([&](db::Transaction& tx) -> Result<> {
            auto const now = repository::find(*tx, medium.id);
            if (!now || now->status != Status::uploading || !now->expires_at || *now->expires_at > parts_.database.lived()) return {};
            repository::remember_expired(*tx, *now, parts_.database.lived());
            parts_.library.remove_in(tx, *now);
            return {};
        });
        locks_.release(medium.id);
        if (!done) log::warn("upload.expiry_failed", {{"media", medium.id.text()}, {"why", done.error().detail}});
    }
}

void Uploads::sweep() {
    auto const now = parts_.database.lived();
    auto const due = parts_.database.read([&](db::Connection& c) -> Result<std::vector<Medium>> { return repository::expired(c, now); });
    if (due) expire(*due);
}

void Uploads::forget_tombstones() {
    auto const week_ago = parts_.database.lived() - std::chrono::hours(24 * 7);
    (void)parts_.database.write([&](db::Transaction& tx) -> Result<> { return repository::forget_expired(*tx, week_ago), Result<>{}; }); // the next one does it
}

} // namespace mozi::media
