// Decisions: what they do, that they happen once, are undone once, and leave a record nobody can edit unseen.
#include "support.hpp"

using namespace mozi;
using namespace mozi::moderation;

// proves S19
TEST_CASE("hiding closes every open report on the thing and tells the others once") {
    on_each_database([](House& house) {
        auto const first = house.report_id(ben, "COMMENT", 70), second = house.report_id("13", "COMMENT", 70, "THREAT"),
                   third = house.report_id("14", "COMMENT", 70), elsewhere = house.report_id(ben, "MOVIE", 5);
        REQUIRE(house.claim(second, other_mod).status == 200);
        auto const done = house.resolve(third, mod);
        REQUIRE_MESSAGE(done.status == 200, done.text);
        CHECK(done.at("status") == "RESOLVED");
        CHECK(done.at("alsoResolved") == 2);
        CHECK(done.at("resolution") == "against the rules");
        CHECK(done.at("assignedTo").at("id") == "91");
        CHECK(done.at("resolvedAt").is_string());
        auto const action = done.text_of("actionId");
        CHECK(done.at("content").at("hidden") == true);
        for (auto const& id : {first, second}) {
            CHECK(house.one(id).at("status") == "RESOLVED");
            CHECK(house.one(id).text_of("actionId") == action);
        }
        CHECK(house.one(elsewhere).at("status") == "PENDING");
        CHECK(house.one(elsewhere).at("content").at("hidden") == false);
        CHECK(house.told("moderation.content.hidden") == 1);
        CHECK(house.told("moderation.report.resolved") == 1);
        auto const events = house.told();
        auto const hidden =
            std::find_if(events.begin(), events.end(), [](auto const& event) { return event.first == "moderation.content.hidden"; });
        CHECK(hidden->second == R"({"actionId":")" + action + R"(","contentType":"COMMENT","contentId":70})");
        CHECK(house.resolve(first, other_mod).status == 409);
        CHECK(house.rows() == 1);
    });
}

TEST_CASE("no breach dismisses one report and does nothing else") {
    on_each_database([](House& house) {
        auto const first = house.report_id(ben, "COMMENT", 70), second = house.report_id("13", "COMMENT", 70);
        auto const done = house.resolve(first, mod, "NONE", "harsh, but fine");
        REQUIRE(done.status == 200);
        CHECK(done.at("status") == "DISMISSED");
        CHECK(done.at("actionId").is_null());
        CHECK(done.at("alsoResolved") == 0);
        CHECK(house.one(second).at("status") == "PENDING");
        CHECK(house.told("moderation.content.hidden") == 0);
        auto const again = house.resolve(first, mod);
        CHECK(again.status == 409);
        CHECK(again.at("id") == "report.resolved");
        CHECK(again.text_of("reason").find("harsh, but fine") != std::string::npos);
        CHECK(house.resolve(second, mod, "BURN").status == 422);
        CHECK(house.resolve(second, mod, "HIDE", "").status == 422);
        CHECK(house.resolve(second, mod, "HIDE", std::string(2001, 'x')).status == 422);
        CHECK(house.rows() == 1);
    });
}

// proves S19
TEST_CASE("an action is undone once, by anybody but the owner of the thing, and the report says so") {
    on_each_database([](House& house) {
        auto const id = house.report_id(ben, "COMMENT", 70);
        auto const action = house.resolve(id, mod).text_of("actionId");
        CHECK(house.revert(action, mod, "").status == 422);
        auto const undone = house.revert(action, other_mod);
        REQUIRE_MESSAGE(undone.status == 200, undone.text);
        CHECK(undone.id() == action);
        CHECK(undone.at("action") == "HIDE");
        CHECK(undone.at("contentId") == "70");
        CHECK(undone.text_of("reportId") == id);
        CHECK(undone.at("moderator").at("id") == "91");
        CHECK(undone.at("revertedBy").at("id") == "92");
        CHECK(undone.at("revertReason") == "a mistake");
        auto const again = house.revert(action, mod);
        CHECK(again.status == 409);
        CHECK(again.at("id") == "moderation.reverted");
        auto const report = house.one(id);
        CHECK(report.at("status") == "RESOLVED");
        CHECK(report.at("actionReverted") == true);
        CHECK(report.at("content").at("hidden") == false);
        CHECK(house.told("moderation.content.restored") == 1);
        CHECK(house.rows() == 2);
        auto const actions = house.wire.get("/api/moderation/actions", mod);
        CHECK(actions.at("pagination").at("total") == 1);
        CHECK(boost::json::serialize(actions.data().at(0)) == boost::json::serialize(undone.body));
    });
}

