// The order of a preparation: look, probe, something playable at once, a poster, then the whole ladder in one run.
#include "transcode/prepare.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mozi::media {
namespace {

class Preparation {
public:
    Preparation(JailSettings const& settings, Place const& place, PrepareLimits const& limits, PrepareHooks const& hooks)
        : settings_(settings), place_(place), limits_(limits), hooks_(hooks) {}

    Prepared run() {
        out_.reason = all();
        outlets_.clear();
        remove_tree(place_.work());
        if (out_.reason != Reason::none || out_.cancelled) return out_;
        out_.progress = 1;
        return out_;
    }

private:
    using Outlets = std::vector<std::unique_ptr<Outlet>>;

    Reason all() {
        if (auto const reason = look(); reason != Reason::none) return reason;
        if (auto const reason = inspect(); reason != Reason::none) return reason;
        if (auto const reason = begin(); reason != Reason::none || out_.cancelled) return reason;
        make_poster();
        if (out_.cancelled) return Reason::none;
        if (auto const reason = finish(); reason != Reason::none || out_.cancelled) return reason;
        return verify();
    }

    // The file itself, before any other program sees it.
    Reason look() {
        auto const source = place_.folder + "/source";
        auto const file = open(source.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (file < 0) return Reason::source_missing;
        std::string head(sniff_bytes, '\0');
        auto const got = pread(file, head.data(), head.size(), 0);
        head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        auto const sniffed = sniff(head);
        auto const whole = sniffed.refused == Reason::none ? extent(file, sniffed.container) : Extent::complete;
        close(file);
        if (sniffed.refused != Reason::none) return sniffed.refused;
        if (whole == Extent::cut_short) return Reason::input_truncated;
        probe_.container = sniffed.container;
        return make_folders(source);
    }

    Reason make_folders(std::string const& source) {
        remove_tree(place_.work());
        remove_tree(place_.target());
        struct statvfs space{};
        if (statvfs(place_.folder.c_str(), &space) == 0 && static_cast<std::int64_t>(space.f_bavail * space.f_frsize >> 20) < limits_.free_floor_mib) return Reason::no_space;
        if (!prepare_folder(settings_, place_.folder) || !prepare_folder(settings_, place_.work(), source)) return Reason::internal;
        if (mkdir(place_.target().c_str(), 0700) != 0) return Reason::no_space;
        work_ = Folder(place_.work());
        target_ = Folder(place_.target());
        return work_.good() && target_.good() ? Reason::none : Reason::internal;
    }

    Reason inspect() {
        auto const probed = probe(settings_, place_.work(), probe_.container);
        out_.detail = probed.detail;
        if (probed.reason != Reason::none) return probed.reason;
        probe_ = probed.probe;
        if (probe_.video.light == Light::high_dynamic_range) tone_mapping_ = find_tone_mapping();
        auto const cuts = could_repackage(probe_) ? probe_cuts(settings_, place_.work(), probe_) : Cuts::unusable;
        take_ladder(plan_ladder(probe_, cuts));
        out_.duration_s = probe_.duration_s;
        out_.width = probe_.video.width, out_.height = probe_.video.height;
        changed();
        return Reason::none;
    }

    ToneMapping find_tone_mapping() {
        JailedRun run = basic_run();
        run.input = Input::none;
        run.arguments.words({"-hide_banner", "-filters"});
        return run_jailed(settings_, run).output.find(" zscale ") != std::string::npos ? ToneMapping::available : ToneMapping::missing;
    }

    void take_ladder(Ladder ladder) {
        ladder_ = std::move(ladder);
        out_.rungs.clear();
        outlets_.clear();
        // Where the source decides about cuts, a segment may last until the next key picture.
        auto const target_s = ladder_.rungs.front().making == Making::repackage ? segment_s + most_key_distance_s : segment_s + 1;
        for (auto const& rung : ladder_.rungs) {
            out_.rungs.push_back({rung});
            outlets_.push_back(std::make_unique<Outlet>(rung, target_s, work_, target_));
            prepare_folder(settings_, place_.work() + "/" + rung.name());
        }
    }

    // Something that plays, as soon as possible: the source repackaged, a short film's smallest version, or the first
    // segment of a long one's smallest version.
    Reason begin() {
        if (ladder_.rungs.front().making == Making::repackage) {
            auto const reason = encode({0}, 0, Priority::soon);
            if (out_.cancelled || (reason == Reason::none && well_cut(*outlets_.front()))) return Reason::none;
            if (reason != Reason::none && reason != Reason::damaged && reason != Reason::output_incomplete) return reason;
            remove_tree(place_.target() + "/" + ladder_.rungs.front().name());
            take_ladder(plan_ladder(probe_, Cuts::unusable));
        }
        auto const last = ladder_.rungs.size() - 1;
        auto const is_short = probe_.duration_s > 0 && probe_.duration_s <= short_film_s;
        if (is_short) return encode({last}, 0, Priority::soon);
        auto const reason = encode({last}, first_segment_s * 1000 + 400, Priority::soon);
        if (reason != Reason::none || out_.cancelled) return reason;
        if (!outlets_[last]->keep_first()) return Reason::damaged;
        publish();
        return Reason::none;
    }

    // Every version that is not there yet, in one run: one decoder feeds them all.
    Reason finish() {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < outlets_.size(); ++i)
            if (!outlets_[i]->version().ended) open.push_back(i);
        return open.empty() ? Reason::none : encode(open, 0, Priority::background);
    }

