// A client may ask what has arrived of an upload, so that it goes on with the file that was begun.
#include "house.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>

using namespace mozi;
using namespace mozi::test;
using net::Method;

namespace {

std::string part(std::string const& where, std::int64_t from, std::int64_t to) {
    return where + "/digest?from=" + std::to_string(from) + "&to=" + std::to_string(to);
}
std::string sha256(std::string_view bytes) { return hex(crypto::sha256(bytes)); }

} // namespace

TEST_CASE("the digest of a part is that of the bytes that have arrived, for their owner alone") {
    House house;
    std::string bytes(3'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((i * 2654435761U) >> 11);
    auto const made = house.ask(Method::post, "/api/media/uploads", ada,
        {"tus-resumable: 1.0.0", "upload-length: 4000000", "content-type: application/offset+octet-stream"}, bytes);
    REQUIRE(made.status == 201);
    auto const where = made.header("Location");
    for (auto const& [from, to] : std::vector<std::pair<std::size_t, std::size_t>>{
             {0, 3'000'000}, {0, 1}, {2'999'999, 3'000'000}, {1'048'576, 2'097'152}, {17, 2'500'001}}) {
        auto const answer = house.get(part(where, std::int64_t(from), std::int64_t(to)), ada);
        INFO(answer.text);
        REQUIRE(answer.status == 200);
        CHECK(answer.at("sha256").as_string() == sha256(std::string_view(bytes).substr(from, to - from)));
        CHECK(answer.at("to") == to);
    }
    for (auto const& [from, to] : std::vector<std::pair<int, int>>{{0, 3'000'001}, {10, 10}, {10, 9}, {0, (16 << 20) + 1}})
        CHECK(house.get(part(where, from, to), ada).id() == "upload.range");
    CHECK(house.get(where + "/digest?from=0", ada).status == 400);
    CHECK(house.get(where + "/digest?from=-1&to=5", ada).status == 400);
    CHECK(house.get(part(where, 0, 5), ben).status == 404);
    CHECK(house.get(part(where, 0, 5), mod).status == 404);
    CHECK(house.get(part(where, 0, 5), visitor).status == 401);
    CHECK(house.get(part("/api/media/uploads/77", 0, 5), ada).status == 404);
}

TEST_CASE("what a connection is bringing counts as far as a look has told, and is not disturbed by the question") {
    House house;
    auto const made = house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 1.0.0", "upload-length: 100"});
    auto const where = made.header("Location");
    auto busy = house.begin(
        Method::patch, where, ada, {"tus-resumable: 1.0.0", "upload-offset: 0", "content-type: application/offset+octet-stream"}, 100);
    REQUIRE(busy.accept.sink);
    busy.accept.sink->write(std::string(40, 'a'));
    CHECK(house.get(part(where, 0, 40), ada).id() == "upload.range");
    CHECK(house.ask(Method::head, where, ada).header("Upload-Offset") == "40");
    CHECK(house.get(part(where, 0, 40), ada).at("sha256").as_string() == sha256(std::string(40, 'a')));
    CHECK(busy.accept.sink->write(std::string(60, 'b')) == net::BodySink::More::yes);
    busy.accept.sink->finish(true);
    CHECK(house.end(std::move(busy)).status == 204);
    CHECK(house.get(part(where, 0, 100), ada).at("sha256").as_string() == sha256(std::string(40, 'a') + std::string(60, 'b')));
}
