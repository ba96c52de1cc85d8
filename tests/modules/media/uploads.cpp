// tus 1.0: every rule of the protocol.
#include "tus_client.hpp"

using namespace mozi;
using namespace mozi::test;

TEST_CASE("OPTIONS says what is spoken, to everybody") {
    House house;
    auto const answer = house.ask(Method::options, "/api/media/uploads", visitor);
    CHECK(answer.status == 204);
    CHECK(answer.header("Tus-Version") == "1.0.0");
    for (auto const* name :
        {"creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum", "checksum-trailer", "termination"})
        CHECK(answer.header("Tus-Extension").find(name) != std::string::npos);
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

// proves S22
TEST_CASE("an upload goes up in pieces, says how far it is, and gives its bytes back to its owner alone") {
    House house;
    auto const where = announce(
        house, {"upload-length: 10", "upload-metadata: filename " + base64("C:\\films\\one.mp4") + ",filetype " + base64("video/mp4")});
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
    CHECK(house.told_names() == std::vector<std::string>{"media.uploaded"});
}

TEST_CASE("what the protocol refuses has its own answer") {
    House house;
    auto const where = announce(house, {"upload-length: 10"});
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, {"upload-length: 1"}).status == 412);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 0.2.2", "upload-length: 1"}).status == 412);
    for (auto const& headers : std::vector<std::vector<std::string>>{{}, {"upload-length: -1"}, {"upload-length: 9223372036854775808"},
             {"upload-length: 1e3"}, {"upload-length: 01"}, {"upload-defer-length: 2"}, {"upload-length: 1", "upload-defer-length: 1"},
             {"upload-length: 1", "upload-metadata: filename %%%"}, {"upload-length: 1", "upload-metadata: a YQ==,a YQ=="}})
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

TEST_CASE("a checksum decides about what comes with the announcement, and the length about what comes later") {
    House house(House::Jobs::idle, {.max_upload_bytes = 100});
    using media::tus::Algorithm;
    auto const create = [&](std::string const& sum) {
        auto const type = "content-type: application/offset+octet-stream";
        return house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 9", type, sum}), "abc");
    };
    CHECK(create(checksum(Algorithm::sha1, "sha1", "abd")).id() == "upload.checksum_mismatch");
    CHECK(create("upload-checksum: sha1 x y").id() == "upload.checksum");
    CHECK(create(checksum(Algorithm::sha1, "sha1", "abc")).status == 201);
    auto const where = announce(house, {"upload-defer-length: 1"});
    CHECK(send(house, where, 0, "abc", {"upload-length: 101"}).id() == "upload.too_large");
    CHECK(send(house, where, 0, "abc", {"upload-length: 100"}).status == 204);
}

TEST_CASE("a checksum may follow its chunk in a trailer") {
    House house;
    auto const where = announce(house, {"upload-length: 9"});
    // A chunked body with these trailers.
    auto const send_chunked = [&](std::int64_t offset, std::string const& bytes, std::vector<std::string> const& trailers,
                                  std::vector<std::string> more = {"trailer: X-Other, Upload-Checksum"}) {
        more.push_back("transfer-encoding: chunked");
        auto begun = begin_chunk(house, where, offset, 0, std::move(more), ada);
        if (begun.accept.refuse) return house.end(std::move(begun));
        begun.accept.sink->write(bytes);
        for (auto const& trailer : trailers) begun.request->trailers.push_back({"Upload-Checksum", trailer});
        begun.accept.sink->finish(true);
        return house.end(std::move(begun));
    };
    auto const value = [](media::tus::Algorithm algorithm, std::string_view name, std::string const& bytes) {
        return checksum(algorithm, name, bytes).substr(std::string_view("upload-checksum:").size());
    };
    using media::tus::Algorithm;
    CHECK(send_chunked(0, "abc", {value(Algorithm::sha1, "sha1", "abd")}).status == 460);
    CHECK(send_chunked(0, "abc", {}).id() == "upload.checksum");
    CHECK(send_chunked(0, "abc", {" crc32 AAAA"}).id() == "upload.checksum");
    CHECK(send_chunked(0, "abc", {value(Algorithm::sha1, "sha1", "abc"), value(Algorithm::sha1, "sha1", "abc")}).id() == "upload.checksum");
    CHECK(send_chunked(0, "abc", {}, {"trailer: Upload-Checksum", checksum(Algorithm::sha1, "sha1", "abc")}).id() == "upload.checksum");
    CHECK(offset_of(house, where) == 0);
    CHECK(send_chunked(0, "abc", {value(Algorithm::sha1, "sha1", "abc")}).status == 204);
    CHECK(send_chunked(3, "def", {value(Algorithm::sha256, "sha256", "def")}).status == 204);
    CHECK(send_chunked(6, "ghi", {value(Algorithm::md5, "md5", "xxx")}, {}).status == 204); // nobody announced it: it is dropped
    CHECK(house.get(where, ada).text == "abcdefghi");
}

