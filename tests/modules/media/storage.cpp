// What is kept counts as the disk holds it: for quotas, for people, for administrators; and what database and disk do not agree about.
#include "house.hpp"

#include "library/places.hpp"
#include "storage/storage.hpp"

#include <mozi/user/events.hpp>

#include <filesystem>
#include <fstream>

using namespace mozi;
using namespace mozi::test;
using net::Method;
namespace fs = std::filesystem;

namespace {

std::string small_video() {
    TempFolder const folder;
    make_video({"-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=5", "-f", "lavfi", "-i", "sine=d=5", "-c:v", "libx264", "-preset",
        "ultrafast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac", "-f", "mp4", folder.path("v")});
    return read_file(folder.path("v"));
}

std::int64_t on_disk(House& house, std::string const& id) {
    return std::int64_t(media::Places::bytes_below(house.folder.path("media") + "/files/" + id));
}
std::int64_t counted(House& house, std::string const& id) {
    return scalar<std::int64_t>(*house.database, "SELECT on_disk FROM medium WHERE id = ?", std::stoll(id));
}
std::int64_t used(House& house, std::string_view who = ada) { return house.get("/api/media/usage", who).at("used").as_int64(); }
void run(House& house, std::string const& sql) {
    REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> { return tx->run(sql), Result<>{}; }));
}
std::string announce(House& house, std::int64_t size, std::string_view who = ada) {
    auto const made =
        house.ask(Method::post, "/api/media/uploads", who, {"tus-resumable: 1.0.0", "upload-length: " + std::to_string(size)});
    return made.status == 201 ? "" : made.id();
}

} // namespace

