// The order of a preparation: look, probe, something playable at once, read it through, a poster, then every version.
#include "transcode/prepare.hpp"

#include "texts/webvtt.hpp"
#include "transcode/poster.hpp"
#include "transcode/survey.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <memory>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <thread>
#include <unistd.h>

namespace mozi::media {
namespace {

// Of one encoder. More make it no quicker, and each needs memory that the jail does not grant.
constexpr int most_threads = 8;

int encoder_threads(int wanted) {
    auto const processors = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    return std::min(wanted > 0 ? wanted : processors * 3 / 2, most_threads);
}

// A film not longer than this is prepared whole in its smallest version before anything else.
constexpr double short_film_s = 8;
// All versions of a film begin and end together, to within so much.
constexpr double apart_s = 0.1;

class Preparation {
public:
    Preparation(JailSettings const& settings, Place const& place, PrepareLimits const& limits, PrepareHooks const& hooks)
        : settings_(settings), place_(place), limits_(limits), hooks_(hooks), survey_(settings, place, limits, hooks.cancelled) {}

    Prepared run() {
        out_.reason = all();
        if (out_.reason == Reason::no_space) give_back();
        pictures_.clear(), sounds_.clear();
        remove_tree(place_.work());
        if (out_.reason == Reason::none && !out_.cancelled) out_.progress = 1;
        return out_;
    }

private:
    using Outlets = std::vector<Outlet*>;

    bool stopped() {
        out_.cancelled = out_.cancelled || (hooks_.cancelled && hooks_.cancelled());
        return out_.cancelled;
    }

    Reason all() {
        for (auto const step : {&Preparation::look, &Preparation::inspect, &Preparation::begin, &Preparation::wait, &Preparation::know,
                 &Preparation::finish, &Preparation::verify})
            if (auto const reason = (this->*step)(); reason != Reason::none || stopped()) return reason;
        return Reason::none;
    }

    // What plays already is all that others wait for; the rest takes turns.
    Reason wait() {
        resting_ = true;
        take_turn();
        return Reason::none;
    }

    Patience::Clock::duration take_turn() {
        if (!resting_ || !hooks_.turn) return {};
        auto const before = Patience::Clock::now();
        hooks_.turn();
        return Patience::Clock::now() - before;
    }

    bool has_space() const {
        struct statvfs space{};
        return statvfs(place_.folder.c_str(), &space) != 0 || std::int64_t(space.f_bavail * space.f_frsize >> 20) >= limits_.free_floor_mib;
    }

    void give_back() {
        out_.playable = out_.poster = false;
        changed();
        remove_tree(place_.target());
    }

    // Of everything made of it together: far above what any film needs, far below what a disk has.
    bool makes_too_much() const {
        constexpr std::int64_t always = 512 << 20, for_each = 64;
        std::int64_t made = 0;
        for (auto const& sound : sounds_) made += sound.outlet->bytes();
        for (auto const& picture : pictures_) made += picture->bytes();
        return made > always + survey_.size() * for_each;
    }

    Reason look() {
        if (auto const reason = survey_.look(); reason != Reason::none) return reason;
        remove_tree(place_.work());
        remove_tree(place_.target());
        if (!has_space()) return Reason::no_space;
        if (!prepare_folder(settings_, place_.folder) || !prepare_folder(settings_, place_.work(), place_.folder + "/source"))
            return Reason::internal;
        if (mkdir(place_.target().c_str(), 0700) != 0) return Reason::no_space;
        target_ = Folder(place_.target());
        return target_.good() ? Reason::none : Reason::internal;
    }

    Reason inspect() {
        auto reason = survey_.inspect();
        out_.detail = survey_.detail();
        if (reason != Reason::none) return reason;
        if (auto const& colour = probe().video.colour; colour.high_dynamic_range || colour.wide) tone_mapping_ = find_tone_mapping();
        if (survey_.small()) reason = read_through();
        if (reason != Reason::none || out_.cancelled) return reason;
        plan();
        return Reason::none;
    }

    ToneMapping find_tone_mapping() {
        JailedRun run = basic_run();
        run.input = Input::none;
        run.arguments.words({"-hide_banner", "-filters"});
        return run_jailed(settings_, run).output.find(" zscale ") != std::string::npos ? ToneMapping::available : ToneMapping::missing;
    }

