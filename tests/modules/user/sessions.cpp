// Sessions: what ends them, and what does not.
#include "support.hpp"

#include <thread>

using namespace mozi;
using namespace mozi::user;

TEST_CASE("a clock that jumps ends no session") {
    on_each_database([](House& house) {
        auto joined = house.join("ada");
        REQUIRE_MESSAGE(joined.status == 201, joined.text);
        auto refresh = token(joined, "refreshToken");
        for (auto const years : {2, -30, 28}) {
            house.clock.advance(std::chrono::hours(24 * 365 * years));
            auto const renewed = house.refresh(refresh);
            REQUIRE_MESSAGE(renewed.status == 200, renewed.text);
            refresh = token(renewed, "refreshToken");
            CHECK(house.made.authenticate.by_token(token(renewed, "accessToken")));
            // People are told the end by the clock on the wall.
            CHECK(std::string(renewed.at("tokens").at("refreshExpiresAt").as_string()) ==
                  to_iso(house.clock.now() + std::chrono::hours(24 * 30)));
        }
        house.database->live(std::chrono::hours(24 * 29));
        refresh = token(house.refresh(refresh), "refreshToken");
        house.database->live(std::chrono::hours(24 * 30 + 1));
        CHECK(house.refresh(refresh).status == 401);
    });
}

TEST_CASE("of too many sessions the one used longest ago ends, never the new one") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    for (int i = 0; i < 99; ++i) REQUIRE(house.sign_in("ada").status == 200);
    house.clock.advance(-std::chrono::hours(24 * 365)); // behind all others
    auto const last = house.sign_in("ada");
    REQUIRE(last.status == 200);
    CHECK(house.made.authenticate.by_token(token(last, "accessToken")));
    CHECK(house.refresh(token(last, "refreshToken")).status == 200);
}

namespace {

// A session whose first refresh token has been used.
struct Used {
    explicit Used(db::Dialect dialect = db::Dialect::sqlite) : house(dialect) {
        first = token(house.join("ada"), "refreshToken");
        auto const answer = house.refresh(first);
        REQUIRE_MESSAGE(answer.status == 200, answer.text);
        second = token(answer, "refreshToken");
    }
    House house;
    std::string first, second;
};

} // namespace

// proves S3
TEST_CASE("a used refresh token gets the same successor for a short while, then it is a replay and ends the session") {
    for (auto const dialect : test::dialects()) {
        Used used(dialect);
        auto& house = used.house;
        house.database->live(std::chrono::seconds(29));
        house.clock.advance(std::chrono::hours(24 * 365)); // a clock decides nothing here
        auto const again = house.refresh(used.first);
        REQUIRE_MESSAGE(again.status == 200, again.text);
        CHECK(token(again, "refreshToken") == used.second);
        CHECK(house.made.authenticate.by_token(token(again, "accessToken")));
        house.database->live(std::chrono::seconds(2));
        CHECK(house.refresh(used.first).status == 401);
        CHECK(house.refresh(used.second).status == 401);
        CHECK_FALSE(house.made.authenticate.by_token(token(again, "accessToken")));
    }
}

TEST_CASE("a late answer never hands out a token that was used meanwhile") {
    Used used;
    auto const third = token(used.house.refresh(used.second), "refreshToken");
    CHECK(token(used.house.refresh(used.first), "refreshToken") == third);
    CHECK(token(used.house.refresh(used.second), "refreshToken") == third);
    CHECK(used.house.refresh(third).status == 200);
}

// proves S3
TEST_CASE("a session that was ended, or has run out, gives no successor") {
    Used ended;
    auto const access = token(ended.house.refresh(ended.first), "accessToken");
    auto const viewer = ended.house.made.authenticate.by_token(access);
    REQUIRE(viewer);
    CHECK(ended.house.database->write(
        [&](db::Transaction& tx) -> Result<> { return tx->run("DELETE FROM session WHERE id = ?", viewer->session), Result<>{}; }));
    CHECK(ended.house.refresh(ended.first).status == 401);
    CHECK(ended.house.refresh(ended.second).status == 401);
    Used late;
    late.house.database->live(std::chrono::hours(24 * 31));
    CHECK(late.house.refresh(late.second).status == 401);
}

TEST_CASE("an access token that has ended is told from one that was guessed") {
    House house;
    auto const access = token(house.join("ada"), "accessToken");
    auto const& authenticate = house.made.authenticate;
    house.clock.advance(std::chrono::hours(24));
    REQUIRE_FALSE(authenticate.by_token(access));
    CHECK(authenticate.issued(access));
    auto guessed = access;
    guessed[guessed.size() - 4] ^= 1;
    CHECK_FALSE(authenticate.issued(guessed));
    CHECK_FALSE(authenticate.issued("guess"));
}