TEST_CASE("networks that let no PATCH, DELETE or HEAD through") {
    House house;
    auto const where = announce(house, {"upload-length: 6"});
    auto const as = [&](std::string method, std::vector<std::string> headers, std::string bytes = {}, std::string_view who = ada) {
        headers.push_back("x-http-method-override: " + method);
        return house.ask(Method::post, where, who, with(std::move(headers)), std::move(bytes));
    };
    CHECK(as("PATCH", {"upload-offset: 0", "content-type: application/offset+octet-stream"}, "abc").header("Upload-Offset") == "3");
    auto const head = as("HEAD", {});
    CHECK(head.status == 200);
    CHECK(head.header("Upload-Offset") == "3");
    CHECK(head.text.empty());
    CHECK(as("HEAD", {}, {}, ben).status == 404);
    CHECK(as("DELETE", {}, {}, ben).status == 404);
    CHECK(as("DELETE", {}, {}, visitor).status == 401);
    CHECK(as("DELETE", {}).status == 204);
    CHECK(house.get(where, ada).status == 404);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 6", "x-http-method-override: DELETE"})).status == 405);
}

TEST_CASE("a name keeps its ending, and reads as it is") {
    auto const tidy = [](std::string const& name) { return media::tus::read_metadata("filename " + base64(name)).value().filename; };
    std::string const long_stem(300, 'x');
    for (auto const& [given, kept] : std::vector<std::pair<std::string, std::string>>{
             {"C:\\films\\one.mp4", "one.mp4"},
             {"a/b\\c.mkv", "c.mkv"},
             {long_stem + ".mp4", long_stem.substr(0, 251) + ".mp4"},
             {long_stem + ".webm", long_stem.substr(0, 250) + ".webm"},
             {long_stem, long_stem.substr(0, 255)},
             {"film." + long_stem, "film." + long_stem.substr(0, 250)}, // no ending, only long
             {"harmony\u202e4pm.mp4", "harmony4pm.mp4"}, // would read as …4pm.pm4
             {"\u2067\u2066film\u2069.mp4", "film.mp4"},
             {"\u200f\u061cfilm\u200e.mp4", "film.mp4"},
             {"\u200b\u2060 film.mp4\u200b\ufeff ", "film.mp4"},
             {"film\u200b.mp4", "film.mp4"},
             {"one\ntwo\x7f\u0085three\u2028four.mp4", "one two  three four.mp4"},
             {"\U0001F468\u200d\U0001F469\u200d\U0001F467.mp4", "\U0001F468\u200d\U0001F469\u200d\U0001F467.mp4"}, // joined inside
             {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.mkv",
                 "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.mkv"}, // as Persian needs it
             {"e\u0301t\u00e9.mov", "\u00e9t\u00e9.mov"},
             {"\u00a0\u3000film\u00a0", "film"},
             {"\u200b\u202e", "video"},
             {"..", "video"},
             {".mp4", ".mp4"},
             {"film.", "film."},
         }) {
        CAPTURE(given);
        CHECK(tidy(given) == kept);
    }
    std::string wide;
    for (int i = 0; i < 300; ++i) wide += "\U00020000";
    CHECK(length_utf8(tidy(wide + ".mp4")) == 255);
    CHECK(tidy(wide + ".mp4").ends_with("\U00020000.mp4"));
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
    std::vector<std::string> const headers =
        with({"upload-length: 6", "idempotency-key: once", "content-type: application/offset+octet-stream"});
    auto const first = house.ask(Method::post, "/api/media/uploads", ada, headers, "abc");
    REQUIRE(first.status == 201);
    CHECK(first.header("Upload-Offset") == "3");
    auto const second = house.ask(Method::post, "/api/media/uploads", ada, headers, "abc");
    CHECK(second.status == 201);
    CHECK(second.header("Location") == first.header("Location"));
    CHECK(house.get("/api/media", ada).at("pagination").at("total") == 1);
    int folders = 0;
    for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator(house.folder.path("media/files"))) ++folders;
    CHECK(folders == 1);
    CHECK(house
              .ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 2", "content-type: application/offset+octet-stream"}),
                  "abc")
              .status == 413);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 3", "content-type: text/plain"}), "abc").status == 415);
}

