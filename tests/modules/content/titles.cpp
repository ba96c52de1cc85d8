// Titles over the wire: create, read, update, delete, who may, and what is refused.
#include "support.hpp"

using namespace mozi;
using namespace mozi::content;
using net::Method;

namespace {

std::string const full =
    R"({"title":" Amélie ","description":"A waitress.\nParis.","releaseDate":"2001-04-25","duration":122,"language":"FR","country":"fr",
 "genres":["Comedy","Science Fiction","comedy"],"cast":["Audrey Tautou","Mathieu Kassovitz"],"director":"Jean-Pierre Jeunet",
  "posterUrl":"https://example.org/p.jpg","isAdult":false,"status":"RELEASED"})";

std::set<std::string> pointers(Answer const& answer) {
    std::set<std::string> all;
    for (auto const& error : answer.body.at("errors").as_array()) {
        auto const& object = error.as_object();
        all.insert(std::string((object.contains("pointer") ? object.at("pointer") : object.at("parameter")).as_string()));
    }
    return all;
}

} // namespace

// proves S9
TEST_CASE("a created title answers 201 with its address, and reads back the same") {
    on_each_database([](House& house) {
        auto const made = house.ask(Method::post, "/api/movies", ada, full);
        REQUIRE_MESSAGE(made.status == 201, made.text);
        CHECK(made.header("location") == "/api/movies/" + made.id());
        auto const& body = made.body;
        CHECK(body.at("title") == "Amélie");
        CHECK(body.at("releaseDate") == "2001-04-25");
        CHECK(body.at("duration") == 122);
        CHECK(body.at("language") == "fr");
        CHECK(body.at("country") == "FR");
        CHECK(boost::json::serialize(body.at("genres")) == R"(["Comedy","Science Fiction"])");
        CHECK(boost::json::serialize(body.at("cast")) == R"(["Audrey Tautou","Mathieu Kassovitz"])");
        CHECK(body.at("version") == 1);
        CHECK(body.at("status") == "RELEASED");
        CHECK(body.at("createdBy").at("username") == "person11");
        CHECK(body.at("canEdit") == true);
        CHECK(body.at("hidden") == false);
        CHECK(body.at("video").is_null());
        CHECK(body.at("releasedAt").is_string());
        auto const read = house.get("/api/movies/" + made.id(), ada);
        CHECK(read.status == 200);
        CHECK(read.text == made.text);
        CHECK(read.header("etag") == made.header("etag"));
        auto const stranger = house.get("/api/movies/" + made.id());
        CHECK(stranger.body.at("canEdit") == false);
        CHECK(stranger.body.at("likedByMe").is_null());
    });
}

TEST_CASE("a title needs only its name and starts as a draft") {
    on_each_database([](House& house) {
        auto const made = house.ask(Method::post, "/api/movies", ada, R"({"title":"Untitled"})");
        REQUIRE(made.status == 201);
        CHECK(made.body.at("status") == "DRAFT");
        CHECK(made.body.at("genres").as_array().empty());
        for (auto const* name :
            {"description", "releaseDate", "duration", "language", "country", "director", "posterUrl", "mediaId", "releasedAt", "video"})
            CHECK(made.body.at(name).is_null());
    });
}

