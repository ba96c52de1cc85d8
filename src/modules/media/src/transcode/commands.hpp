// The command lines of a preparation, from plans to arguments. Pure; nothing in them comes from outside.
#pragma once

#include "transcode/ladder.hpp"
#include "transcode/scan.hpp"
#include "transcode/timetable.hpp"

namespace mozi::media {

enum class ToneMapping { available, missing };

// A sound as it is offered: two channels for every player, or all of them for those who have the loudspeakers.
enum class Form { stereo, surround_kept, surround };
struct SoundVersion {
    std::size_t track = 0; // in Probe::sounds
    Form form = Form::stereo;
};

// What is known of the source beyond its report.
struct Known {
    std::vector<Hole> holes;
    double length_s = 0; // of the film; 0: not known yet
    double picture_pad_s = 0; // the last picture stands so long
    std::int64_t pictures = 0; // packets of it
    // So few pictures for its length that most of it is standing still: each is encoded once, by itself, and stands as long as it
    // stands. The segments are made by repeating it.
    bool held = false;
    double every_s = segment_s; // distance of the segments
    bool stereo_only = false;
};

// How many more pictures than there are a film may be given by showing one again and again. Beyond that it is held.
bool is_held(std::int64_t pictures, double length_s, double rate);

// One run that decodes. Its outputs are fragmented MP4, one track each, on the program's pipes in this order: pictures, sounds.
struct EncodeOrder {
    std::vector<Rung> rungs; // all encoded, or the first one packaged as it is
    std::vector<SoundVersion> sounds;
    Timetable times; // key pictures stand where segments begin
    int first_ms = 0; // only the first so many milliseconds; 0: everything
    ToneMapping tone_mapping = ToneMapping::available;
    int threads = 0; // of each encoder; 0: as many as there are processors
};
Argv encode_arguments(Probe const& probe, Ladder const& ladder, Known const& known, EncodeOrder const& order);

// The whole file without decoding it. stdout: a line per packet (PacketScan), picture first, then the sounds. With `cuts` the
// picture also goes, packaged as it is, to pipe 0. Each text track becomes "text-<n>" in its format.
struct ScanOrder {
    bool cuts = false, texts = true;
};
Argv scan_arguments(Probe const& probe, ScanOrder const& order);
enum class TextFormat { webvtt, srt, ass };
TextFormat text_format(TextTrack const& track);

// One sound decoded and thrown away. A second of it tells whether that can be done at all, all of it how long it is.
enum class Heard { a_second, all };
Argv sound_check_arguments(Probe const& probe, std::size_t track, Heard heard);

// One picture at `at_ms` into "poster.jpg"; its mean brightness goes to stdout as "lavfi.signalstats.YAVG=…". `any`: the first
// that can be had instead of the most telling of the next ones.
enum class Choice { telling, any };
Argv poster_arguments(Probe const& probe, std::int64_t at_ms, ToneMapping tone_mapping, Choice choice);

} // namespace mozi::media
