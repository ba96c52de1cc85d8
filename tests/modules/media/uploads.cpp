// tus 1.0: every rule of the protocol, then thousands of random requests against a model of it.
#include "house.hpp"

#include "uploads/tus.hpp"

#include <mozi/base/text.hpp>

#include <map>
#include <random>

using namespace mozi;
using namespace mozi::test;
using net::Method;

namespace {

std::vector<std::string> with(std::vector<std::string> more) {
    more.insert(more.begin(), "tus-resumable: 1.0.0");
    return more;
}

std::string announce(House& house, std::vector<std::string> headers, std::string_view who = ada) {
    auto const made = house.ask(Method::post, "/api/media/uploads", who, with(std::move(headers)));
    INFO(made.text);
    REQUIRE(made.status == 201);
    CHECK(made.header("Tus-Resumable") == "1.0.0");
    CHECK_FALSE(made.header("Upload-Expires").empty());
    return made.header("Location");
}

Answer send(House& house, std::string const& where, std::int64_t offset, std::string const& bytes, std::vector<std::string> more = {}, std::string_view who = ada) {
    more.push_back("upload-offset: " + std::to_string(offset));
    more.push_back("content-type: application/offset+octet-stream");
    return house.ask(Method::patch, where, who, with(std::move(more)), bytes);
}

std::string checksum(media::tus::Algorithm algorithm, std::string_view name, std::string const& bytes) {
    media::tus::Digest digest(algorithm);
    digest.add(bytes);
    return "upload-checksum: " + std::string(name) + " " + base64(digest.finish());
}

} // namespace

TEST_CASE("OPTIONS says what is spoken, to everybody") {
    House house;
    auto const answer = house.ask(Method::options, "/api/media/uploads", visitor);
    CHECK(answer.status == 204);
    CHECK(answer.header("Tus-Version") == "1.0.0");
    for (auto const* name : {"creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum", "termination"}) CHECK(answer.header("Tus-Extension").find(name) != std::string::npos);
    CHECK(answer.header("Tus-Checksum-Algorithm").find("sha1") != std::string::npos);
    CHECK_FALSE(answer.header("Tus-Max-Size").empty());
    CHECK(house.ask(Method::options, "/api/media/uploads/7", visitor).status == 204);
    CHECK(house.ask(Method::options, "/api/uploads", visitor).header("Tus-Version") == "1.0.0");
}

TEST_CASE("an upload has the address it was announced under, and answers at both") {
    House house;
    for (std::string const all : {"/api/uploads", "/api/media/uploads", "/api/v1/media/uploads"}) {
        CAPTURE(all);
        auto const made = house.ask(Method::post, all, ada, with({"upload-length: 4"}));
        REQUIRE(made.status == 201);
        auto const where = made.header("Location");
        CHECK(where.starts_with(all + "/"));
        auto const id = where.substr(where.rfind('/'));
        CHECK(send(house, "/api/uploads" + id, 0, "ab").status == 204);
        CHECK(send(house, "/api/media/uploads" + id, 2, "c").status == 204);
        CHECK(house.ask(Method::head, where, ada, with({})).header("Upload-Offset") == "3");
    }
}

TEST_CASE("an upload goes up in pieces, says how far it is, and gives its bytes back to its owner alone") {
    House house;
    auto const where = announce(house, {"upload-length: 10", "upload-metadata: filename " + base64("C:\\films\\one.mp4") + ",filetype " + base64("video/mp4")});
    CHECK(where.starts_with("/api/media/uploads/"));
    auto const id = where.substr(where.rfind('/') + 1);
    CHECK(house.media(id).at("status") == "UPLOADING");
    CHECK(house.media(id).at("filename") == "one.mp4");
    auto const first = send(house, where, 0, "abcd");
    CHECK(first.status == 204);
    CHECK(first.header("Upload-Offset") == "4");
    auto const head = house.ask(Method::head, where, ada, with({}));
    CHECK(head.header("Upload-Offset") == "4");
    CHECK(head.header("Upload-Length") == "10");
    CHECK(head.header("Cache-Control") == "no-store");
    CHECK(head.header("Upload-Metadata").find("filetype") != std::string::npos);
    CHECK(house.get(where, ada).text == "abcd");
    CHECK(house.media(id).at("progress").to_number<double>() == doctest::Approx(0.4));
    for (auto const who : {ben, mod}) {
        CHECK(house.get(where, who).status == 404);
        CHECK(send(house, where, 4, "x", {}, who).status == 404);
        CHECK(house.ask(Method::delete_, where, who, with({})).status == 404);
    }
    CHECK(house.get(where, visitor).status == 401);
    CHECK(send(house, where, 4, "efghij").header("Upload-Offset") == "10");
    CHECK(house.media(id).at("status") == "PROCESSING");
    CHECK(house.get(where, ada).text == "abcdefghij");
    CHECK(house.told() == std::vector<std::string>{"media.uploaded"});
}