// proves S9
TEST_CASE("drafts are for their creator and moderators; for others they do not exist") {
    on_each_database([](House& house) {
        auto const draft = house.add(titled("Secret", MovieStatus::draft));
        auto const address = "/api/movies/" + draft.id.text();
        CHECK(house.get(address).status == 404);
        CHECK(house.get(address, ben).status == 404);
        CHECK(house.get(address, ada).status == 200);
        CHECK(house.get(address, mod).status == 200);
        CHECK(house.ask(Method::put, address, ben, R"({"title":"Mine"})").status == 404);
        CHECK(house.ask(Method::delete_, address, ben).status == 404);
        CHECK(house.get("/api/movies", ada).body.at("pagination").at("total") == 0);
        CHECK(house.get("/api/movies?status=DRAFT").body.at("pagination").at("total") == 0);
        CHECK(house.get("/api/movies?status=DRAFT", ben).body.at("pagination").at("total") == 0);
        CHECK(house.get("/api/movies?status=DRAFT", ada).body.at("pagination").at("total") == 1);
        CHECK(house.get("/api/movies?status=DRAFT", mod).body.at("data").as_array().size() == 1);
        CHECK_FALSE(house.facts({subject_id(draft.id)}, as(ben)).at(0).visible);
        CHECK(house.facts({subject_id(draft.id)}, as(ada)).at(0).visible);
        CHECK(house.facts({subject_id(draft.id)}, as(ada)).at(0).title == "Secret");
        auto const released = house.ask(Method::put, address, ada, R"({"status":"RELEASED"})");
        CHECK(released.status == 200);
        CHECK(house.get(address).status == 200);
        CHECK(house.get("/api/movies").body.at("pagination").at("total") == 1);
    });
}

TEST_CASE("an update changes what is sent, clears what is null, and keeps the rest") {
    on_each_database([](House& house) {
        auto const made = house.ask(Method::post, "/api/movies", ada, full);
        auto const address = "/api/movies/" + made.id();
        auto const changed =
            house.ask(Method::put, address, ada, R"({"director":null,"duration":null,"genres":["Drama"],"cast":null,"posterUrl":""})");
        REQUIRE_MESSAGE(changed.status == 200, changed.text);
        CHECK(changed.body.at("version") == 2);
        CHECK(changed.body.at("director").is_null());
        CHECK(changed.body.at("duration").is_null());
        CHECK(changed.body.at("posterUrl").is_null());
        CHECK(changed.body.at("cast").as_array().empty());
        CHECK(boost::json::serialize(changed.body.at("genres")) == R"(["Drama"])");
        CHECK(changed.body.at("title") == "Amélie");
        CHECK(changed.body.at("description") == "A waitress.\nParis.");
        CHECK(changed.body.at("releasedAt") == made.body.at("releasedAt"));
        CHECK(changed.body.at("createdAt") == made.body.at("createdAt"));
        CHECK(changed.body.at("updatedAt") != made.body.at("updatedAt"));
        CHECK(house.get(address, ada).text == changed.text);
        auto const again = house.ask(Method::put, address, ada, R"({"genres":["Drama"]})");
        CHECK(again.body.at("version") == 2);
        auto const nothing = house.ask(Method::put, address, ada, R"({"title":null,"status":null,"isAdult":null})");
        CHECK(nothing.status == 422);
        CHECK(pointers(nothing) == std::set<std::string>{"/title", "/status", "/isAdult"});
    });
}

TEST_CASE("the time of release is set once") {
    on_each_database([](House& house) {
        auto const address = "/api/movies/" + house.add(titled("Once", MovieStatus::draft)).id.text();
        auto const first = house.ask(Method::put, address, ada, R"({"status":"RELEASED"})").body.at("releasedAt");
        CHECK(first.is_string());
        house.ask(Method::put, address, ada, R"({"status":"DRAFT"})");
        CHECK(house.ask(Method::put, address, ada, R"({"status":"RELEASED"})").body.at("releasedAt") == first);
    });
}

// proves S9
TEST_CASE("a lost update is refused: 412 for a stale ETag, 409 for a stale version, and nothing is written") {
    on_each_database([](House& house) {
        auto const made = house.ask(Method::post, "/api/movies", ada, full);
        auto const address = "/api/movies/" + made.id();
        auto const stale = made.header("etag");
        REQUIRE(house.ask(Method::put, address, ada, R"({"title":"Second"})", {"If-Match: " + stale}).status == 200);
        auto const refused = house.ask(Method::put, address, ada, R"({"title":"Third"})", {"If-Match: " + stale});
        CHECK(refused.status == 412);
        CHECK(refused.body.at("id") == "request.if_match");
        auto const conflict = house.ask(Method::put, address, ada, R"({"title":"Third","version":1})");
        CHECK(conflict.status == 409);
        CHECK(conflict.body.at("id") == "movie.version");
        CHECK(house.ask(Method::delete_, address, ada, {}, {"If-Match: " + stale}).status == 412);
        CHECK(house.get(address).body.at("title") == "Second");
        CHECK(house.ask(Method::put, address, ada, R"({"title":"Third","version":2})").status == 200);
        CHECK(house.ask(Method::put, address, ada, R"({"title":"Fourth"})").body.at("version") == 4);
        CHECK(house.ask(Method::delete_, address, ada, {}, {"If-Match: " + house.get(address, ben).header("etag")}).status == 204);
    });
}

