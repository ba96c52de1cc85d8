// Comments over the wire: threads, edits, tombstones, lists, and who may do what.
#include "comments/repository.hpp"
#include "support.hpp"

using namespace mozi;
using namespace mozi::social;
using net::Method;
using Strings = std::vector<std::string>;

// proves S14
TEST_CASE("a comment answers 201 with its address, counts at once, and reads back the same") {
    on_each_database([](House& house) {
        auto const before = house.topic.version.load();
        auto const made = house.comment(ada, "  What a shadow!  ");
        REQUIRE_MESSAGE(made.status == 201, made.text);
        CHECK(made.header("location") == "/api/comments/" + made.id());
        CHECK(made.at("content") == "What a shadow!");
        CHECK(made.at("movieId") == "5");
        CHECK(made.at("parentId").is_null());
        CHECK(made.at("author").at("username") == "person11");
        CHECK(made.at("likesCount") == 0);
        CHECK(made.at("repliesCount") == 0);
        CHECK(made.at("likedByMe").is_null());
        CHECK(made.at("depth") == 0);
        CHECK(made.at("isEdited") == false);
        CHECK(made.at("isDeleted") == false);
        CHECK(made.at("hidden") == false);
        CHECK(made.at("canEdit") == true);
        CHECK(made.at("createdAt") == made.at("updatedAt"));
        CHECK(house.one(made.id()).text == made.text);
        CHECK(house.one(made.id(), "").at("canEdit") == false);
        CHECK(house.counts().comments == 1);
        CHECK(house.topic.version > before);
        auto const told = house.told();
        REQUIRE(told.size() == 1);
        CHECK(told[0].first == "social.comment.created");
        CHECK(told[0].second.find("\"What a shadow!\"") != std::string::npos);
    });
}

TEST_CASE("a comment has 1 to 1000 characters, whatever their bytes") {
    on_each_database([](House& house) {
        std::string longest;
        for (int i = 0; i < 1000; ++i) longest += "\xC3\xA9";
        CHECK(house.comment(ada, longest).status == 201);
        for (auto const& words : {std::string(), std::string("   \n "), longest + "x"}) {
            auto const refused = house.comment(ada, words);
            CHECK(refused.status == 422);
            CHECK(refused.at("errors").as_array().at(0).at("pointer") == "/content");
        }
        CHECK(house.wire.post(film + "/comments", ada, "{}").status == 422);
        CHECK(house.wire.post(film + "/comments", ada, R"({"content":"x","author":"12"})").status == 422);
        CHECK(house.wire.post(film + "/comments", "", R"({"content":"x"})").status == 401);
        CHECK(house.counts().comments == 1);
    });
}

TEST_CASE("comments follow the title: what who asks may not see has none") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "first");
        house.title(5).hidden = true;
        CHECK(house.comment(ada, "second").status == 404);
        CHECK(house.wire.get(film + "/comments", ada).status == 404);
        CHECK(house.one(id).status == 404);
        CHECK(house.wire.put("/api/comments/" + id, ada, R"({"content":"x"})").status == 404);
        CHECK(house.wire.del("/api/comments/" + id, ada).status == 404);
        CHECK(house.wire.put("/api/comments/" + id + "/like", ben).status == 404);
        CHECK(house.words("", mod) == Strings{"first"});
        CHECK(house.wire.get("/api/movies/77/comments", ada).status == 404);
        CHECK(house.wire.post("/api/movies/77/comments", ada, R"({"content":"x"})").status == 404);
    });
}

// proves S14
TEST_CASE("replies hang below their parent and never deeper than eight; deeper ones stay under the one at eight") {
    on_each_database([](House& house) {
        std::string parent, eighth;
        for (int i = 0; i <= 11; ++i) {
            auto const made = house.comment(i % 2 ? ada : ben, "level " + std::to_string(i), parent);
            REQUIRE_MESSAGE(made.status == 201, made.text);
            CHECK(made.at("depth") == std::min(i, 8));
            if (i == 8) eighth = made.id();
            if (i > 8) CHECK(made.text_of("parentId") == eighth);
            else if (i > 0) CHECK(made.text_of("parentId") == parent);
            parent = made.id();
        }
        CHECK(house.words("?parentId=" + eighth) == Strings{"level 9", "level 10", "level 11"});
        CHECK(house.one(eighth).at("repliesCount") == 3);
        CHECK(house.counts().comments == 12);
        CHECK(house.total() == 1);
    });
}

