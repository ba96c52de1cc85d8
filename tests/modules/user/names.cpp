// Names and addresses: what is typed for them finds them, and nobody is called by nothing.
#include "support.hpp"

#include "accounts/names.hpp"

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

TEST_CASE("names of offices are kept for who runs the house, however they are dressed up") {
    for (auto const* name :
        {"admin", "Admin", "ADMIN", "admin1", "admin_2026", "_admin_", "a_d_m_i_n", "adm1n", "4dmin", "4DM1N", "аdmin", "аԁmіn", "ádmin",
            "ａｄｍｉｎ", "𝐚𝐝𝐦𝐢𝐧", "ad\u200bmin", "adm\u0131n", "αdmin", "Admın", "[Admin] Ada", "Ada (admin)", "the_admin",
            "Administrator", "Αdministrator", "moderator", "rnoderator", "m0derator", "mоderаtor", "Moderátor", "Film Moderator", "system",
            "5ystem", "support", "supp0rt", "deleted", "deIeted", "Deleted account", "VideaMozi", "Vídeamozi", "staff", "root",
            // signs that are letters or are none
            "admin!", "@admin", "!admin!", "|admin|", "$admin", "admin|", "@dmin!", "adm!n!", "!adm!n", "1@dmin!", "@1admin", "VideaMozi!",
            "support!", "@support", "moderátor!", "@moderator", "admin@house", "Admin@VideaMozi", "аdmіn!", "$taff!",
            // letters in boxes
            "🅰dmin", "🅰🅳🅼🅸🅽", "🅐🅓🅜🅘🅝", "🇦🇩🇲🇮🇳", "Admin 🇭🇺", "admin🇭🇺",
            // small capitals
            "ᴀᴅᴍɪɴ", "mᴏᴅᴇʀᴀᴛᴏʀ", "Vɪᴅᴇᴀᴍᴏᴢɪ", "ꜱʏꜱᴛᴇᴍ", "ʜᴇʟᴘ",
            // on their heads, pairs
            "Λdmin", "∆dmin", "Δdmin", "ɐdmin", "Aclmin", "acImin", "ac1min", "moclerator",
            // numbers at either end
            "Admin²", "1admin", "0admin", "8moderator", "1mod", "1admin1", "Ada 1admin", "admin1!",
            // in Hungarian
            "adminisztrátor", "Adminisztrátorok", "Adminisztráció", "Üzemeltető", "Tulajdonos", "Ügyfélszolgálat",
            // of more words
            "Moderátori csapat",
            // parts of an office beside one another, or beside the house
            "VideaMozi Support", "videamozi_support", "VideaMoziTeam", "V1deaM0zi  Suppоrt", "VideaMozi csapata", "Mod Team", "modteam",
            "MOD-TEAM", "The Mod Team", "site_support", "Site Owner", "Trust & Safety", "Trust and Safety", "VideaMozi Trust & Safety",
            "Support Team Sarah", "Official Support", "official_support_1", "Közösségi csapat admin", "A VideaMozi csapata"}) {
        CAPTURE(std::string(name));
        CHECK(is_reserved(name));
    }
    for (auto const* name :
        {"ada", "badminton", "Modern Times", "mode", "system_of_a_down", "deleted_scenes", "Supporter", "rooted", "admiral", "adam",
            // in other letters
            "Ádám", "Модест", "Мария", "Администрация", "山田太郎", "محمد",
            // with numbers and signs
            "ines_9", "007", "l33t", "", "_", "🎬", "Staffan", "Homer",
            // close to what is kept
            "Adam", "Adam!", "Ida", "Ida 🇭🇺", "🇭🇺", "Eli", "Lina!", "Modest", "Moci", "Clara", "Admiral", "Admiral1",
            // numbers, signs, sentences
            "1234", "!!!", "@ada", "Support your local cinema?", "Help! I need somebody", "Claudia", "Michael",
            // in Greek and wide letters
            "Δημήτρης", "Λάμπρος", "Ｍａｒｉｅ²", "$ave", "2 mods 1 cup",
            // parts of an office alone, or beside what is none
            "Support Sarah", "Teamster Joe", "Modesty", "Tulajdonságok", "Team Zissou", "Steam", "Crew", "Csapat", "Csapatnév",
            "Safety Last!", "Trust No One", "Help Wanted", "The Mod Squad", "Staff Sergeant", "Owner of a Lonely Heart", "Site Seeing",
            "VideaMozi fan", "Community", "Tulajdonos Géza", "teamwork", "supportive", "modem", "Sarah from Support", "Security Guard"}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(is_reserved(name));
    }
}

