// Media from upload to playback through the module's own addresses: who sees what, what moderation and sessions end.
#include "house.hpp"

#include "cases/subjects.hpp"
#include "cases/videos.hpp"

#include "jobs/queue.hpp"
#include "library/repository.hpp"
#include "playback/files.hpp"
#include "playback/grants.hpp"

#include <mozi/base/text.hpp>

using namespace mozi;
using namespace mozi::test;
using net::Method;

namespace {

std::string small_video() {
    static std::string const bytes = [] {
        TempFolder const folder;
        make_video({"-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=5", "-f", "lavfi", "-i", "sine=d=5", "-c:v", "libx264", "-preset",
            "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac", "-f", "mp4", folder.path("v")});
        return read_file(folder.path("v"));
    }();
    return bytes;
}

content::MovieUpdated movie(std::string const& media, bool released = true, bool hidden = false) {
    content::MovieUpdated out;
    out.movie_id = {501};
    out.title = "A film";
    out.created_by = {11};
    out.released = released;
    out.hidden = hidden;
    if (!media.empty()) out.media_id = parse<MediaId>(media);
    return out;
}

// Every address below a master playlist: playlists, init segments, segments.
std::vector<std::string> addresses(House& house, std::string const& master, std::string_view who) {
    std::vector<std::string> out{master};
    auto const folder = [](std::string const& url) { return url.substr(0, url.rfind('/') + 1); };
    auto const lines = [](std::string const& text) { return split(text, '\n'); };
    auto const top = house.get(master, who);
    REQUIRE(top.status == 200);
    for (auto const version : lines(top.text)) {
        if (version.empty() || version[0] == '#') continue;
        out.push_back(folder(master) + std::string(version));
        auto const list = house.get(out.back(), who);
        REQUIRE(list.status == 200);
        auto const base = folder(out.back());
        for (auto const line : lines(list.text)) {
            if (line.starts_with("#EXT-X-MAP:URI=\"")) out.push_back(base + std::string(line.substr(16, line.size() - 17)));
            else if (!line.empty() && line[0] != '#') out.push_back(base + std::string(line));
        }
    }
    return out;
}

} // namespace