// proves S25
TEST_CASE("what a person keeps is what the disk holds: upload, versions, subtitles; and what was accepted is prepared beyond the quota") {
    auto const video = small_video();
    House house(House::Jobs::running, {.quota_bytes = std::int64_t(video.size()) + 20'000});
    auto const id = house.upload(video);
    REQUIRE(house.settled(id).at("status") == "READY");
    house.wait_until([&] { return counted(house, id) == on_disk(house, id); });
    CHECK(on_disk(house, id) > std::int64_t(video.size()) + 20'000); // beyond what they may keep
    CHECK(used(house) == on_disk(house, id));
    CHECK(house.media(id).at("bytesOnDisk").as_int64() == on_disk(house, id));
    CHECK(announce(house, 1) == "media.quota");
    auto const usage = house.get("/api/media/usage", ada);
    CHECK(usage.at("quota").as_int64() == std::int64_t(video.size()) + 20'000);
    CHECK(usage.at("unusedFilms").as_int64() == 1);
    CHECK(usage.at("openUploads").as_int64() == 0);
    // Of what fails nothing but the upload counts.
    run(house, "UPDATE medium SET status = 'FAILED', reason = 'media.damaged'");
    fs::resize_file(house.folder.path("media") + "/files/" + id + "/source", 30'000);
    run(house, "UPDATE medium SET size = 30000, received = 30000");
    REQUIRE(house.ask(Method::post, "/api/media/" + id + "/retry", ada).status == 202);
    house.wait_until([&] { return house.media(id).at("status") == "FAILED" || house.media(id).at("status") == "READY"; });
    house.wait_until([&] { return counted(house, id) == on_disk(house, id); });
    REQUIRE(house.ask(Method::delete_, "/api/media/" + id, ada).status == 204);
    CHECK(used(house) == 0);
}

TEST_CASE("added subtitles count with their playlist, and no longer when they are taken away") {
    House house;
    auto const id = house.upload("a film that is none");
    auto const before = used(house);
    auto const added = house.ask(Method::post, "/api/media/" + id + "/texts", ada, {"content-type: application/json"},
        R"({"language":"hu","content":"1\n00:00:01,000 --> 00:00:02,000\nSzia\n"})");
    REQUIRE(added.status == 201);
    CHECK(used(house) == on_disk(house, id));
    REQUIRE(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ada).status == 200);
    CHECK(used(house) == before);
}

TEST_CASE("of uploads from before what was made is measured after the start, once, and told apart until then") {
    House house;
    auto const id = house.upload("a film that is none");
    auto const folder = house.folder.path("media") + "/files/" + id;
    fs::create_directories(folder + "/r3/v0");
    std::ofstream(folder + "/r3/v0/s1.mp4") << std::string(5000, 'x');
    run(house, "DELETE FROM job");
    run(house, "UPDATE medium SET made = NULL, status = 'READY', run = 3, on_disk = 19");
    CHECK(house.get("/api/admin/media", admin).data().front().at("measured") == false);
    house.restart(House::Jobs::running);
    house.wait_until([&] { return counted(house, id) == 5019; });
    CHECK(used(house) == 5019);
    CHECK(house.get("/api/admin/media", admin).data().front().at("measured") == true);
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM medium WHERE made IS NULL") == 0);
}

TEST_CASE("administrators see everybody's uploads, what takes most first, in pages, with a number of questions that does not grow") {
    House house;
    for (int i = 1; i <= 30; ++i) house.upload(std::string(std::size_t(100 * i), 'x'), i % 3 ? ada : ben);
    for (auto const who : {ada, std::string_view("91:MODERATOR"), visitor})
        for (auto const* path : {"/api/admin/media", "/api/admin/storage", "/api/admin/media/orphans", "/api/admin/users/11/storage"})
            CHECK(house.get(path, who).status >= 401);
    std::vector<std::int64_t> sizes;
    std::string after;
    do {
        auto const page = house.get("/api/admin/media?limit=7" + (after.empty() ? "" : "&after=" + after), admin);
        REQUIRE(page.status == 200);
        for (auto const& row : page.data()) sizes.push_back(row.at("bytesOnDisk").as_int64());
        auto const& next = page.at("pagination").at("nextCursor");
        after = next.is_string() ? std::string(next.as_string()) : "";
    } while (!after.empty());
    CHECK(sizes.size() == 30);
    CHECK(std::ranges::is_sorted(sizes, std::greater{}));
    CHECK(house.get("/api/admin/media?owner=12&limit=100", admin).data().size() == 10);
    CHECK(house.get("/api/admin/media?shown=false&limit=100", admin).data().size() == 30);
    CHECK(house.get("/api/admin/media?shown=true", admin).data().empty());
    auto const storage = house.get("/api/admin/storage", admin);
    CHECK(storage.data().size() == 2);
    CHECK(storage.data().front().at("person").at("username") == "person11");
    CHECK(storage.data().front().at("used").as_int64() == used(house));
    CHECK(house.get("/api/admin/users/12/storage", admin).at("media").as_int64() == 10);
    CHECK(house.get("/api/admin/media?after=media.1", admin).id() == "request.cursor");
    CHECK(house.get("/api/admin/storage?after=media.1", admin).id() == "request.cursor");
    // N+1 nowhere.
    auto const cost = [&](std::string const& target) {
        auto const reads = house.database->figures().reads;
        auto const asked = house.people.asked.load();
        CHECK(house.get(target, admin).status == 200);
        return std::pair{house.database->figures().reads - reads, house.people.asked.load() - asked};
    };
    CHECK(cost("/api/admin/media?limit=2") == cost("/api/admin/media?limit=30"));
    CHECK(cost("/api/admin/storage?limit=1") == cost("/api/admin/storage?limit=2"));
}

TEST_CASE("lists of storage are read from an index, however much there is") {
    House house;
    media::ListStored all, of_one;
    of_one.owner = media::UserId{11};
    auto const whole = plan(*house.database, media::stored_sql(all)), one = plan(*house.database, media::stored_sql(of_one)),
               people = plan(*house.database, media::people_sql());
    CHECK_MESSAGE(whole.find("medium_on_disk") != std::string::npos, whole);
    CHECK_MESSAGE(one.find("medium_of_owner_on_disk") != std::string::npos, one);
    CHECK_MESSAGE(people.find("owner_total_bytes") != std::string::npos, people);
    for (auto const& each : {whole, one, people}) CHECK_MESSAGE(each.find("TEMP B-TREE") == std::string::npos, each);
}

TEST_CASE("an administrator deletes and retries anybody's upload, with words that are told") {
    House house;
    auto const id = house.upload("a film that is none");
    CHECK(house.ask(Method::delete_, "/api/admin/media/" + id, admin).id() == "media.reason");
    CHECK(house.ask(Method::post, "/api/admin/media/" + id + "/retry", admin).id() == "media.not_failed");
    CHECK(house.ask(Method::post, "/api/admin/media/4711/retry", admin).id() == "media.not_found");
    run(house, "DELETE FROM job");
    run(house, "UPDATE medium SET status = 'FAILED', reason = 'media.cancelled'");
    CHECK(house.ask(Method::post, "/api/admin/media/" + id + "/retry", admin).status == 202);
    CHECK(house.ask(Method::delete_, "/api/admin/media/4711?reason=x", admin).id() == "media.not_found");
    REQUIRE(house.ask(Method::delete_, "/api/admin/media/" + id + "?reason=the%20disk%20is%20full", admin).status == 204);
    CHECK(house.told().back().second.find("\"deletedBy\":\"99\"") != std::string::npos);
    CHECK(house.told().back().second.find("the disk is full") != std::string::npos);
}

// proves S25
TEST_CASE("of who is deleted unfinished uploads go, and what is complete stays") {
    House house;
    auto const film = house.upload("a film that is none");
    REQUIRE(announce(house, 1000).empty());
    REQUIRE(announce(house, 1000, ben).empty());
    house.hear(user::UserDeleted{{11}, std::nullopt, "asked for it"});
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM medium WHERE owner_id = 11") == 1);
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM medium WHERE owner_id = 12") == 1);
    CHECK(used(house) == on_disk(house, film));
}

TEST_CASE("orphans of both kinds are listed without a change, then mended: put aside, made again, or said to be lost") {
    House house;
    auto const files = house.folder.path("media") + "/files/";
    auto const whole = house.upload("a film"), lost = house.upload("a film"), without_versions = house.upload("a film"),
               without_source = house.upload("a film");
    run(house, "DELETE FROM job");
    run(house, "UPDATE medium SET status = 'READY', run = 1, made = 5");
    for (auto const& id : {whole, without_source}) fs::create_directories(files + id + "/r1");
    fs::remove_all(files + lost);
    fs::remove(files + without_source + "/source");
    fs::create_directories(files + "4711");
    auto const rows = [&] {
        std::map<std::string, std::string> out;
        auto const found = house.get("/api/admin/media/orphans", admin);
        for (auto const& row : found.at("rows").as_array())
            out[std::string(row.at("id").as_string())] = std::string(row.at("missing").as_string());
        return out;
    };
    auto const before = rows();
    CHECK(before == rows()); // looking changes nothing
    CHECK(before.size() == 3);
    CHECK(before.at(lost) == "EVERYTHING");
    CHECK(before.at(without_versions) == "VERSIONS");
    CHECK(before.at(without_source) == "SOURCE");
    CHECK(house.get("/api/admin/media/orphans", admin).at("folders").as_array().size() == 1);
    CHECK(fs::exists(files + "4711"));
    // What was unknown when it was listed and is known now stays where it is.
    fs::create_directories(files + "4712");
    CHECK(house.get("/api/admin/media/orphans", admin).at("folders").as_array().size() == 2);
    run(house, "INSERT INTO removal (id) VALUES (4712)");
    auto const mended = house.ask(Method::post, "/api/admin/media/orphans/mend", admin);
    CHECK(fs::exists(files + "4712"));
    CHECK(mended.at("putAside").as_int64() == 1);
    CHECK(mended.at("preparedAgain").as_int64() == 1);
    CHECK(mended.at("failed").as_int64() == 1);
    CHECK(fs::exists(house.folder.path("media") + "/trash/4711"));
    CHECK(house.media(lost).at("error").at("id") == "media.source_missing");
    CHECK(house.media(without_versions).at("status") == "PROCESSING");
    CHECK(house.media(whole).at("status") == "READY");
    CHECK(rows().size() == 1); // it plays, and is left as it is
    CHECK(house.get("/api/admin/media/orphans", admin).at("folders").as_array().empty());
}

TEST_CASE("where many uploads have lost their files the disk is away, and nothing is said to be lost") {
    House house;
    for (int i = 0; i < 12; ++i) house.upload("a film");
    run(house, "DELETE FROM job");
    run(house, "UPDATE medium SET status = 'READY', run = 1");
    auto const files = house.folder.path("media") + "/files";
    fs::rename(files, files + ".elsewhere");
    fs::create_directories(files + "/4711");
    auto const refused = house.ask(Method::post, "/api/admin/media/orphans/mend", admin);
    CHECK(refused.id() == "media.too_many_missing");
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM medium WHERE status = 'READY'") == 12);
    CHECK(fs::exists(files + "/4711"));
}
