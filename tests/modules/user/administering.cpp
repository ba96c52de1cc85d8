// What administrators do with accounts: lists, ranks, passwords, sessions, deletion.
#include "support.hpp"

#include "administration/repository.hpp"

#include <mozi/user/events.hpp>

using namespace mozi;
using namespace mozi::user;
using net::Method;

namespace {

std::string id_of(Answer const& answer) { return answer.status < 400 ? "" : answer.id(); }

// A house with two administrators, a moderator and some people, asked as one of the administrators.
struct Office {
    House& house;
    std::map<std::string, std::string> ids;
    std::string boss;

    explicit Office(House& in) : house(in) {
        for (auto const& [name, role] : {std::pair{"boss", Role::admin}, {"deputy", Role::admin}, {"mona", Role::moderator},
                 {"ada", Role::user}, {"ben", Role::user}}) {
            auto const made = house.made.create_account(std::string(name) + "@example.org", name, usual_password, role);
            REQUIRE(made);
            ids[name] = made->text();
        }
        boss = ids.at("boss") + ":ADMIN";
    }
    std::string path(std::string const& name) const { return "/api/admin/users/" + ids.at(name); }
    Answer role(std::string const& name, std::string const& role, std::string const& who) {
        return house.wire.put(path(name) + "/role", who, R"({"role":")" + role + R"(","reason":"because"})");
    }
    Answer remove(std::string const& name, std::string const& who) { return house.wire.del(path(name) + "?reason=because", who); }
    std::string role_of(std::string const& name) {
        return test::scalar<std::string>(*house.database, "SELECT role FROM account WHERE id = ?", std::stoll(ids.at(name)));
    }
};

void on_each(std::function<void(Office&)> const& test) {
    on_each_database([&](House& house) {
        Office office(house);
        test(office);
    });
}

} // namespace

TEST_CASE("only administrators see and touch accounts, and each act has a reason") {
    on_each([](Office& office) {
        auto& wire = office.house.wire;
        for (auto const& who : {std::string(), office.ids.at("ada"), office.ids.at("mona") + ":MODERATOR"}) {
            CHECK(wire.get("/api/admin/users", who).status >= 401);
            CHECK(wire.get(office.path("ben"), who).status >= 401);
            CHECK(office.role("ben", "ADMIN", who).status >= 401);
            CHECK(office.remove("ben", who).status >= 401);
        }
        CHECK(id_of(wire.put(office.path("ben") + "/role", office.boss, R"({"role":"MODERATOR"})")) == "request.fields");
        CHECK(id_of(wire.del(office.path("ben"), office.boss)) == "request.query");
        CHECK(id_of(wire.del(office.path("ben") + "/sessions", office.boss)) == "request.query");
        CHECK(id_of(wire.del("/api/admin/users/4711?reason=x", office.boss)) == "user.not_found");
        CHECK(id_of(wire.get("/api/admin/users/4711", office.boss)) == "user.not_found");
        CHECK(id_of(wire.del("/api/admin/users/4711/sessions?reason=x", office.boss)) == "user.not_found");
        CHECK(id_of(wire.put("/api/admin/users/4711/role", office.boss, R"({"role":"USER","reason":"x"})")) == "user.not_found");
        CHECK(id_of(wire.post("/api/admin/users/4711/password", office.boss, R"({"reason":"x"})")) == "user.not_found");
        CHECK(office.role_of("ben") == "USER");
    });
}

TEST_CASE("accounts are listed in pages, by name, rank and standing, each through an index") {
    on_each([](Office& office) {
        auto& wire = office.house.wire;
        std::vector<std::string> names;
        std::string after;
        do {
            auto const page = wire.get("/api/admin/users?limit=2" + (after.empty() ? "" : "&after=" + after), office.boss);
            REQUIRE(page.status == 200);
            for (auto const& row : page.data()) names.emplace_back(row.at("username").as_string());
            auto const& next = page.at("pagination").at("nextCursor");
            after = next.is_string() ? std::string(next.as_string()) : "";
        } while (!after.empty());
        CHECK(names == std::vector<std::string>{"ben", "ada", "mona", "deputy", "boss"});
        auto const count = [&](std::string const& query) { return wire.get("/api/admin/users?" + query, office.boss).data().size(); };
        CHECK(count("role=ADMIN") == 2);
        CHECK(count("name=B") == 2);
        CHECK(count("name=b&role=ADMIN") == 1);
        CHECK(count("status=BANNED") == 0);
        CHECK(count("status=ACTIVE&role=USER") == 2);
        CHECK(id_of(wire.get("/api/admin/users?name=b&after=known.1.1", office.boss)) == "request.cursor");
        auto const shown = wire.get(office.path("ada"), office.boss);
        CHECK(shown.text_of("email") == "ada@example.org");
        CHECK(shown.at("sessions").as_array().empty());
    });
}

