// Bytes go straight to their place in the file; what counts as received is only what fdatasync has confirmed.
#include "uploads/sink.hpp"

#include <mozi/log/log.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace mozi::media {
namespace {

constexpr std::int64_t checkpoint_bytes = 64 << 20;

Error no_space() {
    return error(Code::disk_full, "media.no_space", "There is no room for this upload now. What has arrived is kept; continue later.");
}
// Not a conflict: two clients that both try again on those would take the upload from each other for ever.
Error taken_over() {
    return error(Code::bad_request, "upload.taken_over", "This upload goes on over another connection. What has arrived is kept.");
}

} // namespace

Error upload_locked() {
    return error(Code::locked, "upload.locked", "This upload is being continued by another request. Ask for its offset and try again.");
}

std::optional<UploadLocks::Key> UploadLocks::take(MediaId id) {
    std::scoped_lock const guard(mutex_);
    auto const [at, fresh] = held_.try_emplace(id, Held{last_ + 1, {}});
    if (!fresh) return std::nullopt;
    ++last_;
    return at->second.key;
}

std::optional<UploadLocks::Key> UploadLocks::take_over(MediaId id, Key from) {
    std::scoped_lock const guard(mutex_);
    auto const at = held_.find(id);
    if (at != held_.end() && at->second.key != from) return std::nullopt;
    held_[id] = {++last_, {}};
    return last_;
}

void UploadLocks::release(MediaId id, Key key) {
    std::scoped_lock const guard(mutex_);
    if (auto const at = held_.find(id); at != held_.end() && at->second.key == key) held_.erase(at);
}

bool UploadLocks::held(MediaId id) const {
    std::scoped_lock const guard(mutex_);
    return held_.contains(id);
}

void UploadLocks::set_holder(MediaId id, Key key, std::weak_ptr<ChunkSink> sink) {
    std::scoped_lock const guard(mutex_);
    if (auto const at = held_.find(id); at != held_.end() && at->second.key == key) at->second.sink = std::move(sink);
}

std::shared_ptr<ChunkSink> UploadLocks::holder(MediaId id) const {
    std::scoped_lock const guard(mutex_);
    auto const at = held_.find(id);
    return at == held_.end() ? nullptr : at->second.sink.lock();
}

ChunkSink::ChunkSink(Parts const& parts, SinkOrder order)
    : parts_(parts), order_(std::move(order)), reached_(order_.offset), stood_at_(order_.offset),
      checkpoint_at_(order_.offset + checkpoint_bytes), unproven_(bool(order_.proof)), request_(log::current_request()) {
    if (order_.proof.checksum) digest_ = std::make_unique<tus::Digest>(order_.proof.checksum->algorithm);
}

std::shared_ptr<ChunkSink> ChunkSink::make(Parts const& parts, SinkOrder order) {
    std::shared_ptr<ChunkSink> sink(new ChunkSink(parts, std::move(order)));
    parts.locks.set_holder(sink->order_.id, sink->order_.key, sink);
    return sink;
}

ChunkSink::~ChunkSink() {
    if (fd_ >= 0) close(fd_);
    if (creates() && !adopted_ && fd_ >= 0) remove_tree(parts_.places.folder_in(Places::Room::incoming, order_.id));
    parts_.locks.release(order_.id, order_.key);
}

void ChunkSink::begin(std::function<void()> stop) {
    std::scoped_lock const held(mutex_);
    if (!gave_way_) stop_ = std::move(stop);
}

std::optional<Error> ChunkSink::problem() const {
    std::scoped_lock const held(mutex_);
    return problem_;
}

std::int64_t ChunkSink::reached() const {
    std::scoped_lock const held(mutex_);
    return unproven_ ? order_.offset : reached_;
}

bool ChunkSink::open() {
    std::scoped_lock const held(mutex_);
    return open_held();
}