// proves S3
TEST_CASE("many who send one token at once get one successor") {
    on_each_database([](House& house) {
        auto current = token(house.join("ada"), "refreshToken");
        for (int round = 0; round < 5; ++round) {
            std::vector<test::Answer> answers(6);
            {
                std::vector<std::jthread> asking;
                for (auto& answer : answers) asking.emplace_back([&] { answer = house.refresh(current); });
            }
            for (auto const& answer : answers) {
                REQUIRE_MESSAGE(answer.status == 200, answer.text);
                CHECK(token(answer, "refreshToken") == token(answers[0], "refreshToken"));
            }
            current = token(answers[0], "refreshToken");
        }
        CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM refresh_token") == 6);
    });
}

TEST_CASE("signing out while others refresh wins") {
    on_each_database([](House& house) {
        for (int round = 0; round < 8; ++round) {
            auto const joined = house.join("ada" + std::to_string(round));
            auto const refresh = token(joined, "refreshToken");
            auto const viewer = house.made.authenticate.by_token(token(joined, "accessToken")).value();
            std::vector<test::Answer> answers(3);
            {
                std::vector<std::jthread> asking;
                for (auto& answer : answers) asking.emplace_back([&] { answer = house.refresh(refresh); });
                asking.emplace_back([&] {
                    auto const ended = house.database->write([&](db::Transaction& tx) -> Result<> {
                        return tx->run("DELETE FROM session WHERE id = ?", viewer.session), Result<>{};
                    });
                    CHECK(ended);
                });
            }
            for (auto const& answer : answers) {
                CHECK((answer.status == 200 || answer.status == 401));
                if (answer.status == 200) CHECK(house.refresh(token(answer, "refreshToken")).status == 401);
            }
        }
    });
}

TEST_CASE("who reads the database gets no token that lives, and nothing is kept for longer than it is needed") {
    Used used;
    auto& house = used.house;
    auto const kept = [&] {
        return test::table<std::string, std::optional<std::string>>(
            *house.database, "SELECT token_sha256, successor FROM refresh_token ORDER BY used_at");
    };
    int sealed = 0;
    for (auto const& [hash, successor] : kept()) {
        sealed += successor ? 1 : 0;
        for (auto const& opened : {used.first, used.second}) {
            CHECK(hash.find(opened) == std::string::npos);
            CHECK(successor.value_or("").find(opened) == std::string::npos);
        }
    }
    CHECK(sealed == 1);
    // Somebody with the database and an old token, who runs a server of their own.
    auto stranger = make_user(house.context(), {.secret = std::string(43, 'x'), .people = &house.topic});
    test::Threads threads;
    test::Wire theirs("user", *house.database, stranger.module.routes, house.metrics, threads);
    CHECK(theirs.post("/api/auth/refresh", {}, R"({"refreshToken":")" + used.first + "\"}").status == 401);

    Used later;
    later.house.database->live(std::chrono::seconds(31));
    CHECK(later.house.refresh(later.second).status == 200);
    CHECK(test::scalar<std::int64_t>(*later.house.database, "SELECT count(*) FROM refresh_token WHERE successor IS NOT NULL") == 1);
}

// proves S3
TEST_CASE("the lives of tokens are told in seconds from now") {
    House house;
    auto const tokens = house.join("ada").at("tokens");
    CHECK(tokens.at("expiresIn") == 900);
    CHECK(tokens.at("refreshExpiresIn") == 30 * 86400);
    house.database->live(std::chrono::seconds(10));
    auto const first = std::string(tokens.at("refreshToken").as_string());
    auto const second = house.refresh(first).at("tokens");
    CHECK(second.at("refreshExpiresIn") == 30 * 86400);
    house.database->live(std::chrono::seconds(10));
    CHECK(house.refresh(first).at("tokens").at("refreshExpiresIn") == 30 * 86400 - 10); // the same token as before
}

// proves S3
TEST_CASE("every session ends, however much it is used") {
    on_each_database([](House& house) {
        auto const joined = house.join("ada");
        auto refresh = token(joined, "refreshToken");
        test::Answer renewed;
        for (int day = 0; day < 75; day += 25) {
            house.database->live(std::chrono::hours(24 * 25));
            renewed = house.refresh(refresh);
            REQUIRE_MESSAGE(renewed.status == 200, renewed.text);
            refresh = token(renewed, "refreshToken");
        }
        CHECK(renewed.at("tokens").at("refreshExpiresIn") == 15 * 86400); // of ninety days
        auto const access = token(renewed, "accessToken");
        house.database->live(std::chrono::hours(24 * 15) - std::chrono::seconds(1));
        CHECK(house.made.authenticate.by_token(access));
        house.database->live(std::chrono::seconds(2));
        CHECK_FALSE(house.made.authenticate.by_token(access));
        CHECK(house.refresh(refresh).status == 401);
        CHECK(house.sign_in("ada").status == 200);
    });
}

TEST_CASE("a session from before there was an end gets one with its next use") {
    on_each_database([](House& house) {
        auto const first = token(house.join("ada"), "refreshToken");
        REQUIRE(house.database->write(
            [](db::Transaction& tx) -> Result<> { return tx->run("UPDATE session SET ends_at = NULL"), Result<>{}; }));
        auto const renewed = house.refresh(first);
        CHECK(renewed.at("tokens").at("refreshExpiresIn") == 30 * 86400);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM session WHERE ends_at IS NOT NULL") == 1);
    });
}

