// Reactions: one per person and thing, idempotent, and exact when many come at once.
#include "support.hpp"

using namespace mozi;
using namespace mozi::social;
using net::Method;

// proves S14
TEST_CASE("a reaction counts once, may change its type, and can be taken back") {
    on_each_database([](House& house) {
        auto const comment = "/api/comments/" + house.comment_id(ada, "x");
        for (auto const& thing : {film, comment}) {
            auto const first = house.wire.put(thing + "/like", ben);
            REQUIRE_MESSAGE(first.status == 200, first.text);
            CHECK(first.text == R"({"type":"LIKE","likesCount":1})");
            CHECK(house.wire.put(thing + "/like", ben).text == first.text);
            CHECK(house.wire.put(thing + "/like", ben, R"({"type":"SAD"})").text == R"({"type":"SAD","likesCount":1})");
            CHECK(house.wire.put(thing + "/like", ada, R"({"type":"LOVE"})").text == R"({"type":"LOVE","likesCount":2})");
            CHECK(house.wire.put(thing + "/like", ada, R"({"type":"MEH"})").status == 422);
            CHECK(house.wire.put(thing + "/like", "").status == 401);
            CHECK(house.wire.del(thing + "/like", ben).status == 204);
            CHECK(house.wire.del(thing + "/like", ben).status == 204);
            CHECK(house.wire.del(thing + "/like", "").status == 401);
        }
        CHECK(house.counts(5, 11).likes == 1);
        CHECK(house.counts(5, 11).liked_by_me == "LOVE");
        CHECK(!house.counts(5, 12).liked_by_me);
        CHECK(house.one(comment.substr(14)).at("likedByMe") == "LOVE");
        CHECK(house.one(comment.substr(14), ben).at("likedByMe").is_null());
        CHECK(house.one(comment.substr(14), "").at("likesCount") == 1);
        CHECK(house.wire.put("/api/movies/77/like", ben).status == 404);
        CHECK(house.wire.del("/api/movies/77/like", ben).status == 404);
        CHECK(house.wire.put("/api/comments/77/like", ben).status == 404);
    });
}

TEST_CASE("lists of titles are told when a title's count moves, and only then") {
    on_each_database([](House& house) {
        auto const moved = [&](auto&& act) {
            auto const before = house.topic.version.load();
            act();
            return house.topic.version.load() != before;
        };
        CHECK(moved([&] { house.wire.put(film + "/like", ben); }));
        CHECK(!moved([&] { house.wire.put(film + "/like", ben); }));
        CHECK(moved([&] { house.wire.del(film + "/like", ben); }));
        CHECK(!moved([&] { house.wire.del(film + "/like", ben); }));
    });
}

TEST_CASE("totals and own reactions of a page of titles take two statements, in the order asked") {
    on_each_database([](House& house) {
        std::vector<SubjectId> ids;
        for (int i = 0; i < 100; ++i) {
            SubjectId const id{1000 + i};
            house.title(id.value) = {{1}, "t"};
            ids.insert(ids.begin(), id);
        }
        REQUIRE(house.wire.put("/api/movies/1007/like", ada, R"({"type":"WOW"})").status == 200);
        REQUIRE(house.wire.put("/api/movies/1007/like", ben).status == 200);
        REQUIRE(house.wire.post("/api/movies/1008/comments", ben, R"({"content":"x"})").status == 201);
        house.counts(); // opens the reader
        auto const before = db::statements_of_this_thread();
        auto const counts = house.made.engagement->counts(ids, {.user = {11}});
        CHECK(db::statements_of_this_thread() - before == 2);
        REQUIRE(counts);
        REQUIRE(counts->size() == 100);
        CHECK((*counts)[92].likes == 2);
        CHECK((*counts)[92].liked_by_me == "WOW");
        CHECK((*counts)[91].comments == 1);
        CHECK((*counts)[90].likes == 0);
    });
}

// proves S14
TEST_CASE("a hundred at once, with retries, count exactly") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "busy");
        auto const comment = "/api/comments/" + id;
        std::atomic<int> wrong{0};
        together(100, [&](int i) {
            auto const who = std::to_string(100 + i);
            auto const fine = [&](test::Answer const& answer, int status) { wrong += answer.status != status; };
            for (int again = 0; again < 2; ++again) {
                fine(house.wire.put(film + "/like", who), 200);
                fine(house.wire.put(comment + "/like", who, R"({"type":"LOVE"})"), 200);
                fine(house.wire.ask(Method::post, film + "/comments", who, R"({"content":"mine","parentId":")" + id + "\"}",
                         {"idempotency-key: once"}),
                    201);
            }
            if (i % 4 == 0) fine(house.wire.del(film + "/like", who), 204), fine(house.wire.del(comment + "/like", who), 204);
        });
        CHECK(wrong == 0);
        CHECK(house.counts().likes == 75);
        CHECK(house.counts().comments == 101);
        CHECK(house.one(id).at("likesCount") == 75);
        CHECK(house.one(id).at("repliesCount") == 100);
        CHECK(house.recount() == "");
    });
}

TEST_CASE("one person liking from many places at once counts once") {
    on_each_database([](House& house) {
        together(32, [&](int i) { house.wire.put(film + "/like", ben, i % 2 ? R"({"type":"SAD"})" : R"({"type":"WOW"})"); });
        CHECK(house.counts().likes == 1);
        together(32, [&](int i) { i % 2 ? house.wire.put(film + "/like", ben) : house.wire.del(film + "/like", ben); });
        CHECK(house.counts().likes == (house.counts(5, 12).liked_by_me ? 1 : 0));
    });
}

TEST_CASE("answering, deleting, hiding and liking at once leave every number true") {
    on_each_database([](House& house) {
        std::vector<std::string> tops;
        for (int i = 0; i < 6; ++i) tops.push_back(house.comment_id(ada, "top"));
        together(24, [&](int i) {
            auto const& top = tops[std::size_t(i % 6)];
            auto const who = std::to_string(200 + i);
            auto const made = house.comment(who, "reply", top);
            if (i % 3 == 0) house.wire.del("/api/comments/" + top, ada);
            if (i % 3 == 1) house.hide(top, i), house.restore(top, i);
            house.wire.put("/api/comments/" + top + "/like", who);
            if (made.status == 201 && i % 2 == 0) {
                house.comment(ben, "below", made.id());
                house.wire.del("/api/comments/" + made.id(), who);
            }
        });
        CHECK(house.recount() == "");
    });
}