// proves S24
TEST_CASE("an upload becomes a video with exactly the promised fields, private at first, public with its title") {
    House house(House::Jobs::running);
    auto const id = house.upload(small_video());
    auto const ready = house.settled(id);
    INFO(boost::json::serialize(ready));
    REQUIRE(ready.at("status") == "READY");
    std::vector<std::string> names;
    for (auto const& entry : ready) names.emplace_back(entry.key());
    CHECK(
        names == std::vector<std::string>{"id", "filename", "size", "bytesOnDisk", "status", "progress", "playable", "hlsUrl", "tracksUrl",
                     "posterUrl", "durationSeconds", "width", "height", "renditions", "sounds", "texts", "warnings", "hidden", "error"});
    CHECK(ready.at("progress") == 1);
    CHECK(ready.at("error").is_null());
    CHECK(ready.at("width") == 320);
    CHECK(ready.at("renditions").as_array().front().at("status") == "READY");
    CHECK(house.told_names() == std::vector<std::string>{"media.uploaded", "media.processed"});

    // Private: a signature, for the owner and for moderators.
    for (auto const who : {ben, visitor}) CHECK(house.get("/api/media/" + id, who).status == 404);
    auto const signed_url = text_of(ready, "hlsUrl");
    auto const own = addresses(house, signed_url, visitor); // the address is the ticket
    CHECK(own.size() >= 4);
    for (auto const& address : own) CHECK(house.get(address, visitor).status == 200);
    CHECK(house.get(text_of(ready, "posterUrl"), visitor).text.starts_with("\xff\xd8"));
    auto forged = signed_url;
    forged[forged.find("/s") + 3] ^= 1;
    CHECK(house.get(forged, ada).status == 404);
    CHECK(house.get("/media/" + id + "/open/master.m3u8", ada).status == 404);
    CHECK(text_of(house.media(id, mod), "hlsUrl") != signed_url);

    // Public with a released title.
    house.hear(movie(id));
    auto const open = text_of(house.media(id, visitor), "hlsUrl");
    CHECK(open == "/media/" + id + "/open/master.m3u8");
    CHECK(house.media(id, visitor).at("filename").is_null());
    auto const everything = addresses(house, open, visitor);
    for (auto const& address : everything) {
        auto const answer = house.get(address, visitor);
        CHECK(answer.status == 200);
        CHECK(answer.header("Cache-Control") == (address.ends_with(".m3u8") ? "no-cache" : "public, max-age=60, must-revalidate"));
    }

    // Hidden titles, hidden media: not one address goes on answering; afterwards all do again.
    auto const all_answer = [&](int status) {
        for (auto const& address : everything) CHECK(house.get(address, visitor).status == status);
    };
    house.hear(movie(id, true, true));
    all_answer(404);
    auto another = movie(id);
    another.movie_id = {502};
    house.hear(another); // of another title neither: it was taken away with the first
    all_answer(404);
    MediaId const medium{std::stoll(id)};
    CHECK(house.module->videos->check_may_show(medium, {11}).error().id == "media.hidden");
    CHECK(house.module->videos->check_may_show(medium, {12}).error().id == "media.not_found");
    CHECK(house.media(id, ada).at("hidden") == true);
    house.hear(movie(id));
    all_answer(200);
    CHECK(house.module->videos->check_may_show(medium, {11}));
    CHECK(house.media(id, ada).at("hidden") == false);
    CHECK(house.media(id, visitor).at("hidden").is_null());
    another.media_id.reset();
    house.hear(another);
    house.hear(moderation::ContentHidden{{901}, SubjectKind::media, std::stoll(id)});
    house.hear(moderation::ContentHidden{{902}, SubjectKind::media, std::stoll(id)});
    all_answer(404);
    for (auto const& address : own) CHECK(house.get(address, ada).status == 404);
    CHECK(house.media(id).at("hlsUrl").is_null());
    CHECK(house.media(id).at("playable") == false);
    CHECK(house.get(text_of(house.media(id, mod), "hlsUrl"), mod).status == 200);
    house.hear(moderation::ContentRestored{{901}, SubjectKind::media, std::stoll(id)});
    all_answer(404);
    house.hear(moderation::ContentRestored{{902}, SubjectKind::media, std::stoll(id)});
    all_answer(200);
    house.hear(movie("", true, false)); // the title shows it no more
    all_answer(404);

    // A signature ends with its session.
    CHECK(house.get(signed_url, visitor).status == 200);
    {
        std::scoped_lock const held(house.sessions_mutex);
        house.ended_sessions.insert(11);
    }
    for (auto const& address : own) CHECK(house.get(address, visitor).status == 404);
}

TEST_CASE("other modules learn of media what their tests believe") {
    House house(House::Jobs::running);
    auto const id = house.upload(small_video());
    house.settled(id);
    MediaId const medium{std::stoll(id)};
    Asking const owner{.user = {11}, .session = {11}};
    check_videos(*house.module->videos, {medium, {4}, {11}, {12}});
    auto const found = house.module->videos->find({&medium, 1}, owner);
    CHECK(found->front()->has_sound == true);
    TempFolder const folder;
    make_video({"-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1", "-c:v", "libx264", "-f", "mp4", folder.path("v")});
    auto const has_sound = [&](std::string const& which) {
        MediaId const one{std::stoll(which)};
        return house.module->videos->find(std::span(&one, 1), owner)->front()->has_sound;
    };
    auto const silent = house.upload(read_file(folder.path("v")));
    house.settled(silent);
    CHECK(has_sound(silent) == false);
    write_file(folder.path("broken"), "OggS" + std::string(5000, 'z'));
    auto const broken = house.upload(read_file(folder.path("broken")));
    house.settled(broken);
    CHECK(has_sound(broken) == std::nullopt);
    auto const for_ben = house.module->videos->find({&medium, 1}, {.user = {12}, .session = {12}});
    CHECK_FALSE(for_ben->front()->hls_url.has_value());
    house.hear(movie(id));
    // A file's name is of its owner's machine: who may watch it is not told.
    std::vector<SubjectId> const one{subject_id(medium)};
    auto const seen_by_ben = house.module->module.subjects.front().find(one, {.user = {12}, .session = {12}});
    CHECK(seen_by_ben->front().visible);
    CHECK_FALSE(seen_by_ben->front().title.has_value());
    check_subject(
        *house.database, house.module->module.subjects.front(), {subject_id(medium), {4}, {11}, {12}},
        [&](bool hidden) {
            if (hidden) house.hear(moderation::ContentHidden{{1}, SubjectKind::media, medium.value});
            else house.hear(moderation::ContentRestored{{1}, SubjectKind::media, medium.value});
            // Hidden, a medium is no video to anybody but moderators: content shows its title without one.
            CHECK(house.module->videos->find({&medium, 1}, owner)->front().has_value() == !hidden);
        },
        false);
}