TEST_CASE("a reply needs a parent that is there, under the same title, and not deleted") {
    on_each_database([](House& house) {
        auto const parent = house.comment_id(ada, "parent");
        CHECK(house.comment(ben, "x", "999").at("id") == "comment.parent_not_found");
        CHECK(house.wire.post("/api/movies/6/comments", ben, R"({"content":"x","parentId":")" + parent + "\"}").status == 404);
        house.comment_id(ben, "child", parent);
        CHECK(house.wire.del("/api/comments/" + parent, ada).status == 204);
        auto const late = house.comment(ben, "x", parent);
        CHECK(late.status == 409);
        CHECK(late.at("id") == "comment.parent_deleted");
    });
}

// proves S14
TEST_CASE("only the author edits; an edit shows, moves the ETag, and the same words are no edit") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "frist");
        auto const address = "/api/comments/" + id;
        auto const stale = house.one(id).header("etag");
        CHECK(house.wire.put(address, ben, R"({"content":"first"})").status == 403);
        CHECK(house.wire.put(address, mod, R"({"content":"first"})").status == 403);
        CHECK(house.wire.put(address, "", R"({"content":"first"})").status == 401);
        CHECK(house.wire.put(address, ada, R"({"content":"frist"})").at("isEdited") == false);
        house.clock.advance(std::chrono::seconds(5));
        auto const edited = house.wire.ask(Method::put, address, ada, R"({"content":"first"})", {"if-match: " + stale});
        REQUIRE_MESSAGE(edited.status == 200, edited.text);
        CHECK(edited.at("content") == "first");
        CHECK(edited.at("isEdited") == true);
        CHECK(edited.at("updatedAt") != edited.at("createdAt"));
        CHECK(house.one(id).text == edited.text);
        CHECK(house.wire.ask(Method::put, address, ada, R"({"content":"First."})", {"if-match: " + stale}).status == 412);
        CHECK(house.wire.put(address, ada, R"({"content":""})").status == 422);
        CHECK(house.wire.put("/api/comments/999", ada, R"({"content":"x"})").status == 404);
        CHECK(house.told().back().first == "social.comment.updated");
    });
}

TEST_CASE("hiding and showing again never takes an author's words back") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "first");
        std::string kept = "first";
        together(2, [&](int side) {
            for (int i = 0; i < 150; ++i) {
                if (side == 0) {
                    house.hide(id, 7), house.restore(id, 7);
                    continue;
                }
                auto const words = "edit " + std::to_string(i);
                if (house.wire.put("/api/comments/" + id, ada, R"({"content":")" + words + "\"}").status == 200) kept = words;
                CHECK(house.one(id, mod).text_of("content") == kept);
            }
        });
        CHECK(house.one(id).text_of("content") == kept);
    });
}

TEST_CASE("a deleted comment without replies is gone") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "oops");
        REQUIRE(house.wire.put("/api/comments/" + id + "/like", ben).status == 200);
        auto const refused = house.wire.del("/api/comments/" + id, ben);
        CHECK(refused.status == 403);
        CHECK(refused.at("id") == "comment.not_author");
        CHECK(house.wire.del("/api/comments/" + id, "").status == 401);
        auto const before = house.topic.version.load();
        CHECK(house.wire.del("/api/comments/" + id, ada).status == 204);
        CHECK(house.topic.version > before);
        CHECK(house.one(id).status == 404);
        CHECK(house.wire.del("/api/comments/" + id, ada).status == 404);
        CHECK(house.words().empty());
        CHECK(house.counts().comments == 0);
        for (auto const* table : {"comment", "effect", "reaction"})
            CHECK(test::scalar<std::int64_t>(*house.database, std::string("SELECT count(*) FROM ") + table) == 0);
        CHECK(house.told().back().first == "social.comment.deleted");
    });
}

