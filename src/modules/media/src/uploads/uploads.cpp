// Rules and units of uploads.
#include "uploads/uploads.hpp"

#include "library/repository.hpp"

#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>
#include <mozi/media/events.hpp>

#include <algorithm>

namespace mozi::media {

Uploads::Uploads(Parts parts)
    : parts_(std::move(parts)),
      intake_(parts_.places, parts_.database,
          {parts_.min_free_bytes, parts_.settings.quota_bytes, parts_.settings.open_uploads, parts_.settings.unused_films}),
      sink_parts_{parts_.places, locks_, parts_.workers, parts_.recall_viewer, parts_.viewer_of,
          [this](MediaId id, std::int64_t received) { return record(id, received); }} {}

Result<> Uploads::record(MediaId id, std::int64_t received) {
    return parts_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx); // it is on the disk already
        auto const medium = db::find<Medium>(*tx, id);
        if (!medium) return not_found("upload.not_found");
        if (!repository::record(*tx, id, received, expiry())) return {}; // complete
        tx.after_commit([this, owner = medium->owner, id, received] { intake_.counted(owner, id, received); });
        return finish_if_complete(tx, id);
    });
}

UploadState Uploads::state_of(Medium const& medium) const {
    auto const expires = medium.expires_at ? std::optional(parts_.database.as_wall(*medium.expires_at, parts_.clock)) : std::nullopt;
    return {medium.received, medium.size, medium.metadata, expires};
}

namespace {

Error too_large() { return error(Code::too_large, "upload.too_large", "This file is larger than this server takes."); }

} // namespace

Result<> Uploads::check_room(UserId owner, Announcement const& announcement) {
    auto const size = announcement.size.value_or(0);
    if (size > parts_.settings.max_upload_bytes) return too_large();
    MOZI_CHECK(intake_.check_room(size));
    return parts_.database.read([&](db::Connection& c) -> Result<> {
        MOZI_CHECK(intake_.check_open(c, owner, {}));
        return intake_.check_quota(c, owner, size);
    });
}

Result<std::shared_ptr<ChunkSink>> Uploads::begin(UserId owner, SessionId session, std::optional<std::int64_t> size, Body body) {
    Intake::Order order{.id = next<MediaId>(), .owner = owner, .creates = true};
    if (!size) order.counted = Intake::Order::Counted::by_arrival;
    order.to_come = body.content_length ? std::optional(static_cast<std::int64_t>(*body.content_length)) : size;
    std::shared_ptr<Intake::Stream> stream;
    if (body.comes) { MOZI_TRY(stream, intake_.enter(order)); }
    auto const key = locks_.take(order.id).value(); // nobody else knows it; held, its folder is left alone however long the body takes
    auto sink = ChunkSink::make(
        sink_parts_, {order.id, key, session, 0, size, std::move(body.proof), SinkOrder::File::create_on_first_byte, std::move(stream)});
    if (!size) sink->limit_to(parts_.settings.max_upload_bytes, too_large());
    return sink;
}

Result<UploadState> Uploads::create(
    ChunkSink& sink, UserId owner, Announcement const& announcement, std::optional<tus::Checksum> const& trailing) {
    if (!sink.open() || !sink.stands()) return *sink.problem();
    MOZI_TRY(auto received, sink.settle(trailing));
    Medium medium;
    medium.id = sink.id();
    medium.owner = owner;
    medium.filename = announcement.names.filename;
    medium.metadata = announcement.metadata;
    medium.size = announcement.size;
    medium.received = received;
    medium.created_at = parts_.clock.now();
    medium.expires_at = expiry();
    MOZI_CHECK(parts_.database.write([&](db::Transaction& tx) -> Result<> {
        MOZI_CHECK(intake_.check_open(*tx, owner, medium.id)); // others of this person may have begun meanwhile
        MOZI_CHECK(intake_.check_quota(*tx, owner, medium.counted_bytes(), medium.id));
        repository::insert(*tx, medium);
        // After the commit and before the answer: what lies among the incoming was never acknowledged.
        tx.after_commit([this, &sink, &medium] {
            log::info("upload.created", {{"media", medium.id.text()}, {"account", medium.owner.text()}, {"size", medium.size.value_or(-1)},
                                            {"bytes", medium.received}});
            sink.adopt();
            intake_.counted(medium.owner, medium.id, medium.received);
        });
        return finish_if_complete(tx, medium.id);
    }));
    return state_of(medium);
}

