// Preparations beside each other through the module's own addresses: what a film holds bounds what it costs, and nobody waits for it.
#include "house.hpp"

#include "jail/trial.hpp"
#include "jobs/queue.hpp"
#include "library/repository.hpp"
#include "transcode/survey.hpp"
#include "tus_client.hpp"

#include <algorithm>
#include <cmath>

using namespace mozi;
using namespace mozi::test;

namespace {

// Pictures of `size`, each standing so many seconds before the next one; the last one's time ends the film.
std::string pictures_at(std::vector<double> const& times, std::string const& size) {
    TempFolder const folder;
    std::string when = "0";
    for (std::size_t i = 0; i < times.size(); ++i)
        when = "if(eq(N," + std::to_string(i) + ")," + std::to_string(times[i]) + "," + when + ")";
    make_video({"-f", "lavfi", "-i", "testsrc2=s=" + size + ":r=1:d=" + std::to_string(times.size()), "-vf",
        "settb=1/1000,setpts='" + when + "/TB'", "-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-c:v", "mjpeg", "-q:v", "20",
        "-f", "matroska", folder.path("v")});
    return read_file(folder.path("v"));
}

std::string make_moving(std::string const& seconds, std::string const& size) {
    TempFolder const folder;
    make_video({"-f", "lavfi", "-i", "testsrc2=s=" + size + ":r=25:d=" + seconds, "-c:v", "mpeg4", "-q:v", "5", "-f", "matroska",
        folder.path("v")});
    return read_file(folder.path("v"));
}
std::string const& short_film() {
    static auto const film = make_moving("2", "320x240");
    return film;
}
std::string const& long_film() { // minutes of work
    static auto const film = make_moving("100", "960x540");
    return film;
}

std::string job_of(std::string const& id) { return "/api/jobs/" + id; }

} // namespace