    JailedRun basic_run() const {
        JailedRun run;
        run.directory = place_.work();
        run.cancelled = hooks_.cancelled;
        return run;
    }

    Reason encode(std::vector<std::size_t> const& which, int first_ms, Priority priority) {
        EncodeOrder order;
        for (auto const i : which) order.rungs.push_back(ladder_.rungs[i]);
        order.cuts_of_source = ladder_.rungs.front().making == Making::repackage;
        order.first_ms = first_ms;
        order.tone_mapping = tone_mapping_;
        auto run = basic_run();
        run.arguments = encode_arguments(probe_, ladder_, order);
        run.priority = priority;
        auto const length = probe_.duration_s > 0 ? probe_.duration_s : most_duration_s;
        run.cpu_s = 60 + static_cast<std::int64_t>(length * 40);
        run.wall = limits_.wall.count() > 0 ? limits_.wall : std::chrono::seconds(300 + static_cast<std::int64_t>(length * 60));
        run.disk_mib = 2048;
        reached_s_ = 0;
        run.on_line = [this](std::string_view line) { read_progress(line); };
        if (first_ms == 0) run.on_tick = [this, &which] { tick(which); };
        auto const outcome = run_jailed(settings_, run);
        out_.detail = outcome.walls + outcome.errors;
        if (outcome.ending == Ending::cancelled) out_.cancelled = true;
        if (!outcome.good()) return out_.cancelled ? Reason::none : reason_of(outcome);
        return first_ms > 0 ? Reason::none : take_result(which);
    }

    void read_progress(std::string_view line) {
        if (!line.starts_with("out_time_us=")) return;
        std::int64_t us = 0;
        line.remove_prefix(12);
        std::from_chars(line.data(), line.data() + line.size(), us);
        reached_s_ = std::max(reached_s_, double(us) / 1e6);
    }

    void tick(std::vector<std::size_t> const& which) {
        bool grown = false;
        for (auto const i : which) {
            grown = outlets_[i]->advance() || grown;
            auto& state = out_.rungs[i];
            state.stage = Stage::processing;
            if (probe_.duration_s > 0) state.progress = std::clamp(reached_s_ / probe_.duration_s, state.progress, 0.99);
        }
        if (grown) publish();
        weigh();
        if (hooks_.progressed) hooks_.progressed(out_);
    }

    Reason take_result(std::vector<std::size_t> const& which) {
        for (auto const i : which) {
            outlets_[i]->advance();
            if (!outlets_[i]->version().ended || outlets_[i]->missing_file()) return Reason::output_incomplete;
            out_.rungs[i].stage = Stage::ready;
            out_.rungs[i].progress = 1;
        }
        publish();
        return ended_early() ? Reason::input_truncated : Reason::none;
    }

    // The container promised more than its packets held. Program streams only guess their length.
    bool ended_early() const {
        auto const promised = probe_.duration_s;
        return probe_.container != Container::mpegps && promised > 0 && reached_s_ < promised - std::max(1.0, promised * 0.02);
    }

    // The master playlist says what can be played now.
    void publish() {
        std::vector<PlayableRung> versions;
        for (auto const& outlet : outlets_) versions.push_back(outlet->version());
        target_.write("master.m3u8", master_playlist(versions, ladder_.rate, "r" + std::to_string(place_.run) + "/"));
        weigh();
        auto const before = playable_;
        playable_.clear();
        for (auto const& version : versions)
            playable_.push_back(version.segments.empty() ? 0 : version.ended ? 2 : 1);
        out_.playable = std::any_of(playable_.begin(), playable_.end(), [](int state) { return state > 0; });
        if (playable_ != before) changed();
    }