    Reason read_through() {
        if (survey_.scanned()) return Reason::none;
        auto const reason = survey_.scan([this](double share) {
            reading_ = share;
            if (hooks_.progressed) weigh(), hooks_.progressed(out_);
            return take_turn();
        });
        reading_ = 1;
        out_.detail = survey_.detail();
        return reason;
    }

    // Versions and sounds of what is known now. What has been made so far begins anew.
    void plan() {
        ladder_ = plan_ladder(probe(), survey_.cuts());
        out_.duration_s = survey_.length_s();
        out_.width = probe().video.width;
        out_.height = probe().video.height;
        out_.rungs.clear(), pictures_.clear(), sounds_.clear(), playable_.clear();
        for (std::size_t i = 0; i < probe().sounds.size(); ++i) add_sound({i, Form::stereo});
        for (std::size_t i = 0; i < probe().sounds.size(); ++i)
            if (is_surround(probe().sounds[i]) && !survey_.known().stereo_only)
                add_sound({i, could_keep_surround(probe().sounds[i]) ? Form::surround_kept : Form::surround});
        for (auto const& rung : ladder_.rungs) {
            out_.rungs.push_back({rung});
            pictures_.push_back(outlet_of(rung));
        }
        tell_tracks();
        changed();
    }

    std::unique_ptr<PictureOutlet> outlet_of(Rung const& rung) const {
        auto const showing = survey_.known().held ? Showing::held : Showing::moving;
        return std::make_unique<PictureOutlet>(
            rung, showing, survey_.known().every_s + 1, target_, sounds_.empty() ? nullptr : sounds_.front().outlet.get());
    }

    void add_sound(SoundVersion version) {
        sounds_.push_back(
            {version, std::make_unique<SoundOutlet>("s" + std::to_string(sounds_.size()), survey_.known().every_s + 1, target_)});
    }

    void tell_tracks() {
        out_.sounds.clear();
        for (auto const& sound : probe().sounds)
            out_.sounds.push_back({language_tag(sound.language), sound.name, sound.channels, sound.channels >= 6});
        out_.remarks = survey_.remarks();
    }

    // Something that plays, as soon as possible: a short film's smallest version, or the first segment of a long one's.
    Reason begin() {
        auto reason = first();
        if (reason != Reason::damaged || probe().sounds.empty() || stopped()) return reason;
        // It may have been the sound: once more without what cannot be heard.
        reason = read_through();
        if (reason != Reason::none || stopped()) return reason;
        survey_.drop_bad_sounds();
        plan();
        return first();
    }

    Reason first() {
        auto const last = ladder_.rungs.size() - 1;
        auto const is_short = survey_.scanned() && survey_.length_s() <= short_film_s;
        auto const sounds = sounds_.empty() ? std::vector<std::size_t>{} : std::vector<std::size_t>{0};
        if (is_short) return encode({last}, sounds, Outlet::Extent::whole, Priority::soon);
        auto const reason = encode({last}, sounds, Outlet::Extent::first, Priority::soon);
        if (reason != Reason::none || out_.cancelled) return reason;
        return pictures_[last]->track().segments.empty() ? Reason::damaged : Reason::none;
    }

    // How far the film goes, its texts and its still.
    Reason know() {
        auto const planned = survey_.cuts();
        auto const held = survey_.known().held;
        auto const sounds = probe().sounds.size();
        if (auto const reason = read_through(); reason != Reason::none || stopped()) return reason;
        out_.duration_s = survey_.length_s();
        // The plan stands unless the whole file is other than its beginning; a film shorter than its first segment never was begun.
        if (probe().sounds.size() != sounds || survey_.times().size() == 1 || survey_.known().held != held) plan();
        else if (survey_.cuts() != planned) drop_repackaged();
        tell_tracks();
        write_texts();
        make_poster();
        publish();
        return Reason::none;
    }