// proves S23
TEST_CASE("four pictures that claim twelve hours cost what four pictures cost") {
    TempFolder folder;
    std::filesystem::create_directories(folder.path("medium"));
    write_file(folder.path("medium/source"), pictures_at({0, 1, 2, 43'000}, "320x180"));
    auto const began = std::chrono::steady_clock::now();
    media::PrepareHooks hooks; // without the bound it would go on for hours
    hooks.cancelled = [&] { return std::chrono::steady_clock::now() - began > std::chrono::minutes(3); };
    auto const made = media::prepare(real_jail(), place_of(folder), {}, hooks);
    INFO(made.detail);
    REQUIRE_FALSE(made.cancelled);
    REQUIRE(made.reason == media::Reason::none);
    CHECK(std::abs(made.duration_s - 43'000) < 5);
    auto const target = place_of(folder).target();
    for (auto const& state : made.rungs) {
        auto const playlist = target + "/" + state.rung.name() + "/index.m3u8";
        auto const list = read_list(read_file(playlist));
        CHECK(list.ended);
        CHECK(std::abs(list.length() - made.duration_s) < 0.1);
        CHECK(list.durations.size() < 1000);
    }
    auto const pictures = ffprobe(target + "/" + made.rungs.back().rung.name() + "/index.m3u8", {"-show_entries", "packet=pts_time,flags"});
    CHECK(pictures.size() < 1100);
    CHECK(pictures.size() > 3);
    for (auto const& picture : pictures) CHECK(picture.find("K") != std::string::npos);
    CHECK(made.bytes < 64 << 20);
}

TEST_CASE("a still with sound is held: every picture stands where it stood, and its sound is whole") {
    TempFolder folder;
    std::filesystem::create_directories(folder.path("medium"));
    write_file(folder.path("slides"), pictures_at({0, 100, 303, 700}, "320x180"));
    make_video({"-i", folder.path("slides"), "-f", "lavfi", "-i", "sine=d=720:r=8000", "-c:v", "copy", "-c:a", "flac", "-f", "matroska",
        folder.path("medium/source")});
    auto const made = prepare_here(folder);
    INFO(made.detail);
    REQUIRE(made.reason == media::Reason::none);
    CHECK(std::abs(made.duration_s - 720) < 0.2);
    auto const playlist = place_of(folder).target() + "/" + made.rungs.front().rung.name() + "/index.m3u8";
    auto const list = read_list(read_file(playlist));
    CHECK(std::abs(list.length() - made.duration_s) < 0.1);
    for (auto const duration : list.durations) CHECK(duration < 6);
    std::vector<double> begins;
    for (auto const& line : ffprobe(playlist, {"-select_streams", "v", "-show_entries", "packet=pts_time"})) {
        auto const at = std::strtod(line.c_str(), nullptr);
        if (!begins.empty()) CHECK(at - begins.back() < 4.01); // in every segment there is one
        begins.push_back(at);
    }
    for (auto const at : {100.0, 303.0, 700.0})
        CHECK(std::ranges::any_of(begins, [&](double begin) { return std::abs(begin - begins.front() - at) < 0.01; }));
}

TEST_CASE("silence that has to be made is bounded by the sound there is: two channels, then fewer sounds") {
    TempFolder folder;
    auto const place = place_of(folder);
    std::filesystem::create_directories(place.folder);
    write_file(folder.path("pictures"), pictures_at({0, 18'000}, "160x90"));
    make_video({"-f", "lavfi", "-i", "anoisesrc=d=1:r=48000", "-ac", "6", "-c:a", "ac3", "-f", "ac3", folder.path("sound")});
    std::vector<std::string> words{"-i", folder.path("pictures")}, maps{"-map", "0:v"};
    for (int i = 1; i <= 8; ++i) {
        words.insert(words.end(), {"-i", folder.path("sound")});
        maps.insert(maps.end(), {"-map", std::to_string(i) + ":a"});
    }
    words.insert(words.end(), maps.begin(), maps.end());
    words.insert(words.end(), {"-c", "copy", "-f", "matroska", place.folder + "/source"});
    make_video(words);
    auto const jail = real_jail();
    media::PrepareLimits const limits;
    media::Survey survey(jail, place, limits, {});
    REQUIRE(survey.look() == media::Reason::none);
    REQUIRE(media::prepare_folder(jail, place.work(), place.folder + "/source"));
    REQUIRE(survey.inspect() == media::Reason::none);
    REQUIRE(survey.probe().sounds.size() == 8);
    REQUIRE(survey.scan([](double) { return std::chrono::steady_clock::duration{}; }) == media::Reason::none);
    CHECK(survey.known().stereo_only);
    CHECK(survey.probe().sounds.size() == 1);
    CHECK(std::ranges::count(survey.remarks(), media::Warning::too_many_tracks, &media::Remark::warning) == 7);
}

TEST_CASE("a program that does nothing is ended, once, and it is not tried again by itself") {
    TempFolder folder;
    std::filesystem::create_directories(folder.path("medium"));
    write_file(folder.path("medium/source"), short_film());
    auto jail = real_jail();
    jail.ffmpeg = inside_program(); // does nothing, whatever it is told
    for (auto const bytes : {std::uintmax_t(short_film().size()), std::uintmax_t(65) << 20}) { // read through first, or begun first
        CAPTURE(bytes);
        std::filesystem::resize_file(folder.path("medium/source"), bytes);
        auto const made = media::prepare(jail, place_of(folder), {.patience = std::chrono::milliseconds(300)}, {});
        INFO(made.detail);
        CHECK(made.reason == media::Reason::timed_out);
        CHECK_FALSE(media::may_pass(made.reason));
    }
}

TEST_CASE("a film whose program has vanished waits for it, however long, and is then prepared") {
    for (auto const vanishes : {"ffprobe", "ffmpeg"}) {
        CAPTURE(vanishes);
        TempFolder const programs;
        auto const install = [&](std::string const& name) {
            std::filesystem::copy_file("/usr/bin/" + name, programs.path(name));
            std::filesystem::permissions(programs.path(name), std::filesystem::perms(0755));
        };
        install("ffmpeg"), install("ffprobe");
        House house(House::Jobs::running, {.ffmpeg = programs.path("ffmpeg"), .ffprobe = programs.path("ffprobe")});
        CHECK(house.module->keeping->warnings().empty());
        std::filesystem::remove(programs.path(vanishes));
        auto const warnings = house.module->keeping->warnings();
        REQUIRE(warnings.size() == 1);
        CHECK(warnings.front().find(programs.path(vanishes) + " is missing") != std::string::npos);
        auto const id = house.upload(short_film());
        for (int run = 1; run <= 3; ++run) {
            house.wait_until([&] {
                return house.media(id).at("status") == "FAILED" ||
                       house.scalar<std::int64_t>("SELECT count(*) FROM medium m JOIN job j ON j.medium_id = m.id WHERE m.run = " +
                                                  std::to_string(run) + " AND j.tries = 0 AND j.starts = 0") == 1;
            });
            REQUIRE(house.media(id).at("status") == "PROCESSING");
            house.database->live(std::chrono::seconds(31));
        }
        install(vanishes);
        CHECK(house.module->keeping->warnings().empty());
        house.wait_until([&] { // the run that had begun before waits once more
            house.database->live(std::chrono::seconds(31));
            return house.media(id).at("status") != "PROCESSING";
        });
        CHECK(house.media(id).at("status") == "READY");
    }
}

TEST_CASE("a film is not blamed for an ffmpeg that broke: it waits, the operator is told why, and it is prepared when that is mended") {
    TempFolder const programs;
    auto const install = [&](std::string const& from) {
        std::filesystem::remove(programs.path("ffmpeg"));
        std::filesystem::copy_file(from, programs.path("ffmpeg"));
        std::filesystem::permissions(programs.path("ffmpeg"), std::filesystem::perms(0755));
    };
    install("/usr/bin/ffmpeg");
    House house(House::Jobs::running, {.ffmpeg = programs.path("ffmpeg")});
    auto const well = house.upload(short_film());
    house.wait_until([&] { return house.media(well).at("status") == "READY"; });
    install("/bin/false");
    auto const id = house.upload(short_film());
    house.wait_until([&] { return !house.module->keeping->faults().empty(); });
    CHECK(house.module->keeping->faults().front().sentence.find("ffmpeg does not work in the jail") != std::string::npos);
    house.database->live(std::chrono::seconds(31));
    CHECK(house.media(id).at("status") == "PROCESSING");
    install("/usr/bin/ffmpeg");
    house.wait_until([&] {
        house.database->live(std::chrono::seconds(31));
        return house.media(id).at("status") != "PROCESSING";
    });
    CHECK(house.media(id).at("status") == "READY");
    CHECK(house.module->keeping->faults().empty());
}

TEST_CASE("after a film failed the programs are tried again, and what a full disk or a missing program explains is not theirs") {
    TempFolder const folder;
    auto jail = real_jail();
    jail.ffmpeg = folder.path("ffmpeg");
    std::filesystem::copy_file("/bin/true", jail.ffmpeg);
    media::Trial trial(jail, folder.path("trial"));
    CHECK(trial.faults().empty()); // nothing was tried
    CHECK_FALSE(trial.works());
    REQUIRE(trial.faults().size() == 1);
    CHECK(trial.faults().front().find("ffmpeg runs in the jail and makes nothing") != std::string::npos);
    CHECK(trial.fails());
    CHECK_FALSE(trial.keep()); // not again at once
    std::filesystem::remove(jail.ffmpeg);
    CHECK_FALSE(trial.fails());
    CHECK(trial.faults().front().find(jail.ffmpeg + " is missing") != std::string::npos);
    std::filesystem::copy_file("/usr/bin/ffmpeg", jail.ffmpeg);
    CHECK(trial.keep()); // another program is tried at once
    CHECK(trial.works());
    CHECK(trial.faults().empty());
    CHECK_FALSE(std::filesystem::exists(folder.path("trial")));
}

// proves S23
TEST_CASE("a short film of another person becomes playable while an endless one is prepared") {
    House house(House::Jobs::running);
    auto const endless = house.upload(long_film(), ada);
    house.wait_until([&] { return house.media(endless, ada).at("playable") == true; });
    auto const shorter = house.upload(short_film(), ben);
    house.wait_until([&] { return house.media(shorter, ben).at("playable") == true; });
    CHECK(house.media(endless, ada).at("status") == "PROCESSING");
    // And it becomes ready, in its turn, before the long one.
    house.wait_until([&] { return house.media(shorter, ben).at("status") != "PROCESSING"; });
    CHECK(house.media(shorter, ben).at("status") == "READY");
    CHECK(house.media(endless, ada).at("status") == "PROCESSING");
}

// proves S23
TEST_CASE("administrators see all jobs in the order they came, and lower, raise and stop one") {
    House house;
    auto const first = house.upload("not a film", ada), second = house.upload("neither is this", ben);
    for (auto const who : {ada, mod}) {
        CHECK(house.get("/api/jobs", who).status == 403);
        CHECK(house.ask(Method::delete_, job_of(first), who).status == 403);
    }
    CHECK(house.get("/api/jobs", visitor).status == 401);
    auto const list = house.get("/api/jobs?limit=1", admin).body;
    CHECK(list.at("pagination").at("total") == 2);
    REQUIRE(list.at("data").as_array().size() == 1);
    auto const& seen = list.at("data").at(0).as_object();
    CHECK(seen.at("id").as_string() == first);
    CHECK(seen.at("ownerId") == "11");
    CHECK(seen.at("priority") == "NORMAL");
    CHECK(seen.at("running") == false);
    CHECK(seen.at("size") == 10);
    auto const next = std::string(list.at("pagination").at("nextCursor").as_string());
    CHECK(house.get("/api/jobs?after=" + next, admin).at("data").at(0).at("id").as_string() == second);
    CHECK(house.get("/api/jobs?after=x", admin).id() == "request.cursor");

    auto const put = [&](std::string const& id, std::string const& priority) {
        return house.ask(Method::put, job_of(id), admin, {"content-type: application/json"}, R"({"priority":")" + priority + R"("})");
    };
    CHECK(put(second, "HIGH").at("priority") == "HIGH");
    CHECK(put(first, "LOW").at("priority") == "LOW");
    CHECK(put("77", "LOW").id() == "media.job_not_found");
    auto const firsts = house.database->read(
        [&](db::Connection& c) -> Result<std::vector<media::Job>> { return media::queue::firsts(c, house.database->lived()); });
    REQUIRE(firsts->size() == 2);

    CHECK(house.ask(Method::delete_, job_of(second), admin).id() == "media.reason"); // another's, and in silence
    CHECK(house.ask(Method::delete_, job_of(second) + "?reason=Too%20dear", admin).status == 204);
    CHECK(house.ask(Method::delete_, job_of(second) + "?reason=Again", admin).id() == "media.job_not_found");
    auto const stopped = house.media(second, ben);
    CHECK(stopped.at("status") == "FAILED");
    CHECK(stopped.at("error").at("id") == "media.cancelled");
    CHECK(house.told("media.failed") == 1);
    CHECK(house.ask(Method::post, "/api/media/" + second + "/retry", ben).id() == "media.stopped");
    CHECK(house.ask(Method::post, "/api/media/" + second + "/retry", admin).status == 202); // nothing of the upload is lost
}

TEST_CASE("a preparation that is stopped in the middle ends, leaves nothing it made, and can be begun again") {
    House house(House::Jobs::running);
    auto const id = house.upload(long_film(), ada);
    house.wait_until([&] { return house.media(id).at("playable") == true; });
    CHECK(house.get("/api/jobs", admin).at("data").at(0).at("running") == true);
    auto const folder = house.folder.path("media/files/" + id);
    std::filesystem::create_directories(folder + "/r77"); // of a start that was killed
    CHECK(house.ask(Method::delete_, job_of(id) + "?reason=Later", admin).status == 204);
    CHECK(house.media(id).at("error").at("id") == "media.cancelled");
    CHECK(house.media(id).at("playable") == false);
    house.wait_until([&] { return processes_in(house.folder.path()) == 0; });
    house.wait_until([&] {
        for (auto const& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().filename() != "source") return false;
        return true;
    });
    CHECK(house.ask(Method::post, "/api/media/" + id + "/retry", admin).status == 202);
    house.wait_until([&] { return house.media(id).at("playable") == true; });
}

TEST_CASE("what earlier starts of a preparation left goes when it begins again") {
    House house;
    auto const id = house.upload(long_film(), ada);
    auto const folder = house.folder.path("media/files/" + id);
    for (auto const* run : {"/r0", "/r77"}) std::filesystem::create_directories(folder + run);
    house.restart(House::Jobs::running);
    house.wait_until([&] { return house.media(id).at("playable") == true; });
    for (auto const* run : {"/r0", "/r77"}) CHECK_FALSE(std::filesystem::exists(folder + run));
}

TEST_CASE("the queue asks its index once per owner, however many jobs each has") {
    House house;
    REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
        for (int i = 1; i <= 600; ++i) {
            media::Medium medium;
            medium.id = {i};
            medium.owner = {100 + i % 3};
            medium.filename = "f";
            medium.size = medium.received = 1000 - i;
            medium.created_at = Time{std::chrono::seconds(i)};
            media::repository::insert(*tx, medium);
            media::repository::complete(*tx, medium.id, Time{std::chrono::seconds(i)});
        }
        return {};
    }));
    auto const firsts = house.database->read(
        [&](db::Connection& c) -> Result<std::vector<media::Job>> { return media::queue::firsts(c, Time{std::chrono::hours(1)}); });
    REQUIRE(firsts->size() == 3);
    for (auto const& job : *firsts) CHECK(job.bytes <= 1000 - 598); // the smallest of each
    auto const first = plan(*house.database, "SELECT f.medium_id FROM job f WHERE f.owner_id = 1 AND f.lease_until <= 5 "
                                             "ORDER BY f.priority DESC, f.bytes, f.queued_at LIMIT 1");
    CHECK(first.find("job_of_owner") != std::string::npos);
    CHECK(first.find("TEMP B-TREE") == std::string::npos);
    auto const listed = plan(*house.database, "SELECT medium_id FROM job ORDER BY queued_at, medium_id LIMIT 20");
    CHECK(listed.find("job_queued") != std::string::npos);
    CHECK(listed.find("TEMP B-TREE") == std::string::npos);
    CHECK(plan(*house.database, "SELECT count(*) FROM medium WHERE owner_id = 7 AND expires_at IS NOT NULL").find("medium_open") !=
          std::string::npos);
}