TEST_CASE("nobody sets a name apart by what cannot be seen") {
    for (auto const* name : {"Ad\u200bmin", "Ada\u200b Lovelace", "\u202eadA", "Ada\u202c x", "a\u00adda", "Ada\u3164x", "Ada\u2800x",
             "Ada\u2060x", "Ad\ufeffa", "Ad\u200da", "Ad\u200ca", "a\u200e b", "x\U000e0041", "\u2028x", "a\x01z", "a\x7fz", "a\u0085z",
             "Ad\u180ea", "\ufe0fada", " \ufe0fada"}) {
        CAPTURE(std::string(name));
        CHECK(has_hidden(name));
    }
    for (auto const* name :
        {"Ada Lovelace", "👨\u200d👩\u200d👧\u200d👦", "می\u200cخواهم", "🏳\ufe0f\u200d⚧\ufe0f", "क\u200dष", "José Ñandú", "e\u0301",
            "Ada of\u00a0Ely", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "1\ufe0f\u20e3", "山田\u3000太郎", ""}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(has_hidden(name));
    }
}

TEST_CASE("whoever joins takes no such name; who runs the house may, and who has one keeps it") {
    on_each_database([](House& house) {
        auto const errors = [](test::Answer const& answer) {
            std::vector<std::string> out;
            if (answer.status == 422)
                for (auto const& error : answer.at("errors").as_array())
                    out.push_back(std::string(error.at("pointer").as_string()) + " " + std::string(error.at("id").as_string()));
            return out;
        };
        using Errors = std::vector<std::string>;
        CHECK(errors(house.join("Moderator")) == Errors{"/username user.name_reserved", "/displayName user.name_reserved"});
        CHECK(errors(house.join("ada", usual_password, ",\"displayName\":\"Adm\u0456n\"")) == Errors{"/displayName user.name_reserved"});
        CHECK(errors(house.join("ada", "password1", ",\"displayName\":\"A\u200bda\"")) ==
              Errors{"/displayName field.invisible", "/password user.password_guessable"}); // all at once
        for (auto const* address : {"a\u200bda@example.org", "ada@exam\u00adple.org", "\u202eada@example.org x",
                 "a\x01"
                 "da@example.org"})
            CHECK(errors(house.wire.post("/api/auth/register", {},
                      "{\"email\":" + in_quotes(address) + ",\"username\":\"ada\",\"password\":" + in_quotes(usual_password) + "}")) ==
                  Errors{"/email field.email"});
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM account") == 0);

        auto const link = house.made.setup_token();
        REQUIRE((link && *link));
        auto const first = house.wire.post("/api/auth/setup", {},
            "{\"token\":\"" + **link + R"(","email":"a@example.org","username":"admin","password":"the last row is best"})");
        REQUIRE(first.status == 201);
        auto const admin = std::string(first.at("user").at("id").as_string());
        CHECK(house.made.create_account("s@example.org", "support", usual_password, http::Role::user));
        auto const support = std::to_string(house.scalar<std::int64_t>("SELECT id FROM account WHERE username = 'support'"));

        auto const ada = std::string(house.join("ada").at("user").at("id").as_string());
        auto const call = [&](std::string const& who, std::string_view name) {
            return house.wire.put("/api/users/" + who, who, "{\"displayName\":" + in_quotes(name) + ",\"bio\":\"b\"}");
        };
        CHECK(errors(call(ada, "Administrator")) == Errors{"/displayName user.name_reserved"});
        CHECK(errors(call(ada, "Ada\u200b L")) == Errors{"/displayName field.invisible"});
        CHECK(call(admin, "The Administrator").status == 200);
        CHECK(call(support, "support").status == 200); // as it was
        CHECK(errors(call(support, "Support")) == Errors{"/displayName user.name_reserved"});
        CHECK(call(support, "Sue").status == 200);
    });
}

TEST_CASE("the house's own name beside an office is one as well") {
    std::vector<std::string> const houses{"The Orpheum", "Kino"};
    for (auto const* name : {"The Orpheum", "the_orpheum", "The Orpheum csapata", "Team The Orpheum", "The Orpheum Support",
             "theorpheumsupport", "Thе Orpheum Help", "kino_team", "KinoMods", "Kino Support Anna", "Kino"}) {
        CAPTURE(std::string(name));
        CHECK(is_reserved(name, houses));
        CHECK((std::string_view(name).find("Support Anna") != std::string_view::npos || !is_reserved(name)));
    }
    for (auto const* name : {"Orpheum", "The Orpheum regular", "Kinofan", "Kino Klub", "Team Kinofan", "Orpheus"}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(is_reserved(name, houses));
    }
    House house;
    auto const refused = house.join("eve", usual_password, R"(,"displayName":"The Orpheum csapata")");
    CHECK(refused.status == 422);
    CHECK(refused.at("errors").at(0).at("id").as_string() == "user.name_reserved");
}

