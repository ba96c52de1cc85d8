// Where a picture track that stays as it is can be cut. Pure.
#pragma once

#include "transcode/fmp4.hpp"
#include "transcode/timetable.hpp"

#include <optional>
#include <vector>

namespace mozi::media {

// Watches the packets of a whole track go by, in the order of decoding.
class CutFinder {
public:
    // `first_s`: where the first segment, which is made beforehand, ends.
    explicit CutFinder(double first_s) : first_s_(first_s) {}
    void take(TrackHeader const& track, std::vector<Packet> const& packets);
    // The timetable of a film of that length; nothing where key pictures stand too far apart, groups are open, the clock jumps or the
    // picture becomes another.
    std::optional<Timetable> timetable(double length_s) const;

private:
    double first_s_;
    bool usable_ = true;
    std::vector<double> keys_;
    double end_ = 0;
};

} // namespace mozi::media