TEST_CASE("what the protocol refuses has its own answer") {
    House house;
    auto const where = announce(house, {"upload-length: 10"});
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, {"upload-length: 1"}).status == 412);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 0.2.2", "upload-length: 1"}).status == 412);
    for (auto const& headers : std::vector<std::vector<std::string>>{{}, {"upload-length: -1"}, {"upload-length: 9223372036854775808"}, {"upload-length: 1e3"}, {"upload-length: 01"}, {"upload-defer-length: 2"},
                                                                     {"upload-length: 1", "upload-defer-length: 1"}, {"upload-length: 1", "upload-metadata: filename %%%"}, {"upload-length: 1", "upload-metadata: a YQ==,a YQ=="}})
        CHECK(house.ask(Method::post, "/api/media/uploads", ada, with(headers)).status == 400);
    CHECK(house.ask(Method::post, "/api/media/uploads", visitor, with({"upload-length: 1"})).status == 401);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 999999999999999"})).status == 413);
    CHECK(house.ask(Method::patch, where, ada, with({"upload-offset: 0", "content-type: text/plain"}), "a").status == 415);
    CHECK(house.ask(Method::patch, where, ada, with({"content-type: application/offset+octet-stream"}), "a").status == 400);
    CHECK(house.ask(Method::patch, where, ada, {"upload-offset: 0", "content-type: application/offset+octet-stream"}, "a").status == 412);
    CHECK(send(house, where, 3, "a").status == 409);
    CHECK(send(house, where, 0, "elevenbytes").status == 413);
    CHECK(send(house, "/api/media/uploads/77", 0, "a").status == 404);
    CHECK(send(house, where, 0, "abc", {"upload-checksum: crc32 AAAA"}).status == 400);
    CHECK(send(house, where, 0, "abc", {"upload-checksum: sha1 AAAA"}).status == 400);
    CHECK(house.ask(Method::head, where, ada, with({})).header("Upload-Offset") == "0");
}

TEST_CASE("a file of no visible name is a video, odd spaces around a name go") {
    std::pair<std::string_view, std::string_view> const names[] = {{"\u200b\u3164", "video"}, {"films/\u00a0", "video"},
        {"\u202a\u00a0one\u2028two.mp4\u200b", "one two.mp4"}, {"👩\u200d🚀.mp4", "👩\u200d🚀.mp4"}};
    for (auto const& [given, kept] : names) {
        CAPTURE(std::string(given));
        CHECK(media::tus::read_metadata("filename " + base64(given)).value().filename == kept);
    }
}

TEST_CASE("a checksum decides about its chunk") {
    House house;
    auto const where = announce(house, {"upload-length: 9"});
    using media::tus::Algorithm;
    auto const wrong = send(house, where, 0, "abc", {checksum(Algorithm::sha1, "sha1", "abd")});
    CHECK(wrong.status == 460);
    CHECK(wrong.header("Tus-Resumable") == "1.0.0");
    CHECK(house.ask(Method::head, where, ada, with({})).header("Upload-Offset") == "0");
    CHECK(send(house, where, 0, "abc", {checksum(Algorithm::sha1, "sha1", "abc")}).status == 204);
    CHECK(send(house, where, 3, "def", {checksum(Algorithm::sha256, "sha256", "def")}).status == 204);
    CHECK(send(house, where, 6, "ghi", {checksum(Algorithm::md5, "md5", "ghi")}).status == 204);
    CHECK(house.get(where, ada).text == "abcdefghi");
}

TEST_CASE("the length may come later, once") {
    House house;
    auto const where = announce(house, {"upload-defer-length: 1"});
    CHECK(house.ask(Method::head, where, ada, with({})).header("Upload-Defer-Length") == "1");
    CHECK(send(house, where, 0, "abc").status == 204);
    CHECK(send(house, where, 3, "", {"upload-length: 2"}).status == 400);
    CHECK(send(house, where, 3, "d", {"upload-length: 6"}).status == 204);
    CHECK(house.ask(Method::head, where, ada, with({})).header("Upload-Length") == "6");
    CHECK(send(house, where, 4, "", {"upload-length: 7"}).status == 400);
    CHECK(send(house, where, 4, "efg").status == 413);
    CHECK(send(house, where, 4, "ef").header("Upload-Offset") == "6");
    CHECK(house.media(where.substr(where.rfind('/') + 1)).at("status") == "PROCESSING");
}