TEST_CASE("a connection that ends in the middle leaves what it brought") {
    House house;
    auto const where = announce(house, {"upload-length: 100"});
    auto begun = begin_chunk(house, where, 0, 50);
    begun.accept.sink->write(std::string(20, 'a'));
    begun.accept.sink->finish(false);
    begun = {};
    CHECK(offset_of(house, where) == 20);
    CHECK(send(house, where, 20, "b").status == 204);
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

TEST_CASE("no byte counts that comes after its session ended, and no upload is completed by one that ended on the way") {
    House house;
    auto const where = announce(house, {"upload-length: 30"}), id = where.substr(where.rfind('/') + 1);
    auto const bytes = std::string(10, 'a');
    auto begun = begin_chunk(house, where, 0, 30);
    auto& sink = *begun.accept.sink;
    using More = net::BodySink::More;
    REQUIRE(sink.write(bytes) == More::yes);
    house.note(house.ended_sessions, 11); // not half a second passes
    CHECK(sink.write(bytes) == More::stop);
    auto const refused = house.end(std::move(begun));
    CHECK(refused.status == 401);
    house.ended_sessions.clear();
    CHECK(offset_of(house, where) == 10);
    // All of it had come, and then the person signed out: the last byte does not count, and who signs in again sends it.
    begun = begin_chunk(house, where, 10, 20);
    REQUIRE(begun.accept.sink->write(std::string(20, 'b')) == More::yes);
    begun.accept.sink->finish(true);
    house.note(house.ended_sessions, 11);
    CHECK(house.end(std::move(begun)).id() == "auth.token");
    house.ended_sessions.clear();
    CHECK(house.media(id).at("status") == "UPLOADING");
    CHECK(offset_of(house, where) == 29);
    CHECK(house.told_names().empty());
    CHECK(send(house, where, 29, "b").status == 204);
    CHECK(house.media(id).at("status") == "PROCESSING");
    // A connection that ends there leaves no more.
    auto const other = announce(house, {"upload-length: 5"});
    begun = begin_chunk(house, other, 0, 5);
    REQUIRE(begun.accept.sink->write(std::string(5, 'c')) == More::yes);
    house.note(house.ended_sessions, 11);
    begun.accept.sink->finish(false);
    begun = {};
    house.wait_until(
        [&] { return test::scalar<std::int64_t>(*house.database, "SELECT max(received) FROM medium WHERE status = 'UPLOADING'") == 4; });
    house.ended_sessions.clear();
    CHECK(offset_of(house, other) == 4);
    CHECK(house.told_names().size() == 1);
}

TEST_CASE("bytes that come while it is not known whether their session has ended count only when it had not, and its end is told") {
    House house;
    house.forgetful = true;
    auto const where = announce(house, {"upload-length: 1000000"});
    auto begun = begin_chunk(house, where, 0, 1'000'000);
    std::atomic<bool> stopped = false;
    begun.accept.sink->begin([&] { stopped = true; });
    auto const before = house.asked.load();
    std::int64_t sent = 0;
    auto const some = [&] { return begun.accept.sink->write(std::string(10, 'a')) == net::BodySink::More::yes; };
    house.wait_until([&] { return some() && (sent += 10) > 0 && house.asked >= before + 3; }); // a third question: two were answered
    house.note(house.ended_sessions, 11);
    while (!stopped) some();
    CHECK_FALSE(some());
    CHECK(house.end(std::move(begun)).id() == "auth.token");
    house.ended_sessions.clear();
    CHECK(offset_of(house, where) > 0);
    CHECK(offset_of(house, where) <= sent);
}

TEST_CASE("a creation whose session ended while its bytes came makes nothing; a suspended account's upload stops") {
    House house;
    auto const headers = with({"upload-length: 3", "content-type: application/offset+octet-stream"});
    auto begun = house.begin(Method::post, "/api/uploads", ada, headers, 3);
    REQUIRE(begun.accept.sink);
    REQUIRE(begun.accept.sink->write(std::string("abc")) == net::BodySink::More::yes);
    begun.accept.sink->finish(true);
    house.note(house.ended_sessions, 11);
    CHECK(house.end(std::move(begun)).status == 401);
    house.ended_sessions.clear();
    CHECK(house.get("/api/media", ada).at("pagination").at("total") == 0);
    auto const where = announce(house, {"upload-length: 30"});
    begun = begin_chunk(house, where, 0, 30);
    REQUIRE(begun.accept.sink->write(std::string("abc")) == net::BodySink::More::yes);
    house.note(house.suspended, 11);
    CHECK(begun.accept.sink->write(std::string("def")) == net::BodySink::More::stop);
    auto const refused = house.end(std::move(begun));
    CHECK(refused.status == 403);
    CHECK(refused.id() == "account.suspended");
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
    CHECK(house.get(where + "/digest?from=0&to=3", ada).id() == "upload.expired");
    CHECK(house.ask(Method::delete_, where, ada, with({})).id() == "upload.expired");
    CHECK(house.get(where, ben).status == 404);
}

TEST_CASE("what does not fit on the disk is refused before it comes, and what has come is kept") {
    House house;
    auto const where = announce(house, {"upload-length: 100"});
    CHECK(send(house, where, 0, "abc").status == 204);
    house.min_free_bytes = std::uint64_t(1) << 60;
    house.restart();
    auto const refused = house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 60"}));
    CHECK(refused.status == 507);
    CHECK(refused.id() == "media.no_space");
    CHECK(send(house, where, 3, "def").id() == "media.no_space");
    house.min_free_bytes = 16u << 20;
    house.restart();
    CHECK(send(house, where, 3, "def").status == 204);
}

TEST_CASE("addresses of films that are none answer so") {
    House house;
    CHECK(house.get("/media/7/nosuchkey/r1/poster.jpg", visitor).status == 404);
    auto const old = house.ask(Method::get, announce(house, {"upload-length: 100"}), ada, {"tus-resumable: 0.2.2"});
    CHECK(old.id() == "upload.version");
}

// proves S25
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

TEST_CASE("of a length nobody says, what has arrived counts against the quota") {
    House house(House::Jobs::idle, {.quota_bytes = 100});
    auto const first = announce(house, {"upload-defer-length: 1"});
    CHECK(send(house, first, 0, std::string(60, 'a')).status == 204);
    CHECK(send(house, announce(house, {"upload-defer-length: 1"}), 0, std::string(60, 'a')).status == 507);
    auto const begun = with({"upload-defer-length: 1", "content-type: application/offset+octet-stream"});
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, begun, std::string(60, 'a')).status == 507);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, begun, std::string(40, 'a')).status == 201);
    CHECK(house.ask(Method::delete_, first, ada, with({})).status == 204);
    announce(house, {"upload-length: 60"});
}

