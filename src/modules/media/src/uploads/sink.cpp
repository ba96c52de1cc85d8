// Bytes go straight to their place in the file; what counts as received is only what fdatasync has confirmed.
#include "uploads/sink.hpp"

#include <mozi/log/log.hpp>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace mozi::media {
namespace {

constexpr std::int64_t checkpoint_bytes = 64 << 20, space_check_bytes = 16 << 20;
constexpr auto session_check = std::chrono::milliseconds(500);

Error no_space() { return error(Code::disk_full, "media.no_space", "There is no room for this upload now. What has arrived is kept; continue later."); }

} // namespace

bool UploadLocks::take(MediaId id) {
    std::scoped_lock const held(mutex_);
    return held_.insert(id).second;
}

void UploadLocks::release(MediaId id) {
    std::scoped_lock const held(mutex_);
    held_.erase(id);
}

bool UploadLocks::held(MediaId id) const {
    std::scoped_lock const guard(mutex_);
    return held_.contains(id);
}

ChunkSink::ChunkSink(Parts const& parts, SinkOrder order) : parts_(parts), order_(std::move(order)), reached_(order_.offset), checkpoint_at_(order_.offset + checkpoint_bytes) {
    if (order_.checksum) digest_ = std::make_unique<tus::Digest>(order_.checksum->algorithm);
}

ChunkSink::~ChunkSink() {
    if (fd_ >= 0) close(fd_);
    if (order_.file == SinkOrder::File::create_on_first_byte && !adopted_ && fd_ >= 0) remove_tree(parts_.places.folder_in(Places::Room::incoming, order_.id));
    parts_.locks.release(order_.id);
}

bool ChunkSink::open() {
    if (fd_ >= 0) return true;
    if (order_.file == SinkOrder::File::create_on_first_byte) fd_ = parts_.places.create_source(order_.id);
    else fd_ = ::open(parts_.places.source(order_.id).c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd_ < 0) problem_ = errno == ENOSPC ? no_space() : internal("opening an upload: " + std::to_string(errno));
    return fd_ >= 0;
}

// The session still stands and the disk has room; asked now and then.
bool ChunkSink::allowed() {
    auto const now = std::chrono::steady_clock::now();
    if (now - checked_session_ > session_check) {
        checked_session_ = now;
        if (!parts_.session_lives(order_.session)) problem_ = error(Code::unauthenticated, "auth.token", "This session has ended. Sign in again; what has arrived is kept.");
    }
    if (checked_space_at_ < 0 || reached_ - checked_space_at_ >= space_check_bytes) {
        checked_space_at_ = reached_;
        if (parts_.places.free_bytes() < parts_.min_free_bytes) problem_ = no_space();
    }
    return !problem_;
}

void ChunkSink::adopt() {
    adopted_ = true;
    if (!parts_.places.move(order_.id, Places::Room::incoming, Places::Room::files)) log::error("upload.not_adopted", {{"media", order_.id.text()}, {"errno", errno}});
}

net::BodySink::More ChunkSink::write(std::span<char const> bytes) {
    if (problem_ || !allowed() || !open()) return More::stop;
    if (order_.size && reached_ + static_cast<std::int64_t>(bytes.size()) > *order_.size) {
        problem_ = error(Code::too_large, "upload.too_long", "This is more than Upload-Length announced.");
        return More::stop;
    }
    if (digest_) digest_->add({bytes.data(), bytes.size()});
    while (!bytes.empty()) {
        auto const written = pwrite(fd_, bytes.data(), bytes.size(), reached_);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            problem_ = errno == ENOSPC || errno == EDQUOT ? no_space() : internal("writing an upload: " + std::to_string(errno));
            return More::stop;
        }
        reached_ += written;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    checkpoint();
    return More::yes;
}

bool ChunkSink::sync() { return fd_ < 0 || fdatasync(fd_) == 0; }

// A long chunk is recorded on its way, so that a server that dies loses little of it.
void ChunkSink::checkpoint() {
    if (digest_ || order_.file == SinkOrder::File::create_on_first_byte || reached_ < checkpoint_at_ || checkpointing_.exchange(true)) return;
    checkpoint_at_ = reached_ + checkpoint_bytes;
    auto const posted = parts_.workers.post([self = shared_from_this(), reached = reached_] {
        if (self->sync() && !self->parts_.record(self->order_.id, reached)) log::warn("upload.checkpoint_failed", {{"media", self->order_.id.text()}});
        self->checkpointing_ = false;
    });
    if (!posted) checkpointing_ = false;
}

void ChunkSink::finish(bool complete) {
    if (complete || order_.file == SinkOrder::File::create_on_first_byte || reached_ == order_.offset) return;
    // The connection ended in the middle: what came is kept, unless only the whole could have been verified.
    auto const posted = parts_.workers.post([self = shared_from_this()] {
        if (auto const kept = self->digest_ ? Result<std::int64_t>{self->order_.offset} : self->settle(); kept && *kept > self->order_.offset)
            if (!self->parts_.record(self->order_.id, *kept)) log::warn("upload.record_failed", {{"media", self->order_.id.text()}});
    });
    if (!posted) log::warn("upload.rest_dropped", {{"media", order_.id.text()}, {"bytes", reached_ - order_.offset}});
}

Result<std::int64_t> ChunkSink::settle() {
    if (digest_) {
        auto const whole = !problem_ && digest_->finish() == order_.checksum->digest;
        digest_.reset();
        if (!whole) {
            reached_ = order_.offset;
            if (!problem_) return error(Code::bad_request, "upload.checksum_mismatch", "The chunk does not match its checksum. Send it again.");
        }
    }
    if (reached_ > order_.offset && !sync()) return internal("fdatasync of an upload: " + std::to_string(errno));
    return reached_;
}

} // namespace mozi::media
