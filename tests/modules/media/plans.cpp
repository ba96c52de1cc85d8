// Looking, planning and writing playlists: the pure half of a preparation.
#include "support.hpp"

#include "transcode/commands.hpp"
#include "transcode/cuts.hpp"
#include "transcode/playlist.hpp"
#include "transcode/sniff.hpp"

#include <mozi/base/random.hpp>

#include <algorithm>
#include <random>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;
using namespace std::string_literals;
using mozi::media::Kind;

namespace {

Probe film(int width, int height) {
    Probe out;
    out.container = Container::mov;
    out.stated_s = 60;
    out.bit_rate = 4'000'000;
    out.video.codec = "h264";
    out.video.profile = "High";
    out.video.pixels = "yuv420p";
    out.video.level = 40;
    out.video.width = width;
    out.video.height = height;
    out.video.rate = {30, 1};
    out.sounds = {SoundTrack{1, "aac"}};
    return out;
}

std::string sizes(Ladder const& ladder) {
    std::string out;
    for (auto const& rung : ladder.rungs)
        out += (out.empty() ? "" : " ") + rung.name() + "=" + std::to_string(rung.width) + "x" + std::to_string(rung.height) +
               (rung.making == Making::repackage ? "*" : "");
    return out;
}

std::string report(std::string const& streams, std::string const& duration = "10.0") {
    return R"({"programs":[],"streams":[)" + streams + R"(],"format":{"duration":")" + duration + R"(","bit_rate":"1000000"}})";
}

std::string const plain_video =
    R"({"index":0,"codec_type":"video","codec_name":"h264","profile":"High","pix_fmt":"yuv420p","level":40,"width":640,"height":360,)"
    R"("sample_aspect_ratio":"1:1","r_frame_rate":"25/1","avg_frame_rate":"25/1","field_order":"progressive"})";

} // namespace

TEST_CASE("containers are told by their bytes, and what is not a video is refused by its bytes") {
    CHECK(sniff("\0\0\0\x20"
                "ftypisom"s)
              .container == Container::mov);
    CHECK(sniff("\0\0\0\x20"
                "ftypqt  "s)
              .refused == Reason::none);
    CHECK(sniff("\0\0\0\x08"
                "wide\0\0\0\0mdat"s)
              .container == Container::mov);
    CHECK(sniff("\x1a\x45\xdf\xa3 webm"s).container == Container::matroska);
    CHECK(sniff("RIFF\1\2\3\4AVI LIST"s).container == Container::avi);
    CHECK(sniff("OggS\0"s).container == Container::ogg);
    std::string transport(188 * 6, '\0');
    for (std::size_t i = 0; i < transport.size(); i += 188) transport[i] = 0x47;
    CHECK(sniff(transport).container == Container::mpegts);
    CHECK(sniff("YUV4MPEG2 W320 H180 F25:1\nFRAME\n" + std::string(500, 'g')).refused == Reason::none);
    CHECK(sniff("").refused == Reason::empty);
    std::string dv(4096, '\0');
    dv.replace(0, 4, "\x1f\x07\0\x3f"s);
    CHECK(sniff(dv).refused == Reason::not_a_video); // its decoder would make pictures of it
    std::size_t block = 0;
    for (auto const section : {0x1f, 0x3f, 0x3f, 0x56, 0x56, 0x56, 0x76}) dv[80 * block++] = static_cast<char>(section);
    CHECK(sniff(dv).refused == Reason::none);
    for (auto const& bytes : {"#EXTM3U\nhttp://127.0.0.1/"s, "ffconcat version 1.0\nfile /etc/passwd"s, "<?xml version='1.0'?><MPD>"s,
             "\xff\xd8\xff\xe0 then ftypisom"s, "\x89PNG\r\n\x1a\n"s, "just words"s,
             "\0\0\0\x1c"
             "ftypheic"s,
             "\0\0\0\x1c"
             "ftypavif"s,
             "#!/bin/sh"s, "PK\3\4"s, "v=0\r\no=- 0 0 IN IP4 127.0.0.1"s})
        CHECK(sniff(bytes).refused == Reason::not_a_video);
    CHECK(sniff("fLaC"s).refused == Reason::no_video);
    auto const junk = sniff("\1\2\3\4\5\6\7\0\0\0"s); // whoever reads it finds out
    CHECK(junk.refused == Reason::none);
    CHECK_FALSE(junk.container);
}