bool ChunkSink::open_held() {
    if (fd_ >= 0) return true;
    fd_ = creates() ? parts_.places.create_source(order_.id)
                    : ::open(parts_.places.source(order_.id).c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd_ < 0) problem_ = errno == ENOSPC ? no_space() : internal("opening an upload: " + std::to_string(errno));
    return fd_ >= 0;
}

Result<> ChunkSink::may(Result<http::Viewer> const& viewer) {
    return viewer ? http::check_access(http::Access::member, *viewer, http::Visitors::must_sign_in) : Result<>(viewer.error());
}

bool ChunkSink::stands_held(Result<http::Viewer> const& viewer) {
    if (problem_) return false;
    auto const allowed = may(viewer);
    if (allowed) return true;
    problem_ = viewer || viewer.error().code != Code::unauthenticated
                   ? allowed.error()
                   : error(Code::unauthenticated, "auth.token", "This session has ended. Sign in again; what has arrived is kept.");
    return false;
}

// On the io thread, with the mutex. What memory does not know is asked on a worker, and bytes go on coming meanwhile: whether they complete
// anything is asked again at their end.
std::optional<bool> ChunkSink::stands_by_memory() {
    if (auto const known = parts_.recall_viewer(order_.session)) return stands_held(*known);
    if (problem_) return false;
    if (asking_.exchange(true)) return std::nullopt;
    auto const posted = parts_.workers.post([self = shared_from_this()] {
        self->stands();
        self->asking_ = false;
    });
    if (!posted) asking_ = false;
    return std::nullopt;
}

bool ChunkSink::stands() {
    auto const viewer = parts_.viewer_of(order_.session);
    std::function<void()> stop;
    {
        std::scoped_lock const held(mutex_);
        if (stands_held(viewer)) {
            stood_at_ = reached_;
            return true;
        }
        if (gave_way_ || may(viewer) || std::exchange(ended_, true)) return false; // something else is wrong
        cut_back(stood_at_); // of what came since nobody knows that it was allowed
        stop = std::move(stop_);
    }
    if (stop) stop();
    return false;
}

std::int64_t ChunkSink::counting(std::int64_t reached) {
    auto const size = [this] {
        std::scoped_lock const held(mutex_);
        return order_.size;
    }();
    if (!size || reached < *size) return reached;
    auto const viewer = parts_.viewer_of(order_.session);
    return viewer && viewer->active() ? reached : std::max(order_.offset, *size - 1);
}

void ChunkSink::adopt() {
    adopted_ = true;
    if (!parts_.places.move(order_.id, Places::Room::incoming, Places::Room::files))
        log::error("upload.not_adopted", {{"media", order_.id.text()}, {"errno", errno}});
}

net::BodySink::More ChunkSink::write(std::span<char const> bytes) {
    std::scoped_lock const held(mutex_);
    auto const stands = stands_by_memory();
    if (problem_ || stands == false || !open_held()) return More::stop;
    if (order_.size && reached_ + static_cast<std::int64_t>(bytes.size()) > *order_.size) {
        problem_ = beyond_.value_or(error(Code::too_large, "upload.too_long", "This is more than Upload-Length announced."));
        return More::stop;
    }
    if (auto const room = order_.stream ? order_.stream->take(static_cast<std::int64_t>(bytes.size())) : no_space(); !room) {
        problem_ = room.error();
        return More::stop;
    }
    if (reached_ == 0 && !bytes.empty()) log::info("upload.receiving", {{"requestId", request_}, {"media", order_.id.text()}});
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
    if (stands) stood_at_ = reached_;
    checkpoint();
    return More::yes;
}

// Once it has failed, nobody knows any more what of this chunk is on the disk.
bool ChunkSink::sync() {
    if (fd_ >= 0 && fdatasync(fd_) != 0) sync_failed_ = true;
    return !sync_failed_;
}

