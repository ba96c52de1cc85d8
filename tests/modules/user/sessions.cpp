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