// proves S3
TEST_CASE("who is banned or deleted renews nothing, and no token of theirs works a second later") {
    on_each_database([](House& house) {
        for (std::string const status : {"BANNED", "DELETED"}) {
            auto const name = "ada_" + std::to_string(status.size());
            auto const first = house.join(name), second = house.sign_in(name);
            auto const access = token(first, "accessToken");
            REQUIRE(house.made.authenticate.by_token(access)); // in memory now
            REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
                return tx->run("UPDATE account SET status = ? WHERE username = ?", status, name), Result<>{};
            }));
            CHECK(house.refresh(token(second, "refreshToken")).status == 401);
            auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
            bool works = true;
            while (works && std::chrono::steady_clock::now() < until) works = house.made.authenticate.by_token(access).has_value();
            CHECK_FALSE(works);
            CHECK(house.refresh(token(first, "refreshToken")).status == 401);
            CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM session") == 0); // the attempts ended them
        }
    });
}

TEST_CASE("a session is renewed as often as tabs are reloaded, and no more") {
    House house;
    auto current = token(house.join("ada"), "refreshToken");
    auto const other = token(house.sign_in("ada"), "refreshToken");
    int renewed = 0;
    for (; renewed < 100; ++renewed) {
        auto const answer = house.refresh(current);
        if (answer.status == 200) {
            current = token(answer, "refreshToken");
            continue;
        }
        CHECK(answer.status == 429);
        CHECK(answer.id() == "request.rate");
        break;
    }
    CHECK(renewed == 60);
    CHECK(house.refresh(other).status == 200);
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM refresh_token WHERE used_at IS NULL") == 2); // it goes on later
}

// proves S3
TEST_CASE("a replayed refresh token is an event with account and network, and its owner is told") {
    for (auto const dialect : test::dialects()) {
        Used used(dialect);
        auto& house = used.house;
        auto const id = house.scalar<std::int64_t>("SELECT id FROM account");
        auto const session = house.scalar<std::int64_t>("SELECT id FROM session");
        house.database->live(std::chrono::seconds(31));
        CHECK(house.refresh(used.first).status == 401);
        CHECK(house.told("user.refresh.replayed") == 1);
        for (auto const& [name, payload] : house.told())
            if (name == "user.refresh.replayed")
                CHECK(payload == "{\"userId\":\"" + std::to_string(id) + "\",\"session\":\"" + std::to_string(session) +
                                     R"(","network":"127.0.0.1"})");
        auto const notices = house.wire.get("/api/auth/notices", std::to_string(id));
        REQUIRE(notices.data().size() == 1);
        CHECK(notices.data().at(0).at("kind") == "REFRESH_REPLAYED");
        CHECK(house.refresh(used.first).status == 401); // unknown now: told once
        CHECK(house.told("user.refresh.replayed") == 1);
    }
}

// proves S3
TEST_CASE("a session that is renewed without end takes no more room, and each of its old tokens is still a replay") {
    for (int const which : {0, 40, 56}) {
        on_each_database([&](House& house) {
            std::vector<std::string> tokens{token(house.join("ada"), "refreshToken")};
            auto const rows = [&] { return house.scalar<std::int64_t>("SELECT count(*) FROM refresh_token"); };
            for (int i = 0; i < 57; ++i) { // as many as a minute of this machine has
                house.database->live(std::chrono::seconds(31));
                auto const renewed = house.refresh(tokens.back());
                REQUIRE_MESSAGE(renewed.status == 200, renewed.text);
                tokens.push_back(token(renewed, "refreshToken"));
            }
            CHECK(rows() <= 12);
            house.database->live(std::chrono::seconds(31));
            auto forged = tokens[40];
            forged[0] = forged[0] == 'A' ? 'B' : 'A';
            CHECK(house.refresh(forged).status == 401); // not sealed here: ends nothing
            CHECK(house.told("user.refresh.replayed") == 0);
            CHECK(house.refresh(tokens[std::size_t(which)]).status == 401);
            CHECK(house.told("user.refresh.replayed") == 1);
            CHECK(house.refresh(tokens.back()).status == 401); // it has ended with it
            CHECK(rows() == 0);
        });
    }
}

TEST_CASE("a token from after the copy that was restored is no replay") {
    House house;
    std::vector<std::string> tokens{token(house.join("ada"), "refreshToken")};
    for (int i = 0; i < 3; ++i) {
        house.database->live(std::chrono::seconds(31));
        tokens.push_back(token(house.refresh(tokens.back()), "refreshToken"));
    }
    REQUIRE(house.database->write(
        [&](db::Transaction& tx) -> Result<> { return tx->run("DELETE FROM refresh_token WHERE used_at IS NULL"), Result<>{}; }));
    CHECK(house.refresh(tokens.back()).status == 401);
    CHECK(house.told("user.refresh.replayed") == 0);
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM session") == 1);
}