TEST_CASE("lists of accounts read no more rows than a page holds") {
    House house;
    auto const plan_of = [&](ListKnown const& asked) {
        return asked.name ? test::plan(*house.database, administered::by_name_sql(asked))
                          : test::plan(*house.database, administered::newest_sql(asked));
    };
    CHECK(plan_of({}).find("account_created") != std::string::npos);
    ListKnown by_role, by_status, by_both, by_name;
    by_role.role = Role::admin;
    by_status.status = Status::banned;
    by_both.role = Role::user;
    by_both.status = Status::banned;
    by_name.name = "a";
    auto by_name_and_both = by_both;
    by_name_and_both.name = "a";
    CHECK(plan_of(by_role).find("account_role") != std::string::npos);
    CHECK(plan_of(by_status).find("account_status") != std::string::npos);
    CHECK(plan_of(by_both).find("account_status_role") != std::string::npos);
    CHECK(plan_of(by_name).find("username_key") != std::string::npos);
    CHECK(plan_of(by_name_and_both).find("username_key") != std::string::npos);
    for (auto const* asked : {&by_role, &by_status, &by_both, &by_name, &by_name_and_both}) {
        CHECK_MESSAGE(plan_of(*asked).find("TEMP B-TREE") == std::string::npos, plan_of(*asked));
        CHECK(plan_of(*asked).find("SCAN a\n") == std::string::npos);
    }
}

// proves S3
TEST_CASE("a rank that is taken is taken from the sessions there are, at once, and told") {
    on_each([](Office& office) {
        auto const in = office.house.sign_in("mona");
        auto const access = token(in, "accessToken");
        REQUIRE(office.house.made.authenticate.by_token(access)->role == Role::moderator);
        CHECK(office.role("mona", "USER", office.boss).text_of("role") == "USER");
        CHECK(office.house.made.authenticate.by_token(access)->role == Role::user);
        CHECK(office.house.told("user.role.changed") == 1);
        CHECK(office.role("mona", "USER", office.boss).status == 200); // it is so already: nothing happens
        CHECK(office.house.told("user.role.changed") == 1);
        CHECK(office.role("mona", "VISITOR", office.boss).text_of("role") == "USER"); // no account is less
    });
}

TEST_CASE("the last administrator who can act is neither demoted nor deleted, not even by two who act on each other") {
    on_each([](Office& office) {
        auto const deputy = office.ids.at("deputy") + ":ADMIN";
        REQUIRE(office.role("boss", "USER", deputy).status == 200);
        // The first does not rule any more, whatever his session says.
        CHECK(office.role("deputy", "USER", office.boss).status == 403);
        CHECK(id_of(office.role("deputy", "MODERATOR", deputy)) == "user.last_administrator");
        CHECK(id_of(office.remove("deputy", deputy)) == "user.last_administrator");
        // One who is banned does not count.
        REQUIRE(office.role("ada", "ADMIN", deputy).status == 200);
        REQUIRE(office.house.database->write([&](db::Transaction& tx) -> Result<> {
            return tx->run("UPDATE account SET status = 'BANNED' WHERE id = ?", std::stoll(office.ids.at("ada"))), Result<>{};
        }));
        CHECK(id_of(office.remove("deputy", deputy)) == "user.last_administrator");
        CHECK(office.role_of("deputy") == "ADMIN");
    });
}

TEST_CASE("of administrators who take each other's rank at once one is left") {
    on_each([](Office& office) {
        auto const deputy = office.ids.at("deputy") + ":ADMIN";
        test::together(2, [&](int i) { office.role(i ? "boss" : "deputy", "USER", i ? deputy : office.boss); });
        CHECK(test::scalar<std::int64_t>(*office.house.database, "SELECT count(*) FROM account WHERE role = 'ADMIN'") == 1);
    });
}

// proves S3
TEST_CASE("a new password ends every session, is told once, and the old one lets nobody in") {
    on_each([](Office& office) {
        auto const in = office.house.sign_in("ada");
        REQUIRE(in.status == 200);
        auto const given = office.house.wire.post(office.path("ada") + "/password", office.boss, R"({"reason":"forgotten"})");
        REQUIRE(given.status == 200);
        CHECK(given.at("endedSessions").as_int64() == 1);
        CHECK(given.header("Cache-Control").find("no-store") != std::string::npos);
        CHECK_FALSE(office.house.made.authenticate.by_token(token(in, "accessToken")));
        CHECK(office.house.refresh(token(in, "refreshToken")).status == 401);
        CHECK(id_of(office.house.sign_in("ada")) == "auth.credentials");
        CHECK(office.house.sign_in("ada", given.text_of("password")).status == 200);
        auto const chosen =
            office.house.wire.post(office.path("ada") + "/password", office.boss, R"({"reason":"x","password":"a row of quiet seats"})");
        CHECK(chosen.at("password").is_null());
        CHECK(office.house.sign_in("ada", "a row of quiet seats").status == 200);
        CHECK(id_of(office.house.wire.post(office.path("ada") + "/password", office.boss, R"({"reason":"x","password":"adaadaada"})")) ==
              "request.fields");
        for (auto const& [name, payload] : office.house.told()) CHECK(payload.find("quiet seats") == std::string::npos);
    });
}

