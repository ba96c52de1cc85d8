// Names are ours, packets are not: what the jail says is checked before it is counted on. Its folder is treated as hostile, no links
// followed, only regular files taken.
#include "transcode/publish.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {

Folder::Folder(std::string const& path) : fd_(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}

Folder::Folder(Folder const& parent, std::string const& name)
    : fd_(openat(parent.fd_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {}

Folder::~Folder() {
    if (fd_ >= 0) close(fd_);
}

Folder& Folder::operator=(Folder&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

bool Folder::make(std::string const& name) const { return mkdirat(fd_, name.c_str(), 0700) == 0 || errno == EEXIST; }

std::string Folder::read(std::string const& name, std::size_t most, Names names) const {
    auto const size = size_of(name, names);
    std::string out;
    if (size <= 0 || static_cast<std::size_t>(size) > most) return out;
    auto const file = openat(fd_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return out;
    out.resize(static_cast<std::size_t>(size));
    auto const got = pread(file, out.data(), out.size(), 0);
    out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    close(file);
    return out;
}

bool Folder::write(std::string const& name, std::string_view text) const {
    auto const next = name + ".new";
    auto const file = openat(fd_, next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) return false;
    auto const written = ::write(file, text.data(), text.size());
    close(file);
    return written == static_cast<ssize_t>(text.size()) && renameat(fd_, next.c_str(), fd_, name.c_str()) == 0;
}

std::int64_t Folder::size_of(std::string const& name, Names names) const {
    struct stat info{};
    if (fstatat(fd_, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode)) return -1;
    return names == Names::one && info.st_nlink != 1 ? -1 : info.st_size;
}

bool Folder::sync_all() const {
    auto* listing = fdopendir(openat(fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!listing) return false;
    bool good = true;
    while (auto const* entry = readdir(listing)) {
        if (entry->d_name[0] == '.') continue;
        auto const file = openat(fd_, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        good = good && file >= 0 && fsync(file) == 0;
        if (file >= 0) close(file);
    }
    closedir(listing);
    return good && fsync(fd_) == 0;
}

namespace {

constexpr std::array<std::uint32_t, 1> picture_number{1}, sound_number{2};
constexpr std::array<std::uint32_t, 2> both_numbers{1, 2};

} // namespace

Outlet::Outlet(std::string folder, Kind kind, double target_s, Folder const& target) : kind_(kind) {
    track_.folder = std::move(folder);
    track_.target_s = target_s;
    if (target.make(track_.folder)) to_ = Folder(target, track_.folder);
}

void Outlet::begin(Extent extent) {
    reader_ = FragmentReader();
    packets_.clear();
    extent_ = extent;
    ended_ = false;
    next_ = 0;
}

void Outlet::gather() {
    auto& fresh = reader_.packets();
    if (fresh.empty()) return;
    if (!header_) {
        header_ = reader_.header();
        auto const codec = codec_of(*header_);
        failed_ = failed_ || header_->kind != kind_ || !codec;
        track_.codecs = codec.value_or("");
    }
    auto const lead = std::int64_t{lead_s} * reader_.header()->timescale;
    failed_ = failed_ || reader_.header()->timescale != header_->timescale; // one clock for all of it
    for (auto& packet : fresh) {
        packet.dts -= lead;
        packet.pts -= lead;
        reached_s_ = std::max(reached_s_, seconds(packet.pts));
        packets_.push_back(std::move(packet));
    }
    fresh.clear();
    std::size_t waiting = 0; // what has been written is not
    for (auto const& packet : packets_) waiting += packet.data.size();
    failed_ = failed_ || waiting > most_waiting_;
}

bool Outlet::write_segment(std::string const& bytes, double duration_s, std::uint64_t picture_bytes) {
    auto const number = static_cast<int>(track_.segments.size());
    auto const second = number > 0 && reader_.header() && *reader_.header() != *header_;
    if (number == 0 ? !make_init(false) : second && track_.second_init_from == 0 && !make_init(true)) return failed_ = true, false;
    if (second && track_.second_init_from == 0) track_.second_init_from = static_cast<std::size_t>(number);
    if (!to_.write(segment_name(number), bytes)) return failed_ = true, false;
    bytes_ += static_cast<std::int64_t>(bytes.size());
    auto const weight = kind_ == Kind::picture ? picture_bytes : bytes.size();
    if (duration_s > 0.5) peak_kbps_ = std::max(peak_kbps_, double(weight) * 8 / 1000 / duration_s);
    track_.segments.push_back({number, duration_s, picture_bytes});
    return true;
}

void Outlet::end(Timetable const& times) {
    reader_.finish();
    ended_ = true;
    advance(times);
    if (extent_ == Extent::first || failed_) return;
    double length = 0;
    std::uint64_t weight = 0;
    for (auto const& segment : track_.segments) {
        length += segment.duration_s;
        weight += segment.picture_bytes;
    }
    if (kind_ == Kind::sound) weight = static_cast<std::uint64_t>(bytes_);
    track_.ended = !track_.segments.empty();
    auto const average = double(weight) * 8 / 1000 / std::max(0.1, length);
    track_.average_kbps = static_cast<int>(std::ceil(average));
    track_.peak_kbps = static_cast<int>(std::ceil(std::max(peak_kbps_, average)));
}

void Outlet::write_playlists() {
    auto good = to_.write("index.m3u8", media_playlist(track_, Part::whole));
    if (kind_ == Kind::picture) good = to_.write("video.m3u8", media_playlist(track_, Part::pictures)) && good;
    failed_ = failed_ || !good;
}

bool SoundOutlet::make_init(bool second) {
    TrackHeader const* const header = second ? &*reader_.header() : &*header_;
    return to_.write(second ? "init-2.mp4" : "init.mp4", write_init({&header, 1}, sound_number));
}

std::string SoundOutlet::segment(std::size_t number) const {
    return to_.read(segment_name(static_cast<int>(number)), 64 << 20, Folder::Names::any);
}

bool SoundOutlet::advance(Timetable const& times) {
    gather();
    if (failed_ || !header_) return false;
    // What the encoder needs to begin with is nobody's sound; the first block stands at its true time.
    std::size_t taken = 0;
    while (next_ == 0 && taken < packets_.size() && packets_[taken].pts + packets_[taken].duration / 2 <= 0) ++taken;
    bool grown = false;
    while (next_ < wanted(times) && !failed_) {
        auto const last = next_ + 1 == times.size();
        auto const until = times.end(next_);
        auto end = taken;
        while (end < packets_.size() && (last || seconds(packets_[end].pts) < until - 1e-6)) ++end;
        if ((end == packets_.size() && !ended_) || end == taken) break;
        if (next_ >= track_.segments.size()) {
            std::span const some(packets_.data() + taken, end - taken);
            auto const first = std::max<std::int64_t>(0, some.front().dts);
            auto const from = seconds(some.front().pts), to = seconds(some.back().end());
            if (!write_segment(write_fragment(2, static_cast<std::uint32_t>(next_ + 1), first, 0, some), to - from, 0)) break;
            end_s_ = to;
            grown = true;
        }
        taken = end;
        ++next_;
    }
    if (next_ == wanted(times)) taken = packets_.size();
    packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(taken));
    return grown;
}

bool PictureOutlet::make_init(bool second) {
    TrackHeader const* const picture = second ? &*reader_.header() : &*header_;
    if (!to_.write(second ? "video-2.mp4" : "video.mp4", write_init({&picture, 1}, picture_number))) return false;
    TrackHeader const* both[] = {picture, sound_ ? &*sound_->header() : nullptr};
    return to_.write(
        second ? "init-2.mp4" : "init.mp4", sound_ ? write_init(both, both_numbers) : write_init({&picture, 1}, picture_number));
}

// The first picture stands from the film's zero, the last one to its end: what is packaged as it is may begin late or end early.
void PictureOutlet::hold_ends(Timetable const& times, std::vector<Packet>& group) const {
    if (next_ == 0) {
        auto const late = group.front().pts;
        if (late > 0 && seconds(late) <= most_hold_s_) {
            group.front().pts = 0;
            group.front().dts -= late;
            group.front().duration += late;
        }
    }
    if (next_ + 1 != times.size()) return;
    auto const last = std::max_element(group.begin(), group.end(), [](Packet const& a, Packet const& b) { return a.pts < b.pts; });
    auto const early = static_cast<std::int64_t>((times.end_s - seconds(last->end())) * header_->timescale);
    if (early <= 0 || seconds(early) > most_hold_s_) return;
    last->duration += early;
    for (auto after = last + 1; after != group.end(); ++after) after->dts += early;
}

void PictureOutlet::cut(Timetable const& times, std::vector<Packet> group) {
    if (!begun_ || next_ == 0) {
        shift_ = group.front().pts - group.front().dts;
        begun_ = true;
    }
    if (next_ >= track_.segments.size() + ready_.size()) {
        hold_ends(times, group);
        double end = 0;
        for (auto const& packet : group) end = std::max(end, seconds(packet.end()));
        auto const first = std::max<std::int64_t>(0, group.front().dts + shift_);
        ready_.push_back(
            {write_fragment(1, static_cast<std::uint32_t>(next_ + 1), first, shift_, group), end - seconds(group.front().pts)});
        end_s_ = end;
    }
    ++next_;
}

// A segment is complete when the key picture of the next one has come.
void PictureOutlet::cut_moving(Timetable const& times) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < packets_.size() && next_ + 1 < times.size() && next_ < wanted(times); ++i) {
        auto const slack = std::min(0.065, seconds(packets_[i].duration) * 0.65);
        if (i == begin || !packets_[i].key || seconds(packets_[i].pts) < times.begin(next_ + 1) - slack) continue;
        cut(times, {std::make_move_iterator(packets_.begin() + static_cast<std::ptrdiff_t>(begin)),
                       std::make_move_iterator(packets_.begin() + static_cast<std::ptrdiff_t>(i))});
        begin = i;
    }
    packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(begin));
    if (next_ == wanted(times)) packets_.clear();
    if (ended_ && !packets_.empty() && next_ + 1 == times.size()) cut(times, std::exchange(packets_, {}));
}

// One segment, when it is known what stands until its end. True when there was one.
bool PictureOutlet::cut_held(Timetable const& times) {
    if (next_ >= wanted(times) || packets_.empty()) return false;
    auto const tick = [&](double at) { return static_cast<std::int64_t>(std::llround(at * header_->timescale)); };
    auto const from = tick(times.begin(next_)), until = tick(times.end(next_));
    if (packets_.back().end() < until && !ended_) return false;
    std::vector<Packet> group;
    std::size_t behind = 0; // pictures that do not stand in the next one
    for (std::size_t i = 0; i < packets_.size() && (i == 0 || packets_[i].pts < until); ++i) {
        failed_ = failed_ || !packets_[i].key;
        auto const to = i + 1 == packets_.size() && ended_ ? until : packets_[i].end();
        if (to < until) behind = i + 1;
        if (to <= from) continue;
        auto piece = packets_[i];
        piece.pts = piece.dts = group.empty() ? from : piece.pts; // before the first one stands the first one
        piece.duration = std::min(until, to) - piece.pts;
        if (piece.duration > 0) group.push_back(std::move(piece));
    }
    if (group.empty() || failed_) return failed_ = true, false;
    cut(times, std::move(group));
    packets_.erase(packets_.begin(), packets_.begin() + static_cast<std::ptrdiff_t>(behind));
    return true;
}

bool PictureOutlet::write_ready() {
    bool grown = false;
    while (!ready_.empty() && !failed_) {
        auto const number = track_.segments.size();
        if (sound_ && sound_->track().segments.size() <= number) break;
        auto bytes = std::move(ready_.front().bytes);
        auto const picture_bytes = bytes.size();
        if (sound_) bytes += sound_->segment(number);
        if (!write_segment(bytes, ready_.front().duration_s, picture_bytes)) break;
        ready_.pop_front();
        grown = true;
    }
    return grown;
}

bool PictureOutlet::advance(Timetable const& times) {
    gather();
    if (failed_ || !header_) return false;
    if (showing_ == Showing::moving) cut_moving(times);
    bool grown = write_ready();
    // What stands for hours is many segments, which are not all kept in memory.
    while (showing_ == Showing::held && !failed_ && ready_.size() < 2 && cut_held(times)) grown = write_ready() || grown;
    return grown;
}

void remove_tree(std::string const& path) {
    std::error_code ignored; // remove_all follows no link
    std::filesystem::remove_all(path, ignored);
}

} // namespace mozi::media
