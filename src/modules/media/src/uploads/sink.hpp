// A chunk of an upload on its way from the connection to the disk.
#pragma once

#include "library/places.hpp"
#include "playback/grants.hpp"
#include "uploads/tus.hpp"

#include <mozi/jobs/pool.hpp>
#include <mozi/net/server.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>

namespace mozi::media {

// One PATCH at a time per upload: whoever holds the key may write.
class UploadLocks {
public:
    bool take(MediaId id);
    void release(MediaId id);
    bool held(MediaId id) const;

private:
    mutable std::mutex mutex_;
    std::unordered_set<MediaId> held_;
};

struct SinkOrder {
    MediaId id;
    SessionId session;
    std::int64_t offset = 0;                // where the chunk begins: what is durable
    std::optional<std::int64_t> size;       // of the whole upload, when known
    std::optional<tus::Checksum> checksum;
    enum class File { open_existing, create_on_first_byte } file = File::open_existing;
};

class ChunkSink final : public net::BodySink, public std::enable_shared_from_this<ChunkSink> {
public:
    // All outlive the sink. `record` stores on a worker that bytes up to there are durable.
    struct Parts {
        Places const& places;
        UploadLocks& locks;
        jobs::Pool& workers;
        std::uint64_t min_free_bytes;
        std::function<bool(SessionId)> session_lives;
        std::function<Result<>(MediaId, std::int64_t received)> record;
    };
    // Takes over the lock of the upload.
    ChunkSink(Parts const& parts, SinkOrder order);
    ~ChunkSink() override;

    More write(std::span<char const> bytes) override;
    void finish(bool complete) override;

    // On a worker, after the body: makes the bytes durable. Returns how far the upload is now, also when `problem()` says
    // why it went no further. Errors: "upload.checksum_mismatch" (bad_request; on the wire 460), "media.storage".
    Result<std::int64_t> settle();
    // Why writing stopped early, if it did.
    std::optional<Error> const& problem() const { return problem_; }
    MediaId id() const { return order_.id; }
    SinkOrder const& order() const { return order_; }
    // Makes or opens the file where that has not happened yet; false leaves a problem().
    bool open();
    // No more than that in all, where the size is not known.
    void limit_to(std::int64_t bytes) { order_.size = bytes; }
    // Its row is committed: the created file moves to the films. Without this it goes with the sink.
    void adopt();

private:
    bool allowed();
    void checkpoint();
    bool sync();

    Parts const& parts_;
    SinkOrder order_;
    int fd_ = -1;
    std::int64_t reached_;
    std::int64_t checked_space_at_ = -1, checkpoint_at_;
    std::chrono::steady_clock::time_point checked_session_{};
    std::unique_ptr<tus::Digest> digest_;
    std::optional<Error> problem_;
    std::atomic<bool> checkpointing_{false};
    bool adopted_ = false;
};

} // namespace mozi::media
