// Real videos through the real ffmpeg in the real jail: each becomes a ladder that another program can read.
#include "support.hpp"

#include <cmath>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;

namespace {

using Words = std::vector<std::string>;

Words picture(std::string const& size, std::string const& rate, std::string const& seconds) {
    return {"-f", "lavfi", "-i", "testsrc2=s=" + size + ":r=" + rate + ":d=" + seconds};
}
Words sound(std::string const& seconds, std::string const& layout = "stereo") {
    return {"-f", "lavfi", "-i", "sine=d=" + seconds + ":r=48000,aformat=channel_layouts=" + layout};
}

// Makes the medium's source from words for ffmpeg.
void make_source(TempFolder const& folder, std::vector<Words> const& parts) {
    std::filesystem::create_directories(folder.path("medium"));
    Words all;
    for (auto const& part : parts) all.insert(all.end(), part.begin(), part.end());
    all.push_back(folder.path("medium/source"));
    make_video(all);
}

double number(std::string const& text) { return std::strtod(text.c_str(), nullptr); }

// Everything a player relies on. `with_sound` versions have exactly one stereo (or mono) AAC track.
void check_ladder(TempFolder const& folder, Prepared const& made, double seconds, bool with_sound) {
    INFO(std::string(to_text(made.reason)), " ", made.detail);
    REQUIRE(made.reason == Reason::none);
    CHECK(made.playable);
    CHECK(made.poster);
    CHECK(made.progress == 1);
    auto const target = place_of(folder).target();
    CHECK_FALSE(std::filesystem::exists(place_of(folder).work()));
    CHECK(read_file(target + "/poster.jpg").starts_with("\xff\xd8\xff"));
    auto const master = read_file(target + "/master.m3u8");
    std::vector<double> segments;
    for (auto const& state : made.rungs) {
        auto const playlist = target + "/" + state.rung.name() + "/index.m3u8";
        INFO(playlist);
        CHECK(state.stage == Stage::ready);
        CHECK(master.find("r1/" + state.rung.name() + "/index.m3u8") != std::string::npos);
        auto const list = read_list(read_file(playlist));
        CHECK(list.ended);
        CHECK(std::abs(list.length() - seconds) < 0.1);
        CHECK(read_list(read_file(target + "/" + state.rung.name() + "/video.m3u8")).durations == list.durations);
        auto const video = ffprobe(playlist, {"-select_streams", "v", "-show_entries", "stream=codec_name,width,height,pix_fmt"});
        REQUIRE_FALSE(video.empty());
        CHECK(video.front() == "h264," + std::to_string(state.rung.width) + "," + std::to_string(state.rung.height) + ",yuv420p");
        auto const audio = ffprobe(playlist, {"-select_streams", "a", "-show_entries", "stream=codec_name,channels"});
        CHECK(audio.empty() != with_sound);
        if (with_sound && !audio.empty()) CHECK((audio.front() == "aac,2" || audio.front() == "aac,1"));
        // Cut alike in every version.
        if (segments.empty()) segments = list.durations;
        REQUIRE(list.durations.size() == segments.size());
        for (std::size_t i = 0; i < segments.size(); ++i) CHECK(std::abs(list.durations[i] - segments[i]) < 0.05);
        CHECK(master.find(with_sound ? "mp4a.40.2" : "avc1.") != std::string::npos);
    }
    for (auto const& entry : std::filesystem::recursive_directory_iterator(target)) CHECK(entry.path().extension() != ".new");
}

} // namespace

TEST_CASE("an H.264 MP4 keeps its own picture as the largest version, with aligned smaller ones") {
    TempFolder folder;
    make_source(folder, {picture("1280x720", "30", "9"), sound("9"),
                            {"-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-profile:v", "main", "-pix_fmt", "yuv420p", "-c:a",
                                "aac", "-f", "mp4"}});
    auto const made = prepare_here(folder);
    check_ladder(folder, made, 9, true);
    REQUIRE(made.rungs.size() == 3);
    CHECK(made.rungs.front().rung.making == Making::repackage);
    CHECK(made.rungs.front().rung.height == 720);
}