    // The source's own picture cannot be cut after all: its version is made like the others, and what has begun goes on.
    void drop_repackaged() {
        auto const again = plan_ladder(probe(), Cuts::unusable);
        auto kept = std::move(pictures_.back());
        auto const kept_rung = kept->rung();
        ladder_ = again;
        pictures_.clear(), out_.rungs.clear(), playable_.clear();
        for (auto const& rung : ladder_.rungs) {
            out_.rungs.push_back({rung});
            auto const same = rung.name() == kept_rung.name() && kept && kept_rung.making == Making::encode;
            pictures_.push_back(same ? std::move(kept) : outlet_of(rung));
        }
    }

    // Every version that is not there yet. The source's own picture first: that takes no longer than reading it.
    Reason finish() {
        std::vector<std::size_t> pictures, sounds;
        auto const open = [](Outlet const& outlet) { return !outlet.track().ended; };
        if (ladder_.rungs.front().making == Making::repackage && open(*pictures_.front())) {
            if (!sounds_.empty() && open(*sounds_.front().outlet)) sounds.push_back(0);
            if (auto const reason = encode({0}, sounds, Outlet::Extent::whole, Priority::soon); reason != Reason::none || out_.cancelled)
                return reason;
        }
        sounds.clear();
        for (std::size_t i = 0; i < pictures_.size(); ++i)
            if (open(*pictures_[i])) pictures.push_back(i);
        for (std::size_t i = 0; i < sounds_.size(); ++i)
            if (open(*sounds_[i].outlet)) sounds.push_back(i);
        if (pictures.empty() && sounds.empty()) return Reason::none;
        auto const reason = encode(pictures, sounds, Outlet::Extent::whole, Priority::background);
        auto const beside = std::any_of(sounds.begin(), sounds.end(), [](std::size_t i) { return i > 0; });
        if (reason != Reason::damaged || !beside || stopped()) return reason;
        // A sound beside the first one may be at fault; the film does without it.
        drop_sounds_beside();
        std::erase_if(sounds, [&](std::size_t i) { return i >= sounds_.size(); });
        return encode(pictures, sounds, Outlet::Extent::whole, Priority::background);
    }

    void drop_sounds_beside() {
        if (!survey_.drop_bad_sounds()) return;
        sounds_.resize(std::min<std::size_t>(1, sounds_.size()));
        for (std::size_t i = 1; i < probe().sounds.size(); ++i) add_sound({i, Form::stereo});
        tell_tracks();
    }

    JailedRun basic_run() const {
        JailedRun run;
        run.directory = place_.work();
        run.cancelled = hooks_.cancelled;
        return run;
    }

    Reason encode(
        std::vector<std::size_t> const& pictures, std::vector<std::size_t> const& sounds, Outlet::Extent extent, Priority priority) {
        EncodeOrder order;
        Outlets outlets;
        for (auto const i : pictures) order.rungs.push_back(ladder_.rungs[i]), outlets.push_back(pictures_[i].get());
        for (auto const i : sounds) order.sounds.push_back(sounds_[i].version), outlets.push_back(sounds_[i].outlet.get());
        order.times = survey_.times();
        order.first_ms = extent == Outlet::Extent::first ? static_cast<int>(order.times.begins[1] * 1000) + 400 : 0;
        order.tone_mapping = tone_mapping_;
        order.threads = encoder_threads(limits_.threads);
        if (extent == Outlet::Extent::first) order.times.begins.resize(2);
        for (auto const i : pictures)
            pictures_[i]->allow_hold(
                ladder_.rungs[i].making == Making::repackage ? most_key_distance_s + 0.1 : std::max(0.1, 1.5 / ladder_.rate.value()));
        auto run = basic_run();
        run.arguments = encode_arguments(probe(), ladder_, survey_.known(), order);
        run.priority = priority;
        run.cpu_s = survey_.work_s(extent == Outlet::Extent::first ? order.first_ms / 1000.0 : survey_.length_s());
        run.wall = longest_wall;
        Patience patience(limits_.patience, hooks_.cancelled);
        run.cancelled = [&] { return full_ || makes_too_much() || patience.over(); };
        run.disk_mib = 2048;
        run.pipes = static_cast<int>(outlets.size());
        for (auto* outlet : outlets) outlet->begin(extent);
        full_ = false;
        std::size_t since = 0, brought = 0;
        auto const move = [&] {
            since = 0;
            for (int round = 0; round < 2; ++round) // pictures wait for their sound, which stands behind them here
                for (auto* outlet : outlets) outlet->advance(order.times);
        };
        run.on_bytes = [&](int pipe, std::string_view bytes) {
            if (!outlets[static_cast<std::size_t>(pipe)]->feed(bytes)) return false;
            brought += bytes.size();
            if ((since += bytes.size()) > 4 << 20) move();
            return std::none_of(outlets.begin(), outlets.end(), [](Outlet const* outlet) { return outlet->failed(); });
        };
        run.on_tick = [&] {
            move(), tick(pictures);
            full_ = full_ || !has_space();
            patience.moved(double(brought));
            patience.rested(take_turn());
        };
        auto const outcome = run_jailed(settings_, run);
        out_.detail = telling(outcome);
        if (stopped()) return Reason::none;
        if (full_) return Reason::no_space;
        if (makes_too_much()) return Reason::too_much_output;
        if (patience.exhausted()) return Reason::timed_out;
        if (outcome.ending == Ending::cancelled) out_.cancelled = true;
        if (out_.cancelled) return Reason::none;
        if (!outcome.good()) return reason_of(outcome);
        for (auto i = outlets.size(); i-- > 0;) outlets[i]->end(order.times); // sounds first
        move();
        return take_result(pictures, outlets, extent, outcome.errors);
    }