TEST_CASE("only its creator changes a title, no moderator and no administrator, a draft neither") {
    on_each_database([](House& house) {
        auto const movie = house.add(titled("Ada's"));
        auto const address = "/api/movies/" + movie.id.text();
        auto const refused = house.ask(Method::put, address, ben, R"({"title":"Ben's"})");
        CHECK(refused.status == 403);
        CHECK(refused.body.at("id") == "movie.not_yours");
        CHECK(house.ask(Method::delete_, address, ben).status == 403);
        CHECK(house.ask(Method::put, address, {}, R"({"title":"Nobody's"})").status == 401);
        auto const draft = house.add(titled("Ada's draft", MovieStatus::draft));
        for (auto const& which : {movie, draft})
            for (auto const* who : {"91:MODERATOR", "99:ADMIN"}) {
                auto const door = "/api/movies/" + which.id.text();
                for (auto const& answer :
                    {house.wire.put(door, who, R"({"title":"Tidied","status":"RELEASED"})"), house.wire.del(door, who)}) {
                    CHECK(answer.status == 403);
                    CHECK(answer.at("id") == "movie.not_yours");
                }
                CHECK(house.wire.get(door, who).at("canEdit") == false);
                CHECK(house.movies.get(which.id, as(mod)).value() == which);
            }
    });
}

TEST_CASE("a deleted title is gone, also the second time") {
    on_each_database([](House& house) {
        auto const movie = house.add(titled("Gone"));
        auto const address = "/api/movies/" + movie.id.text();
        auto const gone = house.ask(Method::delete_, address, ada);
        CHECK(gone.status == 204);
        CHECK(gone.text.empty());
        CHECK(house.ask(Method::delete_, address, ada).status == 404);
        CHECK(house.get(address, mod).status == 404);
        CHECK(house.ask(Method::put, address, ada, R"({"title":"x"})").status == 404);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie_shelf") == 0);
        CHECK(house.facts({subject_id(movie.id)}).empty());
    });
}

TEST_CASE("where only moderators create, members are told why not") {
    for (auto const dialect : test::dialects()) {
        House house(dialect, WhoCreates::moderators);
        auto const refused = house.ask(Method::post, "/api/movies", ada, R"({"title":"Mine"})");
        CHECK(refused.status == 403);
        CHECK(refused.body.at("id") == "movie.who_creates");
        CHECK(house.ask(Method::post, "/api/movies", mod, R"({"title":"Ours"})").status == 201);
        CHECK(house.ask(Method::post, "/api/movies", {}, R"({"title":"Ours"})").status == 401);
    }
}

TEST_CASE("a title shows an upload only of whoever created it") {
    on_each_database([](House& house) {
        house.neighbours.uploads.all[{501}] = ada;
        house.neighbours.uploads.all[{502}] = ben;
        auto const made = house.ask(Method::post, "/api/movies", ada, R"({"title":"Film","mediaId":"501"})");
        REQUIRE(made.status == 201);
        CHECK(made.body.at("mediaId") == "501");
        CHECK(made.body.at("video").at("playable") == true);
        CHECK(made.body.at("video").at("durationSeconds") == 12.5);
        CHECK(made.body.at("video").at("hasSound") == false);
        auto const address = "/api/movies/" + made.id();
        for (auto const* other : {"502", "503"}) {
            auto const refused = house.ask(Method::put, address, ada, R"({"mediaId":")" + std::string(other) + "\"}");
            CHECK(refused.status == 422);
            CHECK(pointers(refused) == std::set<std::string>{"/mediaId"});
        }
        CHECK(house.ask(Method::post, "/api/movies", ben, R"({"title":"Film","mediaId":"501"})").status == 422);
        CHECK(house.get(address, ada).body.at("mediaId") == "501");
        auto const cleared = house.ask(Method::put, address, ada, R"({"mediaId":null})");
        CHECK(cleared.body.at("video").is_null());
        CHECK(cleared.body.at("mediaId").is_null());
    });
}

TEST_CASE("likes and the own reaction come with the title") {
    on_each_database([](House& house) {
        auto const movie = house.add(titled("Liked"));
        house.neighbours.reactions.all = {{{movie.id, ada}, "LOVE"}, {{movie.id, ben}, "WOW"}};
        auto const mine = house.get("/api/movies", ben).body.at("data").at(0);
        CHECK(mine.at("likesCount") == 2);
        CHECK(mine.at("likedByMe") == "WOW");
    });
}

TEST_CASE("every field outside its bounds is named, all at once") {
    on_each_database([](House& house) {
        auto const many = [](int n, std::string const& item) {
            std::string list = "[";
            for (int i = 0; i < n; ++i) list += (i ? "," : "") + ("\"" + item + std::to_string(i) + "\"");
            return list + "]";
        };
        auto const bad = house.ask(Method::post, "/api/movies", ada,
            R"({"title":"","description":")" + std::string(5001, 'd') +
                R"(","releaseDate":"2023-02-29","duration":0,"language":"eng","country":"1a","genres":)" + many(11, "g") + R"(,"cast":)" +
                many(51, "c") + R"(,"director":")" + std::string(201, 'd') +
                R"(","posterUrl":"ftp://x","isAdult":"yes","status":"OUT","mediaId":"-1","colour":"red"})");
        CHECK(bad.status == 422);
        CHECK(pointers(bad) == std::set<std::string>{"/title", "/description", "/releaseDate", "/duration", "/language", "/country",
                                   "/genres", "/cast", "/director", "/posterUrl", "/isAdult", "/status", "/mediaId", "/colour"});
        auto const items = house.ask(Method::post, "/api/movies", ada,
            R"({"title":")" + std::string(501, 't') + R"(","duration":2001,"genres":[")" + std::string(51, 'g') + R"("],"cast":["ok",")" +
                std::string(101, 'c') + R"("]})");
        CHECK(pointers(items) == std::set<std::string>{"/title", "/duration", "/genres/0", "/cast/1"});
        auto const signs = house.ask(Method::post, "/api/movies", ada, R"({"title":"x","genres":["Drama","!!"]})");
        CHECK(pointers(signs) == std::set<std::string>{"/genres/1"});
        CHECK(house.ask(Method::post, "/api/movies", ada, R"({"title":"x",})").status == 400);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie") == 0);
        std::string edge;
        for (int i = 0; i < 500; ++i) edge += "\u00e9"; // 500 characters, 1000 bytes
        CHECK(
            house
                .ask(Method::post, "/api/movies", ada,
                    R"({"title":")" + edge + R"(","description":")" + std::string(5000, 'd') + R"(","duration":2000,"genres":)" +
                        many(10, std::string(49, 'g')) + R"(,"cast":)" + many(50, "c") + R"(,"director":")" + std::string(200, 'd') + "\"}")
                .status == 201);
    });
}