TEST_CASE("a creation brings bytes along, and repeats under its key without making a second upload") {
    House house;
    std::vector<std::string> const headers = with({"upload-length: 6", "idempotency-key: once", "content-type: application/offset+octet-stream"});
    auto const first = house.ask(Method::post, "/api/media/uploads", ada, headers, "abc");
    REQUIRE(first.status == 201);
    CHECK(first.header("Upload-Offset") == "3");
    auto const second = house.ask(Method::post, "/api/media/uploads", ada, headers, "abc");
    CHECK(second.status == 201);
    CHECK(second.header("Location") == first.header("Location"));
    CHECK(house.get("/api/media", ada).json().at("pagination").at("total") == 1);
    int folders = 0;
    for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator(house.folder.path("media/files"))) ++folders;
    CHECK(folders == 1);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 2", "content-type: application/offset+octet-stream"}), "abc").status == 413);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 3", "content-type: text/plain"}), "abc").status == 415);
}

TEST_CASE("one chunk at a time; a connection that ends in the middle leaves what it brought") {
    House house;
    auto const where = announce(house, {"upload-length: 100"});
    std::vector<std::string> const headers = with({"upload-offset: 0", "content-type: application/offset+octet-stream"});
    auto begun = house.begin(Method::patch, where, ada, headers, 50);
    REQUIRE(begun.accept.sink);
    begun.accept.sink->write(std::string(20, 'a'));
    CHECK(send(house, where, 0, "b").status == 423);
    CHECK(house.ask(Method::delete_, where, ada, with({})).status == 423);
    CHECK(house.ask(Method::head, where, ada, with({})).header("Upload-Offset") == "0"); // not durable yet
    begun.accept.sink->finish(false);
    begun = {};
    house.wait_until([&] { return house.ask(Method::head, where, ada, with({})).header("Upload-Offset") == "20"; });
    house.wait_until([&] { return send(house, where, 20, "b").status == 204; });
    CHECK(house.get(where, ada).text == std::string(20, 'a') + "b");
}

TEST_CASE("an ended session stops its upload and keeps the bytes") {
    House house;
    auto const where = announce(house, {"upload-length: 100"});
    {
        std::scoped_lock const held(house.sessions_mutex);
        house.ended_sessions.insert(11);
    }
    CHECK(send(house, where, 0, "abc").status == 401);
}

TEST_CASE("an upload nobody continues expires, says so, and is swept away with its file") {
    House house(House::Jobs::running, {.upload_expiry_s = 60});
    auto const where = announce(house, {"upload-length: 100"});
    CHECK(send(house, where, 0, "abc").status == 204);
    house.database->live(std::chrono::seconds(59));
    CHECK(send(house, where, 3, "d").status == 204); // being continued, it lives on
    house.database->live(std::chrono::seconds(59));
    CHECK(house.get(where, ada).status == 200);
    house.database->live(std::chrono::seconds(2));
    CHECK(house.get(where, ada).status == 410);
    CHECK(send(house, where, 4, "e").status == 410);
    house.wait_until([&] { return std::filesystem::is_empty(house.folder.path("media/files")); });
    CHECK(house.get(where, ada).status == 410);
    CHECK(house.get(where, ben).status == 404);
}

TEST_CASE("a quota is reserved when an upload is announced") {
    House house(House::Jobs::idle, {.quota_bytes = 100});
    auto const where = announce(house, {"upload-length: 60"});
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 60"})).status == 507);
    CHECK(house.ask(Method::post, "/api/media/uploads", ben, with({"upload-length: 60"})).status == 201);
    CHECK(house.ask(Method::delete_, where, ada, with({})).status == 204);
    CHECK(house.get(where, ada).status == 404);
    announce(house, {"upload-length: 100"});
}

TEST_CASE("a length that comes late is held to the quota as well") {
    House house(House::Jobs::idle, {.quota_bytes = 100});
    auto const late = announce(house, {"upload-defer-length: 1"});
    CHECK(send(house, late, 0, std::string(101, 'a')).status == 507);
    CHECK(send(house, late, 0, std::string(50, 'a'), {"upload-length: 101"}).status == 507);
    announce(house, {"upload-length: 60"});
    CHECK(send(house, late, 0, std::string(40, 'a'), {"upload-length: 41"}).status == 507);
    CHECK(send(house, late, 0, std::string(40, 'a'), {"upload-length: 40"}).status == 204);
    CHECK(house.media(late.substr(late.rfind('/') + 1)).at("status") == "PROCESSING");
}

TEST_CASE("a first body that takes hours is left alone; without a row it leaves nothing") {
    House house(House::Jobs::running);
    std::filesystem::path const incoming = house.folder.path("media/incoming");
    auto begun = house.begin(Method::post, "/api/media/uploads", ada, with({"upload-length: 100", "content-type: application/offset+octet-stream"}), 100);
    REQUIRE(begun.accept.sink);
    begun.accept.sink->write(std::string(20, 'a'));
    REQUIRE(std::distance(std::filesystem::directory_iterator(incoming), {}) == 1);
    auto const receiving = std::filesystem::directory_iterator(incoming)->path();
    house.database->live(std::chrono::hours(48));
    house.module->stop_jobs(), house.module->start_jobs(); // looks at what lies among the incoming
    CHECK(std::filesystem::exists(receiving / "source"));
    begun.accept.sink->finish(false);
    begun = {};
    CHECK_FALSE(std::filesystem::exists(receiving)); // it never got a row
}