TEST_CASE("sniffing random bytes never opens what is not listed") {
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes(random() % 64, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        auto const sniffed = sniff(bytes);
        if (sniffed.container) CHECK_FALSE(demuxer(*sniffed.container).view().empty());
    }
}

TEST_CASE("the ladder follows the source and never grows it") {
    CHECK(sizes(plan_ladder(film(1920, 1080), Cuts::unusable)) == "1080p=1920x1080 720p=1280x720 480p=854x480 360p=640x360");
    CHECK(sizes(plan_ladder(film(1920, 1080), Cuts::usable)) == "1080p=1920x1080* 720p=1280x720 480p=854x480 360p=640x360");
    CHECK(sizes(plan_ladder(film(1080, 1920), Cuts::unusable)) == "1080p=1080x1920 720p=720x1280 480p=480x854 360p=360x640");
    CHECK(sizes(plan_ladder(film(3840, 2160), Cuts::unusable)) == "1080p=1920x1080 720p=1280x720 480p=854x480 360p=640x360");
    CHECK(sizes(plan_ladder(film(3840, 2160), Cuts::usable)) == "2160p=3840x2160* 1080p=1920x1080 720p=1280x720 480p=854x480 360p=640x360");
    CHECK(sizes(plan_ladder(film(321, 241), Cuts::usable)) == "240p=320x240");
    CHECK(sizes(plan_ladder(film(640, 360), Cuts::usable)) == "360p=640x360*");
    CHECK(sizes(plan_ladder(film(1920, 800), Cuts::unusable)) == "800p=1920x800 480p=1152x480 360p=864x360");
    for (int width = 2; width <= 8192; width = width * 5 / 3 + 1)
        for (int height = 2; height <= 8192; height = height * 5 / 3 + 1) {
            auto const ladder = plan_ladder(film(width, height), Cuts::unusable);
            REQUIRE_FALSE(ladder.rungs.empty());
            for (auto const& rung : ladder.rungs) {
                CHECK(rung.width % 2 == 0);
                CHECK(rung.height % 2 == 0);
                CHECK(rung.width <= std::max(2, width));
                CHECK(rung.height <= std::max(2, height));
            }
        }
}

TEST_CASE("only what every player takes is packaged as it is") {
    auto const changed = [](auto change) {
        auto probe = film(1280, 720);
        change(probe);
        return could_repackage(probe);
    };
    CHECK(changed([](Probe&) {}));
    CHECK_FALSE(changed([](Probe& p) { p.video.codec = "hevc"; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.profile = "High 10"; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.pixels = "yuv422p"; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.level = 52; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.rotation = 90; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.square_pixels = false; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.scan = Scan::interlaced; }));
    CHECK_FALSE(changed([](Probe& p) { p.video.pace = Pace::variable; }));
    CHECK_FALSE(changed([](Probe& p) { p.bit_rate = 40'000'000; }));
    CHECK_FALSE(changed([](Probe& p) { p.container = Container::mpegts; }));
}

TEST_CASE("key pictures decide whether a track may be cut where it is") {
    Ratio const rate{2, 1};
    auto const clean = [&](std::vector<PacketTime> const& pictures, Ratio at = {2, 1}) { return judge_opening(pictures, at, 0).clean; };
    CHECK_FALSE(clean({}));
    CHECK(clean({{0, true}, {0.5}, {1, true}, {1.5}, {2, true}}));
    CHECK(judge_opening({{0, true}, {0.5}, {1, true}, {1.5}, {2, true}}, rate, 0).second_key == 2.0);
    CHECK_FALSE(clean({{0}, {0.5, true}, {1}})); // begins in the middle
    CHECK_FALSE(clean({{0, true, true}, {0.5, false, true}, {1, true}})); // what leads to the first picture must not be seen
    CHECK_FALSE(clean({{0, true}, {12, true}})); // too far apart
    CHECK_FALSE(clean({{0, true}, {1, true}, {0.5}})); // open group
    CHECK_FALSE(clean({{0, true}, {0.04, true}, {0.08, true}, {0.12, true}}, {25, 1})); // all key
    CHECK_FALSE(clean({{0, true}, {0.5}, {2}, {2.5}})); // not as constant as it says
    CHECK_FALSE(judge_opening({{7, true}, {7.5}, {8, true}}, rate, 2).clean); // the sound begins long before
}