TEST_CASE("every change tells the whole state") {
    on_each_database([](House& house) {
        auto const movie = house.add(titled("Told", MovieStatus::draft));
        REQUIRE(house.movies.update(movie.id, titled("Told"), {}, as(ada), any_version()));
        REQUIRE(house.movies.update(movie.id, titled("Told"), {}, as(ada), any_version())); // nothing new
        REQUIRE(house.movies.remove(movie.id, as(ada), any_version()));
        auto const told = house.told();
        REQUIRE(told.size() == 3);
        CHECK(told[0].first == "content.movie.created");
        CHECK(told[1].first == "content.movie.updated");
        CHECK(told[2].first == "content.movie.deleted");
        auto const updated = json::from_json<MovieUpdated>(told[1].second).value();
        CHECK(updated.movie_id == movie.id);
        CHECK(updated.title == "Told");
        CHECK(updated.created_by == ada);
        CHECK(updated.released);
        CHECK_FALSE(updated.hidden);
        CHECK_FALSE(json::from_json<MovieCreated>(told[0].second).value().released);
    });
}

TEST_CASE("caches of lists learn of every change, and of nothing else") {
    on_each_database([](House& house) {
        CHECK(house.get("/api/movies").body.at("pagination").at("total") == 0);
        auto const movie = house.add(titled("New"));
        CHECK(house.get("/api/movies").body.at("pagination").at("total") == 1);
        auto const before = house.topic.version.load();
        CHECK_FALSE(house.movies.update(movie.id, titled("x"), 7, as(ada), any_version()));
        CHECK_FALSE(house.movies.remove(movie.id, as(ben), any_version()));
        CHECK(house.topic.version.load() == before);
        REQUIRE(house.movies.update(movie.id, titled("Newer"), {}, as(ada), any_version()));
        CHECK(house.get("/api/movies").body.at("data").at(0).at("title") == "Newer");
        REQUIRE(house.movies.remove(movie.id, as(ada), any_version()));
        CHECK(house.get("/api/movies").body.at("data").as_array().empty());
    });
}