TEST_CASE("who signs in with the old password just while it is replaced is not in afterwards") {
    on_each([](Office& office) {
        test::together(4, [&](int i) {
            if (i > 0) return void(office.house.sign_in("ada"));
            CHECK(office.house.wire.post(office.path("ada") + "/password", office.boss, R"({"reason":"leaked"})").status == 200);
        });
        CHECK(test::scalar<std::int64_t>(
                  *office.house.database, "SELECT count(*) FROM session WHERE account_id = ?", std::stoll(office.ids.at("ada"))) == 0);
    });
}

TEST_CASE("sessions are ended for somebody, who stays an account") {
    on_each([](Office& office) {
        auto const one = office.house.sign_in("ada"), two = office.house.sign_in("ada");
        auto const ended = office.house.wire.del(office.path("ada") + "/sessions?reason=lost%20phone", office.boss);
        CHECK(ended.at("endedSessions").as_int64() == 2);
        for (auto const* in : {&one, &two}) CHECK(office.house.refresh(token(*in, "refreshToken")).status == 401);
        CHECK(office.house.told().back().first == "user.sessions.ended");
        CHECK(office.house.told().back().second.find("lost phone") != std::string::npos);
        CHECK(office.house.sign_in("ada").status == 200);
    });
}

// proves S3
TEST_CASE("who is deleted leaves nothing that says who it was, cannot come back by any door, and the name is free") {
    on_each([](Office& office) {
        auto& house = office.house;
        auto const in = house.sign_in("ada");
        house.sign_in("ada", "a wrong one"); // leaves a notice
        REQUIRE(house.wire
                    .put("/api/users/" + office.ids.at("ada"), office.ids.at("ada"),
                        R"({"bio":"canary","website":"https://canary.example","location":"canary","displayName":"canary"})")
                    .status == 200);
        auto const total = house.scalar<std::int64_t>("SELECT total FROM account_count");
        REQUIRE(office.remove("ada", office.boss).status == 204);
        CHECK(house.told("user.deleted") == 1);
        CHECK(house.scalar<std::int64_t>("SELECT total FROM account_count") == total - 1);
        for (auto const* column : {"email", "email_key", "username", "username_key", "username_look", "display_name", "display_look", "bio",
                 "website", "location", "password_hash"}) {
            auto const left = test::scalar<std::int64_t>(*house.database,
                "SELECT count(*) FROM account WHERE id = ? AND (" + std::string(column) + " LIKE '%canary%' OR " + column +
                    " LIKE '%ada@%' OR " + column + " = 'ada' OR " + column + " LIKE '$argon%')",
                std::stoll(office.ids.at("ada")));
            CHECK_MESSAGE(left == 0, column);
        }
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM session") == 0);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM notice") == 0);
        CHECK(house.refresh(token(in, "refreshToken")).status == 401);
        CHECK_FALSE(house.made.authenticate.by_token(token(in, "accessToken")));
        CHECK(id_of(house.sign_in("ada")) == "auth.credentials");
        CHECK(id_of(house.sign_in("deleted-" + office.ids.at("ada"), "-")) == "auth.credentials");
        UserId const gone{std::stoll(office.ids.at("ada"))};
        auto const seen = house.made.users->find_people({&gone, 1});
        REQUIRE(seen);
        CHECK(seen->front().display_name == "Deleted account");
        CHECK(id_of(house.wire.get(office.path("ada"), office.boss)) == "user.not_found");
        CHECK(id_of(office.remove("ada", office.boss)) == "user.not_found");
        CHECK(house.wire.get("/api/admin/users?status=DELETED", office.boss).data().size() == 1);
        CHECK(house.wire.get("/api/admin/users?limit=100", office.boss).data().size() == 4);
        CHECK(house.join("ada").status == 201);
    });
}

TEST_CASE("whom moderation banned, or who is deleted, renews no sign-in") {
    on_each([](Office& office) {
        for (auto const* status : {"BANNED", "DELETED"}) {
            auto const in = office.house.sign_in("ben");
            REQUIRE(in.status == 200);
            auto const set = [&](std::string const& to) {
                REQUIRE(office.house.database->write([&](db::Transaction& tx) -> Result<> {
                    return tx->run("UPDATE account SET status = ? WHERE username = 'ben'", to), Result<>{};
                }));
            };
            set(status);
            CHECK(id_of(office.house.refresh(token(in, "refreshToken"))) == "auth.refresh_token");
            set("ACTIVE");
        }
    });
}