TEST_CASE("cuts are key pictures about four seconds apart, or there are none") {
    TrackHeader const track{Kind::picture, 10, 16, 16, "x"};
    auto const cuts = [&](std::vector<double> const& keys, double end, double length, double first) {
        CutFinder finder(first);
        std::vector<Packet> packets;
        for (double at = keys.front(); at < end - 0.05; at += 0.1) {
            Packet packet;
            packet.dts = packet.pts = std::llround((at + lead_s) * 10);
            packet.duration = 1;
            packet.key = std::any_of(keys.begin(), keys.end(), [&](double key) { return std::abs(key - at) < 0.01; });
            packets.push_back(packet);
        }
        finder.take(track, packets);
        auto const found = finder.timetable(length);
        return found ? found->begins : std::vector<double>{};
    };
    auto const near = [](std::vector<double> const& a, std::vector<double> const& b) {
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return std::abs(x - y) < 0.01; });
    };
    CHECK(near(cuts({0, 2, 4, 6, 8, 10, 12}, 13, 13, 2), {0, 2, 6, 10}));
    CHECK(near(cuts({0, 3, 6, 9}, 12, 12, 3), {0, 3, 6, 9}));
    CHECK(near(cuts({0, 4, 8}, 8.4, 8.4, 4), {0, 4})); // what is left alone joins the one before
    CHECK(near(cuts({0, 1}, 1.4, 1.4, 2), {0}));
    CHECK(cuts({0, 2, 7}, 9, 9, 2).empty()); // five seconds without one
    CHECK(cuts({0, 2, 4}, 9, 9, 2).empty());
    CHECK(cuts({0, 2, 4}, 5, 12, 2).empty()); // the sound goes on for too long
    CHECK(cuts({0, 2.5, 4}, 5, 5, 2).empty()); // the first segment was not cut at a key picture
}

TEST_CASE("a report is read strictly and held against the limits") {
    CHECK(read_report(report(plain_video), Container::mov).reason == Reason::none);
    CHECK(read_report("{", Container::mov).reason == Reason::damaged);
    CHECK(read_report("{}", Container::mov).reason == Reason::damaged);
    CHECK(read_report(report(""), Container::mov).reason == Reason::no_video);
    auto const with = [](std::string text, std::string const& what, std::string const& by) {
        return text.replace(text.find(what), what.size(), by);
    };
    CHECK(read_report(report(with(plain_video, "\"width\":640", "\"width\":16384")), Container::mov).reason == Reason::too_large_picture);
    CHECK(read_report(report(with(plain_video, "\"r_frame_rate\":\"25/1\"", "\"r_frame_rate\":\"100000/1\"")), Container::mov).reason !=
          Reason::damaged);
    CHECK(read_report(report(with(with(plain_video, "\"25/1\"", "\"500/1\""), "\"25/1\"", "\"500/1\"")), Container::mov).reason ==
          Reason::too_many_frames);
    std::string const seen = R"(],"packets":[{"stream_index":0,"pts_time":"0.0"},{"stream_index":0,"pts_time":"0.04"},)"
                             R"({"stream_index":0,"pts_time":"0.08"}],"x":[)";
    auto const measured =
        read_report(report(with(with(plain_video, "\"25/1\"", "\"500/1\""), "\"25/1\"", "\"500/1\"") + seen), Container::mov);
    CHECK((measured.reason == Reason::none && measured.probe.video.rate.value() == 25)); // what is seen counts, not what is told
    CHECK(read_report(report(with(plain_video, "h264", "amv")), Container::mov).reason == Reason::unsupported);
    std::string many = plain_video;
    for (int i = 0; i < 999; ++i) many += "," + plain_video;
    CHECK(read_report(report(many), Container::mov).reason == Reason::too_many_streams);
    auto const turned =
        read_report(report(with(plain_video, "\"index\":0", R"("index":0,"side_data_list":[{"rotation":-90}])")), Container::mov);
    CHECK(turned.probe.video.rotation == 270);
    CHECK(turned.probe.video.width == 360);
    auto const language = [&](std::string const& word) {
        auto const sound =
            R"(,{"index":1,"codec_type":"audio","codec_name":"aac","channels":2,"sample_rate":"48000","tags":{"language":")" + word +
            "\"}}";
        return read_report(report(plain_video + sound), Container::mov).probe.sounds.at(0).language;
    };
    CHECK(language("HUN") == "hun");
    CHECK(language("sr-Latn-RS") == "sr-latn-rs");
    for (auto const* word : {"English", "und", "de-", "123", "pt_BR"}) CHECK(language(word).empty());
}

