// From packets to the files that players get: segments cut alike in every version, and playlists that tell the truth.
#pragma once

#include "transcode/fmp4.hpp"
#include "transcode/playlist.hpp"
#include "transcode/timetable.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace mozi::media {

// A directory held open: nothing that is later put in its place under the same name is ever used instead.
class Folder {
public:
    Folder() = default;
    explicit Folder(std::string const& path); // must exist, not a link
    Folder(Folder const& parent, std::string const& name);
    ~Folder();
    Folder(Folder&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Folder& operator=(Folder&& other) noexcept;
    int fd() const { return fd_; }
    bool good() const { return fd_ >= 0; }
    bool make(std::string const& name) const; // a folder in it; true when it is there
    // A regular file of at most `most` bytes, empty when there is none. `any`: of ours, which a backup may hold under another name.
    enum class Names { one, any };
    std::string read(std::string const& name, std::size_t most, Names names = Names::one) const;
    // Replaces `name` at once: no reader sees half of it.
    bool write(std::string const& name, std::string_view text) const;
    // Size of a regular file, with one name unless it may have any number; -1 for anything else.
    std::int64_t size_of(std::string const& name, Names names = Names::one) const;
    bool sync_all() const; // fsync of every file in it, then of itself

private:
    int fd_ = -1;
};

// A track on its way from ffmpeg's pipe to players: packets in, segments out, each where the timetable says. An outlet may take
// one run for its first segment and another for the rest.
class Outlet {
public:
    Outlet(std::string folder, Kind kind, double target_s, Folder const& target);
    virtual ~Outlet() = default;

    bool good() const { return to_.good(); }
    // A run begins: what it brings from the first segment on that is not there yet is taken. `whole`: it goes to the end.
    enum class Extent { first, whole };
    void begin(Extent extent);
    // How many bytes of it may wait in memory until a segment is complete; more is a failure.
    void allow_waiting(std::size_t bytes) { most_waiting_ = bytes; }
    // Bytes of this track. False: not what it must be.
    bool feed(std::string_view bytes) { return reader_.feed(bytes); }
    // Writes what is complete. True when there is a new segment.
    virtual bool advance(Timetable const& times) = 0;
    // The run has ended well: what is left is the end.
    void end(Timetable const& times);
    void write_playlists();

    bool failed() const { return failed_; } // a file could not be written, or the packets are not what they must be
    double end_s() const { return end_s_; } // of what has been written
    double reached_s() const { return reached_s_; } // of what has come
    std::int64_t bytes() const { return bytes_; }
    std::optional<TrackHeader> const& header() const { return header_; }
    PlayableTrack const& track() const { return track_; }
    bool durable() const { return to_.sync_all(); }

protected:
    virtual bool make_init(bool second) = 0;
    // Packets that have come, in seconds of the film.
    void gather();
    bool write_segment(std::string const& bytes, double duration_s, std::uint64_t picture_bytes);
    double seconds(std::int64_t ticks) const { return header_->seconds(ticks); }
    std::size_t wanted(Timetable const& times) const { return extent_ == Extent::first ? 1 : times.size(); }

    Kind kind_;
    Folder to_;
    FragmentReader reader_;
    PlayableTrack track_;
    std::optional<TrackHeader> header_; // of the run that made the first segment
    std::vector<Packet> packets_; // not written yet; times without the lead
    std::size_t next_ = 0; // segment that the packets at hand belong to
    Extent extent_ = Extent::whole;
    bool ended_ = false, failed_ = false;
    double end_s_ = 0, reached_s_ = 0;

private:
    std::size_t most_waiting_ = 512 << 20;
    std::int64_t bytes_ = 0;
    double peak_kbps_ = 0;
};

class SoundOutlet final : public Outlet {
public:
    SoundOutlet(std::string folder, double target_s, Folder const& target) : Outlet(std::move(folder), Kind::sound, target_s, target) {}
    bool advance(Timetable const& times) override;
    // Of a segment that has been written; empty when it cannot be read.
    std::string segment(std::size_t number) const;

private:
    bool make_init(bool second) override;
};

// held: every picture comes once, can be decoded by itself, and is repeated in each segment that it stands in.
enum class Showing { moving, held };

class PictureOutlet final : public Outlet {
public:
    // `sound`, where the film has one, lies behind the pictures in every file.
    PictureOutlet(Rung const& rung, Showing showing, double target_s, Folder const& target, SoundOutlet const* sound)
        : Outlet(rung.name(), Kind::picture, target_s, target), rung_(rung), showing_(showing), sound_(sound) {}
    Rung const& rung() const { return rung_; }
    // How long the first picture may be made to stand before its time, and the last one after it.
    void allow_hold(double seconds) { most_hold_s_ = seconds; }
    bool advance(Timetable const& times) override;

private:
    bool make_init(bool second) override;
    // Pictures of one segment that waits for its sound.
    struct Ready {
        std::string bytes;
        double duration_s = 0;
    };
    void cut(Timetable const& times, std::vector<Packet> group);
    void cut_moving(Timetable const& times);
    bool cut_held(Timetable const& times);
    bool write_ready();
    void hold_ends(Timetable const& times, std::vector<Packet>& group) const;

    Rung rung_;
    Showing showing_;
    SoundOutlet const* sound_;
    std::deque<Ready> ready_;
    double most_hold_s_ = 0.1;
    std::int64_t shift_ = 0; // how much later the first picture of this run is shown than decoded
    bool begun_ = false;
};

// Removes a folder and everything below it, following no link. Missing is fine.
void remove_tree(std::string const& path);

} // namespace mozi::media