    // The whole is as far as its parts, by the work they are.
    void weigh() {
        double done = 0, all = 0;
        for (auto const& state : out_.rungs) {
            auto const weight = double(state.rung.width) * state.rung.height * (state.rung.making == Making::repackage ? 0.05 : 1.0);
            done += weight * state.progress, all += weight;
        }
        out_.progress = all > 0 ? std::min(0.99, done / all) : 0;
    }

    // A picture that shows something: the first that is bright enough, else the brightest.
    void make_poster() {
        std::optional<double> best;
        for (auto const part : {0.10, 0.30, 0.55, 0.0}) {
            if (hooks_.cancelled && hooks_.cancelled()) return;
            auto const at = static_cast<std::int64_t>(probe_.duration_s * part * 1000);
            auto run = basic_run();
            run.priority = Priority::soon;
            run.disk_mib = 64;
            run.arguments = poster_arguments(probe_, at, tone_mapping_);
            auto const outcome = run_jailed(settings_, run);
            auto const size = work_.size_of("poster.jpg");
            if (!outcome.good() || size <= 0 || size > 8 << 20) continue;
            auto const light = brightness(outcome.output);
            if (best && light <= *best) continue;
            best = light;
            if (renameat(work_.fd(), "poster.jpg", target_.fd(), "poster.jpg") == 0) out_.poster = true;
            if (light > 32) break;
        }
        if (out_.poster) changed();
    }

    static double brightness(std::string_view output) {
        constexpr std::string_view key = "lavfi.signalstats.YAVG=";
        auto const at = output.rfind(key);
        double light = 0;
        if (at != output.npos) std::from_chars(output.data() + at + key.size(), output.data() + output.size(), light);
        return light;
    }

    // Segments short enough, and together as long as the film: what is repackaged keeps the mistakes of its container.
    bool well_cut(Outlet const& outlet) const {
        for (auto const& segment : outlet.version().segments)
            if (segment.duration_s > segment_s + most_key_distance_s) return false;
        return probe_.duration_s <= 0 || std::abs(outlet.duration_s() - probe_.duration_s) <= std::max(0.5, probe_.duration_s * 0.02);
    }

    // All versions tell the same story, and it is on the disk.
    Reason verify() {
        double shortest = 1e9, longest = 0;
        for (auto const& outlet : outlets_) {
            shortest = std::min(shortest, outlet->duration_s()), longest = std::max(longest, outlet->duration_s());
            out_.bytes += outlet->bytes();
            if (!outlet->durable()) return Reason::no_space;
        }
        if (longest <= 0 || longest - shortest > std::max(0.5, longest * 0.01)) return Reason::output_incomplete;
        if (out_.duration_s <= 0) out_.duration_s = longest;
        return target_.sync_all() ? Reason::none : Reason::no_space;
    }

    Reason reason_of(JailOutcome const& outcome) const {
        switch (outcome.ending) {
        case Ending::no_jail:
        case Ending::not_started: return Reason::no_jail;
        case Ending::timed_out: return Reason::timed_out;
        case Ending::too_much_output: return Reason::too_much_output;
        case Ending::signalled: return outcome.code == SIGXCPU || outcome.code == SIGKILL ? Reason::timed_out : Reason::decoder_stopped;
        default: break;
        }
        if (outcome.errors.find("No space left") != std::string::npos) return Reason::no_space;
        return Reason::damaged;
    }

    void changed() {
        if (hooks_.changed) hooks_.changed(out_);
    }

    JailSettings const& settings_;
    Place const& place_;
    PrepareLimits const& limits_;
    PrepareHooks const& hooks_;
    Folder work_, target_;
    Probe probe_;
    Ladder ladder_;
    Outlets outlets_;
    Prepared out_;
    ToneMapping tone_mapping_ = ToneMapping::missing;
    double reached_s_ = 0;
    std::vector<int> playable_; // per version: 0 nothing yet, 1 growing, 2 whole
};

} // namespace

Prepared prepare(JailSettings const& settings, Place const& place, PrepareLimits const& limits, PrepareHooks const& hooks) {
    return Preparation(settings, place, limits, hooks).run();
}

} // namespace mozi::media