// A long chunk is recorded on its way, so that a server that dies loses little of it.
void ChunkSink::checkpoint() {
    if (unproven_ || creates() || reached_ < checkpoint_at_ || checkpointing_.exchange(true)) return;
    checkpoint_at_ = reached_ + checkpoint_bytes;
    auto const posted = parts_.workers.post([self = shared_from_this(), reached = reached_] {
        if (self->sync() && !self->parts_.record(self->order_.id, self->counting(reached)))
            log::warn("upload.checkpoint_failed", {{"requestId", self->request_}, {"media", self->order_.id.text()}});
        self->checkpointing_ = false;
    });
    if (!posted) checkpointing_ = false;
}

// What does not count does not stay either: nobody's quota has it. With the mutex, and the key still this one's.
void ChunkSink::cut_back(std::int64_t to) {
    reached_ = to;
    if (fd_ >= 0 && ftruncate(fd_, to) != 0)
        log::warn("upload.not_cut", {{"requestId", request_}, {"media", order_.id.text()}, {"errno", errno}});
}

void ChunkSink::finish(bool complete) {
    if (std::scoped_lock const held(mutex_); !complete && unproven_ && !gave_way_ && !creates()) cut_back(order_.offset);
    if (complete || creates() || reached() == order_.offset) return;
    // The connection ended in the middle: what came is kept, unless only the whole could have been verified.
    auto const posted = parts_.workers.post([self = shared_from_this()] {
        if (auto const kept = self->keep_so_far(); kept && !self->parts_.record(self->order_.id, *kept))
            log::warn("upload.record_failed", {{"requestId", self->request_}, {"media", self->order_.id.text()}});
    });
    if (!posted)
        log::warn("upload.rest_dropped", {{"requestId", request_}, {"media", order_.id.text()}, {"bytes", reached() - order_.offset}});
}

// The whole chunk is there; false, and none of it counts, unless it is what the checksum says.
bool ChunkSink::verify(std::optional<tus::Checksum> const& trailing) {
    if (!std::exchange(unproven_, false)) return true;
    auto const& wanted = order_.proof.checksum ? order_.proof.checksum : trailing;
    auto right = !problem_ && wanted;
    if (right && digest_) right = digest_->finish() == wanted->digest;
    else if (right) right = tus::digest_of(fd_, order_.offset, reached_, wanted->algorithm) == wanted->digest;
    digest_.reset();
    if (!right) cut_back(order_.offset);
    return right;
}

Result<std::int64_t> ChunkSink::settle(std::optional<tus::Checksum> const& trailing) {
    std::int64_t reached = 0;
    {
        std::scoped_lock const held(mutex_);
        if (gave_way_) return *problem_;
        if (!verify(trailing) && !problem_)
            return error(Code::bad_request, "upload.checksum_mismatch", "The chunk does not match its checksum. Send it again.");
        reached = reached_;
    }
    if (reached > order_.offset && !sync()) return internal("fdatasync of an upload: " + std::to_string(errno));
    return reached;
}

Result<std::int64_t> ChunkSink::give_way(To to) {
    std::function<void()> stop;
    std::int64_t reached = 0;
    {
        std::scoped_lock const held(mutex_);
        if (gave_way_) return upload_locked();
        gave_way_ = true;
        problem_ = to == To::nobody ? not_found("upload.not_found") : taken_over();
        if (std::exchange(unproven_, false)) cut_back(order_.offset);
        reached = reached_;
        stop = std::move(stop_);
    }
    if (stop) stop();
    if (reached > order_.offset && !sync()) return internal("fdatasync of an upload: " + std::to_string(errno));
    return reached;
}

std::optional<std::int64_t> ChunkSink::keep_so_far() {
    stands();
    std::int64_t reached = 0;
    {
        std::scoped_lock const held(mutex_);
        if (gave_way_ || unproven_ || creates() || reached_ == order_.offset) return std::nullopt;
        reached = reached_;
    }
    return sync() ? std::optional(counting(reached)) : std::nullopt;
}

} // namespace mozi::media