// proves S24
TEST_CASE("where visitors must sign in, every address of a video is signed") {
    House house(House::Jobs::running, {}, http::Visitors::must_sign_in);
    auto const id = house.upload(small_video());
    house.settled(id);
    house.hear(movie(id));
    CHECK(house.get("/media/" + id + "/open/master.m3u8", visitor).status == 404);
    auto const url = text_of(house.media(id, ben), "hlsUrl");
    CHECK(house.get(url, visitor).status == 200);
    house.hear(movie(id, false));
    CHECK(house.get(url, visitor).status == 404);
}

TEST_CASE("a failure has an id and a sentence; only then may it be tried again") {
    House house(House::Jobs::running);
    auto bytes = small_video();
    bytes.resize(bytes.size() / 2);
    auto const id = house.upload(bytes);
    auto const failed = house.settled(id);
    REQUIRE(failed.at("status") == "FAILED");
    CHECK(failed.at("error").at("id") == "media.input_truncated");
    CHECK(failed.at("playable") == false);
    CHECK(failed.at("hlsUrl").is_null());
    CHECK(house.ask(Method::post, "/api/media/" + id + "/retry", ben).status == 404);
    CHECK(house.ask(Method::post, "/api/media/" + id + "/retry", ada).status == 202);
    CHECK(house.settled(id).at("status") == "FAILED");
    auto const good = house.upload(small_video());
    house.settled(good);
    CHECK(house.ask(Method::post, "/api/media/" + good + "/retry", ada).status == 409);
    CHECK(house.told_names() ==
          std::vector<std::string>{"media.uploaded", "media.failed", "media.failed", "media.uploaded", "media.processed"});
}

TEST_CASE("a run that was overtaken says nothing about how it ended") {
    House house;
    auto const id = house.upload("not a film");
    house.database->write([&](db::Transaction& tx) -> Result<> {
        auto const medium = parse<MediaId>(id).value();
        auto const first = media::queue::claim(*tx, medium, Time{}, Time{});
        auto const second = media::queue::claim(*tx, medium, Time{}, Time{}); // the first one's lease ran out
        REQUIRE((first && second && second->run == first->run + 1));
        CHECK_FALSE(media::repository::finish(*tx, *first, {}));
        CHECK_FALSE(media::repository::fail(*tx, *first, media::Reason::damaged));
        CHECK(db::find<media::Medium>(*tx, second->id)->status == media::Status::processing);
        CHECK(media::repository::fail(*tx, *second, media::Reason::damaged));
        return {};
    });
    CHECK(house.media(id).at("status") == "FAILED");
}

