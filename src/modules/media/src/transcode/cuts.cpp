// Choosing cuts among key pictures.
#include "transcode/cuts.hpp"

#include "transcode/probe.hpp"

#include <algorithm>
#include <cmath>

namespace mozi::media {

void CutFinder::take(TrackHeader const& track, std::vector<Packet> const& packets) {
    for (auto const& packet : packets) {
        auto const shown = track.seconds(packet.pts) - lead_s;
        if (keys_.empty() && !packet.key) usable_ = false;
        if (packet.key && !keys_.empty()) usable_ = usable_ && shown - keys_.back() <= most_key_distance_s && shown > keys_.back();
        if (!packet.key && !keys_.empty()) usable_ = usable_ && shown > keys_.back(); // an open group shows pictures before its key
        if (packet.duration > std::int64_t{track.timescale} * 2) usable_ = false; // nothing for so long: held anew by an encoder
        usable_ = usable_ && !leaves_its_header(track, packet);
        if (packet.key) keys_.push_back(shown);
        end_ = std::max(end_, track.seconds(packet.end()) - lead_s);
    }
}

std::optional<Timetable> CutFinder::timetable(double length_s) const {
    if (!usable_ || keys_.empty() || keys_.front() > most_key_distance_s || end_ - keys_.back() > most_key_distance_s ||
        length_s - end_ > segment_s)
        return std::nullopt;
    Timetable out{{0}, length_s};
    double candidate = 0; // the last key picture after the last cut
    for (std::size_t i = 1; i < keys_.size(); ++i) {
        auto const key = keys_[i];
        if (out.size() == 1) { // as the run before has cut it
            if (std::abs(key - first_s_) < 0.02) {
                out.begins.push_back(key);
                candidate = 0;
            } else if (key > first_s_) return std::nullopt;
            continue;
        }
        if (key - out.begins.back() > segment_s + 0.1 && candidate > 0) out.begins.push_back(candidate);
        candidate = key;
    }
    if (out.size() > 1 && candidate > 0 && length_s - out.begins.back() > segment_s + 1) out.begins.push_back(candidate);
    if (out.size() > 1 && length_s - out.begins.back() < 1 && length_s - out.begins[out.size() - 2] < 2 * segment_s) out.begins.pop_back();
    return out;
}

} // namespace mozi::media