TEST_CASE("a deleted comment with replies stays as a tombstone until the last of them is gone") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "top secret"), child = house.comment_id(ben, "child", top),
                   grandchild = house.comment_id(ada, "grandchild", child);
        REQUIRE(house.wire.put("/api/comments/" + top + "/like", ben, R"({"type":"WOW"})").status == 200);
        for (auto const* staff : {"91:MODERATOR", "99:ADMIN"})
            CHECK(house.wire.del("/api/comments/" + top, staff).at("id") == "comment.not_author"); // they decide, on a report
        CHECK(house.wire.del("/api/comments/" + top, ada).status == 204);
        CHECK(house.wire.del("/api/comments/" + child, ben).status == 204);
        for (auto const& who : {ada, ben, mod, std::string()}) {
            auto const stone = house.one(top, who);
            REQUIRE(stone.status == 200);
            CHECK(stone.at("content") == "");
            CHECK(stone.at("author").is_null());
            CHECK(stone.at("isDeleted") == true);
            CHECK(stone.at("tombstone") == "DELETED");
            CHECK(stone.at("likesCount") == 0);
            CHECK(stone.at("likedByMe").is_null());
            CHECK(stone.at("canEdit") == false);
            CHECK(stone.at("repliesCount") == 0);
            CHECK(stone.at("hasReplies") == true);
        }
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM comment WHERE content LIKE '%secret%'") == 0);
        CHECK(house.words("?parentId=" + child) == Strings{"grandchild"});
        CHECK(house.counts().comments == 1);
        CHECK(house.wire.put("/api/comments/" + top, ada, R"({"content":"x"})").status == 404);
        CHECK(house.wire.put("/api/comments/" + top + "/like", ben).status == 404);
        CHECK(house.wire.del("/api/comments/" + grandchild, ada).status == 204);
        CHECK(house.words().empty());
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM comment") == 0);
    });
}

TEST_CASE("lists run both ways, by cursor and by page, without gaps or repeats while others write") {
    on_each_database([](House& house) {
        Strings all;
        for (int i = 0; i < 25; ++i) all.push_back("c" + std::to_string(i)), house.comment_id(ada, all.back());
        Strings seen;
        std::string query = "?limit=10";
        for (int page = 0; page < 3; ++page) {
            auto const answer = house.wire.get(film + "/comments" + query, ben);
            CHECK(answer.at("pagination").at("limit") == 10);
            for (auto const& item : answer.data()) seen.emplace_back(item.at("content").as_string());
            auto const& next = answer.at("pagination").at("nextCursor");
            if (next.is_null()) break;
            query = "?limit=10&after=" + std::string(next.as_string());
            if (page == 0) house.comment_id(ben, "late"), all.push_back("late");
        }
        CHECK(seen == all);
        Strings newest(all.rbegin(), all.rbegin() + 20);
        CHECK(house.words("?sortOrder=desc&sortBy=createdAt") == newest);
        CHECK(house.words("?page=3&limit=10") == Strings(all.begin() + 20, all.end()));
        CHECK(house.total() == 26);
        CHECK(house.words("?page=1000000&limit=100").empty());
        for (auto const* bad :
            {"?limit=0", "?limit=101", "?sortOrder=up", "?after=x", "?after=1.", "?after=1.2.3", "?colour=red", "?parentId=0"})
            CHECK_MESSAGE(house.wire.get(film + "/comments" + bad, ben).status == 400, bad);
        CHECK(house.wire.get(film + "/comments?parentId=999", ben).status == 404);
    });
}

TEST_CASE("a list costs the same number of statements however long it is, and one question for people") {
    on_each_database([](House& house) {
        auto const cost = [&](std::string const& parent) {
            http::Viewer viewer{{11}, {1}, http::Role::user};
            http::Call call;
            net::Request request;
            std::string const target = "limit=100" + (parent.empty() ? "" : "&parentId=" + parent);
            request.query = target;
            call.request = &request;
            call.viewer = viewer;
            call.path_values = {{"id", "5"}};
            auto const& route = *std::find_if(house.made.module.routes.begin(), house.made.module.routes.end(),
                [](auto const& r) { return r.operation == "listComments"; });
            auto const people = house.neighbours.people.asked.load();
            auto const before = db::statements_of_this_thread();
            auto input = route.prepare(call);
            REQUIRE(input);
            REQUIRE(route.run(call, *input));
            CHECK(house.neighbours.people.asked == people + 1);
            return db::statements_of_this_thread() - before;
        };
        auto const top = house.comment_id(ada, "top");
        house.comment_id(ada, "reply", top);
        auto const warm = cost("");
        auto const one = cost(""), one_below = cost(top);
        for (int i = 0; i < 60; ++i) house.comment_id(ada, "x"), house.comment_id(ben, "y", top);
        CHECK(cost("") == one);
        CHECK(cost(top) == one_below);
        CHECK(one <= 3);
        CHECK(one_below <= 3);
        CHECK(warm >= one);
    });
}

