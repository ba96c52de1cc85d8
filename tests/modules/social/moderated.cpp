// What moderation does to comments: hidden while any action stands, and back exactly.
#include "support.hpp"

using namespace mozi;
using namespace mozi::social;
using Strings = std::vector<std::string>;

// proves S19
TEST_CASE("a hidden comment is gone for others, marked for moderators, and comes back byte for byte") {
    on_each_database([](House& house) {
        auto const keep = house.comment_id(ben, "keep"), id = house.comment_id(ada, "rude");
        REQUIRE(house.wire.put("/api/comments/" + id + "/like", ben, R"({"type":"ANGRY"})").status == 200);
        REQUIRE(house.wire.put("/api/comments/" + id, ada, R"({"content":"very rude"})").status == 200);
        auto const before = house.dump(), wire = house.one(id, ben).text, list = house.wire.get(film + "/comments", ben).text;
        house.clock.advance(std::chrono::hours(1));
        auto const version = house.topic.version.load();
        house.hide(id, 501);
        CHECK(house.topic.version > version);
        CHECK(house.counts().comments == 1);
        for (auto const& who : {ada, ben, std::string()}) {
            CHECK(house.one(id, who).status == 404);
            CHECK(house.words("", who) == Strings{"keep"});
            CHECK(house.total("", who) == 1);
        }
        auto const seen = house.one(id, mod);
        CHECK(seen.at("hidden") == true);
        CHECK(seen.at("content") == "very rude");
        CHECK(house.words("", mod) == Strings{"keep", "very rude"});
        CHECK(house.total("", mod) == 2);
        // Nobody changes what is hidden, so that it can come back as it was.
        for (auto const& refused :
            {house.wire.put("/api/comments/" + id, ada, R"({"content":"x"})"), house.wire.del("/api/comments/" + id, ada)}) {
            CHECK(refused.status == 409);
            CHECK(refused.at("id") == "comment.hidden");
            CHECK(refused.at("next").is_string());
        }
        CHECK(house.wire.put("/api/comments/" + id, ben, R"({"content":"x"})").status == 404);
        CHECK(house.wire.del("/api/comments/" + id, ben).status == 404);
        CHECK(house.wire.del("/api/comments/" + id, mod).status == 403);
        CHECK(house.wire.put("/api/comments/" + id + "/like", ada).status == 404);
        CHECK(house.comment(ben, "reply", id).status == 404);
        house.restore(id, 501);
        CHECK(house.dump() == before);
        CHECK(house.one(id, ben).text == wire);
        CHECK(house.wire.get(film + "/comments", ben).text == list);
    });
}

TEST_CASE("hidden twice, a comment shows again only when both actions are undone") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "rude");
        auto const before = house.dump();
        house.hide(id, 1);
        house.hide(id, 2);
        house.hide(id, 2); // told again
        house.restore(id, 1);
        CHECK(house.one(id, ben).status == 404);
        CHECK(house.counts().comments == 0);
        house.restore(id, 2);
        house.restore(id, 2);
        CHECK(house.dump() == before);
    });
}

TEST_CASE("a hidden comment with replies leaves a place that says so, and nothing of its words") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "rude words"), child = house.comment_id(ben, "calm down", top);
        REQUIRE(house.wire.put("/api/comments/" + top + "/like", ben).status == 200);
        auto const before = house.dump();
        house.hide(top, 7);
        for (auto const& who : {ada, ben, std::string()}) {
            auto const stone = house.one(top, who);
            REQUIRE(stone.status == 200);
            CHECK(stone.at("tombstone") == "HIDDEN");
            CHECK(stone.at("content") == "Hidden by moderation.");
            CHECK(stone.at("author").is_null());
            CHECK(stone.at("hidden") == false);
            CHECK(stone.at("isDeleted") == false);
            CHECK(stone.at("likesCount") == 0);
            CHECK(stone.at("likedByMe").is_null());
            CHECK(stone.at("canEdit") == false);
            CHECK(stone.text.find("rude words") == std::string::npos);
            CHECK(stone.text.find("person11") == std::string::npos);
        }
        CHECK(house.counts().comments == 1);
        CHECK(house.words("?parentId=" + top) == Strings{"calm down"});
        house.hide(child, 8); // the place goes with the last thing it held up
        CHECK(house.one(top, ben).status == 404);
        CHECK(house.words("", ben).empty());
        CHECK(house.total("", ben) == 0);
        CHECK(house.words("", mod) == Strings{"rude words"});
        CHECK(house.words("?parentId=" + top, mod) == Strings{"calm down"});
        house.restore(top, 7);
        CHECK(house.one(top, ben).at("repliesCount") == 0);
        CHECK(house.one(top, ben).at("hasReplies") == false);
        house.restore(child, 8);
        CHECK(house.dump() == before);
    });
}