TEST_CASE("one person keeps so many titles unreleased, and adds so many within a day") {
    on_each_database([](House& house) {
        auto const add = [&](std::string_view status, UserId who = ada) {
            return house.ask(Method::post, "/api/movies", who, R"({"title":"A","status":")" + std::string(status) + "\"}");
        };
        auto const first = add("DRAFT");
        REQUIRE(first.status == 201);
        REQUIRE(add("CANCELLED").status == 201);
        auto const count = [&](int drafts) {
            REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
                return tx->run("UPDATE shelf_count SET titles = ? WHERE kind = 3 AND shelf = ? AND state = 0", drafts, ada.text()),
                       Result<>{};
            }));
        };
        count(499); // with the one that was cancelled
        auto const refused = add("DRAFT");
        CHECK(refused.status == 409);
        CHECK(refused.id() == "movie.too_many_drafts");
        CHECK(add("IN_PRODUCTION").id() == "movie.too_many_drafts");
        CHECK(add("RELEASED").status == 201);
        CHECK(add("DRAFT", ben).status == 201);
        count(498);
        CHECK(add("DRAFT").status == 201);
        count(2);
        CHECK(house.ask(Method::delete_, "/api/movies/" + first.id(), ada).status == 204);
        for (int i = 3; i < 500; ++i) REQUIRE(add("RELEASED").status == 201);
        auto const many = add("RELEASED");
        CHECK(many.status == 429);
        CHECK(many.id() == "movie.too_many_today");
        CHECK(std::stoi(many.header("Retry-After")) > 80'000);
        CHECK(add("RELEASED", ben).status == 201);
        house.clock.advance(std::chrono::hours(24));
        CHECK(add("RELEASED").status == 201);
        if (house.database->dialect() == db::Dialect::sqlite) {
            auto const latest =
                test::plan(*house.database, "SELECT created_at FROM movie WHERE id = (SELECT movie_id FROM movie_shelf WHERE "
                                            "kind = 3 AND shelf = ? AND state = 6 ORDER BY movie_id DESC LIMIT 1 OFFSET ?)");
            CHECK(latest.find("SEARCH movie_shelf USING PRIMARY KEY (kind=? AND shelf=? AND state=?)") != std::string::npos);
            CHECK(latest.find("TEMP B-TREE") == std::string::npos);
            CHECK(test::plan(*house.database, "SELECT sum(titles) FROM shelf_count WHERE kind = 3 AND shelf = ? AND state IN (0, 1, 2, 4)")
                      .find("SEARCH shelf_count USING PRIMARY KEY (kind=? AND shelf=? AND state=?)") != std::string::npos);
        }
    });
}
