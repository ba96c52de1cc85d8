// Looking, probing, reading through.
#include "transcode/survey.hpp"

#include "texts/webvtt.hpp"
#include "transcode/codecs.hpp"
#include "transcode/cuts.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mozi::media {
namespace {

constexpr std::size_t most_text_bytes = 8 << 20;
constexpr double usual_packet_s = 0.1;
// An edit list may show a part again; more than that is a list of the same bytes again and again.
constexpr std::int64_t most_readings = 4, small_tables = 256 << 10;
// A film that is held has segments of four seconds as long as there are fewer than so many of them.
constexpr double held_segments = 900, longest_held_segment_s = 60;

bool says(std::string_view log, std::string_view words) { return log.find(words) != log.npos; }

// ffmpeg's count of what it read and decoded of one stream, in the last lines it writes.
struct Decoded {
    std::int64_t packets = 0, frames = 0, samples = 0;
};

std::int64_t number_before(std::string_view line, std::string_view words) {
    auto const end = line.find(words);
    if (end == line.npos) return 0;
    auto begin = end;
    while (begin > 0 && line[begin - 1] >= '0' && line[begin - 1] <= '9') --begin;
    std::int64_t out = 0;
    std::from_chars(line.data() + begin, line.data() + end, out);
    return out;
}

std::optional<Decoded> decoded_of(std::string_view log, int stream) {
    auto const at = log.rfind("Input stream #0:" + std::to_string(stream) + " (");
    if (at == log.npos) return std::nullopt;
    auto const line = log.substr(at, log.find('\n', at) - at);
    if (!says(line, " frames decoded")) return std::nullopt; // it was only passed on
    return Decoded{number_before(line, " packets read"), number_before(line, " frames decoded"), number_before(line, " samples)")};
}

// Packets of a stream that its decoder gave up on, or made a picture of that shows it.
std::int64_t damages_of(std::string_view log, int stream) {
    auto const of = [&](std::string const& words, std::string_view end) {
        std::int64_t count = 0;
        for (auto at = log.find(words); at != log.npos; at = log.find(words, at + words.size()))
            count += log.substr(at + words.size(), end.size()) == end;
        return count;
    };
    auto const number = std::to_string(stream);
    return of("Error while decoding stream #0:" + number, ":") + of("corrupt decoded frame in stream " + number, "\n");
}

// One packet, one picture: only then can the missing ones be counted.
bool is_counted(VideoTrack const& video) {
    constexpr std::array one_each{"h264"sv, "hevc"sv, "mjpeg"sv, "prores"sv, "dnxhd"sv, "mpeg1video"sv, "mpeg2video"sv, "vp9"sv, "av1"sv};
    return video.scan == Scan::progressive && is_one_of(one_each, video.codec);
}

// Empty where nothing can be shown.
std::string webvtt_of(TextTrack const& track, std::string_view raw) {
    // MP4 also has texts in UTF-16, each behind its mark, of which ffmpeg takes what stands before the first zero.
    if (track.codec == "mov_text" && (says(raw, ",,\xfe\xff") || says(raw, ",,\xff\xfe"))) return {};
    auto const text = in_utf8(raw, track.language);
    switch (text_format(track)) {
    case TextFormat::webvtt: return webvtt_from_webvtt(text).webvtt;
    case TextFormat::srt: return webvtt_from_srt(text).webvtt;
    case TextFormat::ass: return webvtt_from_ass(text);
    }
    return {};
}

} // namespace

std::string telling(JailOutcome const& outcome) {
    std::string out;
    for (auto const line : split(outcome.errors, '\n'))
        if (says(line, "[error]") || says(line, "[fatal]") || says(line, "[warning]") || says(line, "[panic]"))
            out += std::string(line.substr(0, 300)) + "\n";
    constexpr std::size_t most = 3000;
    if (out.size() > most) out.erase(0, out.size() - most);
    return outcome.walls + out;
}