    void tick(std::vector<std::size_t> const& pictures) {
        auto const length = survey_.length_s();
        for (auto const i : pictures) {
            auto& state = out_.rungs[i];
            state.stage = Stage::processing;
            if (length > 0) state.progress = std::clamp(pictures_[i]->reached_s() / length, state.progress, 0.99);
        }
        publish();
        if (hooks_.progressed) hooks_.progressed(out_);
    }

    Reason take_result(std::vector<std::size_t> const& pictures, Outlets const& outlets, Outlet::Extent extent, std::string_view log) {
        for (auto const* outlet : outlets)
            if (outlet->failed()) return Reason::no_space;
        if (extent == Outlet::Extent::whole) {
            for (auto const i : pictures)
                if (pictures_[i]->track().ended) {
                    out_.rungs[i].stage = Stage::ready;
                    out_.rungs[i].progress = 1;
                }
            auto const lost = survey_.lost_s(log);
            if (lost < 0) return Reason::damaged;
            if (lost > 0) partly_damaged_ = true;
        }
        publish();
        return Reason::none;
    }

    Offer offer() const {
        Offer out;
        for (auto const& outlet : pictures_)
            if (!outlet->track().segments.empty()) out.pictures.push_back({outlet->rung(), outlet->track()});
        for (auto const& sound : sounds_) {
            if (sound.outlet->track().segments.empty()) continue;
            auto const& track = probe().sounds[sound.version.track];
            auto const surround = sound.version.form != Form::stereo;
            out.sounds.push_back({sound.outlet->track(), track.name, language_tag(track.language),
                sound.version.form == Form::surround ? 6
                : surround                           ? track.channels
                                                     : 2,
                surround});
        }
        out.texts = out_.texts;
        out.rate = ladder_.rate;
        out.prefix = "r" + std::to_string(place_.run) + "/";
        return out;
    }

    // The playlists say what can be played now.
    void publish() {
        std::vector<std::size_t> now;
        auto const outlets = sounds_.size() + pictures_.size();
        for (std::size_t i = 0; i < outlets; ++i) now.push_back(outlet(i).track().segments.size() * 2 + outlet(i).track().ended);
        now.push_back(out_.texts.size());
        weigh();
        if (now == published_) return;
        for (std::size_t i = 0; i < outlets; ++i)
            if (now[i] > 0 && (i >= published_.size() || now[i] != published_[i])) outlet(i).write_playlists();
        published_ = std::move(now);
        auto const all = offer();
        target_.write("tracks.m3u8", master_playlist(all, Layout::apart));
        target_.write("master.m3u8", master_playlist(all, Layout::mixed));
        std::vector<int> states;
        for (auto const& outlet : pictures_) states.push_back(outlet->track().segments.empty() ? 0 : outlet->track().ended ? 2 : 1);
        out_.playable = std::any_of(states.begin(), states.end(), [](int state) { return state > 0; });
        if (std::exchange(playable_, states) != states) changed();
    }