TEST_CASE("thousands of random requests agree with a model of the protocol") {
    House house;
    struct Model {
        std::string bytes;
        std::optional<std::size_t> size;
        bool complete() const { return size && bytes.size() == *size; }
    };
    std::map<std::string, Model> model;
    std::mt19937 random(2026);
    auto const below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    auto const check = [&](std::string const& where, Model const& known) {
        auto const head = house.ask(Method::head, where, ada, with({}));
        REQUIRE(head.status == 200);
        REQUIRE(head.header("Upload-Offset") == std::to_string(known.bytes.size()));
        REQUIRE(head.header("Upload-Length") == (known.size ? std::to_string(*known.size) : ""));
        REQUIRE(house.get(where, ada).text == known.bytes);
    };
    for (int round = 0; round < 3000; ++round) {
        if (model.empty() || below(12) == 0) {
            if (below(3) == 0) model[announce(house, {"upload-defer-length: 1"})] = {};
            else {
                auto const size = 1 + below(4000);
                model[announce(house, {"upload-length: " + std::to_string(size)})] = {{}, size};
            }
            continue;
        }
        auto at = std::next(model.begin(), static_cast<std::ptrdiff_t>(below(model.size())));
        auto const& where = at->first;
        auto& known = at->second;
        std::string bytes(below(1500), '\0');
        for (auto& byte : bytes) byte = static_cast<char>(random());
        auto const offset = below(6) == 0 ? known.bytes.size() + 1 + below(5) : known.bytes.size();
        auto const lying = below(8) == 0, checked = below(3) == 0;
        std::vector<std::string> headers;
        if (checked) headers.push_back(checksum(media::tus::Algorithm::sha256, "sha256", lying ? bytes + "!" : bytes));
        auto const declares = !known.size && below(4) == 0;
        auto const declared = known.bytes.size() + bytes.size() + below(500);
        if (declares) headers.push_back("upload-length: " + std::to_string(declared));
        switch (below(10)) {
        case 0:
            REQUIRE(house.ask(Method::delete_, where, ada, with({})).status == 204);
            REQUIRE(house.get(where, ada).status == 404);
            model.erase(at);
            continue;
        case 1: REQUIRE(send(house, where, static_cast<std::int64_t>(offset), bytes, headers, ben).status == 404); break;
        case 2: {
            if (offset != known.bytes.size() || (known.size && bytes.size() > *known.size - known.bytes.size())) break;
            auto begun = house.begin(Method::patch, where, ada, with({"upload-offset: " + std::to_string(offset), "content-type: application/offset+octet-stream"}), bytes.size() + 1 <= known.size.value_or(1 << 20) - offset ? bytes.size() + 1 : bytes.size());
            REQUIRE(begun.accept.sink);
            begun.accept.sink->write(bytes);
            begun.accept.sink->finish(false);
            begun = {};
            known.bytes += bytes;
            house.wait_until([&] { return house.ask(Method::head, where, ada, with({})).header("Upload-Offset") == std::to_string(known.bytes.size()); });
            break;
        }
        default: {
            auto const fits = !known.size || bytes.size() <= *known.size - known.bytes.size();
            auto const expected = offset != known.bytes.size() ? 409 : !fits ? 413 : checked && lying ? 460 : 204;
            auto const answer = send(house, where, static_cast<std::int64_t>(offset), bytes, headers);
            INFO(answer.text);
            // The lock of an aborted chunk is given back a moment after its bytes are recorded.
            if (answer.status == 423) break;
            REQUIRE(answer.status == expected);
            if (expected == 204) {
                known.bytes += bytes;
                if (declares) known.size = declared;
            }
        }
        }
        check(where, known);
        if (known.complete()) REQUIRE(house.media(where.substr(where.rfind('/') + 1)).at("status") == "PROCESSING");
        if (known.complete() || below(20) == 0) model.erase(where);
    }
}

TEST_CASE("metadata and checksums survive random bytes") {
    std::mt19937 random(3);
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random() % 60, '\0');
        for (auto& c : text) c = random() % 3 ? "filename, YWJj=sha1"[random() % 19] : static_cast<char>(random());
        if (auto const read = media::tus::read_metadata(text)) {
            CHECK_FALSE(read->filename.empty());
            CHECK(is_utf8(read->filename));
            CHECK(read->filename.find('/') == std::string::npos);
        }
        (void)media::tus::read_checksum(text);
        if (auto const number = media::tus::read_number("x", text)) CHECK(*number >= 0);
    }
}