TEST_CASE("names that are taken for one another look the same, and others do not") {
    for (auto const& [one, other] : {std::pair{"alice", "aIice"}, {"alice", "ALICE"}, {"alice", "a1ice"}, {"bob", "b0b"},
             {"marnie", "mamie"}, {"Ada Lovelace", "Аda  Lоvelace"}, {"Ada", "Ada!"}, {"Ádám", "Adam"}, {"山田", "山田"}}) {
        CAPTURE(std::string(one));
        CHECK(look_of(one) == look_of(other));
    }
    for (auto const& [one, other] : {std::pair{"alice", "alize"}, {"ada_1", "ada_2"}, {"john_doe", "johndoe"}, {"max5", "maxs"},
             {"山田", "佐藤"}, {"🎬", "🎥"}, {"user2", "user6"}, {"Ada Lovelace", "Adal Ovelace"}}) {
        CAPTURE(std::string(one));
        CHECK(look_of(one) != look_of(other));
    }
    std::string longest;
    for (int i = 0; i < 100; ++i) longest += "\ufdfa";
    CHECK(look_of(longest).size() <= 420);
}

TEST_CASE("nobody joins or is shown as somebody with a rank, nor by a name that looks like another's") {
    on_each_database([](House& house) {
        auto const link = house.made.setup_token();
        REQUIRE((link && *link));
        REQUIRE(
            house.wire
                .post("/api/auth/setup", {},
                    "{\"token\":\"" + **link + R"(","email":"b@example.org","username":"the_boss","displayName":"Olga Nagy","password":")" +
                        usual_password + "\"}")
                .status == 201);
        auto const id_of = [](Answer const& answer) {
            return answer.status < 400    ? ""
                   : answer.status == 422 ? std::string(answer.at("errors").at(0).at("pointer").as_string()) + " " +
                                                std::string(answer.at("errors").at(0).at("id").as_string())
                                          : answer.id();
        };
        auto const shown = [](std::string_view name) { return ",\"displayName\":" + in_quotes(name); };
        auto const alice = std::string(house.join("alice").at("user").at("id").as_string());
        CHECK(id_of(house.join("aIice")) == "user.username_taken");
        CHECK(id_of(house.join("al1ce")) == "user.username_taken");
        CHECK(id_of(house.join("alicia")).empty());
        CHECK(id_of(house.join("the_b0ss")) == "/username user.name_reserved");
        CHECK(id_of(house.join("eve", usual_password, shown("0lga Nаgy"))) == "/displayName user.name_reserved");
        CHECK(id_of(house.join("eve", usual_password, shown("The_boss"))) == "/displayName user.name_reserved");
        CHECK(id_of(house.join("eve", usual_password, shown("Olga Nagyn\u00e9"))).empty());
        auto const change = [&](std::string_view name) {
            return id_of(house.wire.put("/api/users/" + alice, alice, "{\"displayName\":" + in_quotes(name) + "}"));
        };
        CHECK(change("OLGA NAGY") == "/displayName user.name_reserved");
        CHECK(change("Olga  Nagy.") == "/displayName user.name_reserved");
        CHECK(change("alicia").empty()); // members may be shown alike
        // Who gets a rank later, beside somebody who is shown alike: both go on, and the next one is refused.
        auto const other = std::string(house.join("other", usual_password, shown("Alicia")).at("user").at("id").as_string());
        CHECK(house.made.create_account("m@example.org", "new_mod", usual_password, http::Role::moderator));
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            return tx->run("UPDATE account SET role = 'MODERATOR' WHERE username = 'other'"), Result<>{};
        }));
        CHECK(house.wire.put("/api/users/" + alice, alice, R"({"bio":"b","displayName":"alicia"})").status == 200); // as it was
        CHECK(change("Alice").empty());
        CHECK(change("alicia") == "/displayName user.name_reserved");
        CHECK(house.wire.put("/api/users/" + other, other + ":MODERATOR", R"({"displayName":"Alicia A."})").status == 200);
        CHECK(change("Alicia A") == "/displayName user.name_reserved");
        CHECK(change("alicia").empty());
        // Accounts from before are filled in at the next start.
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            return tx->run("UPDATE account SET username_look = NULL, display_look = NULL"), Result<>{};
        }));
        CHECK(make_user(house.context(), {.secret = std::string(secret), .people = &house.topic}).users);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM account WHERE username_look IS NULL OR display_look IS NULL") == 0);
        CHECK(id_of(house.join("aIice")) == "user.username_taken");
        if (house.database->dialect() == db::Dialect::sqlite) {
            auto const plan = test::plan(*house.database,
                "SELECT id FROM account WHERE username_look = ? AND role <> 'USER' AND status <> 'DELETED' AND id <> ? UNION ALL "
                "SELECT id FROM account WHERE display_look = ? AND role <> 'USER' AND status <> 'DELETED' AND id <> ? LIMIT 1");
            CHECK(plan.find("USING INDEX account_username_look") != std::string::npos);
            CHECK(plan.find("USING INDEX account_ranked_look") != std::string::npos);
            CHECK(plan.find("SCAN account") == std::string::npos);
        }
    });
}
