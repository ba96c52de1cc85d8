// A chunk of an upload on its way from the connection to the disk.
#pragma once

#include "library/places.hpp"
#include "playback/grants.hpp"
#include "uploads/intake.hpp"
#include "uploads/tus.hpp"

#include <mozi/http/access.hpp>
#include <mozi/jobs/pool.hpp>
#include <mozi/net/server.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace mozi::media {

class ChunkSink;

// One connection at a time may write to an upload: whose key it is. A newcomer may take the key over. Any thread.
class UploadLocks {
public:
    using Key = std::uint64_t;
    std::optional<Key> take(MediaId id); // nothing while it is somebody's
    std::optional<Key> take_over(MediaId id, Key from);
    void release(MediaId id, Key key); // nothing happens when it is somebody else's by now
    bool held(MediaId id) const;
    // Whom to ask to give way; a removal has none.
    void set_holder(MediaId id, Key key, std::weak_ptr<ChunkSink> sink);
    std::shared_ptr<ChunkSink> holder(MediaId id) const;

private:
    struct Held {
        Key key;
        std::weak_ptr<ChunkSink> sink;
    };
    mutable std::mutex mutex_;
    Key last_ = 0;
    std::unordered_map<MediaId, Held> held_;
};

struct SinkOrder {
    MediaId id;
    UploadLocks::Key key = 0;
    SessionId session;
    std::int64_t offset = 0; // where the chunk begins: what is durable
    std::optional<std::int64_t> size; // of the whole upload, when known
    tus::Proof proof; // of the chunk
    enum class File { open_existing, create_on_first_byte } file = File::open_existing;
    std::shared_ptr<Intake::Stream> stream = {}; // its room; without one nothing is written
};

// Written to on the io thread, asked by workers. Of a chunk that is to be proven nothing counts before all of it has been.
class ChunkSink final : public net::BodySink, public std::enable_shared_from_this<ChunkSink> {
public:
    // All outlive the sink. `record` stores on a worker that bytes up to there are durable.
    struct Parts {
        Places const& places;
        UploadLocks& locks;
        jobs::Pool& workers;
        std::function<std::optional<Result<http::Viewer>>(SessionId)> recall_viewer;
        std::function<Result<http::Viewer>(SessionId)> viewer_of;
        std::function<Result<>(MediaId, std::int64_t received)> record;
    };
    // Holds the key of the upload from here on.
    static std::shared_ptr<ChunkSink> make(Parts const& parts, SinkOrder order);
    ~ChunkSink() override;

    void begin(std::function<void()> stop) override;
    More write(std::span<char const> bytes) override;
    void finish(bool complete) override;

    // On a worker, after the body: makes the bytes durable; `trailing` is the checksum of a proof in a trailer. Returns how far
    // the upload is now, also when `problem()` says why it went no further. Errors: "upload.checksum_mismatch" (bad_request; on the
    // wire 460), "upload.taken_over", "media.storage".
    Result<std::int64_t> settle(std::optional<tus::Checksum> const& trailing = {});
    // On a worker: another connection goes on with this upload, or removes it. Not a byte is written here afterwards, and this one's
    // request is answered. Returns how far the upload is, durably. Errors: "upload.locked" when it gave way already, "media.storage".
    enum class To { another, nobody };
    Result<std::int64_t> give_way(To to);
    // On a worker, while bytes come: how far the upload is durably now; nothing when none of this chunk counts yet.
    std::optional<std::int64_t> keep_so_far();

    // On a worker. Who sends still may, asked now; else problem() says why. At the end of a request, so that nothing is completed by a
    // session that ended on the way.
    bool stands();
    // On a worker. Of what has arrived, how far it counts: from who may not any more, all but the byte that would complete the upload.
    std::int64_t counting(std::int64_t reached);
    // Why writing stopped early, if it did.
    std::optional<Error> problem() const;
    std::int64_t reached() const; // as far as it counts, durable or not
    MediaId id() const { return order_.id; }
    SinkOrder const& order() const { return order_; }
    // Makes or opens the file where that has not happened yet; false leaves a problem().
    bool open();
    // No more than that in all, where the size is not known.
    // Of a length nobody said: more than that is refused with `beyond`.
    void limit_to(std::int64_t bytes, Error beyond) {
        order_.size = bytes;
        beyond_ = std::move(beyond);
    }
    void flow(std::shared_ptr<Intake::Stream> stream) { order_.stream = std::move(stream); }
    // Its row is committed: the created file moves to the films. Without this it goes with the sink.
    void adopt();

private:
    ChunkSink(Parts const& parts, SinkOrder order);
    static Result<> may(Result<http::Viewer> const& viewer);
    bool stands_held(Result<http::Viewer> const& viewer);
    std::optional<bool> stands_by_memory(); // nothing: it is being asked
    bool open_held();
    void cut_back(std::int64_t to);
    void checkpoint();
    bool verify(std::optional<tus::Checksum> const& trailing);
    bool sync();
    bool creates() const { return order_.file == SinkOrder::File::create_on_first_byte; }

    Parts const& parts_;
    SinkOrder order_;
    std::atomic<bool> checkpointing_{false}, sync_failed_{false}, asking_{false};
    bool adopted_ = false;

    mutable std::mutex mutex_; // guards the rest
    std::atomic<int> fd_{-1}; // set once
    std::int64_t reached_;
    std::int64_t stood_at_; // how far it was when who sends was last known to be allowed to
    std::int64_t checkpoint_at_;
    bool unproven_;
    std::unique_ptr<tus::Digest> digest_; // where the algorithm is known beforehand
    std::optional<Error> problem_;
    std::optional<Error> beyond_;
    std::function<void()> stop_;
    bool gave_way_ = false, ended_ = false;
    std::string const request_; // that opened it: for the log, where no thread works for it
};

Error upload_locked();

} // namespace mozi::media
