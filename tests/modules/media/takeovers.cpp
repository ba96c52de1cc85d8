// An upload whose connection has died goes on over another one at once, and nothing of the old one gets in between.
#include "house.hpp"

#include "uploads/tus.hpp"

#include <mozi/base/text.hpp>

#include <thread>

using namespace mozi;
using namespace mozi::test;
using net::Method;
using More = net::BodySink::More;

namespace {

std::vector<std::string> chunk_at(std::int64_t offset, std::vector<std::string> more = {}) {
    for (auto const& header : {std::string("tus-resumable: 1.0.0"), std::string("content-type: application/offset+octet-stream"),
             "upload-offset: " + std::to_string(offset)})
        more.push_back(header);
    return more;
}

struct Upload {
    explicit Upload(std::size_t size, House::Jobs jobs = House::Jobs::idle) : house(jobs) {
        auto const made =
            house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 1.0.0", "upload-length: " + std::to_string(size)});
        REQUIRE(made.status == 201);
        where = made.header("Location");
    }
    House::Begun begin(std::int64_t offset, std::uint64_t length, std::vector<std::string> more = {}, std::string_view who = ada) {
        return house.begin(Method::patch, where, who, chunk_at(offset, std::move(more)), length);
    }
    std::string offset() { return house.ask(Method::head, where, ada).header("Upload-Offset"); }

    House house;
    std::string where;
};

std::string sha1_of(std::string const& bytes) {
    media::tus::Digest digest(media::tus::Algorithm::sha1);
    digest.add(bytes);
    return "upload-checksum: sha1 " + base64(digest.finish());
}

} // namespace

TEST_CASE("a look at an upload says what has arrived, and lets who brings it go on") {
    Upload upload(100);
    auto busy = upload.begin(0, 50);
    CHECK(busy.accept.sink->write(std::string(20, 'a')) == More::yes);
    CHECK(upload.offset() == "20");
    CHECK(busy.accept.sink->write(std::string(30, 'a')) == More::yes);
    busy.accept.sink->finish(true);
    CHECK(upload.house.end(std::move(busy)).header("Upload-Offset") == "50");
}

TEST_CASE("the newcomer takes over; the old connection is told, and its late bytes get nowhere") {
    Upload upload(100);
    auto dead = upload.begin(0, 100);
    bool told = false;
    dead.accept.sink->begin([&] { told = true; });
    CHECK(dead.accept.sink->write(std::string(20, 'a')) == More::yes);
    auto fresh = upload.begin(20, 80);
    REQUIRE(fresh.accept.sink);
    CHECK(told);
    CHECK(dead.accept.sink->write(std::string(40, 'x')) == More::stop);
    CHECK(fresh.accept.sink->write(std::string(10, 'b')) == More::yes);
    CHECK(dead.accept.sink->write(std::string(40, 'x')) == More::stop);
    auto const late = upload.house.end(std::move(dead));
    CHECK(late.status == 400);
    CHECK(late.id() == "upload.taken_over");
    CHECK(fresh.accept.sink->write(std::string(70, 'b')) == More::yes);
    fresh.accept.sink->finish(true);
    CHECK(upload.house.end(std::move(fresh)).status == 204);
    CHECK(upload.house.get(upload.where, ada).text == std::string(20, 'a') + std::string(80, 'b'));
    CHECK(upload.house.told_names() == std::vector<std::string>{"media.uploaded"});
}

TEST_CASE("an old connection that ends after it was replaced changes nothing") {
    for (auto const complete : {false, true}) {
        Upload upload(100);
        auto dead = upload.begin(0, 60);
        dead.accept.sink->write(std::string(60, 'a'));
        auto fresh = upload.begin(60, 40);
        REQUIRE(fresh.accept.sink);
        fresh.accept.sink->write(std::string(5, 'b'));
        dead.accept.sink->finish(complete);
        if (complete) CHECK(upload.house.end(std::move(dead)).status == 400);
        else dead = {};
        CHECK(upload.offset() == "65");
        fresh.accept.sink->write(std::string(35, 'b'));
        fresh.accept.sink->finish(true);
        CHECK(upload.house.end(std::move(fresh)).status == 204);
        CHECK(upload.house.get(upload.where, ada).text == std::string(60, 'a') + std::string(40, 'b'));
    }
}