TEST_CASE("every list of comments walks an index and never sorts") {
    House house(db::Dialect::sqlite);
    for (auto const scope : {repository::Scope::listed, repository::Scope::all})
        for (auto const order : {SortOrder::asc, SortOrder::desc}) {
            auto const plan = test::plan(*house.database, std::string(repository::list_sql(scope, order)));
            CHECK_MESSAGE(plan.find("INDEX comment_order (subject_id=? AND parent_id=? AND created_at") != std::string::npos, plan);
            CHECK_MESSAGE(plan.find("SCAN") == std::string::npos, plan);
            CHECK_MESSAGE(plan.find("TEMP B-TREE") == std::string::npos, plan);
        }
}

TEST_CASE("a repeated Idempotency-Key makes one comment") {
    on_each_database([](House& house) {
        std::vector<std::string> const key{"idempotency-key: k1"};
        auto const first = house.wire.ask(Method::post, film + "/comments", ada, R"({"content":"once"})", key);
        auto const again = house.wire.ask(Method::post, film + "/comments", ada, R"({"content":"once"})", key);
        CHECK(first.status == 201);
        CHECK(again.status == 201);
        CHECK(again.id() == first.id());
        CHECK(house.counts().comments == 1);
        CHECK(house.wire.ask(Method::post, film + "/comments", ada, R"({"content":"twice"})", key).status == 422);
    });
}

TEST_CASE("when a title is deleted its comments and reactions go, others stay, and nothing is added any more") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "top");
        house.comment_id(ben, "reply", top);
        REQUIRE(house.wire.put("/api/comments/" + top + "/like", ben).status == 200);
        REQUIRE(house.wire.put(film + "/like", ben).status == 200);
        REQUIRE(house.wire.post("/api/movies/6/comments", ben, R"({"content":"stays"})").status == 201);
        content::MovieDeleted gone;
        gone.movie_id = {5};
        gone.title = "Nosferatu";
        gone.created_by = {1};
        house.hear(gone);
        house.hear(gone); // told twice changes nothing
        CHECK(house.counts().comments == 0);
        CHECK(house.counts().likes == 0);
        CHECK(house.counts(6).comments == 1);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM comment") == 1);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM reaction") == 0);
        // A request that saw the title just before.
        CHECK(house.comment(ada, "too late").status == 404);
        CHECK(house.wire.put(film + "/like", ada).status == 404);
    });
}

TEST_CASE("one person writes so many comments on a day") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "first");
        auto const written = [&] { return house.scalar<std::int64_t>("SELECT comments FROM written WHERE author_id = 11"); };
        CHECK(written() == 1);
        REQUIRE(house.database->write(
            [](db::Transaction& tx) -> Result<> { return tx->run("UPDATE written SET comments = 1999"), Result<>{}; }));
        CHECK(house.comment(ada, "the last", top).status == 201);
        for (int i = 0; i < 2; ++i) {
            auto const refused = house.comment(ada, "one more");
            CHECK(refused.status == 429);
            CHECK(refused.id() == "comment.too_many");
            CHECK(std::stoi(refused.header("Retry-After")) <= 86'400);
            CHECK(written() == 2000);
        }
        CHECK(house.wire.del("/api/comments/" + top, ada).status == 204); // room on the disk is not time of the day
        CHECK(house.comment(ada, "one more").status == 429);
        CHECK(house.comment(ben, "another's").status == 201);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM comment WHERE content <> ''") == 2);
        house.clock.advance(std::chrono::hours(24));
        CHECK(house.comment(ada, "tomorrow").status == 201);
        CHECK(written() == 1);
    });
}