TEST_CASE("of many decisions at once exactly one counts, and of many undos too") {
    on_each_database([](House& house) {
        auto const first = house.report_id(ben, "MOVIE", 5), second = house.report_id("13", "MOVIE", 5);
        std::atomic<int> won{0}, lost{0};
        std::string action;
        std::mutex mutex;
        together(12, [&](int i) {
            auto const answer = house.resolve(i % 2 ? first : second, std::to_string(90 + i % 8) + ":MODERATOR");
            if (answer.status == 409) ++lost;
            if (answer.status != 200) return;
            ++won;
            std::scoped_lock const held(mutex);
            action = answer.text_of("actionId");
        });
        CHECK(won == 1);
        CHECK(lost == 11);
        CHECK(house.told("moderation.content.hidden") == 1);
        won = lost = 0;
        together(8, [&](int i) {
            auto const answer = house.revert(action, std::to_string(90 + i) + ":MODERATOR");
            won += answer.status == 200;
            lost += answer.status == 409;
        });
        CHECK(won == 1);
        CHECK(lost == 7);
        CHECK(house.told("moderation.content.restored") == 1);
        CHECK(house.rows() == 2);
    });
}

TEST_CASE("a decision that cannot be recorded does not happen") {
    on_each_database([](House& house) {
        auto const id = house.report_id(ben, "COMMENT", 70);
        auto const failed = house.database->write([&](db::Transaction& tx) -> Result<> {
            tx->run("ALTER TABLE moderation_audit RENAME TO moderation_audit_away");
            return {};
        });
        REQUIRE(failed);
        auto const answer = house.resolve(id, mod);
        CHECK(answer.status == 500);
        CHECK(house.one(id).at("status") == "PENDING");
        CHECK(house.told("moderation.content.hidden") == 0);
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM moderation_action") == 0);
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            tx->run("ALTER TABLE moderation_audit_away RENAME TO moderation_audit");
            return {};
        }));
        CHECK(house.resolve(id, mod).status == 200);
    });
}

TEST_CASE("actions are listed newest first, by cursor and by page") {
    on_each_database([](House& house) {
        std::vector<std::string> ids;
        for (int i = 0; i < 9; ++i)
            ids.insert(ids.begin(), house.resolve(house.report_id(std::to_string(20 + i), "MOVIE", 5), mod).text_of("actionId"));
        std::vector<std::string> seen;
        for (std::string query = "?limit=4";;) {
            auto const page = house.wire.get("/api/moderation/actions" + query, mod);
            REQUIRE(page.status == 200);
            for (auto const& item : page.data()) seen.emplace_back(item.at("id").as_string());
            auto const& next = page.at("pagination").at("nextCursor");
            if (next.is_null()) break;
            query = "?limit=4&after=" + std::string(next.as_string());
        }
        CHECK(seen == ids);
        CHECK(house.wire.get("/api/moderation/actions?limit=4&page=3", mod).data().size() == 1);
        CHECK(house.wire.get("/api/moderation/actions?limit=0", mod).status == 400);
        CHECK(house.wire.get("/api/moderation/actions?after=1.2.3", mod).status == 400);
    });
}