TEST_CASE("a restart in the middle parks the job and finishes it afterwards") {
    House house(House::Jobs::running);
    TempFolder const folder;
    make_video({"-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=16", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p",
        "-f", "mp4", folder.path("v")});
    auto const id = house.upload(read_file(folder.path("v")));
    house.wait_until([&] { return house.media(id).at("playable") == true; });
    CHECK(house.media(id).at("status") == "PROCESSING");
    auto const during = text_of(house.media(id), "hlsUrl");
    CHECK(house.get(during, visitor).text.find("360p") != std::string::npos);
    house.restart();
    CHECK(processes_in(house.folder.path()) <= 2); // at most the new run
    auto const ready = house.settled(id);
    CHECK(ready.at("status") == "READY");
    CHECK(ready.at("renditions").as_array().size() == 3);
    // What the run before has made goes after the answer.
    house.wait_until([&] {
        int runs = 0;
        for (auto const& entry : std::filesystem::directory_iterator(house.folder.path("media/files/" + id)))
            runs += entry.path().filename().string().starts_with("r");
        return runs == 1;
    });
}

TEST_CASE("deleting takes everything along, also while it is being prepared") {
    House house(House::Jobs::running);
    auto const done = house.upload(small_video());
    house.settled(done);
    TempFolder const folder;
    make_video({"-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=16", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p",
        "-f", "mp4", folder.path("v")});
    auto const running = house.upload(read_file(folder.path("v")));
    house.wait_until([&] { return house.media(running).at("playable") == true; });
    for (auto const& id : {done, running}) {
        CHECK(house.ask(Method::delete_, "/api/media/" + id, ben).status == 404);
        CHECK(house.ask(Method::delete_, "/api/media/" + id, ada).status == 204);
        CHECK(house.get("/api/media/" + id, ada).status == 404);
    }
    house.wait_until([&] { return std::filesystem::is_empty(house.folder.path("media/files")); });
    house.wait_until([&] { return processes_in(house.folder.path()) == 0; });
    CHECK(house.get("/api/media", ada).at("pagination").at("total") == 0);
}

TEST_CASE("the list is one's own, latest first, by pages and by cursor") {
    House house;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(house.upload("bytes"));
    house.upload("other", ben);
    auto const page = house.get("/api/media?limit=2", ada).body;
    CHECK(page.at("pagination").at("total") == 5);
    CHECK(page.at("data").as_array().size() == 2);
    CHECK(page.at("data").at(0).at("id").as_string() == ids[4]);
    auto const next = std::string(page.at("pagination").at("nextCursor").as_string());
    CHECK(house.get("/api/media?limit=2&after=" + next, ada).at("data").at(0).at("id").as_string() == ids[2]);
    CHECK(house.get("/api/media?limit=2&page=3", ada).at("data").at(0).at("id").as_string() == ids[0]);
    CHECK(house.get("/api/media?after=x", ada).status == 400);
    CHECK(house.get("/api/media", visitor).status == 401);
}

TEST_CASE("names in a playback address are forms, never paths") {
    House house(House::Jobs::running);
    auto const id = house.upload(small_video());
    house.settled(id);
    house.hear(movie(id));
    auto const base = "/media/" + id + "/open/";
    CHECK(house.get(base + "r1/240p/00000.m4s", visitor).status == 200);
    for (auto const* name : {"r1/240p/../../source", "r1/240p/source", "r1/%2e%2e/source", "..%2f..%2fsource/x", "work/240p/00000.m4s",
             "r1/240p/list.m3u8", "r1/240p/00000.m4s.new", "r2/240p/00000.m4s", "r1/240p/99999.m4s", "r1/240p/", "r1/x/00000.m4s"})
        CHECK(house.get(base + name, visitor).status == 404);
}