TEST_CASE("one shown reply holds up every place above it") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "top"), middle = house.comment_id(ben, "middle", top),
                   leaf = house.comment_id(ada, "leaf", middle);
        auto const before = house.dump();
        house.hide(top, 1), house.hide(middle, 2), house.hide(leaf, 3);
        CHECK(house.words("", ben).empty());
        house.restore(leaf, 3);
        CHECK(house.words("", ben) == Strings{"Hidden by moderation."});
        CHECK(house.words("?parentId=" + top, ben) == Strings{"Hidden by moderation."});
        CHECK(house.words("?parentId=" + middle, ben) == Strings{"leaf"});
        CHECK(house.one(top, ben).at("repliesCount") == 0);
        CHECK(house.one(top, ben).at("hasReplies") == true);
        CHECK(house.recount() == "");
        house.restore(middle, 2), house.restore(top, 1);
        CHECK(house.dump() == before);
    });
}

TEST_CASE("hiding what was deleted brings nothing back, and counts stay true") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "top"), child = house.comment_id(ben, "child", top);
        CHECK(house.wire.del("/api/comments/" + top, ada).status == 204);
        house.hide(top, 1); // decided before it was heard of
        house.hide(child, 2);
        CHECK(house.one(top, ben).status == 404);
        house.restore(top, 1);
        CHECK(house.one(top, mod).at("isDeleted") == true);
        CHECK(house.one(top, ben).status == 404);
        house.restore(child, 2);
        CHECK(house.one(top, ben).at("tombstone") == "DELETED");
        CHECK(house.wire.del("/api/comments/" + child, ben).status == 204);
        house.restore(child, 2); // of what is gone
        house.hide(child, 3);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM comment") == 0);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM effect") == 0);
        CHECK(house.counts().comments == 0);
    });
}

TEST_CASE("what is hidden stays as evidence when the title it stood under goes, and goes with its decision") {
    on_each_database([](House& house) {
        auto const top = house.comment_id(ada, "rude"), below = house.comment_id(ada, "ruder", top),
                   fine = house.comment_id(ben, "fine", below);
        house.hide(top, 1), house.hide(below, 2);
        house.hear(content::MovieDeleted{{{5}, "Nosferatu", {1}, std::nullopt, true, false}});
        house.neighbours.things.all.erase({SubjectKind::movie, {5}});
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM comment") == 2);
        std::vector<SubjectId> const ids{{*parse_id(top)}, {*parse_id(below)}, {*parse_id(fine)}};
        auto const facts = house.neighbours.directory.entry(SubjectKind::comment).find(ids, Asking{.user = {91}, .moderates = true});
        REQUIRE(facts);
        REQUIRE(facts->size() == 2);
        for (auto const& fact : *facts) {
            CHECK(fact.hidden);
            CHECK((fact.text == "rude" || fact.text == "ruder"));
        }
        for (auto const& who : {ada, ben}) CHECK(house.one(top, who).status == 404);
        CHECK(house.wire.del("/api/comments/" + top, ada).status == 404);
        house.hide(top, 3);
        house.restore(top, 1);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM comment") == 2);
        house.restore(top, 3), house.restore(below, 2);
        for (auto const* table : {"comment", "effect"})
            CHECK(test::scalar<std::int64_t>(*house.database, std::string("SELECT count(*) FROM ") + table) == 0);
    });
}

TEST_CASE("other modules see facts of comments whatever their state") {
    on_each_database([](House& house) {
        auto const shown = house.comment_id(ada, "shown"), hidden = house.comment_id(ben, "hidden");
        house.hide(hidden, 1);
        std::vector<SubjectId> const ids{{*parse_id(shown)}, {*parse_id(hidden)}, {999}};
        house.counts(); // opens the reader
        auto const before = db::statements_of_this_thread();
        auto const facts = house.neighbours.directory.entry(SubjectKind::comment).find(ids, Asking{.user = {12}});
        CHECK(db::statements_of_this_thread() - before == 1);
        REQUIRE(facts);
        REQUIRE(facts->size() == 2);
        for (auto const& fact : *facts) {
            auto const second = fact.subject.id == ids[1];
            CHECK(fact.hidden == second);
            CHECK(fact.visible == !second);
            CHECK(fact.text == (second ? "hidden" : "shown"));
            CHECK(fact.title == "Nosferatu");
            CHECK(fact.owner == UserId{second ? 12 : 11});
        }
        auto const none = house.neighbours.directory.entry(SubjectKind::comment).find({}, Asking{});
        CHECK((none && none->empty()));
    });
}
