// Who may decide: nobody on their own case, nobody on what they reported themselves, nobody above their rank.
#include "support.hpp"

#include "judging.hpp"

#include <mozi/media/events.hpp>

using namespace mozi;
using namespace mozi::moderation;

namespace {

// Refused with that id in every way there is, and told beforehand.
void check_barred(House& house, std::string const& report, std::string const& who, std::string const& id) {
    CAPTURE(who);
    for (auto const* verdict : {"HIDE", "NONE"}) {
        auto const refused = house.resolve(report, who, verdict);
        CHECK_MESSAGE(refused.status == 403, refused.text);
        CHECK(refused.text_of("id") == id);
        CHECK(refused.at("next").is_string());
    }
    auto const claimed = house.claim(report, who);
    CHECK(claimed.status == 403);
    CHECK(claimed.text_of("id") == id);
    auto const seen = house.one(report, who);
    CHECK(seen.at("barred").is_string());
    CHECK(seen.at("status") == "PENDING");
}

} // namespace

TEST_CASE("nobody decides on their own case, whatever their rank") {
    on_each_database([](House& house) {
        auto const of_moderator = house.report_id(ben, "COMMENT", 71), of_admin = house.report_id(ben, "COMMENT", 79);
        check_barred(house, of_moderator, mod, "moderation.own");
        check_barred(house, of_moderator, "91:ADMIN", "moderation.own"); // the same person, risen
        check_barred(house, of_admin, admin, "moderation.own");
        CHECK(house.claim(of_moderator, other_mod, R"({"moderatorId":"91"})").at("id") == "moderation.own");
        CHECK(house.one(of_moderator, other_mod).at("barred").is_null());
        auto const action = house.resolve(of_moderator, other_mod).text_of("actionId");
        CHECK(house.revert(action, mod).at("id") == "moderation.own");
        CHECK(house.one(of_moderator, mod).at("barred").is_string());
        CHECK(house.revert(action, admin).status == 200);
        CHECK(house.told("moderation.content.hidden") == 1);
    });
}

TEST_CASE("who is alone decides on what they reported, takes it back, and never on their own") {
    on_each_database([](House& house) {
        house.neighbours.people.alone = true;
        auto const own = house.report_id(mod, "COMMENT", 70), of_mod = house.report_id(ben, "COMMENT", 71);
        CHECK(house.one(own, mod).at("barred").is_null());
        CHECK(house.claim(own, mod).status == 200);
        auto const done = house.resolve(own, mod);
        REQUIRE(done.status == 200);
        CHECK(house.revert(done.text_of("actionId"), mod).status == 200);
        check_barred(house, of_mod, mod, "moderation.own");
    });
}

TEST_CASE("nobody has a say in who judges their own case, or what they reported") {
    on_each_database([](House& house) {
        auto const of_moderator = house.report_id(ben, "COMMENT", 71), of_admin = house.report_id(ben, "COMMENT", 79),
                   reported = house.report_id(mod, "COMMENT", 70);
        CHECK(house.claim(of_moderator, mod, R"({"moderatorId":"92"})").at("id") == "moderation.own");
        CHECK(house.claim(reported, mod, R"({"moderatorId":"92"})").at("id") == "moderation.reporter");
        CHECK(house.claim(of_admin, "98:ADMIN").status == 200);
        auto const taken = house.wire.del("/api/reports/" + of_admin + "/assign", admin);
        CHECK(taken.status == 403);
        CHECK(taken.at("id") == "moderation.own");
        CHECK(house.one(of_admin, mod).at("assignedTo").at("id") == "98");
        auto const by_admin = house.report_id(admin, "COMMENT", 70);
        CHECK(house.claim(by_admin, other_mod).status == 200);
        CHECK(house.wire.del("/api/reports/" + by_admin + "/assign", admin).at("id") == "moderation.reporter");
        CHECK(house.claim(of_moderator, other_mod).status == 200);
        CHECK(house.wire.del("/api/reports/" + of_moderator + "/assign", other_mod).status == 204); // one's own claim goes back
    });
}

TEST_CASE("an administrator who deletes another's film, or stops its preparation, leaves a row with their words; the owner's own acts "
          "leave none") {
    on_each_database([](House& house) {
        house.hear(media::MediaDeleted{{5}, {11}, UserId{99}, "no room"});
        house.hear(media::MediaDeleted{{6}, {11}, std::nullopt, std::nullopt});
        house.hear(media::MediaFailed{{7}, {11}, "media.cancelled", UserId{99}, "too dear"});
        house.hear(media::MediaFailed{{8}, {11}, "media.damaged", std::nullopt, std::nullopt});
        CHECK(house.rows() == 2);
        std::vector<std::string> seen;
        REQUIRE(house.database->read([&](db::Connection& c) -> Result<> {
            c.each<std::string, std::string, std::string>("SELECT what, subject, reason FROM moderation_audit ORDER BY seq",
                [&](std::string const& what, std::string const& subject, std::string const& reason) {
                    seen.push_back(what + " " + subject + " " + reason);
                });
            return {};
        }));
        CHECK(seen ==
              std::vector<std::string>{"MEDIA_DELETED MEDIA 5 of USER 11 no room", "PREPARATION_STOPPED MEDIA 7 of USER 11 too dear"});
    });
}

