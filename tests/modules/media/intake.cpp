// Room for what is on its way: how many uploads, how many bytes, and what stays free for whom.
#include "tus_client.hpp"

#include "uploads/intake.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

using namespace mozi;
using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mib = 1 << 20;

// So much of this disk as is free now, less `bytes`, is the floor that uploads stop at.
struct Room {
    explicit Room(std::int64_t bytes, std::chrono::milliseconds slow_after = 1min)
        : intake(places, *house.database,
              {.min_free_bytes = (places.free_bytes() - std::uint64_t(bytes)) / 2,
                  .open_uploads = 9,
                  .unused_films = 9,
                  .slow_after = slow_after}) {}
    auto enter(std::int64_t id, std::optional<std::int64_t> to_come) {
        return intake.enter({.id = MediaId{id}, .owner = UserId{11}, .to_come = to_come});
    }
    House house;
    media::Places places{house.folder.path("media")};
    media::Intake intake;
};

std::string id_of(Result<> const& refused) { return refused ? "" : refused.error().id; }

} // namespace

TEST_CASE("unfinished uploads of one person are bounded, those whose first body still comes among them") {
    House house(House::Jobs::idle, {.open_uploads = 3});
    auto const first = announce(house, {"upload-length: 3"});
    announce(house, {"upload-length: 3"});
    auto coming = house.begin(
        Method::post, "/api/media/uploads", ada, with({"upload-length: 4", "content-type: application/offset+octet-stream"}), 4);
    REQUIRE(coming.accept.sink);
    auto const refused = house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 3"}));
    CHECK(refused.status == 409);
    CHECK(refused.id() == "media.too_many_uploads");
    announce(house, {"upload-length: 3"}, ben);
    coming.accept.sink->write(std::string("abcd"));
    coming.accept.sink->finish(true);
    CHECK(house.end(std::move(coming)).status == 201); // it was complete at once
    CHECK(send(house, first, 0, "abc").status == 204);
    announce(house, {"upload-length: 3"});
}

TEST_CASE("finished uploads of one person that no title shows are bounded, however small") {
    House house(House::Jobs::idle, {.unused_films = 2});
    auto const first = house.upload("a");
    house.upload("b");
    auto const type = "content-type: application/offset+octet-stream";
    auto const refused = house.ask(Method::post, "/api/uploads", ada, with({"upload-length: 1", type}), "c");
    CHECK(refused.status == 409);
    CHECK(refused.id() == "media.too_many_unused");
    house.upload("c", ben);
    content::MovieCreated title{};
    title.movie_id = {501};
    title.title = "A film";
    title.created_by = {11};
    title.media_id = parse<MediaId>(first);
    house.hear(title);
    auto const third = house.upload("c");
    CHECK(house.ask(Method::post, "/api/uploads", ada, with({"upload-length: 1"})).id() == "media.too_many_unused");
    CHECK(house.ask(Method::delete_, "/api/media/" + third, ada).status == 204);
    announce(house, {"upload-length: 1"});
    auto const asked = plan(*house.database, "SELECT count(*) FROM medium m WHERE m.owner_id = 7 AND m.expires_at IS NULL AND NOT EXISTS "
                                             "(SELECT 1 FROM title t WHERE t.media_id = m.id)");
    auto const by = [&](char const* index) { return asked.find(index) != std::string::npos; };
    CHECK_MESSAGE(((by("medium_owner") || by("medium_of_owner")) && by("title_media")), asked);
}

TEST_CASE("what is announced is kept free for who sends it, and what others announce has to fit beside it") {
    struct statvfs space{};
    House house(House::Jobs::idle, {.max_upload_bytes = 1LL << 50, .quota_bytes = 0});
    REQUIRE(statvfs(house.folder.path().c_str(), &space) == 0);
    auto const free = std::int64_t(space.f_bavail) * std::int64_t(space.f_frsize);
    auto const large = std::to_string(free * 6 / 10);
    auto const where = announce(house, {"upload-length: " + large});
    auto const there = announce(house, {"upload-length: " + large}, ben); // announced only: nothing is kept for who does not send
    auto first = begin_chunk(house, where, 0, std::uint64_t(free * 6 / 10));
    REQUIRE(first.accept.sink);
    auto second = begin_chunk(house, there, 0, std::uint64_t(free * 6 / 10), {}, ben);
    CHECK_FALSE(second.accept.sink);
    CHECK(house.end(std::move(second)).id() == "media.no_space");
    first.accept.sink->finish(false);
    first = {};
    auto again = begin_chunk(house, there, 0, std::uint64_t(free * 6 / 10), {}, ben);
    CHECK(again.accept.sink);
}

TEST_CASE("who announces much and sends nothing does not keep it free for ever") {
    Room room(512 * mib, 2s);
    auto const silent = room.enter(1, 400 * mib);
    REQUIRE(silent);
    CHECK_FALSE(room.enter(2, 300 * mib));
    room.house.wait_until([&] { return room.enter(2, 300 * mib).has_value(); });
}

TEST_CASE("the disk is looked at while bytes come: others write to it as well") {
    Room room(256 * mib);
    auto const stream = room.enter(1, 128 * mib);
    REQUIRE(stream);
    CHECK((*stream)->take(16 * mib));
    auto const path = room.house.folder.path("ballast");
    auto const ballast = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(posix_fallocate(ballast, 0, 512 * mib) == 0);
    CHECK(id_of((*stream)->take(16 * mib)) == "media.no_space");
    ::close(ballast);
    std::filesystem::remove(path);
    room.house.wait_until([&] { return (*stream)->take(16 * mib).has_value(); });
}

TEST_CASE("a body that does not say how long it is asks for its room piece by piece, and is refused where there is none") {
    Room room(256 * mib);
    auto const stream = room.enter(1, std::nullopt);
    REQUIRE(stream);
    CHECK((*stream)->take(8 * mib));
    CHECK(id_of((*stream)->take(512 * mib)) == "media.no_space");
    CHECK((*stream)->take(8 * mib)); // what was granted it has
    CHECK((*stream)->take(8 * mib)); // and so much more is there
}