    Outlet& outlet(std::size_t i) { return i < sounds_.size() ? static_cast<Outlet&>(*sounds_[i].outlet) : *pictures_[i - sounds_.size()]; }

    // The whole is as far as its parts, by the work they are.
    void weigh() {
        double done = 0, all = 0;
        for (auto const& state : out_.rungs) {
            auto const weight = double(state.rung.width) * state.rung.height * (state.rung.making == Making::repackage ? 0.05 : 1.0);
            done += weight * state.progress;
            all += weight;
        }
        done += all * 0.02 * reading_;
        all *= 1.02;
        out_.progress = all > 0 ? std::min(0.99, done / all) : 0;
    }

    void write_texts() {
        out_.texts.clear();
        for (std::size_t i = 0; i < survey_.texts().size(); ++i) {
            auto const& text = survey_.texts()[i];
            auto const name = "t" + std::to_string(i);
            if (!target_.make(name)) continue;
            Folder const folder(target_, name);
            if (!folder.write("text.vtt", text.webvtt) || !folder.write("index.m3u8", text_playlist("text.vtt", survey_.length_s())) ||
                !folder.sync_all())
                continue;
            out_.texts.push_back({"r" + std::to_string(place_.run) + "/" + name + "/index.m3u8", text.track.name,
                language_tag(text.track.language), text.track.marked, text.track.forced, text.track.described});
        }
    }

    void make_poster() {
        out_.poster = media::make_poster(basic_run(), settings_, probe(), survey_.length_s(), tone_mapping_, target_);
        if (out_.poster) changed();
    }

    // Every version is as long as what was read, and it is on the disk.
    Reason verify() {
        auto const length = survey_.length_s();
        for (std::size_t i = 0; i < sounds_.size() + pictures_.size(); ++i) {
            auto const& each = outlet(i);
            auto const missing = length - each.end_s();
            out_.bytes += each.bytes();
            if (!each.track().ended || missing > std::max(2.0, length * 0.03))
                return missing > apart_s ? Reason::damaged : Reason::output_incomplete;
            if (std::abs(missing) > apart_s) partly_damaged_ = true;
            if (!each.durable()) return Reason::no_space;
        }
        if (partly_damaged_) out_.remarks.push_back({Warning::partly_damaged});
        publish();
        return target_.sync_all() ? Reason::none : Reason::no_space;
    }

    static Reason reason_of(JailOutcome const& outcome) {
        switch (outcome.ending) {
        case Ending::no_jail:
        case Ending::not_started: return Reason::no_jail;
        case Ending::no_program: return Reason::program_missing;
        case Ending::timed_out: return Reason::timed_out;
        case Ending::too_much_output: return Reason::too_much_output;
        case Ending::not_understood: return Reason::damaged;
        case Ending::signalled: return outcome.code == SIGXCPU || outcome.code == SIGKILL ? Reason::timed_out : Reason::decoder_stopped;
        default: break;
        }
        return outcome.errors.find("No space left") != std::string::npos ? Reason::no_space : Reason::damaged;
    }

    void changed() {
        if (hooks_.changed) hooks_.changed(out_);
    }
    Probe const& probe() const { return survey_.probe(); }

    struct Sound {
        SoundVersion version;
        std::unique_ptr<SoundOutlet> outlet;
    };

    JailSettings const& settings_;
    Place const& place_;
    PrepareLimits const& limits_;
    PrepareHooks const& hooks_;
    Survey survey_;
    Folder target_;
    Ladder ladder_;
    std::vector<Sound> sounds_;
    std::vector<std::unique_ptr<PictureOutlet>> pictures_;
    Prepared out_;
    ToneMapping tone_mapping_ = ToneMapping::missing;
    double reading_ = 0; // share of the file that has been read through
    bool partly_damaged_ = false, resting_ = false, full_ = false;
    std::vector<std::size_t> published_; // what the playlists said last: sounds, pictures, how many texts
    std::vector<int> playable_; // per version: 0 nothing yet, 1 growing, 2 whole
};

} // namespace

Prepared prepare(JailSettings const& settings, Place const& place, PrepareLimits const& limits, PrepareHooks const& hooks) {
    return Preparation(settings, place, limits, hooks).run();
}

} // namespace mozi::media
