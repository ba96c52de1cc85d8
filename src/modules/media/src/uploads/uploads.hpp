// The life of an upload: announced, continued, complete, given up or expired.
#pragma once

#include "library/library.hpp"
#include "uploads/sink.hpp"

namespace mozi::media {

// What a POST announces.
struct Announcement {
    std::optional<std::int64_t> size; // none: Upload-Defer-Length
    std::string metadata; // as sent
    tus::Metadata names;
};

struct UploadState {
    std::int64_t offset = 0;
    std::optional<std::int64_t> size;
    std::string metadata;
    std::optional<Time> expires_at; // as clocks on the wall show it
};

class Uploads {
public:
    struct Parts {
        db::Database& database;
        events::Outbox& outbox;
        Clock const& clock;
        Places const& places;
        Library& library;
        jobs::Pool& workers;
        std::function<std::optional<Result<http::Viewer>>(SessionId)> recall_viewer;
        std::function<Result<http::Viewer>(SessionId)> viewer_of;
        std::function<void()> wake_jobs;
        Settings settings;
        std::uint64_t min_free_bytes;
    };
    explicit Uploads(Parts parts);

    // Errors: "upload.too_large" (too_large), "media.quota" (over_quota), "media.no_space" (disk_full), and
    // "media.too_many_uploads", "media.too_many_unused" (conflict).
    Result<> check_room(UserId owner, Announcement const& announcement);
    struct Body {
        std::optional<std::uint64_t> content_length; // none: chunked
        bool comes = false;
        tus::Proof proof;
    };
    // A sink that makes the file when the first byte comes. Its id is the upload's. Errors: "media.no_space", "media.quota".
    Result<std::shared_ptr<ChunkSink>> begin(UserId owner, SessionId session, std::optional<std::int64_t> size, Body body);
    // The row, and the bytes that came along. One unit; the upload exists when this returned.
    Result<UploadState> create(
        ChunkSink& sink, UserId owner, Announcement const& announcement, std::optional<tus::Checksum> const& trailing);

    // Errors: "upload.not_found", "upload.expired" (gone).
    Result<Medium> find(MediaId id, UserId owner);
    // The same; what a connection has brought so far is made durable and counts.
    Result<Medium> look(MediaId id, UserId owner);
    struct Chunk {
        std::int64_t offset = 0;
        std::optional<std::int64_t> declared_size; // Upload-Length that comes late
        std::optional<std::uint64_t> content_length;
        tus::Proof proof;
    };
    // Checks the chunk against the upload and takes its lock; a connection that has it gives way to the newcomer, who is the same
    // person. Further errors: "upload.offset" (conflict), "upload.locked", "upload.too_long" (too_large), "upload.length" (bad_request).
    Result<std::shared_ptr<ChunkSink>> continue_at(MediaId id, UserId owner, SessionId session, Chunk const& chunk);
    // After the body: durable bytes become the offset; with the last one the preparation begins.
    Result<UploadState> take(
        ChunkSink& sink, UserId owner, std::optional<std::int64_t> declared_size, std::optional<tus::Checksum> const& trailing);
    Result<> terminate(MediaId id, UserId owner);

    // Gives up what has run out of time. Every second.
    void sweep();
    // Upload addresses say for a week that they have expired. Now and then.
    void forget_tombstones();
    UploadState state_of(Medium const& medium) const;
    bool receiving(MediaId id) const { return locks_.held(id); }

    // Whether so many bytes more fit into what that person may keep; in a unit. Error: "media.quota".
    Result<> check_quota(db::Connection& c, UserId owner, std::int64_t more) { return intake_.check_quota(c, owner, more); }

private:
    Result<> check_chunk(Medium const& medium, Chunk const& chunk);
    static Error wrong_offset(Medium const& medium);
    Result<UploadLocks::Key> take_over(MediaId id, ChunkSink::To to);
    Result<> finish_if_complete(db::Transaction& tx, MediaId id);
    Time expiry() const { return parts_.database.lived() + std::chrono::seconds(parts_.settings.upload_expiry_s); }
    void expire(std::vector<Medium> const& due);

    Result<> record(MediaId id, std::int64_t received);

    Parts parts_;
    UploadLocks locks_;
    Intake intake_;
    ChunkSink::Parts sink_parts_;
};

} // namespace mozi::media