Reason Survey::look() {
    auto const file = open((place_.folder + "/source").c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info{};
    if (file < 0 || fstat(file, &info) != 0) {
        if (file >= 0) close(file);
        return Reason::source_missing;
    }
    size_ = info.st_size;
    std::string head(sniff_bytes, '\0');
    auto const got = pread(file, head.data(), head.size(), 0);
    head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    auto const sniffed = sniff(head);
    if (sniffed.container) reaches_beyond_ = extent(file, *sniffed.container) == Extent::cut_short;
    close(file);
    probe_.container = sniffed.container;
    return sniffed.refused;
}

Reason Survey::inspect() {
    auto const probed = media::probe(settings_, place_.work(), probe_.container);
    detail_ = probed.detail;
    // What cannot be opened at all: it ends too soon, is damaged, or never was a film.
    if (probed.reason == Reason::damaged && !probe_.container) return Reason::not_a_video;
    if (probed.reason == Reason::damaged && reaches_beyond_) return Reason::input_truncated;
    if (probed.reason != Reason::none) return probed.reason;
    probe_ = probed.probe;
    auto const& opening = probe_.opening;
    auto const keyed = opening.second_key && *opening.second_key <= most_key_distance_s;
    if (could_repackage(probe_) && opening.clean && (keyed || opening.whole)) cuts_ = Cuts::usable;
    auto const first_s = cuts_ == Cuts::usable && keyed ? *opening.second_key : first_segment_s;
    times_ = {{0, first_s}, std::max(probe_.stated_s, first_s + 1)};
    return Reason::none;
}

bool Survey::claims_too_much(PacketScan const& packets) const { return packets.bytes() > size_ * most_readings + small_tables; }

std::int64_t Survey::work_s(double length_s) const {
    auto const megapixels = double(probe_.video.width) * probe_.video.height / 1e6;
    auto const shown = known_.held ? double(known_.pictures) : length_s * std::min(60.0, probe_.video.rate.value());
    return 120 + static_cast<std::int64_t>(
                     (shown + double(known_.pictures)) * (1.6 + megapixels * 0.1) + length_s * double(probe_.sounds.size()) * 0.2);
}

Reason Survey::scan_once(ScanOrder const& order, PacketScan& packets, CutFinder& finder, Told const& told) {
    JailedRun run;
    Patience patience(limits_.patience, [&] { return claims_too_much(packets) || (cancelled_ && cancelled_()); });
    run.directory = place_.work();
    run.cancelled = [&] { return patience.over(); };
    run.priority = small() ? Priority::soon : Priority::background;
    run.arguments = scan_arguments(probe_, order);
    run.disk_mib = 256;
    run.cpu_s = 60 + size_ / (20 << 20);
    run.wall = longest_wall;
    run.on_line = [&](std::string_view line) { packets.line(line); };
    FragmentReader reader;
    run.pipes = order.cuts ? 1 : 0;
    run.on_bytes = [&](int, std::string_view bytes) {
        if (!reader.feed(bytes)) return false;
        if (reader.header()) finder.take(*reader.header(), reader.packets());
        reader.packets().clear();
        return true;
    };
    run.on_tick = [&] {
        patience.moved(double(packets.lines()));
        patience.rested(told(probe_.stated_s > 0 ? std::min(0.99, packets.reached_s() / probe_.stated_s) : 0));
    };
    auto const outcome = run_jailed(settings_, run);
    reader.finish();
    if (reader.header()) finder.take(*reader.header(), reader.packets());
    detail_ = telling(outcome);
    partial_ = says(outcome.errors, "partial file");
    torn_ = says(outcome.errors, "invalid as first byte of an EBML number"); // zeros, as where a copy has left its room empty
    if (claims_too_much(packets)) return Reason::claims_too_much;
    if (patience.exhausted()) return Reason::timed_out;
    if (outcome.good() || outcome.ending == Ending::cancelled) return Reason::none;
    if (outcome.ending == Ending::no_jail || outcome.ending == Ending::not_started) return Reason::no_jail;
    if (outcome.ending == Ending::no_program) return Reason::program_missing;
    auto const out_of_time = outcome.ending == Ending::timed_out || (outcome.ending == Ending::signalled && outcome.code == SIGXCPU);
    return out_of_time ? Reason::timed_out : says(outcome.errors, "No space left") ? Reason::no_space : Reason::damaged;
}

Reason Survey::scan(Told const& told) {
    std::vector<double> lasting{1 / std::max(1.0, probe_.video.rate.value())};
    lasting.resize(1 + probe_.sounds.size(), 0.02);
    auto const first_s = times_.size() > 1 ? times_.begins[1] : first_segment_s;
    ScanOrder order{cuts_ == Cuts::usable, !probe_.texts.empty()};
    for (;;) {
        PacketScan packets(lasting);
        CutFinder finder(first_s);
        auto const reason = scan_once(order, packets, finder, told);
        if (reason == Reason::none && cancelled_ && cancelled_()) return reason;
        if (reason == Reason::none) {
            scanned_ = true;
            take_texts();
            return take_spans(packets, finder);
        }
        // Without what may have been at fault; the film itself comes first.
        if (reason != Reason::damaged || (!order.texts && !order.cuts)) return reason;
        if (order.texts) {
            for (auto const& text : probe_.texts) probe_.remarks.push_back({Warning::text_left_out, text.index, text.codec, text.language});
            probe_.texts.clear();
            order.texts = false;
        } else {
            order.cuts = false;
            cuts_ = Cuts::unusable;
        }
    }
}

bool Survey::is_cut_short(double end_s, std::int64_t pictures) const {
    if (partial_) return true;
    auto const named = probe_.video.stated_packets;
    if (reaches_beyond_ && named > 0 && pictures < named - std::max<std::int64_t>(2, named / 100)) return true;
    auto const stated = probe_.stated_s;
    auto const missing = stated - (end_s + probe_.opening.begins_s);
    if (reaches_beyond_ && missing > std::max(0.5, stated * 0.01)) return true;
    // Their headers tell how long the whole is, and nothing else does. What ffmpeg does not take from an ASF header does not fit its size.
    if (reaches_beyond_ && probe_.container == Container::asf && stated <= 0) return true;
    auto const told_only = probe_.container == Container::flv || probe_.container == Container::asf;
    return told_only && missing > std::max(2.0, stated * 0.05);
}

void Survey::drop_sound(std::size_t track) {
    auto const& sound = probe_.sounds[track];
    probe_.remarks.push_back({Warning::sound_left_out, sound.index, sound.codec, sound.language});
    probe_.sounds.erase(probe_.sounds.begin() + static_cast<std::ptrdiff_t>(track));
    if (probe_.sounds.empty()) probe_.remarks.push_back({Warning::no_usable_sound});
    if (track < heard_s_.size()) heard_s_.erase(heard_s_.begin() + static_cast<std::ptrdiff_t>(track));
}

Reason Survey::take_spans(PacketScan const& packets, CutFinder const& finder) {
    auto const picture = packets.span(0);
    if (picture.empty()) return Reason::damaged;
    std::vector<Span> sounds;
    for (std::size_t i = 1; i < packets.tracks(); ++i) sounds.push_back(packets.span(i));
    for (auto i = sounds.size(); i-- > 0;)
        if (sounds[i].empty()) { // announced, and nothing in it
            sounds.erase(sounds.begin() + static_cast<std::ptrdiff_t>(i));
            probe_.sounds.erase(probe_.sounds.begin() + static_cast<std::ptrdiff_t>(i));
        }
    while (!sounds.empty() && sounds.front().longest_s > usual_packet_s && sounds.front().end_s > picture.end_s + usual_packet_s) {
        if (hear_out(sounds.front())) break;
        drop_sound(0);
        sounds.erase(sounds.begin());
    }
    auto length = picture.end_s;
    if (!sounds.empty()) length = std::max(length, sounds.front().end_s);
    auto closed_s = 0.0;
    for (auto const& hole : packets.holes()) closed_s += hole.to_s - hole.from_s;
    if (is_cut_short(length + closed_s, picture.packets)) return Reason::input_truncated;
    if (length > most_duration_s) return Reason::too_long;
    // Whatever it says its rate is. A second, and one in twenty, for clocks that are not exact.
    if (double(picture.packets) > most_frames_per_s * 1.05 * (picture.end_s - picture.first_s + 1)) return Reason::too_many_frames;
    if (length <= 0) return Reason::damaged;
    if (torn_ && probe_.stated_s - (length + probe_.opening.begins_s) > std::max(2.0, probe_.stated_s * 0.03))
        probe_.remarks.push_back({Warning::parts_missing});
    auto const due = (picture.end_s - picture.first_s) * probe_.video.rate.value();
    torn_ = torn_ && due - double(picture.packets) > std::max(2.0, due * 0.01);
    known_ = {
        .holes = packets.holes(), .length_s = length, .picture_pad_s = std::max(0.0, length - picture.end_s), .pictures = picture.packets};
    known_.held = is_held(picture.packets, length, std::min(60.0, probe_.video.rate.value()));
    if (known_.held) known_.every_s = std::clamp(length / held_segments, segment_s, longest_held_segment_s);
    picture_s_ = (picture.end_s - picture.first_s) / double(picture.packets);
    heard_s_.clear();
    // Packets may name more than there is: times rounded up, samples that only lead to the first one heard.
    for (auto const& sound : sounds) heard_s_.push_back(std::min(sound.heard_s, sound.end_s - std::max(0.0, sound.first_s)));
    auto const first_s = times_.size() > 1 ? times_.begins[1] : first_segment_s;
    bound_silence();
    auto const cut = cuts_ == Cuts::usable && known_.holes.empty() && !packets.changes() && !known_.held;
    auto const as_it_is = cut ? finder.timetable(length) : std::nullopt;
    auto const usable = as_it_is && as_it_is->size() <= most_listed_segments;
    if (!usable) cuts_ = Cuts::unusable;
    times_ = usable ? *as_it_is : regular_timetable(first_s, length, known_.every_s);
    return Reason::none;
}

void Survey::bound_silence() {
    constexpr double always_s = 4 * 3600, for_each = 4;
    double heard = 0;
    for (auto const each : heard_s_) heard += each;
    auto const most = always_s + heard * for_each;
    auto const silence = [&] {
        double out = 0;
        for (std::size_t i = 0; i < heard_s_.size(); ++i)
            out += std::max(0.0, known_.length_s - heard_s_[i]) * (is_surround(probe_.sounds[i]) && !known_.stereo_only ? 2 : 1);
        return out;
    };
    known_.stereo_only = silence() > most;
    while (heard_s_.size() > 1 && silence() > most) {
        auto const& last = probe_.sounds.back();
        probe_.remarks.push_back({Warning::too_many_tracks, last.index, last.codec, last.language});
        probe_.sounds.pop_back();
        heard_s_.pop_back();
    }
}

JailOutcome Survey::hear(std::size_t track, Heard heard) {
    JailedRun run;
    run.directory = place_.work();
    run.cancelled = cancelled_;
    run.cpu_s = 60 + size_ / (10 << 20);
    run.wall = std::chrono::seconds(60 + size_ / (5 << 20));
    run.arguments = sound_check_arguments(probe_, track, heard);
    return run_jailed(settings_, run);
}

bool Survey::hear_out(Span& sound) {
    auto const& track = probe_.sounds.front();
    auto const outcome = hear(0, Heard::all);
    if (outcome.ending == Ending::timed_out || outcome.ending == Ending::cancelled) return true;
    auto const decoded = decoded_of(outcome.errors, track.index);
    auto const real = decoded && track.sample_rate > 0 ? double(decoded->samples) / track.sample_rate : 0;
    auto const claimed = std::max(0.0, sound.heard_s - real);
    sound.heard_s -= claimed;
    sound.end_s = std::max(sound.first_s, sound.end_s - claimed);
    return real > 0;
}

void Survey::take_texts() {
    Folder const work(place_.work());
    for (std::size_t i = 0; i < probe_.texts.size(); ++i) {
        auto const& track = probe_.texts[i];
        auto const raw = work.read("text-" + std::to_string(i), most_text_bytes);
        auto webvtt = webvtt_of(track, raw);
        if (webvtt.empty()) probe_.remarks.push_back({Warning::text_left_out, track.index, track.codec, track.language});
        else texts_.push_back({track, std::move(webvtt)});
    }
}

bool Survey::drop_bad_sounds() {
    auto const before = probe_.sounds.size();
    for (auto i = before; i-- > 0;) {
        auto const outcome = hear(i, Heard::a_second);
        auto const decoded = decoded_of(outcome.errors, probe_.sounds[i].index);
        if (!outcome.good() || !decoded || decoded->samples == 0) drop_sound(i);
    }
    return probe_.sounds.size() < before;
}

double Survey::lost_s(std::string_view log) const {
    double lost = 0;
    auto const streams = probe_.container == Container::mpegts || probe_.container == Container::mpegps;
    if (auto const decoded = decoded_of(log, probe_.video.index); decoded && is_counted(probe_.video)) {
        auto const missing = decoded->packets - decoded->frames - probe_.opening.discarded;
        // A recording begins anywhere: what comes before its first key picture was never to be seen.
        lost = std::max(0.0, double(missing) * picture_s_ - (streams ? 5 : 0));
    }
    if (!probe_.sounds.empty() && !heard_s_.empty())
        if (auto const decoded = decoded_of(log, probe_.sounds.front().index); decoded && probe_.sounds.front().sample_rate > 0)
            lost = std::max(lost, heard_s_.front() - double(decoded->samples) / probe_.sounds.front().sample_rate);
    if (lost > std::max(2.0, known_.length_s * 0.03)) return -lost;
    // What begins anywhere begins with what cannot be decoded.
    auto damages = streams ? 0 : damages_of(log, probe_.video.index);
    if (!probe_.sounds.empty()) damages += damages_of(log, probe_.sounds.front().index);
    return lost > 0.5 || torn_ || damages > (streams ? 8 : 2) ? std::max(lost, 0.1) : 0;
}

} // namespace mozi::media
