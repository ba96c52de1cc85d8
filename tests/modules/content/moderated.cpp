// What moderation hides is hidden from everybody else, and comes back exactly as it was.
#include "support.hpp"

using namespace mozi;
using namespace mozi::content;
using moderation::ContentHidden;
using moderation::ContentRestored;

// proves S19
TEST_CASE("a hidden title exists for moderators only, and comes back as it was") {
    on_each_database([](House& house) {
        auto fields = titled("Hidden", MovieStatus::released);
        fields.genres = set(std::vector<std::string>{"Drama"});
        auto const movie = house.add(fields);
        auto const address = "/api/movies/" + movie.id.text();
        auto const before = house.get(address, ada);
        auto const list_before = house.get("/api/movies").text;
        auto const genres_before = house.get("/api/genres").text;

        house.hear(ContentHidden{{71}, SubjectKind::movie, movie.id.value});
        CHECK(house.get(address).status == 404);
        CHECK(house.get(address, ada).status == 404);
        CHECK(house.ask(net::Method::put, address, ben, R"({"title":"x"})").status == 404);
        CHECK(house.ask(net::Method::delete_, address, ben).status == 404);
        // What was decided on stays as it is, whoever made it: it is evidence.
        for (auto const who : {ada, mod}) {
            for (auto const& refused : {house.ask(net::Method::put, address, who, R"({"title":"x","status":"CANCELLED"})"),
                     house.ask(net::Method::delete_, address, who)}) {
                CHECK(refused.status == (who == ada ? 409 : 403));
                CHECK(refused.id() == (who == ada ? "movie.hidden" : "movie.not_yours"));
            }
        }
        CHECK(house.get(address, mod).body.at("hidden") == true);
        for (auto const who : {UserId{}, ada, mod}) CHECK(house.get("/api/movies", who).body.at("pagination").at("total") == 0);
        CHECK(house.get("/api/movies?createdBy=me", ada).body.at("pagination").at("total") == 0);
        CHECK(house.get("/api/movies?genre=drama").body.at("data").as_array().empty());
        CHECK(house.get("/api/genres").body.at("data").as_array().empty());
        CHECK(house.get("/api/movies?hidden=true", mod).body.at("data").at(0).at("title") == "Hidden");
        CHECK(house.get("/api/movies?hidden=true&genre=drama", mod).body.at("pagination").at("total") == 1);
        CHECK(house.get("/api/movies?hidden=true", ada).status == 403);
        CHECK(house.get("/api/movies?hidden=true").status == 403);
        for (auto const who : {ada, mod}) {
            auto const facts = house.facts({subject_id(movie.id)}, as(who));
            REQUIRE(facts.size() == 1);
            CHECK(facts.front().hidden);
            CHECK(facts.front().visible == (who == mod));
        }

        house.hear(ContentRestored{{71}, SubjectKind::movie, movie.id.value});
        CHECK(house.get(address, ada).text == before.text);
        CHECK(house.get(address, ada).header("etag") == before.header("etag"));
        CHECK(house.get("/api/movies").text == list_before);
        CHECK(house.get("/api/genres").text == genres_before);
    });
}

TEST_CASE("a title shows again when no action hides it any more; a draft stays a draft") {
    on_each_database([](House& house) {
        auto const movie = house.add(titled("Twice", MovieStatus::draft));
        auto const hidden = [&] { return house.movies.get(movie.id, as(mod)).value().hidden; };
        house.hear(ContentHidden{{1}, SubjectKind::movie, movie.id.value});
        house.hear(ContentHidden{{2}, SubjectKind::movie, movie.id.value});
        house.hear(ContentHidden{{2}, SubjectKind::movie, movie.id.value}); // told twice
        house.hear(ContentRestored{{1}, SubjectKind::movie, movie.id.value});
        CHECK(hidden());
        house.hear(ContentRestored{{9}, SubjectKind::movie, movie.id.value}); // an action that hid nothing
        CHECK(hidden());
        house.hear(ContentRestored{{2}, SubjectKind::movie, movie.id.value});
        CHECK_FALSE(hidden());
        CHECK(house.movies.get(movie.id, {}).has_error());
        CHECK(house.movies.get(movie.id, as(ada)).value() == movie);
        auto const told = house.told();
        REQUIRE(told.size() == 3); // created, hidden, shown
        CHECK(json::from_json<MovieUpdated>(told[1].second).value().hidden);
        CHECK_FALSE(json::from_json<MovieUpdated>(told[2].second).value().hidden);
    });
}

TEST_CASE("nobody edits what is hidden, its maker neither, be it a moderator; afterwards it is as it was; other content changes nothing") {
    on_each_database([](House& house) {
        auto const movie = house.add(titled("Kept"), mod);
        auto const address = "/api/movies/" + movie.id.text();
        house.hear(ContentHidden{{5}, SubjectKind::comment, movie.id.value});
        CHECK(house.get(address).status == 200);
        CHECK(house.get(address, mod).body.at("canEdit") == true);
        house.hear(ContentHidden{{5}, SubjectKind::movie, movie.id.value});
        house.hear(ContentHidden{{6}, SubjectKind::movie, movie.id.value + 1});
        CHECK(house.get(address, mod).body.at("canEdit") == false);
        auto const refused = house.ask(net::Method::put, address, mod, R"({"title":"Tidied"})");
        CHECK(refused.id() == "movie.hidden");
        CHECK(refused.body.at("next").is_string());
        CHECK(house.ask(net::Method::delete_, address, mod).id() == "movie.hidden");
        CHECK(house.get(address).status == 404);
        house.hear(ContentRestored{{5}, SubjectKind::movie, movie.id.value});
        CHECK(house.get(address).body.at("title") == "Kept");
        CHECK(house.ask(net::Method::delete_, address, mod).status == 204);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM effect") == 0);
    });
}

TEST_CASE("a draft that shows a film a moderator hid is not released with it") {
    on_each_database([](House& house) {
        house.neighbours.uploads.all = {{MediaId{7}, ada}};
        auto fields = titled("Again", MovieStatus::draft);
        fields.media = set(MediaId{7});
        auto const movie = house.add(fields);
        auto const address = "/api/movies/" + movie.id.text();
        house.neighbours.uploads.taken_away = {MediaId{7}};
        auto const refused = house.ask(net::Method::put, address, ada, R"({"status":"RELEASED"})");
        CHECK(refused.status == 422);
        CHECK(refused.body.at("errors").at(0).at("id") == "media.hidden");
        CHECK(house.ask(net::Method::put, address, ada, R"({"title":"Another name"})").status == 200);
        house.neighbours.uploads.taken_away.clear();
        CHECK(house.ask(net::Method::put, address, ada, R"({"status":"RELEASED"})").status == 200);
    });
}