// proves S23
TEST_CASE("HEVC in MOV, longer than the short run, becomes a ladder whose first segment came early") {
    TempFolder folder;
    make_source(folder,
        {picture("640x480", "25", "10"), sound("10"),
            {"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1", "-c:a", "aac", "-f", "mov"}});
    bool early = false;
    PrepareHooks hooks;
    hooks.changed = [&](Prepared const& so_far) {
        if (!so_far.playable || early) return;
        early = true;
        auto const list = read_list(read_file(place_of(folder).target() + "/360p/index.m3u8"));
        CHECK(list.durations.size() == 1);
        CHECK_FALSE(list.ended);
        CHECK(read_file(place_of(folder).target() + "/master.m3u8").find("360p") != std::string::npos);
    };
    auto const made = prepare(real_jail(), place_of(folder), {}, hooks);
    CHECK(early);
    check_ladder(folder, made, 10, true);
    // The early segment stayed, and what follows continues it without a gap.
    double last = -1;
    for (auto const& line :
        ffprobe(place_of(folder).target() + "/360p/index.m3u8", {"-select_streams", "v:0", "-show_entries", "frame=pts_time"})) {
        auto const at = number(line);
        if (last >= 0) CHECK(std::abs(at - last - 0.04) < 0.002);
        last = at;
    }
}

TEST_CASE("a large picture is prepared also where encoders could have more threads than the jail has memory for") {
    TempFolder const folder;
    make_source(
        folder, {picture("3840x2160", "5", "2"), sound("2"), {"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-f", "mp4"}});
    auto const made = prepare(real_jail(), place_of(folder), {.threads = 64}, {});
    INFO(made.detail);
    CHECK(made.reason == Reason::none);
}

TEST_CASE("a phone's turned picture stands upright") {
    TempFolder folder;
    make_video({"-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
        folder.path("flat.mp4")});
    make_source(folder, {{"-i", folder.path("flat.mp4")}, {"-c", "copy", "-metadata:s:v:0", "rotate=90", "-f", "mp4"}});
    auto const made = prepare_here(folder);
    check_ladder(folder, made, 3, false);
    CHECK(made.width == 360);
    CHECK(made.height == 640);
    CHECK(made.rungs.front().rung.name() == "360p");
}

