// Looking, planning and writing playlists: the pure half of a preparation.
#include "support.hpp"

#include "transcode/commands.hpp"
#include "transcode/playlist.hpp"
#include "transcode/sniff.hpp"

#include <mozi/base/random.hpp>

#include <random>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;
using namespace std::string_literals;

namespace {

Probe film(int width, int height) {
    Probe out;
    out.duration_s = 60, out.bit_rate = 4'000'000;
    out.video.codec = "h264", out.video.profile = "High", out.video.pixels = "yuv420p", out.video.level = 40;
    out.video.width = width, out.video.height = height, out.video.rate = {30, 1};
    out.audio = AudioTrack{1, "aac", "LC", 2, 48'000};
    return out;
}

std::string sizes(Ladder const& ladder) {
    std::string out;
    for (auto const& rung : ladder.rungs)
        out += (out.empty() ? "" : " ") + rung.name() + "=" + std::to_string(rung.width) + "x" + std::to_string(rung.height) + (rung.making == Making::repackage ? "*" : "");
    return out;
}

std::string report(std::string const& streams, std::string const& duration = "10.0") {
    return R"({"programs":[],"streams":[)" + streams + R"(],"format":{"duration":")" + duration + R"(","bit_rate":"1000000"}})";
}

std::string const plain_video = R"({"index":0,"codec_type":"video","codec_name":"h264","profile":"High","pix_fmt":"yuv420p","level":40,"width":640,"height":360,)"
                                R"("sample_aspect_ratio":"1:1","r_frame_rate":"25/1","avg_frame_rate":"25/1","field_order":"progressive"})";

} // namespace

TEST_CASE("containers are told by their bytes, and what is not a video is refused by its bytes") {
    CHECK(sniff("\0\0\0\x20" "ftypisom"s).container == Container::mov);
    CHECK(sniff("\0\0\0\x20" "ftypqt  "s).refused == Reason::none);
    CHECK(sniff("\0\0\0\x08" "wide\0\0\0\0mdat"s).container == Container::mov);
    CHECK(sniff("\x1a\x45\xdf\xa3 webm"s).container == Container::matroska);
    CHECK(sniff("RIFF\1\2\3\4AVI LIST"s).container == Container::avi);
    CHECK(sniff("OggS\0"s).container == Container::ogg);
    std::string transport(188 * 6, '\0');
    for (std::size_t i = 0; i < transport.size(); i += 188) transport[i] = 0x47;
    CHECK(sniff(transport).container == Container::mpegts);
    CHECK(sniff("").refused == Reason::empty);
    for (auto const& bytes : {"#EXTM3U\nhttp://127.0.0.1/"s, "ffconcat version 1.0\nfile /etc/passwd"s, "<?xml version='1.0'?><MPD>"s, "\xff\xd8\xff\xe0 then ftypisom"s, "\x89PNG\r\n\x1a\n"s,
                              "just words"s, "\0\0\0\x1c" "ftypheic"s, "\0\0\0\x1c" "ftypavif"s, "#!/bin/sh"s, "PK\3\4"s, "v=0\r\no=- 0 0 IN IP4 127.0.0.1"s})
        CHECK(sniff(bytes).refused == Reason::not_a_video);
    CHECK(sniff("ID3\4"s).refused == Reason::no_video);
    CHECK(sniff("\1\2\3\4\5\6\7\0\0\0"s).refused == Reason::unsupported);
}

TEST_CASE("sniffing random bytes never opens what is not listed") {
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes(random() % 64, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        auto const sniffed = sniff(bytes);
        if (sniffed.refused == Reason::none) CHECK_FALSE(demuxer(sniffed.container).view().empty());
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
    CHECK(judge_cuts({}, rate) == Cuts::unusable);
    CHECK(judge_cuts(read_packets("0.0,0.0,K_\n0.5,0.5,__\n1.0,1.0,K_\n1.5,1.5,__\n"), rate) == Cuts::usable);
    CHECK(judge_cuts(read_packets("0.0,0.0,K_\n12.0,12.0,K_\n"), rate) == Cuts::unusable);                              // too far apart
    CHECK(judge_cuts(read_packets("0.0,0.0,K_\n1.0,0.4,K_\n0.5,0.5,__\n"), rate) == Cuts::unusable);                    // open group
    CHECK(judge_cuts(read_packets("0.0,0.0,K_\n0.04,0.04,K_\n0.08,0.08,K_\n0.12,0.12,K_\n"), {25, 1}) == Cuts::unusable);  // all key
    CHECK(judge_cuts(read_packets("0.0,0.0,K_\n0.5,0.5,__\n2.0,2.0,__\n2.5,2.5,__\n"), rate) == Cuts::unusable); // not as constant as it says
}

TEST_CASE("a report is read strictly and held against the limits") {
    CHECK(read_report(report(plain_video), Container::mov).reason == Reason::none);
    CHECK(read_report("{", Container::mov).reason == Reason::damaged);
    CHECK(read_report("{}", Container::mov).reason == Reason::damaged);
    CHECK(read_report(report(""), Container::mov).reason == Reason::no_video);
    CHECK(read_report(report(plain_video, "43201"), Container::mov).reason == Reason::too_long);
    auto const with = [](std::string text, std::string const& what, std::string const& by) { return text.replace(text.find(what), what.size(), by); };
    CHECK(read_report(report(with(plain_video, "\"width\":640", "\"width\":16384")), Container::mov).reason == Reason::too_large_picture);
    CHECK(read_report(report(with(plain_video, "\"r_frame_rate\":\"25/1\"", "\"r_frame_rate\":\"100000/1\"")), Container::mov).reason != Reason::damaged);
    CHECK(read_report(report(with(with(plain_video, "\"25/1\"", "\"500/1\""), "\"25/1\"", "\"500/1\"")), Container::mov).reason == Reason::too_many_frames);
    CHECK(read_report(report(with(plain_video, "h264", "magicyuv")), Container::mov).reason == Reason::unsupported);
    std::string many = plain_video;
    for (int i = 0; i < 999; ++i) many += "," + plain_video;
    CHECK(read_report(report(many), Container::mov).reason == Reason::too_many_streams);
    auto const turned = read_report(report(with(plain_video, "\"index\":0", R"("index":0,"side_data_list":[{"rotation":-90}])")), Container::mov);
    CHECK(turned.probe.video.rotation == 270);
    CHECK(turned.probe.video.width == 360);
}

TEST_CASE("no byte of a file's description reaches a command line") {
    std::mt19937 random(11);
    for (int round = 0; round < 10'000; ++round) {
        std::string const mark = "X" + std::to_string(random()) + "Z";
        auto const noise = [&] { return (random() % 2 ? "-i;$(" : "\\u0000'") + mark; };
        auto const text = report(R"({"index":)" + std::to_string(random() % 9) + R"(,"codec_type":"video","codec_name":"h264","profile":")" + noise() + R"(","pix_fmt":")" + noise() + R"(","width":)" +
                                 std::to_string(1 + random() % 9000) + R"(,"height":)" + std::to_string(1 + random() % 9000) + R"(,"sample_aspect_ratio":")" + std::to_string(random() % 5) + ":" + std::to_string(random() % 5) +
                                 R"(","r_frame_rate":")" + std::to_string(random() % 400) + R"(/1","avg_frame_rate":"25/1","color_transfer":")" + noise() + R"(","field_order":")" + noise() + R"("},)" +
                                 R"({"index":7,"codec_type":"audio","codec_name":"aac","profile":")" + noise() + R"(","channels":6,"sample_rate":"48000"})");
        auto const read = read_report(text, Container::matroska);
        if (read.reason != Reason::none) continue;
        auto const ladder = plan_ladder(read.probe, random() % 2 ? Cuts::usable : Cuts::unusable);
        for (auto const& argv : {encode_arguments(read.probe, ladder, {.rungs = ladder.rungs}), poster_arguments(read.probe, 1000, ToneMapping::available)})
            for (auto const& item : argv.items()) REQUIRE(item.find(mark) == std::string::npos);
    }
}