TEST_CASE("a first body that takes hours is left alone; without a row it leaves nothing") {
    House house(House::Jobs::running);
    std::filesystem::path const incoming = house.folder.path("media/incoming");
    auto begun = house.begin(
        Method::post, "/api/media/uploads", ada, with({"upload-length: 100", "content-type: application/offset+octet-stream"}), 100);
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

// proves S25
TEST_CASE("uploads of a length nobody says share the quota while they come, not only when they end") {
    House house(House::Jobs::idle, {.quota_bytes = 100'000});
    auto const first = announce(house, {"upload-defer-length: 1"}), second = announce(house, {"upload-defer-length: 1"});
    auto one = begin_chunk(house, first, 0, 0), other = begin_chunk(house, second, 0, 0);
    REQUIRE((one.accept.sink && other.accept.sink));
    using More = net::BodySink::More;
    std::string const block(30'000, 'a');
    CHECK(one.accept.sink->write(block) == More::yes);
    CHECK(other.accept.sink->write(block) == More::yes);
    CHECK(one.accept.sink->write(block) == More::yes);
    CHECK(other.accept.sink->write(block) == More::stop); // 120,000 together
    // What is announced meanwhile counts what is on its way.
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 10001"})).id() == "media.quota");
    auto const announced = house.ask(Method::post, "/api/media/uploads", ada, with({"upload-length: 10000"}));
    CHECK(announced.status == 201);
    CHECK(one.accept.sink->write("a") == More::stop);
    auto const refused = house.end(std::move(one));
    CHECK(refused.id() == "media.quota");
    CHECK(house.end(std::move(other)).id() == "media.quota");
    CHECK(offset_of(house, first) == 60'000); // what has come is kept, and counts
    CHECK(offset_of(house, second) == 30'000);
    CHECK(house.scalar<std::int64_t>("SELECT bytes FROM owner_total WHERE owner_id = 11") == 100'000);
    CHECK(house.ask(Method::delete_, second, ada, with({})).status == 204);
    CHECK(send(house, first, 60'000, std::string(30'000, 'b')).status == 204);
    CHECK(send(house, first, 90'000, "b").id() == "media.quota");
}

TEST_CASE("a chunk that is not what its checksum says leaves no bytes that nobody counts") {
    House house(House::Jobs::idle, {.quota_bytes = 100'000});
    auto const where = announce(house, {"upload-defer-length: 1"});
    CHECK(send(house, where, 0, "abc").status == 204);
    auto const source = house.folder.path("media/files/" + where.substr(where.rfind('/') + 1) + "/source");
    CHECK(send(house, where, 3, std::string(50'000, 'x'), {checksum(media::tus::Algorithm::sha1, "sha1", "other")}).status == 460);
    CHECK(std::filesystem::file_size(source) == 3);
    auto cut = begin_chunk(house, where, 3, 60'000, {checksum(media::tus::Algorithm::sha1, "sha1", "other")});
    REQUIRE(cut.accept.sink);
    cut.accept.sink->write(std::string(50'000, 'x'));
    cut.accept.sink->finish(false); // the connection is gone
    CHECK(std::filesystem::file_size(source) == 3);
}
