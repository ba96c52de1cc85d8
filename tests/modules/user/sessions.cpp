// Sessions: what ends them, and what does not.
#include "support.hpp"

using namespace mozi;
using namespace mozi::user;

TEST_CASE("a clock that jumps ends no session") {
    for (auto const dialect : test::dialects()) {
        House house(dialect);
        auto joined = house.join("ada");
        REQUIRE_MESSAGE(joined.status == 201, joined.text);
        auto refresh = token(joined, "refreshToken");
        for (auto const years : {2, -30, 28}) {
            house.clock.advance(std::chrono::hours(24 * 365 * years));
            auto const renewed = house.refresh(refresh);
            REQUIRE_MESSAGE(renewed.status == 200, renewed.text);
            refresh = token(renewed, "refreshToken");
            CHECK(house.made.authenticate(token(renewed, "accessToken")));
            // People are told the end by the clock on the wall.
            CHECK(std::string(renewed.at("tokens").at("refreshExpiresAt").as_string()) == to_iso(house.clock.now() + std::chrono::hours(24 * 30)));
        }
        house.database->live(std::chrono::hours(24 * 29));
        refresh = token(house.refresh(refresh), "refreshToken");
        house.database->live(std::chrono::hours(24 * 30 + 1));
        CHECK(house.refresh(refresh).status == 401);
    }
}

TEST_CASE("of too many sessions the one used longest ago ends, never the new one") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    auto const sign_in = [&] { return house.wire.post("/api/auth/login", {}, R"({"emailOrUsername":"ada","password":")" + password + "\"}"); };
    for (int i = 0; i < 99; ++i) REQUIRE(sign_in().status == 200);
    house.clock.advance(-std::chrono::hours(24 * 365)); // behind all others
    auto const last = sign_in();
    REQUIRE(last.status == 200);
    CHECK(house.made.authenticate(token(last, "accessToken")));
    CHECK(house.refresh(token(last, "refreshToken")).status == 200);
}