TEST_CASE("MKV with six channels of sound becomes stereo") {
    TempFolder folder;
    make_source(folder, {picture("640x360", "24", "3"), sound("3", "5.1"),
                            {"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "ac3", "-f", "matroska"}});
    auto const made = prepare_here(folder);
    check_ladder(folder, made, 3, true);
    CHECK(ffprobe(place_of(folder).target() + "/360p/index.m3u8", {"-select_streams", "a", "-show_entries", "stream=channels"}).front() ==
          "2");
}

TEST_CASE("VP9 in WebM without sound") {
    TempFolder folder;
    make_source(folder, {picture("480x272", "25", "3"), {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-f", "webm"}});
    check_ladder(folder, prepare_here(folder), 3, false);
}

TEST_CASE("a variable frame rate becomes a constant one of the same length") {
    TempFolder folder;
    make_source(folder, {{"-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=6,select='if(lt(t,3),1,not(mod(n,3)))'"},
                            {"-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "matroska"}});
    auto const made = prepare_here(folder);
    check_ladder(folder, made, 6, false);
    CHECK(made.rungs.front().rung.making == Making::encode);
}

TEST_CASE("odd sizes and pixels that are not square") {
    TempFolder folder;
    make_source(folder, {picture("321x241", "25", "2"),
                            {"-vf", "setsar=4/3", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", "-f", "mp4"}});
    auto const made = prepare_here(folder);
    check_ladder(folder, made, 2, false);
    CHECK(std::abs(made.width - 428) <= 1);
}

TEST_CASE("high dynamic range is brought down to what every screen shows") {
    TempFolder folder;
    make_source(folder, {picture("640x360", "25", "2"),
                            {"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le",
                                "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-f", "mp4"}});
    check_ladder(folder, prepare_here(folder), 2, false);
}

TEST_CASE("wide colours that are not bright become the same colours of ordinary screens") {
    struct Made {
        std::string as;
        Words tags;
    };
    Words const matrix{"-colorspace", "bt2020nc"}, p3{"-color_primaries", "smpte432", "-color_trc", "bt709", "-colorspace", "bt709"};
    for (auto const& [as, tags] :
        {Made{"zscale=p=bt2020:m=bt2020nc:r=tv", {"-color_primaries", "bt2020", "-color_trc", "bt2020-10", "-colorspace", "bt2020nc"}},
            Made{"zscale=p=bt2020:m=bt2020nc:r=tv,setparams=color_primaries=unknown:color_trc=unknown", matrix},
            Made{"zscale=p=smpte432:m=bt709:r=tv", p3}}) {
        INFO(as);
        TempFolder folder;
        make_source(folder,
            {{"-f", "lavfi", "-i",
                 "color=0xB43C28:s=320x180:r=25:d=2,format=gbrp,setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr:range=pc," +
                     as + ",format=yuv420p"},
                {"-c:v", "libx264", "-preset", "ultrafast", "-g", "50"}, tags, {"-f", "matroska"}});
        check_ladder(folder, prepare_here(folder), 2, false);
        auto const target = place_of(folder).target();
        for (auto const& [file, from] :
            {std::pair{"/180p/index.m3u8", "in_color_matrix=bt709:in_range=tv"}, {"/poster.jpg", "in_range=pc"}}) {
            std::string pixel;
            REQUIRE(run({"ffmpeg", "-v", "error", "-i", target + file, "-vf", "scale=" + std::string(from) + ",format=rgb24,crop=1:1",
                            "-frames:v", "1", "-f", "rawvideo", "-"},
                &pixel));
            REQUIRE(pixel.size() == 3);
            INFO(file, " ", int(std::uint8_t(pixel[0])), " ", int(std::uint8_t(pixel[1])), " ", int(std::uint8_t(pixel[2])));
            CHECK(std::abs(std::uint8_t(pixel[0]) - 180) <= 5);
            CHECK(std::abs(std::uint8_t(pixel[1]) - 60) <= 5);
            CHECK(std::abs(std::uint8_t(pixel[2]) - 40) <= 5);
        }
    }
}

TEST_CASE("pictures without a container are a film, with a still from its midst") {
    for (auto const& [format, how] : std::vector<std::pair<std::string, Words>>{{"h264", {"-c:v", "libx264", "-preset", "ultrafast"}},
             {"hevc", {"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"}}, {"yuv4mpegpipe", {}}}) {
        INFO(format);
        TempFolder folder;
        make_source(folder, {{"-f", "lavfi", "-i", "color=black:s=320x180:r=30:d=2", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=4",
                                 "-filter_complex", "[0][1]concat"},
                                how, {"-pix_fmt", "yuv420p", "-f", format}});
        check_ladder(folder, prepare_here(folder), 6, false);
        CHECK(std::filesystem::file_size(place_of(folder).target() + "/poster.jpg") > 5000); // black takes less
    }
}

// proves S23
TEST_CASE("the poster is not black where the film is not") {
    TempFolder folder;
    make_source(folder, {{"-f", "lavfi", "-i", "color=black:s=320x240:r=25:d=4", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=6",
                             "-filter_complex", "[0][1]concat"},
                            {"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "mp4"}});
    auto const made = prepare_here(folder);
    REQUIRE(made.poster);
    std::string text;
    REQUIRE(run({"ffprobe", "-v", "error", "-f", "lavfi", "-i", "movie=" + place_of(folder).target() + "/poster.jpg,signalstats",
                    "-show_entries", "frame_tags=lavfi.signalstats.YAVG", "-of", "csv=p=0"},
        &text));
    CHECK(number(text) > 40);
}

TEST_CASE("what is not a film fails with its reason, quickly, and leaves nothing") {
    TempFolder folder;
    auto const source = folder.path("medium/source");
    std::filesystem::create_directories(folder.path("medium"));
    auto const reason = [&] {
        auto const made = prepare_here(folder);
        CHECK_FALSE(made.playable);
        CHECK_FALSE(std::filesystem::exists(place_of(folder).work()));
        return std::string(to_text(made.reason));
    };
    CHECK(reason() == "media.source_missing");
    write_file(source, "");
    CHECK(reason() == "media.empty");
    write_file(source, "Dear diary, today I learned about containers.\n");
    CHECK(reason() == "media.not_a_video");
    write_file(source, "#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");
    CHECK(reason() == "media.not_a_video");
    write_file(source, "ffconcat version 1.0\nfile /etc/passwd\n");
    CHECK(reason() == "media.not_a_video");
    write_file(source, std::string("\xff\xd8\xff\xe0\0\x10JFIF", 10) + std::string("\0\0\0\x20"
                                                                                   "ftypisom",
                                                                           12));
    CHECK(reason() == "media.not_a_video");
    write_file(source, std::string("\0\0\0\x20"
                                   "ftypisom\0\0\2\0isomiso2avc1mp41\0\0\0\x10mdat12345678\0\0\0\x08moov",
                           56));
    CHECK(reason() == "media.no_video");
    write_file(source, "OggS" + std::string(5000, 'z'));
    CHECK(reason() == "media.damaged");
    make_video({"-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac", "-f", "mp4", source});
    CHECK(reason() == "media.no_video");
}

TEST_CASE("a file that ends before its index does fails with that as the reason") {
    TempFolder folder;
    for (auto const& [format, options] :
        std::vector<std::pair<std::string, Words>>{{"mp4", {"-movflags", "+faststart"}}, {"mp4", {}}, {"matroska", {}}, {"avi", {}}}) {
        INFO(format);
        Words ending{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", format};
        ending.insert(ending.end(), options.begin(), options.end());
        make_source(folder, {picture("320x240", "25", "8"), ending});
        auto const size = std::filesystem::file_size(folder.path("medium/source"));
        std::filesystem::resize_file(folder.path("medium/source"), size * 6 / 10);
        auto const made = prepare_here(folder);
        CHECK(to_text(made.reason) == "media.input_truncated");
        CHECK(sentence(made.reason).find("ends earlier") != std::string_view::npos);
    }
}

TEST_CASE("an index that promises more than the packets hold is found out in the end") {
    TempFolder folder;
    make_source(folder, {picture("320x240", "25", "8"),
                            {"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"}});
    // The second half of the data is gone, and the box says so: only the durations tell.
    auto bytes = read_file(folder.path("medium/source"));
    auto const box = bytes.find("mdat") - 4;
    bytes.resize(box + (bytes.size() - box) / 2);
    auto const size = static_cast<std::uint32_t>(bytes.size() - box);
    for (int i = 0; i < 4; ++i) bytes[box + static_cast<std::size_t>(i)] = static_cast<char>(size >> (24 - 8 * i));
    write_file(folder.path("medium/source"), bytes);
    CHECK(to_text(prepare_here(folder).reason) == "media.input_truncated");
}

TEST_CASE("limits hold before anything is decoded") {
    TempFolder folder;
    make_source(folder, {{"-f", "lavfi", "-i", "color=s=16384x64:r=1:d=1"}, {"-c:v", "mjpeg", "-f", "avi"}});
    CHECK(to_text(prepare_here(folder).reason) == "media.too_large_picture");
    make_source(folder, {picture("64x64", "400", "0.2"), {"-c:v", "mjpeg", "-r", "400", "-f", "avi"}});
    CHECK(to_text(prepare_here(folder).reason) == "media.too_many_frames");
    // A thousand a second, and 25 is what it says.
    make_source(folder, {picture("64x64", "25", "120"), {"-vf", "settb=1/1000,setpts=N", "-fps_mode", "passthrough", "-enc_time_base",
                                                            "1/1000", "-c:v", "mjpeg", "-q:v", "20", "-f", "matroska"}});
    REQUIRE(ffprobe(folder.path("medium/source"), {"-show_entries", "stream=r_frame_rate"}) == std::vector<std::string>{"25/1"});
    CHECK(to_text(prepare_here(folder).reason) == "media.too_many_frames");
    make_source(folder, {picture("64x64", "25", "1"), {"-c:v", "amv", "-r", "25", "-strict", "-1", "-f", "matroska"}});
    CHECK(to_text(prepare_here(folder).reason) == "media.unsupported");
}

TEST_CASE("damaged bytes in the middle end in a whole film or in a reason, never in between") {
    TempFolder folder;
    make_source(folder, {picture("160x120", "25", "3"),
                            {"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4"}});
    auto const good = read_file(folder.path("medium/source"));
    unsigned state = 5;
    auto const next = [&] { return state = state * 1664525U + 1013904223U; };
    for (int round = 0; round < 8; ++round) {
        auto bytes = good;
        for (int flips = 0; flips < 40; ++flips) bytes[next() % bytes.size()] = static_cast<char>(next() >> 24);
        write_file(folder.path("medium/source"), bytes);
        auto const made = prepare_here(folder);
        if (made.reason == Reason::none) {
            for (auto const& rung : made.rungs)
                CHECK(read_list(read_file(place_of(folder).target() + "/" + rung.rung.name() + "/index.m3u8")).ended);
        } else {
            CHECK_FALSE(sentence(made.reason).empty());
        }
        CHECK_FALSE(std::filesystem::exists(place_of(folder).work()));
    }
}

TEST_CASE("a preparation that is cancelled stops and leaves no program behind") {
    TempFolder folder;
    make_source(folder, {picture("1280x720", "30", "20"), {"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", "-f", "mp4"}});
    bool stop = false;
    PrepareHooks hooks;
    hooks.changed = [&](Prepared const& so_far) { stop = stop || so_far.playable; };
    hooks.cancelled = [&] { return stop; };
    auto const made = prepare(real_jail(), place_of(folder), {}, hooks);
    CHECK(made.cancelled);
    CHECK(processes_in(folder.path()) == 0);
}