TEST_CASE("no byte of a file's description reaches a command line") {
    std::mt19937 random(11);
    for (int round = 0; round < 10'000; ++round) {
        std::string const mark = "X" + std::to_string(random()) + "Z";
        auto const noise = [&] { return (random() % 2 ? "-i;$(" : "\\u0000'") + mark; };
        auto const text = report(
            R"({"index":)" + std::to_string(random() % 9) + R"(,"codec_type":"video","codec_name":"h264","profile":")" + noise() +
            R"(","pix_fmt":")" + noise() + R"(","width":)" + std::to_string(1 + random() % 9000) + R"(,"height":)" +
            std::to_string(1 + random() % 9000) + R"(,"sample_aspect_ratio":")" + std::to_string(random() % 5) + ":" +
            std::to_string(random() % 5) + R"(","r_frame_rate":")" + std::to_string(random() % 400) +
            R"(/1","avg_frame_rate":"25/1","color_transfer":")" + noise() + R"(","field_order":")" + noise() + R"("},)" +
            R"({"index":7,"codec_type":"audio","codec_name":"aac","profile":")" + noise() + R"(","channels":6,"sample_rate":"48000"})");
        auto const read = read_report(text, Container::matroska);
        if (read.reason != Reason::none) continue;
        auto const ladder = plan_ladder(read.probe, random() % 2 ? Cuts::usable : Cuts::unusable);
        Known const known{{{1, 20}}, 60, 1};
        EncodeOrder const order{
            ladder.rungs, {{0, Form::stereo}, {0, Form::surround}}, regular_timetable(2, 60), 0, ToneMapping::available, 0};
        for (auto const& argv : {encode_arguments(read.probe, ladder, known, order), scan_arguments(read.probe, {true, true}),
                 sound_check_arguments(read.probe, 0, Heard::a_second),
                 poster_arguments(read.probe, 1000, ToneMapping::available, Choice::telling)})
            for (auto const& item : argv.items()) REQUIRE(item.find(mark) == std::string::npos);
    }
}

TEST_CASE("a playlist tells what is there, growing and whole") {
    PlayableTrack track;
    track.folder = "720p";
    track.codecs = "avc1.64001f";
    track.target_s = 5;
    track.segments = {{0, 2.0, 700}, {1, 4.0, 900}};
    auto const growing = media_playlist(track, Part::whole);
    CHECK(growing.find("PLAYLIST-TYPE:EVENT") != std::string::npos);
    CHECK(growing.find("TARGETDURATION:5\n") != std::string::npos);
    CHECK(read_list(growing).durations == std::vector<double>{2, 4});
    CHECK_FALSE(read_list(growing).ended);
    track.segments.push_back({2, 1.5, 300});
    track.ended = true;
    auto const whole = media_playlist(track, Part::whole);
    CHECK(whole.find("PLAYLIST-TYPE:VOD") != std::string::npos);
    CHECK(whole.find("TARGETDURATION:4\n") != std::string::npos);
    CHECK(whole.find("BYTERANGE") == std::string::npos);
    CHECK(media_playlist(track, Part::pictures).find("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:900@0\n00001.m4s") != std::string::npos);
    track.second_init_from = 1;
    auto const two = media_playlist(track, Part::whole);
    CHECK(two.find("init-2.mp4") > two.find("00000.m4s"));
    CHECK(two.find("init-2.mp4") < two.find("00001.m4s"));
}