TEST_CASE("ranges") {
    media::ByteRange range;
    using media::RangeVerdict, media::read_range;
    CHECK(read_range("bytes=0-99", 1000, range) == RangeVerdict::part);
    CHECK(range.length == 100);
    CHECK(read_range("bytes=990-", 1000, range) == RangeVerdict::part);
    CHECK((range.first == 990 && range.length == 10));
    CHECK(read_range("bytes=-10", 1000, range) == RangeVerdict::part);
    CHECK((range.first == 990 && range.length == 10));
    CHECK(read_range("bytes=-2000", 1000, range) == RangeVerdict::part);
    CHECK(range.length == 1000);
    CHECK(read_range("bytes=900-99999", 1000, range) == RangeVerdict::part);
    CHECK(range.length == 100);
    CHECK(read_range("bytes=1000-", 1000, range) == RangeVerdict::unsatisfiable);
    CHECK(read_range("bytes=-0", 1000, range) == RangeVerdict::unsatisfiable);
    for (auto const* whole : {"", "bytes=", "bytes=a-b", "bytes=5-4", "items=0-1", "bytes=0-1,5-6", "bytes=18446744073709551616-"})
        CHECK(read_range(whole, 1000, range) == RangeVerdict::whole);
}

// proves S24
TEST_CASE("a signature is for one medium, one session, a while") {
    media::Grants const grants("key");
    Time const now{std::chrono::seconds(1'790'000'000)};
    auto const key = grants.sign({5}, {9}, media::Right::own, now);
    auto const grant = grants.verify({5}, key, now);
    REQUIRE(grant);
    CHECK(grant->session.value == 9);
    CHECK(grant->right == media::Right::own);
    CHECK_FALSE(grants.verify({6}, key, now));
    CHECK_FALSE(grants.verify({5}, key, now + std::chrono::hours(8)));
    CHECK(grants.verify({5}, key, now + std::chrono::hours(5)));
    CHECK_FALSE(media::Grants("other").verify({5}, key, now));
    for (std::size_t i = 0; i < key.size(); ++i) {
        auto changed = key;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(grants.verify({5}, changed, now));
    }
}

TEST_CASE("hiding a title closes every address of what it shows, signed ones too, and copies ask again within a minute") {
    House house(House::Jobs::running);
    auto const id = house.upload(small_video());
    house.settled(id);
    house.hear(movie(id));
    std::vector<std::string> recorded;
    for (auto const who : {visitor, ben, ada})
        for (auto const* which : {"hlsUrl", "tracksUrl", "posterUrl"})
            if (auto const url = text_of(house.media(id, who), which); !url.empty()) {
                recorded.push_back(url);
                if (url.ends_with(".m3u8")) std::ranges::copy(addresses(house, url, who), std::back_inserter(recorded));
            }
    auto draft = movie(id, false);
    draft.movie_id = {502}; // the owner's signature, of before it was public, was given to friends
    house.hear(movie(id, false));
    auto const own = addresses(house, text_of(house.media(id, ada), "hlsUrl"), visitor);
    CHECK(own.front().find("/so") != std::string::npos);
    for (auto const& address : own) {
        auto const kept = house.get(address, visitor).header("Cache-Control");
        CHECK(kept == (address.ends_with(".m3u8") ? "private, no-cache" : "private, max-age=60, must-revalidate"));
    }
    std::ranges::copy(own, std::back_inserter(recorded));
    auto const moderators = addresses(house, text_of(house.media(id, mod), "hlsUrl"), mod);
    house.hear(movie(id));
    for (auto const& address : recorded) {
        auto const answer = house.get(address, visitor);
        CHECK(answer.status == 200);
        // Whoever keeps a copy asks again: nothing is sent twice, and nothing that was hidden.
        auto const again = house.ask(Method::get, address, visitor, {"if-none-match: " + answer.header("ETag")});
        CHECK(again.status == 304);
        CHECK(answer.header("Cache-Control").find("immutable") == std::string::npos);
    }
    CHECK(recorded.size() > 30);

    house.hear(movie(id, true, true));
    draft.released = true; // a new title for the same film
    house.hear(draft);
    for (auto const& address : recorded) {
        CHECK(house.get(address, visitor).status == 404);
        CHECK(house.ask(Method::get, address, visitor, {"if-none-match: *"}).status == 404);
    }
    for (auto const* which : {"hlsUrl", "tracksUrl", "posterUrl"}) CHECK(house.media(id, ada).at(which).is_null());
    for (auto const& address : moderators) CHECK(house.get(address, visitor).status == 200);
    house.note(house.demoted, 91); // what a moderator was given ends with the role
    for (auto const& address : moderators) CHECK(house.get(address, visitor).status == 404);
    house.hear(movie(id));
    for (auto const& address : recorded) CHECK(house.get(address, visitor).status == 200);
}

TEST_CASE("what a decision stands on is neither deleted nor changed by its owner, nor by an administrator, whatever address they try") {
    House house(House::Jobs::running);
    auto const id = house.upload(small_video());
    house.settled(id);
    auto bytes = small_video();
    bytes.resize(bytes.size() / 2);
    auto const failed = house.upload(bytes);
    house.settled(failed);
    auto const text = R"({"language":"hu","content":"1\n00:00:00,000 --> 00:00:01,000\nHo.\n"})";
    auto const json = std::vector<std::string>{"content-type: application/json"};
    REQUIRE(house.ask(Method::post, "/api/media/" + id + "/texts", ada, json, text).status == 201);
    auto const refuse = [&] {
        auto const check = [](Answer const& refused) {
            CHECK_MESSAGE(refused.status == 409, refused.text);
            CHECK(refused.id() == "media.hidden");
            CHECK(refused.at("next").is_string());
        };
        check(house.ask(Method::delete_, "/api/media/" + id, ada));
        check(house.ask(Method::delete_, "/api/media/" + id + "?reason=room", admin));
        check(house.ask(Method::delete_, "/api/uploads/" + id, ada, {"tus-resumable: 1.0.0"}));
        check(house.ask(Method::post, "/api/media/" + id + "/texts", ada, json, text));
        check(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ada));
        check(house.ask(Method::post, "/api/media/" + failed + "/retry", ada));
        check(house.ask(Method::delete_, "/api/admin/media/" + id + "?reason=room", admin));
        check(house.ask(Method::post, "/api/admin/media/" + failed + "/retry", admin));
        CHECK(std::filesystem::exists(house.folder.path("media/files/" + id)));
    };
    for (auto const& which : {id, failed}) house.hear(moderation::ContentHidden{{901}, SubjectKind::media, std::stoll(which)});
    refuse();
    for (auto const& which : {id, failed}) house.hear(moderation::ContentRestored{{901}, SubjectKind::media, std::stoll(which)});
    auto hidden = movie(id, true, true), other = movie(failed, true, true);
    other.movie_id = {502};
    house.hear(hidden), house.hear(other);
    refuse();
    hidden.hidden = other.hidden = false;
    house.hear(hidden), house.hear(other);
    CHECK(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ada).status == 200);
    CHECK(house.ask(Method::delete_, "/api/media/" + id, ada).status == 204);
}

TEST_CASE("an administrator deletes another's upload for room, with a reason, and that is told; a moderator does not") {
    House house;
    auto const first = house.upload("bytes"), own = house.upload("bytes", admin);
    CHECK(house.ask(Method::delete_, "/api/media/" + first + "?reason=room", mod).status == 404);
    auto const bare = house.ask(Method::delete_, "/api/media/" + first, admin);
    CHECK(bare.status == 422);
    CHECK(bare.id() == "media.reason");
    CHECK(house.get("/api/media/" + first, ada).status == 200);
    CHECK(house.ask(Method::delete_, "/api/media/" + first + "?reason=the%20disk%20is%20full", admin).status == 204);
    CHECK(house.ask(Method::delete_, "/api/media/" + own, admin).status == 204);
    std::vector<media::MediaDeleted> told;
    for (auto const& [name, payload] : house.told())
        if (name == media::MediaDeleted::name) told.push_back(json::from_json<media::MediaDeleted>(payload).value());
    REQUIRE(told.size() == 2);
    CHECK(told[0].deleted_by == UserId{99});
    CHECK(told[0].reason == "the disk is full");
    CHECK_FALSE(told[1].deleted_by);
}