TEST_CASE("a moderator who was reported does not learn by whom, nor in which words") {
    on_each_database([](House& house) {
        auto const words = R"(,"description":"He wrote this to me.")";
        auto const id = house.report(ben, "COMMENT", 71, "THREAT", words).id();
        auto const check_silent = [](boost::json::value const& seen) {
            CHECK(seen.at("reporter").is_null());
            CHECK(seen.at("description").is_null());
        };
        check_silent(house.one(id, mod).body);
        check_silent(house.one(id, "91:ADMIN").body); // the same person, risen
        check_silent(house.wire.get("/api/reports", mod).data().at(0));
        CHECK(house.one(id, other_mod).at("reporter").at("id") == "12");
        CHECK(house.one(id, other_mod).at("description") == "He wrote this to me.");
    });
}

TEST_CASE("who reported a thing does not judge it, by whichever report, nor takes the judgement back") {
    on_each_database([](House& house) {
        auto const own = house.report_id(mod, "COMMENT", 70), of_ben = house.report_id(ben, "COMMENT", 70, "THREAT");
        check_barred(house, own, mod, "moderation.reporter");
        check_barred(house, of_ben, mod, "moderation.reporter");
        CHECK(house.claim(of_ben, other_mod, R"({"moderatorId":"91"})").at("id") == "moderation.reporter");
        auto const done = house.resolve(of_ben, other_mod);
        REQUIRE(done.status == 200);
        CHECK(done.at("alsoResolved") == 1);
        CHECK(house.revert(done.text_of("actionId"), mod).at("id") == "moderation.reporter");
        CHECK(house.revert(done.text_of("actionId"), other_mod).status == 200);
        auto const later = house.report_id(ben, "COMMENT", 70); // the own one is decided, and counts still
        CHECK(house.resolve(later, mod).at("id") == "moderation.reporter");
        auto const of_admin = house.report_id(admin, "MOVIE", 5);
        check_barred(house, of_admin, admin, "moderation.reporter");
    });
}

TEST_CASE("nobody decides above their rank, is given such a case, or takes back what a higher rank decided") {
    on_each_database([](House& house) {
        auto const of_admin = house.report_id(ben, "COMMENT", 79);
        check_barred(house, of_admin, mod, "moderation.rank");
        CHECK(house.claim(of_admin, "98:ADMIN", R"({"moderatorId":"92"})").at("id") == "moderation.rank");
        CHECK(house.resolve(of_admin, "98:ADMIN").status == 200); // an equal may, else nobody could
        CHECK(house.revert(house.one(of_admin).text_of("actionId"), mod).at("id") == "moderation.rank");

        auto const of_ada = house.report_id(ben, "COMMENT", 70);
        auto const by_admin = house.resolve(of_ada, admin).text_of("actionId");
        auto const refused = house.revert(by_admin, mod);
        CHECK(refused.status == 403);
        CHECK(refused.at("id") == "moderation.rank");
        CHECK(refused.text_of("detail").find("administrator") != std::string::npos);
        CHECK(house.one(of_ada, mod).at("barred").is_string());
        CHECK(house.one(of_ada, admin).at("barred").is_null());
        CHECK(house.told("moderation.content.restored") == 0);
        CHECK(house.revert(by_admin, "98:ADMIN").status == 200);

        auto const again = house.report_id("13", "COMMENT", 70);
        auto const by_moderator = house.resolve(again, mod).text_of("actionId");
        CHECK(house.revert(by_moderator, other_mod).status == 200); // of the same rank
        auto const third = house.resolve(house.report_id("14", "COMMENT", 70), mod).text_of("actionId");
        CHECK(house.revert(third, admin).status == 200); // and below
    });
}

TEST_CASE("ranks are compared by their order, every pair of them") {
    constexpr std::array ranks{Role::user, Role::moderator, Role::admin};
    for (auto const judge : {Role::moderator, Role::admin})
        for (auto const owner : ranks)
            for (auto const decided : {Role::visitor, Role::moderator, Role::admin}) {
                auto const may = check_may_judge({{11}, owner, decided, false}, {91}, judge);
                CHECK(may.has_value() == (owner <= judge && decided <= judge));
                if (!may) CHECK(may.error().id == "moderation.rank");
            }
}

TEST_CASE("a reporter learns nothing of who may judge") {
    on_each_database([](House& house) {
        auto const made = house.report(ben, "COMMENT", 79);
        CHECK(made.at("barred").is_null());
        CHECK(house.report(ben, "COMMENT", 79).at("barred").is_null());
    });
}