TEST_CASE("ffmpeg's playlist is read strictly") {
    auto const list = read_list("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4.000000,\n00000.m4s\n#EXTINF:3.5,\n00001.m4s\n#EXT-X-ENDLIST\n");
    CHECK(list.ended);
    CHECK(list.segments == std::vector<Segment>{{0, 4.0}, {1, 3.5}});
    CHECK(read_list("#EXTINF:4,\n../../../etc/passwd\n#EXTINF:4,\n00000.m4s\n").segments.empty());
    CHECK(read_list("#EXTINF:4,\n00001.m4s\n").segments.empty());
    CHECK(read_list("#EXTINF:nan,\n00000.m4s\n").segments.empty());
    CHECK(read_list("#EXTINF:1e9,\n00000.m4s\n").segments.empty());
    CHECK(read_list("00000.m4s\n").segments.empty());
    CHECK(read_list("#EXTINF:4,\n00000.m4s\n#EXTINF:4,\nhttp://x/\n#EXT-X-ENDLIST").segments.size() == 1);
}

TEST_CASE("a playlist that we write reads back the same, growing and whole") {
    PlayableRung version;
    version.rung = {720, 1280, 720, 2900, 128};
    version.codecs = "avc1.64001f,mp4a.40.2", version.target_s = 5;
    version.segments = {{0, 4.0}, {1, 4.0}};
    auto const growing = media_playlist(version);
    CHECK(growing.find("PLAYLIST-TYPE:EVENT") != std::string::npos);
    CHECK(growing.find("TARGETDURATION:5\n") != std::string::npos);
    CHECK(read_list(growing).segments == version.segments);
    CHECK_FALSE(read_list(growing).ended);
    version.segments.push_back({2, 1.5}), version.ended = true;
    auto const whole = media_playlist(version);
    CHECK(whole.find("PLAYLIST-TYPE:VOD") != std::string::npos);
    CHECK(whole.find("TARGETDURATION:4\n") != std::string::npos);
    CHECK(read_list(whole).ended);
    version.second_init_from = 1;
    auto const two = media_playlist(version);
    CHECK(two.find("init-2.mp4") > two.find("00000.m4s"));
    CHECK(two.find("init-2.mp4") < two.find("00001.m4s"));
    auto empty = version;
    empty.segments.clear();
    auto const master = master_playlist({version, empty}, {30000, 1001}, "r3/");
    CHECK(master.find("r3/720p/index.m3u8") != std::string::npos);
    CHECK(master.find("FRAME-RATE=29.970") != std::string::npos);
    CHECK(master.find("RESOLUTION=1280x720") != std::string::npos);
    CHECK(master.find("BANDWIDTH=", master.find("BANDWIDTH=") + 1) == std::string::npos); // one version
    CHECK(video_codec("....avcC\x01\x64\x00\x28"s) == "avc1.640028");
    CHECK_FALSE(video_codec("avcC\x02"));
}