TEST_CASE("the playlist of all versions offers sounds and texts where there is a choice") {
    PictureVersion picture;
    picture.rung = {720, 1280, 720, 2900};
    picture.track.folder = "720p";
    picture.track.codecs = "avc1.64001f";
    picture.track.segments = {{0, 2.0, 700}};
    auto const sound = [](std::string folder, std::string name, std::string language, bool surround = false) {
        SoundRendition out;
        out.track.folder = std::move(folder);
        out.track.codecs = surround ? "ec-3" : "mp4a.40.2";
        out.track.segments = {{0, 2.0, 0}};
        out.name = std::move(name);
        out.language = std::move(language);
        out.channels = surround ? 6 : 2;
        out.surround = surround;
        return out;
    };
    Offer offer{{picture}, {sound("s0", "", "en")}, {}, {30000, 1001}, "r3/"};
    auto const one = master_playlist(offer, Layout::mixed);
    CHECK(one.find("EXT-X-MEDIA") == std::string::npos);
    CHECK(one.find("CODECS=\"avc1.64001f,mp4a.40.2\"") != std::string::npos);
    CHECK(one.find("FRAME-RATE=29.970\n") == std::string::npos);
    CHECK(one.find("FRAME-RATE=29.970") != std::string::npos);
    CHECK(one.find("\nr3/720p/index.m3u8\n") != std::string::npos);
    offer.sounds.push_back(sound("s1", "Say \"hi\"\n", "de")), offer.sounds.push_back(sound("s2", "", "en", true));
    offer.texts = {{"r3/t0/index.m3u8", "", "hu", false, true, false}, {"r3/t1/index.m3u8", "", "hu", false, false, true}};
    auto const mixed = master_playlist(offer, Layout::mixed);
    CHECK(mixed.find("NAME=\"en\",LANGUAGE=\"en\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\"\n") !=
          std::string::npos); // in the files themselves
    CHECK(mixed.find("NAME=\"Say 'hi' \",LANGUAGE=\"de\",DEFAULT=NO,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"r3/s1/index.m3u8\"") !=
          std::string::npos);
    CHECK(mixed.find("ec-3") == std::string::npos);
    CHECK(mixed.find("NAME=\"hu\",LANGUAGE=\"hu\",DEFAULT=NO,AUTOSELECT=YES,FORCED=YES,URI=\"r3/t0/index.m3u8\"") != std::string::npos);
    CHECK(mixed.find("NAME=\"hu 2\"") != std::string::npos);
    CHECK(mixed.find("AUDIO=\"sound\",SUBTITLES=\"text\"") != std::string::npos);
    auto const apart = master_playlist(offer, Layout::apart);
    CHECK(apart.find("URI=\"r3/s0/index.m3u8\"") != std::string::npos);
    CHECK(apart.find("AUDIO=\"surround\"") != std::string::npos);
    CHECK(apart.find("r3/720p/video.m3u8") != std::string::npos);
    // Texts come and go without anything else changing.
    auto const without = with_texts(apart, {});
    CHECK(without.find("SUBTITLES") == std::string::npos);
    CHECK(with_texts(without, offer.texts) == with_texts(apart, offer.texts));
    offer.texts.clear();
    CHECK(without == master_playlist(offer, Layout::apart));
}

// proves S23
TEST_CASE("a film is held when showing its pictures again would be most of the work, and real ones are not") {
    CHECK(is_held(4, 43'000, 10)); // four pictures
    CHECK(is_held(2, 39'600, 25));
    CHECK(is_held(20, 7200, 10)); // a talk with slides
    CHECK(is_held(10'000, 43'000, 25)); // minutes that move and a day that does not
    CHECK_FALSE(is_held(2 * 3600 * 24, 2 * 3600, 24)); // a feature film
    CHECK_FALSE(is_held(8 * 3600 * 5, 8 * 3600, 60)); // a day at a screen, five pictures a second
    CHECK_FALSE(is_held(1, 300, 10)); // a still of five minutes
    CHECK_FALSE(is_held(3600, 3600, 10)); // one a second for an hour
}

TEST_CASE("key pictures of a very long film are told by a rule that fits into an argument") {
    auto const probe = film(640, 360);
    auto const ladder = plan_ladder(probe, Cuts::unusable);
    auto const keys = [&](double length_s) {
        EncodeOrder order;
        order.rungs = {ladder.rungs.back()};
        order.times = regular_timetable(2, length_s);
        auto const argv = encode_arguments(probe, ladder, {.length_s = length_s}, order);
        auto const at = std::ranges::find(argv.items(), "-force_key_frames");
        REQUIRE(at != argv.items().end());
        return *std::next(at);
    };
    CHECK(keys(3600).starts_with("0.000000,"));
    CHECK(keys(12 * 3600).size() < 1000);
    CHECK(keys(12 * 3600).starts_with("expr:gte(t,if(n_forced,2.000000+(n_forced-1)*4.000000,0)-"));
    CHECK(keys(8.8 * 3600).size() < (128 << 10)); // the most that one argument of a program takes
    // One that is held says neither a pace nor where keys stand: every picture is one.
    EncodeOrder order;
    order.rungs = {ladder.rungs.back()};
    order.times = regular_timetable(2, 43'000, 48);
    auto const held = encode_arguments(probe, ladder, {.length_s = 43'000, .pictures = 4, .held = true, .every_s = 48}, order);
    std::string all;
    for (auto const& item : held.items()) all += item + " ";
    CHECK(all.find("fps=") == std::string::npos);
    CHECK(all.find("tpad") == std::string::npos);
    CHECK(all.find("-force_key_frames") == std::string::npos);
    CHECK(all.find("-g 1 ") != std::string::npos);
}
