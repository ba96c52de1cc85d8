// Fragmented MP4: what ffmpeg writes is read to the tick, what is written reads back, and what is neither is refused.
#include "support.hpp"

#include "transcode/cuts.hpp"
#include "transcode/scan.hpp"

#include <cmath>
#include <random>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;
using mozi::media::Kind;

namespace {

std::vector<std::string> const pipe_flags{"-f", "mp4", "-use_editlist", "0", "-avoid_negative_ts", "disabled", "-output_ts_offset", "10",
    "-movflags", "empty_moov+default_base_moof+frag_every_frame+frag_discont"};

std::string made(std::vector<std::string> words) {
    TempFolder const folder;
    words.insert(words.end(), pipe_flags.begin(), pipe_flags.end());
    words.push_back(folder.path("out"));
    make_video(words);
    return read_file(folder.path("out"));
}

std::vector<Packet> read_all(FragmentReader& reader, std::string const& bytes, std::size_t step) {
    for (std::size_t at = 0; at < bytes.size(); at += step) REQUIRE(reader.feed(std::string_view(bytes).substr(at, step)));
    reader.finish();
    return std::move(reader.packets());
}

} // namespace

TEST_CASE("pictures and sound are read with their true times, in pieces of any size") {
    auto const picture = made({"-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-c:v", "libx264", "-preset", "veryfast"});
    for (auto const step : {7UL, 1000UL, 1UL << 20}) {
        FragmentReader reader;
        auto const packets = read_all(reader, picture, step);
        REQUIRE(reader.header());
        CHECK(reader.header()->kind == Kind::picture);
        CHECK(reader.header()->width == 160);
        CHECK(codec_of(*reader.header())->starts_with("avc1.64"));
        REQUIRE(packets.size() == 50);
        CHECK(packets.front().key);
        CHECK(reader.header()->seconds(packets.front().pts) == 10);
        CHECK(packets.front().dts < packets.front().pts); // there are B-frames
        for (std::size_t i = 0; i < packets.size(); ++i) CHECK(reader.header()->seconds(packets[i].duration) == doctest::Approx(0.04));
    }
    FragmentReader sound;
    auto const packets = read_all(sound, made({"-f", "lavfi", "-i", "sine=d=1:r=48000", "-c:a", "aac"}), 333);
    CHECK(sound.header()->kind == Kind::sound);
    CHECK(codec_of(*sound.header()) == "mp4a.40.2");
    CHECK(packets.front().pts == 480'000 - 1024); // what the encoder needs to begin with stands before the film
    CHECK(packets[1].pts == 480'000);
}

TEST_CASE("what is written reads back, with the first picture shown when it is decoded") {
    FragmentReader reader;
    auto const packets =
        read_all(reader, made({"-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2", "-c:v", "libx264", "-preset", "veryfast"}), 4096);
    TrackHeader const* const header = &*reader.header();
    std::uint32_t const number = 1;
    auto const shift = packets.front().pts - packets.front().dts;
    auto const bytes = write_init({&header, 1}, {&number, 1}) + write_fragment(1, 1, 0, shift, packets);
    TempFolder const folder;
    write_file(folder.path("out.mp4"), bytes);
    CHECK(ffprobe(folder.path("out.mp4"), {"-count_packets", "-show_entries", "stream=codec_name,nb_read_packets"}).front() == "h264,50");
    FragmentReader again;
    auto const back = read_all(again, bytes, 99);
    REQUIRE(back.size() == packets.size());
    CHECK(back.front().pts == 0);
    CHECK(back.front().dts == 0);
    for (std::size_t i = 0; i < back.size(); ++i) {
        CHECK(back[i].data == packets[i].data);
        CHECK(back[i].key == packets[i].key);
        CHECK(back[i].pts == packets[i].pts - packets.front().pts);
        CHECK(back[i].duration == packets[i].duration);
    }
}

TEST_CASE("of a track only so much waits in memory, and what has been written does not") {
    auto const sound = made({"-f", "lavfi", "-i", "anoisesrc=d=60:r=48000", "-c:a", "aac", "-b:a", "128k"});
    REQUIRE(sound.size() > 800'000);
    for (auto const seconds : {4.0, 60.0}) {
        TempFolder const folder;
        Folder const target(folder.path());
        SoundOutlet outlet("s0", 5, target);
        outlet.allow_waiting(256 << 10);
        outlet.begin(Outlet::Extent::whole);
        auto const times = regular_timetable(seconds, 60, seconds);
        for (std::size_t at = 0; at < sound.size(); at += 10'000) {
            REQUIRE(outlet.feed(std::string_view(sound).substr(at, 10'000)));
            outlet.advance(times);
        }
        CHECK(outlet.failed() == (seconds == 60));
    }
}

TEST_CASE("bytes that are no fragments end the reading and nothing else") {
    auto const good = made({"-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.4", "-c:v", "libx264", "-preset", "ultrafast"});
    std::mt19937 random(23);
    for (int round = 0; round < 5000; ++round) {
        auto bytes = good;
        for (auto flips = random() % 6; flips > 0; --flips)
            bytes[random() % std::min<std::size_t>(bytes.size(), 3000)] = static_cast<char>(random());
        if (random() % 3 == 0) bytes.resize(random() % bytes.size());
        FragmentReader reader;
        for (std::size_t at = 0; at < bytes.size() && reader.feed(std::string_view(bytes).substr(at, 500)); at += 500) {}
        reader.finish();
        for (auto const& packet : reader.packets()) CHECK(packet.duration >= 0), (void)leaves_its_header(*reader.header(), packet);
        if (reader.header()) (void)codec_of(*reader.header());
    }
    FragmentReader huge;
    CHECK_FALSE(huge.feed(std::string("\x7f\xff\xff\xffmoov", 8) + std::string(100, 'x')));
}

TEST_CASE("a picture that becomes another on the way is not cut as it is") {
    TempFolder const folder;
    auto const joined = [&](std::vector<std::string> const& sizes) {
        std::string bytes;
        for (auto const& size : sizes) {
            make_video({"-f", "lavfi", "-i", "testsrc2=s=" + size + ":r=25:d=4", "-c:v", "libx264", "-preset", "ultrafast", "-g", "50",
                "-f", "mpegts", "-muxdelay", "0", "-output_ts_offset", bytes.empty() ? "0" : "4", folder.path("part")});
            bytes += read_file(folder.path("part"));
        }
        write_file(folder.path("joined"), bytes);
        FragmentReader reader;
        auto const packets = read_all(reader, made({"-i", folder.path("joined"), "-c", "copy"}), 1UL << 20);
        REQUIRE(reader.header());
        CHECK(packets.size() == 200);
        CutFinder finder(2);
        finder.take(*reader.header(), packets);
        return finder.timetable(8).has_value();
    };
    CHECK(joined({"160x120", "160x120"}));
    CHECK_FALSE(joined({"160x120", "128x96"}));
    for (auto const* end : {"", "\1\x64\x01", "\1\x64\x01\x1f\xff", "\1\x64\x01\x1f\xff\xe1\x01"})
        CHECK_FALSE(leaves_its_header({.description = "a description avcC" + std::string(end)}, {}));
    PacketScan scan({0.1});
    for (auto const* line : {"#tb 0: 1/10", "0, 0, 0, 1, 100, 0x0, S=1, 40, 0x0", "0, 1, 1, 1, 100, 0x0, F=0x0"}) scan.line(line);
    CHECK_FALSE(scan.changes());
    scan.line("0, 2, 2, 1, 100, 0x0, S=1, 37");
    CHECK(scan.changes());
}

TEST_CASE("a scan finds where tracks begin and end, and closes what nobody can see or hear") {
    PacketScan scan({0.1, 0.02});
    scan.line("#tb 0: 1/10");
    scan.line("#tb 1: 1/50");
    auto const packet = [&](int track, double at) {
        auto const tick = track == 0 ? 10 : 50;
        scan.line(std::to_string(track) + ", " + std::to_string(std::lround(at * tick)) + ", " + std::to_string(std::lround(at * tick)) +
                  ", " + std::to_string(track == 0 ? 1 : 0) + ", 100, 0x00000000");
    };
    for (int i = 0; i < 40; ++i) packet(0, i * 0.1);
    for (int i = 0; i < 200; ++i) packet(1, 0.5 + i * 0.02);
    for (int i = 0; i < 40; ++i) packet(0, 1000 + i * 0.1);
    for (int i = 0; i < 100; ++i) packet(1, 1000 + i * 0.02);
    scan.line("garbage");
    scan.line("7, 1, 1, 1, 1, 0x0");
    REQUIRE(scan.holes().size() == 1);
    CHECK(scan.holes().front().from_s == doctest::Approx(4.5));
    CHECK(scan.holes().front().to_s == doctest::Approx(1000));
    CHECK(scan.span(0).end_s == doctest::Approx(8.5)); // the hole is closed for both alike
    CHECK(scan.span(1).first_s == doctest::Approx(0.5));
    CHECK(scan.span(1).end_s == doctest::Approx(6.5));
    CHECK(scan.span(0).packets == 80);
    PacketScan slides({0.1});
    slides.line("#tb 0: 1/1");
    for (auto const at : {0, 60, 130, 200}) slides.line("0, " + std::to_string(at) + ", " + std::to_string(at) + ", 1, 100, 0x0");
    CHECK(slides.holes().empty()); // one picture a minute is how this one is
}

TEST_CASE("sound whose packets do not say how long they last is as long as the way to the next one") {
    PacketScan scan({0.04, 0.02});
    scan.line("#tb 1: 1/1000");
    for (auto const at : {0, 500, 1000}) scan.line("1, " + std::to_string(at) + ", " + std::to_string(at) + ", 0, 100, 0x1");
    auto const span = scan.span(1);
    CHECK(span.end_s == doctest::Approx(1.5));
    CHECK(span.heard_s == doctest::Approx(1.5));
    CHECK(span.longest_s == doctest::Approx(0.5));
}

// proves S23
TEST_CASE("packets are counted with their bytes, and none is less than it takes to name it") {
    PacketScan scan({0.04, 0.02});
    for (auto const* line : {"#tb 0: 1/25", "0, 0, 0, 1, 1000, 0x0", "0, 1, 1, 1, 0, 0x0", "1, 1, 1, 1, 1, 0x0, F=0x4",
             "3, 1, 1, 1, 500, 0x0", "0, 2, 2, 1, -5, 0x0", "garbage"})
        scan.line(line);
    CHECK(scan.lines() == 4);
    CHECK(scan.bytes() == 1000 + 3 * 4);
}
