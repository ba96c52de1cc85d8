// Trying some places of the film.
#include "transcode/poster.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

namespace mozi::media {
namespace {

double brightness(std::string_view output) {
    constexpr std::string_view key = "lavfi.signalstats.YAVG=";
    auto const at = output.rfind(key);
    double light = 0;
    if (at != output.npos) std::from_chars(output.data() + at + key.size(), output.data() + output.size(), light);
    return light;
}

} // namespace

bool make_poster(JailedRun const& run, JailSettings const& settings, Probe const& probe, double length_s, ToneMapping tone_mapping,
    Folder const& target) {
    std::optional<double> best;
    bool made = false;
    Folder const work(run.directory);
    for (auto const part : {0.10, 0.30, 0.55, 0.0, -1.0}) {
        if ((run.cancelled && run.cancelled()) || (part < 0 && best)) break;
        auto once = run;
        once.priority = Priority::soon;
        once.disk_mib = 256;
        once.arguments = poster_arguments(probe, static_cast<std::int64_t>(std::max(0.0, length_s * part) * 1000), tone_mapping,
            part < 0 ? Choice::any : Choice::telling);
        auto const outcome = run_jailed(settings, once);
        if (outcome.ending == Ending::timed_out) break; // the next one would as well
        auto const size = work.size_of("poster.jpg");
        if (!outcome.good() || size <= 0 || size > 8 << 20) continue;
        auto const light = brightness(outcome.output);
        if (best && light <= *best) continue;
        best = light;
        made = renameat(work.fd(), "poster.jpg", target.fd(), "poster.jpg") == 0 || made;
        if (light > 32) break;
    }
    return made;
}

} // namespace mozi::media