Result<> Uploads::finish_if_complete(db::Transaction& tx, MediaId id) {
    auto const medium = db::find<Medium>(*tx, id);
    if (!medium || medium->status != Status::uploading || !medium->size || medium->received < *medium->size) return {};
    repository::complete(*tx, id, parts_.clock.now());
    parts_.outbox.emit(tx, MediaUploaded{id, medium->owner, medium->filename, *medium->size});
    parts_.library.changed(tx, id);
    tx.after_commit([this, id, size = *medium->size] {
        log::info("upload.complete", {{"media", id.text()}, {"bytes", size}});
        parts_.wake_jobs();
    });
    return {};
}

Result<Medium> Uploads::find(MediaId id, UserId owner) {
    return parts_.database.read([&](db::Connection& c) -> Result<Medium> {
        auto medium = db::find<Medium>(c, id);
        auto const gone = error(Code::gone, "upload.expired", "Nobody continued this upload in time, so it was given up. Start again.");
        if (!medium && repository::has_expired(c, id, owner)) return gone;
        if (!medium || medium->owner != owner) return not_found("upload.not_found");
        if (medium->status == Status::uploading && medium->expires_at && *medium->expires_at <= parts_.database.lived() && !locks_.held(id))
            return gone;
        return std::move(*medium);
    });
}

Result<Medium> Uploads::look(MediaId id, UserId owner) {
    MOZI_TRY(auto medium, find(id, owner));
    auto const holder = locks_.holder(id);
    auto const kept = holder ? holder->keep_so_far() : std::nullopt;
    if (!kept || *kept <= medium.received) return std::move(medium);
    MOZI_CHECK(sink_parts_.record(id, *kept));
    return find(id, owner);
}

// The key of the upload. Who has it gives way, and what they brought is kept.
Result<UploadLocks::Key> Uploads::take_over(MediaId id, ChunkSink::To to) {
    if (auto const key = locks_.take(id)) return *key;
    auto const holder = locks_.holder(id);
    if (!holder) return upload_locked(); // it is being removed, or has just been let go
    MOZI_TRY(auto const kept, holder->give_way(to));
    if (kept > holder->order().offset) MOZI_CHECK(sink_parts_.record(id, kept));
    auto const key = locks_.take_over(id, holder->order().key);
    return key ? Result<UploadLocks::Key>(*key) : upload_locked();
}

Error Uploads::wrong_offset(Medium const& medium) {
    return error(Code::conflict, "upload.offset", "This upload continues at byte " + std::to_string(medium.received) + ".");
}

Result<> Uploads::check_chunk(Medium const& medium, Chunk const& chunk) {
    auto const size = medium.size ? medium.size : chunk.declared_size;
    if (medium.size && chunk.declared_size && *medium.size != *chunk.declared_size)
        return error(Code::bad_request, "upload.length", "Upload-Length is known already and does not change.");
    if (size && *size > parts_.settings.max_upload_bytes) return too_large();
    if (size && *size < chunk.offset) return error(Code::bad_request, "upload.length", "More than that has arrived already.");
    auto const length = static_cast<std::int64_t>(chunk.content_length.value_or(0));
    if (!medium.size)
        MOZI_CHECK(parts_.database.read([&](db::Connection& c) {
            return intake_.check_quota(c, medium.owner, size.value_or(chunk.offset + length) - medium.received, medium.id);
        }));
    if (length > size.value_or(parts_.settings.max_upload_bytes) - chunk.offset)
        return error(Code::too_large, "upload.too_long", "This is more than Upload-Length announced.");
    return {};
}

