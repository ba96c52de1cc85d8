// Names and addresses: what is typed for them finds them, and nobody is called by nothing.
#include "support.hpp"

using namespace mozi;
using namespace mozi::user;

TEST_CASE("what keyboards and clipboards make of a name still finds its account") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ines_9").status == 201);
        for (auto const typed : {"ines_9", "ines_9 ", " ines_9", "Ines_9", "INES_9", "ines_9\t", "ines_9\u00a0", "\u200bines_9",
                 "ines_9\ufeff", "\u202aines_9\u202c", "ines\u00ad_9", "ｉｎｅｓ＿９", "Ｉnes_9\u3000", "ines_9@example.org",
                 "INES_9@EXAMPLE.ORG", " ines_9@example.org  ", "ines_9@example.org\u200b", "ｉｎｅｓ＿９＠ｅｘａｍｐｌｅ．ｏｒｇ",
                 "ines_9@example。org", "ines_9@example.org\r\n"}) {
            CAPTURE(std::string(typed));
            CHECK(house.sign_in(typed).status == 200);
        }
        for (auto const typed : {"ines", "ines_", "ínes_9", "ines 9", "ines_9@example", "\u3164"})
            CHECK(house.sign_in(typed).status != 200);
    });
}

TEST_CASE("one person's name is not another's because it was typed otherwise") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ines").status == 201);
        for (auto const name : {"INES", "ｉｎｅｓ", "ines\u00a0", "\u200bines"}) {
            CAPTURE(std::string(name));
            auto const again = house.wire.post("/api/auth/register", {},
                "{\"email\":\"other@example.org\",\"username\":" + in_quotes(name) + ",\"password\":" + in_quotes(usual_password) + "}");
            CHECK(again.status == 409);
            CHECK(again.id() == "user.username_taken");
        }
        auto const address = house.wire.post(
            "/api/auth/register", {}, R"({"email":"ＩＮＥＳ@example.org","username":"other","password":"the last row is best"})");
        CHECK(address.id() == "user.email_taken");
    });
}

TEST_CASE("full width becomes ordinary where a name is kept") {
    House house;
    auto const made = house.wire.post(
        "/api/auth/register", {}, R"({"email":"ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ","username":"Ａｄａ＿1","password":"the last row is best"})");
    REQUIRE(made.status == 201);
    CHECK(made.at("user").at("username").as_string() == "Ada_1");
    CHECK(made.at("user").at("email").as_string() == "ada@example.org");
    CHECK(made.at("user").at("displayName").as_string() == "Ada_1");
}

TEST_CASE("nobody is shown as nothing") {
    on_each_database([](House& house) {
        auto const nothing = {"\u200b", "\u2060\u2060", "\u3164", "\u2800", "\u180e", "\ufeff", "\u202e", "\u00ad", "\U000e0020", "\uffa0",
            "\ufe0f", " \u200b \u3164 "};
        auto const made = house.join("ada");
        REQUIRE(made.status == 201);
        auto const id = std::string(made.at("user").at("id").as_string());
        auto const change = [&](std::string_view field, std::string_view text) {
            return house.wire.put("/api/users/" + id, id, "{\"" + std::string(field) + "\":" + in_quotes(text) + "}");
        };
        for (auto const text : nothing)
            for (auto const* field : {"displayName", "bio", "location"}) {
                CAPTURE(field);
                auto const refused = change(field, text);
                CHECK(refused.status == 422);
                CHECK(refused.at("errors").at(0).at("id").as_string() == "field.invisible");
            }
        for (auto const text : {" ", "\u00a0", "\u3000\u2003"})
            CHECK(change("displayName", text).at("errors").at(0).at("id").as_string() == "field.empty");
        CHECK(house.join("eve", usual_password, ",\"displayName\":\"\u3164\"").status == 422);
        for (auto const text : {"👨\u200d👩\u200d👧\u200d👦", "می\u200cخواهم", "🏳\ufe0f\u200d⚧\ufe0f", "क\u200dष"}) {
            auto const taken = change("displayName", text);
            CHECK(taken.status == 200);
            CHECK(taken.text_of("displayName") == text);
        }
        CHECK(change("displayName", "\u200b\u00a0Ada\nof\u00a0Ely\u3000").text_of("displayName") == "Ada of\u00a0Ely");
        CHECK(change("bio", "\u00a0").text_of("bio").empty()); // cleared
    });
}