TEST_CASE("of a chunk with a checksum nothing counts before its end, whoever takes over") {
    Upload upload(10);
    auto dead = upload.begin(0, 10, {sha1_of("aaaaaaaaaa")});
    CHECK(dead.accept.sink->write(std::string("aaaaaa")) == More::yes);
    CHECK(upload.offset() == "0");
    auto fresh = upload.begin(0, 10, {sha1_of("bbbbbbbbbb")});
    REQUIRE(fresh.accept.sink);
    CHECK(dead.accept.sink->write(std::string("aaaa")) == More::stop);
    dead.accept.sink->finish(true);
    CHECK(upload.house.end(std::move(dead)).status == 400);
    CHECK(fresh.accept.sink->write(std::string("bbbbbbbbbb")) == More::yes);
    fresh.accept.sink->finish(true);
    CHECK(upload.house.end(std::move(fresh)).status == 204);
    CHECK(upload.house.get(upload.where, ada).text == "bbbbbbbbbb");
}

TEST_CASE("nobody gives way to a request that is refused, or to somebody else") {
    Upload upload(100);
    auto busy = upload.begin(0, 100);
    CHECK(busy.accept.sink->write(std::string(20, 'a')) == More::yes);
    CHECK(upload.offset() == "20");
    CHECK(upload.begin(20, 80, {}, ben).accept.refuse->status == 404);
    CHECK(upload.begin(20, 80, {}, visitor).accept.refuse->status == 401);
    CHECK(upload.begin(10, 80).accept.refuse->status == 409);
    CHECK(upload.begin(21, 79).accept.refuse->status == 409);
    CHECK(upload.begin(20, 81).accept.refuse->status == 413);
    CHECK(upload.begin(20, 80, {"upload-length: 200"}).accept.refuse->status == 400);
    CHECK(upload.begin(20, 80, {"upload-checksum: crc32 AAAA"}).accept.refuse->status == 400);
    CHECK(upload.house.ask(Method::delete_, upload.where, ben, {"tus-resumable: 1.0.0"}).status == 404);
    CHECK(busy.accept.sink->write(std::string(80, 'a')) == More::yes);
    busy.accept.sink->finish(true);
    CHECK(upload.house.end(std::move(busy)).status == 204);
}

TEST_CASE("a newcomer who is behind or ahead of what arrived meanwhile is told where to go on") {
    Upload upload(100);
    auto dead = upload.begin(0, 100);
    dead.accept.sink->write(std::string(20, 'a'));
    CHECK(upload.offset() == "20");
    dead.accept.sink->write(std::string(7, 'a'));
    auto const early = upload.begin(20, 80); // what was under way arrived after the look
    REQUIRE(early.accept.refuse);
    CHECK(early.accept.refuse->status == 409);
    CHECK(upload.offset() == "27");
    CHECK(upload.begin(27, 73).accept.sink);
    CHECK(dead.accept.sink->write(std::string(1, 'x')) == More::stop);
}

TEST_CASE("giving up an upload does not wait for its connection") {
    Upload upload(100);
    auto dead = upload.begin(0, 100);
    dead.accept.sink->write(std::string(20, 'a'));
    CHECK(upload.house.ask(Method::delete_, upload.where, ada, {"tus-resumable: 1.0.0"}).status == 204);
    CHECK(dead.accept.sink->write(std::string(1, 'x')) == More::stop);
    dead.accept.sink->finish(true);
    CHECK(upload.house.end(std::move(dead)).id() == "upload.not_found");
    CHECK(upload.house.get(upload.where, ada).status == 404);
}

TEST_CASE("connections that write while others take over leave the bytes of the file") {
    std::string file(3'000'000, '\0');
    for (std::size_t i = 0; i < file.size(); ++i) file[i] = static_cast<char>((i * 2654435761U) >> 13);
    Upload upload(file.size());
    std::vector<std::thread> old;
    // Each newcomer asks how far it is, and is written to by a thread of its own, as by a connection, until it is told to stop.
    for (int round = 0; round < 400; ++round) {
        auto const offset = std::stoull(upload.offset());
        if (offset == file.size()) break;
        auto fresh = upload.begin(static_cast<std::int64_t>(offset), file.size() - offset);
        if (fresh.accept.refuse) {
            REQUIRE(fresh.accept.refuse->status == 409); // the one before it was faster than the question
            continue;
        }
        old.emplace_back([&upload, &file, offset, begun = std::move(fresh)]() mutable {
            auto more = More::yes;
            for (auto at = offset; at < file.size() && more == More::yes; at += 1000)
                more = begun.accept.sink->write(std::span(file).subspan(at, std::min<std::size_t>(1000, file.size() - at)));
            if (more == More::yes) begun.accept.sink->finish(true);
            auto const answer = upload.house.end(std::move(begun));
            CHECK((answer.status == 400 || (answer.status == 204 && more == More::yes))); // replaced, at the latest before its answer
        });
    }
    for (auto& thread : old) thread.join();
    upload.house.wait_until([&] { return upload.offset() == std::to_string(file.size()); });
    CHECK(upload.house.get(upload.where, ada).text == file);
    CHECK(upload.house.told_names() == std::vector<std::string>{"media.uploaded"});
}