Result<std::shared_ptr<ChunkSink>> Uploads::continue_at(MediaId id, UserId owner, SessionId session, Chunk const& chunk) {
    MOZI_TRY(auto const before, find(id, owner));
    // Nobody gives way to what is refused anyhow.
    auto const holder = locks_.holder(id);
    if (chunk.offset < before.received || chunk.offset > (holder ? std::max(holder->reached(), before.received) : before.received))
        return wrong_offset(before);
    MOZI_CHECK(check_chunk(before, chunk));
    MOZI_TRY(auto const key, take_over(id, ChunkSink::To::another));
    // From here on the sink has the key. The row is read again: a chunk may have ended in between.
    auto row = find(id, owner);
    auto const size = row && row->size ? row->size : chunk.declared_size;
    auto sink =
        ChunkSink::make(sink_parts_, {id, key, session, row ? row->received : 0, size, chunk.proof, SinkOrder::File::open_existing});
    if (!row) return std::move(row).error();
    if (chunk.offset != row->received) return wrong_offset(*row);
    MOZI_CHECK(check_chunk(*row, chunk));
    Intake::Order order{.id = id, .owner = owner, .offset = row->received};
    if (!row->size) order.counted = Intake::Order::Counted::by_arrival; // also where the length comes along: nobody has counted it yet
    if (chunk.content_length) order.to_come = static_cast<std::int64_t>(*chunk.content_length);
    else if (size) order.to_come = *size - row->received;
    MOZI_TRY(auto stream, intake_.enter(order));
    sink->flow(std::move(stream));
    if (!size) sink->limit_to(parts_.settings.max_upload_bytes, too_large());
    return sink;
}

Result<UploadState> Uploads::take(
    ChunkSink& sink, UserId owner, std::optional<std::int64_t> declared_size, std::optional<tus::Checksum> const& trailing) {
    MOZI_TRY(auto received, sink.settle(trailing));
    sink.stands();
    received = sink.counting(received);
    return parts_.database.write([&](db::Transaction& tx) -> Result<UploadState> {
        db::frees(tx); // it is on the disk already
        auto medium = db::find<Medium>(*tx, sink.id());
        if (!medium || medium->owner != owner) return not_found("upload.not_found");
        if (medium->status != Status::uploading) return state_of(*medium);
        if (declared_size && medium->size && *declared_size != *medium->size)
            return error(Code::bad_request, "upload.length", "Upload-Length is known already and does not change.");
        if (declared_size && !medium->size) {
            MOZI_CHECK(intake_.check_quota(*tx, owner, *declared_size - medium->received, medium->id));
            repository::set_size(*tx, *medium, *declared_size);
        } // what came of a length nobody said was held to the quota as it came
        tx.after_commit([this, owner, id = medium->id, received] { intake_.counted(owner, id, received); });
        repository::record(*tx, sink.id(), received, expiry());
        MOZI_CHECK(finish_if_complete(tx, sink.id()));
        return state_of(db::find<Medium>(*tx, sink.id()).value());
    });
}

Result<> Uploads::terminate(MediaId id, UserId owner) {
    MOZI_TRY(auto const known, find(id, owner));
    MOZI_TRY(auto const key, take_over(id, ChunkSink::To::nobody));
    auto done = parts_.database.write([&](db::Transaction& tx) -> Result<> {
        auto const medium = db::find<Medium>(*tx, id);
        if (!medium || medium->owner != owner) return not_found("upload.not_found");
        MOZI_CHECK(Library::check_untouched(*medium));
        parts_.library.remove_in(tx, *medium);
        return {};
    });
    locks_.release(id, key);
    return done;
}

void Uploads::expire(std::vector<Medium> const& due) {
    for (auto const& medium : due) {
        auto const key = locks_.take(medium.id);
        if (!key) continue;
        auto const done = parts_.database.write([&](db::Transaction& tx) -> Result<> {
            auto const now = db::find<Medium>(*tx, medium.id);
            if (!now || now->status != Status::uploading || !now->expires_at || *now->expires_at > parts_.database.lived()) return {};
            repository::remember_expired(*tx, *now, parts_.database.lived());
            parts_.library.remove_in(tx, *now);
            return {};
        });
        locks_.release(medium.id, *key);
        if (done) log::info("upload.expired", {{"media", medium.id.text()}});
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
    (void)parts_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        repository::forget_expired(*tx, week_ago);
        return {};
    }); // the next one does it
}

} // namespace mozi::media
