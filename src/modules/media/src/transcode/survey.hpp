// Everything that is learnt of a source before something is made of it: what it is, what is in it, and how far it really goes.
#pragma once

#include "transcode/commands.hpp"
#include "transcode/patience.hpp"
#include "transcode/prepare.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mozi::media {

// Of what ffmpeg said, what is worth keeping: its walls, and lines of errors and warnings, the last ones first to stay.
std::string telling(JailOutcome const& outcome);

struct ExtractedText {
    TextTrack track;
    std::string webvtt;
};

class Survey {
public:
    Survey(JailSettings const& settings, Place const& place, PrepareLimits const& limits, std::function<bool()> cancelled)
        : settings_(settings), place_(place), limits_(limits), cancelled_(std::move(cancelled)) {}

    // The file itself, before any other program sees it.
    Reason look();
    // ffprobe's word. The working folder must exist.
    Reason inspect();
    // Every packet of it, without decoding. Blocks as long as reading the file takes. `told` gets the share that has been read and
    // answers how long it was not this one's turn.
    using Told = std::function<Patience::Clock::duration(double)>;
    Reason scan(Told const& told);
    // Which sounds cannot be decoded; they are left out. True when there were some.
    bool drop_bad_sounds();

    Probe const& probe() const { return probe_; }
    Known const& known() const { return known_; }
    Timetable const& times() const { return times_; }
    Cuts cuts() const { return cuts_; }
    bool scanned() const { return scanned_; }
    // A small file is read whole in a moment.
    bool small() const { return size_ <= 64 << 20; }
    double length_s() const { return scanned_ ? known_.length_s : probe_.stated_s; }
    std::int64_t size() const { return size_; }
    // Processor seconds that making so much of the film may take: by the pictures that are read and made, and the sounds.
    std::int64_t work_s(double length_s) const;
    // Of a run that decoded everything: seconds that could not be, more than is usual. Negative: too many to call it a film.
    double lost_s(std::string_view log) const;
    std::vector<ExtractedText> const& texts() const { return texts_; }
    std::vector<Remark> const& remarks() const { return probe_.remarks; }
    std::string const& detail() const { return detail_; }

private:
    Reason scan_once(ScanOrder const& order, class PacketScan& packets, class CutFinder& finder, Told const& told);
    bool claims_too_much(class PacketScan const& packets) const;
    // Silence that would be made to fill sounds up to the film's length is bounded by what there is of them.
    void bound_silence();
    Reason take_spans(class PacketScan const& packets, class CutFinder const& finder);
    JailOutcome hear(std::size_t track, Heard heard);
    // Of the first sound, whose packets say they last longer than is usual: as far as it can be heard. False: not at all.
    bool hear_out(Span& sound);
    void take_texts();
    bool is_cut_short(double end_s, std::int64_t pictures) const;
    void drop_sound(std::size_t track);

    JailSettings const& settings_;
    Place const& place_;
    PrepareLimits const& limits_;
    std::function<bool()> cancelled_;
    Probe probe_;
    Known known_;
    Timetable times_;
    Cuts cuts_ = Cuts::unusable;
    bool scanned_ = false, reaches_beyond_ = false, partial_ = false, torn_ = false;
    std::int64_t size_ = 0;
    std::vector<double> heard_s_; // of each sound
    double picture_s_ = 0; // how long one picture lasts, on average
    std::vector<ExtractedText> texts_;
    std::string detail_;
};

} // namespace mozi::media
