// Trying passwords: what is counted, who is locked out and who is not, and that the person is told.
#include "support.hpp"

#include "accounts/service.hpp"

#include <map>

using namespace mozi;
using namespace mozi::user;
using namespace std::chrono_literals;

namespace {

// The rules of accounts on that house's database, with tallies of their own, asked from any address.
struct Door {
    explicit Door(House& house) : accounts(house.context(), &house.topic, {}) {}
    std::string knock(std::string const& name, std::string const& password, std::string const& from) {
        auto const in = accounts.check_credentials(name, password, from);
        return in ? "in" : in.error().id;
    }
    int retry_s(std::string const& name, std::string const& from) {
        auto const in = accounts.check_credentials(name, "not this one", from);
        return in ? 0 : in.error().retry_after_s;
    }
    Accounts accounts;
};

std::string network_number(int i) { return "198.51." + std::to_string(100 + i / 250) + "." + std::to_string(i % 250 + 1); }

} // namespace

TEST_CASE("name and address of one account are one, as is a /64") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    Door door(house);
    for (int i = 0; i < 5; ++i) {
        CHECK(door.knock("ada", "not this one", "2001:db8:1:1::" + std::to_string(i + 1)) == "auth.credentials");
        CHECK(door.knock("ADA@example.org", "not this one", "2001:db8:1:1:ffff::" + std::to_string(i + 1)) == "auth.credentials");
    }
    for (auto const* name : {"ada", "ada@example.org", "Ada"})
        CHECK(door.knock(name, usual_password, "2001:db8:1:1::9") == "auth.too_many");
    CHECK(door.retry_s("ada", "2001:db8:1:1::9") > 800);
    CHECK(door.retry_s("ada", "2001:db8:1:1::9") <= 900);
    CHECK(door.knock("ada", usual_password, "2001:db8:1:2::9") == "in"); // the next /64 is somebody else
    CHECK(door.knock("ada", usual_password, "203.0.113.9") == "in");
}

TEST_CASE("a name that nobody has is locked as one that somebody has") {
    House house;
    Door door(house);
    for (int i = 0; i < 10; ++i) CHECK(door.knock("nobody_here", "not this one", "192.0.2.1") == "auth.credentials");
    CHECK(door.knock("nobody_here", "not this one", "192.0.2.1") == "auth.too_many");
    CHECK(door.knock("nobody_else", "not this one", "192.0.2.1") == "auth.credentials");
}

TEST_CASE("what succeeds costs nothing, and begins the count anew") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    Door door(house);
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 9; ++i) CHECK(door.knock("ada", "not this one", network_number(round / 2)) == "auth.credentials");
        CHECK(door.knock("ada", usual_password, network_number(round / 2)) == "in");
    }
}

// proves S3
TEST_CASE("an account that is tried from everywhere is closed to strangers, and open where it is signed in") {
    House house;
    REQUIRE(house.join("ada").status == 201); // at 127.0.0.1
    Door door(house);
    int refused = 0;
    for (int i = 0; i < 60; ++i) refused += door.knock("ada", "not this one", network_number(i)) == "auth.too_many";
    CHECK(refused == 10);
    CHECK(door.knock("ada", usual_password, "203.0.113.9") == "auth.too_many"); // a network that was never seen
    CHECK(door.knock("ada", usual_password, "127.0.0.1") == "in");
    for (int i = 0; i < 10; ++i) CHECK(door.knock("ada", "not this one", "127.0.0.1") == "auth.credentials");
    CHECK(door.knock("ada", usual_password, "127.0.0.1") == "auth.too_many"); // ten there as anywhere
}

// proves S3
TEST_CASE("one customer with many networks does not lock an account out anywhere else") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    Door door(house);
    int refused = 0;
    for (int i = 0; i < 50; ++i)
        refused += door.knock("ada", "not this one", "2001:db8:7:" + std::to_string(i / 10 + 1) + "::1") == "auth.too_many";
    CHECK(refused == 35);
    CHECK(door.knock("ada", usual_password, "2001:db8:7:99::1") == "auth.too_many"); // the rest of that customer
    CHECK(door.knock("ada", usual_password, "2001:db8:8:1::1") == "in");
    CHECK(door.knock("ada", usual_password, "203.0.113.9") == "in");
    CHECK(door.knock("eve", "not this one", "2001:db8:7:99::1") == "auth.credentials"); // of that account alone
}

TEST_CASE("who tries many names from one place is closed out, and they who live there are not") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    REQUIRE(house.database->write(
        [](db::Transaction& tx) -> Result<> { return tx->run("UPDATE session SET ip_address = '203.0.113.5'"), Result<>{}; }));
    Door door(house);
    for (int i = 0; i < 100; ++i) CHECK(door.knock("name" + std::to_string(i), "not this one", "203.0.113.5") == "auth.credentials");
    CHECK(door.knock("name100", "not this one", "203.0.113.5") == "auth.too_many");
    CHECK(door.knock("ada", usual_password, "203.0.113.5") == "in");
    CHECK(door.knock("name100", "not this one", "203.0.113.6") == "auth.credentials");
}

TEST_CASE("whoever is locked out stays so, whatever he does under other names") {
    Tally tally(3, 15min);
    auto const now = Tally::Clock::now();
    for (int left = 2; left >= 0; --left) CHECK(tally.take("guilty", now).left == left);
    CHECK(tally.take("guilty", now).left < 0);
    for (int i = 0; i < 200'000; ++i) REQUIRE(tally.take(std::to_string(i), now).left >= 0); // three times as many as there are places
    CHECK(tally.take("guilty", now).left < 0);
    CHECK(tally.take("guilty", now).retry_s == 900);
    CHECK(tally.take("guilty", now + 16min).left == 2);
    tally.forget("guilty");
    CHECK(tally.take("guilty", now).left == 2);
    tally.give_back("guilty");
    CHECK(tally.take("guilty", now).left == 2);
}

// proves S3
TEST_CASE("failed sign-ins and lock-outs are events with account and network, and the person is told") {
    on_each_database([](House& house) {
        auto const joined = house.join("ada");
        REQUIRE(joined.status == 201);
        auto const id = std::string(joined.at("user").at("id").as_string());
        for (int i = 0; i < 9; ++i) CHECK(house.sign_in(i % 2 ? "ada" : "ada@example.org", "not this one").status == 401);
        CHECK(house.told("user.sign_in.failed") == 9);
        CHECK(house.told("user.sign_in.locked") == 0);
        CHECK(house.sign_in("ada", "not this one").status == 401);
        CHECK(house.sign_in("ada", "not this one").status == 429);
        CHECK(house.told("user.sign_in.failed") == 10);
        CHECK(house.told("user.sign_in.locked") == 1);
        for (auto const& [name, payload] : house.told())
            if (name.starts_with("user.sign_in.")) CHECK(payload == "{\"userId\":\"" + id + R"(","network":"127.0.0.1"})");
        auto const notices = house.wire.get("/api/auth/notices", id);
        REQUIRE(notices.status == 200);
        CHECK(notices.header("Cache-Control") == "no-store");
        REQUIRE(notices.data().size() == 2);
        std::map<std::string, boost::json::object> by_kind;
        for (auto const& notice : notices.data()) by_kind[std::string(notice.at("kind").as_string())] = notice.as_object();
        CHECK(by_kind.at("SIGN_IN_FAILED").at("times") == 10);
        CHECK(by_kind.at("SIGN_IN_LOCKED").at("times") == 1);
        CHECK(by_kind.at("SIGN_IN_LOCKED").at("network") == "127.0.0.1");
        // Put away by its owner alone.
        auto const one = "/api/auth/notices/" + std::string(by_kind.at("SIGN_IN_FAILED").at("id").as_string());
        CHECK(house.wire.del(one, "4711").id() == "notice.not_found");
        CHECK(house.wire.get("/api/auth/notices", "4711").data().empty());
        CHECK(house.wire.del(one, id).status == 204);
        CHECK(house.wire.del(one, id).status == 404);
        CHECK(house.wire.get("/api/auth/notices", id).data().size() == 1);
    });
}

TEST_CASE("a name that nobody has costs the same writes, and tells nobody") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ada").status == 201);
        auto const units = [&](std::string_view name) {
            auto const before = house.database->figures().units;
            CHECK(house.sign_in(name, "not this one").status == 401);
            return house.database->figures().units - before;
        };
        CHECK(units("ada") == units("nobody_here"));
        CHECK(house.told().back().second == R"({"userId":null,"network":"127.0.0.1"})");
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM notice") == 1);
    });
}

TEST_CASE("notices are bounded, and found by their index") {
    on_each_database([](House& house) {
        auto const id = house.join("ada").at("user").at("id");
        UserId const ada{*parse_id(std::string(id.as_string()))};
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            for (int i = 0; i < 80; ++i)
                notices::record(tx, ada, NoticeKind::sign_in_failed, network_number(i), house.clock.now() + std::chrono::seconds(i));
            return {};
        }));
        auto const told = house.wire.get("/api/auth/notices", ada.text());
        CHECK(told.data().size() == 50);
        CHECK(told.data().at(0).at("network").as_string() == network_number(79));
        CHECK(told.data().at(49).at("network").as_string() == network_number(30));
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM notice") == 50);
        if (house.database->dialect() == db::Dialect::sqlite)
            CHECK(test::plan(*house.database, "SELECT id FROM notice WHERE account_id = ? ORDER BY last_at DESC, id DESC LIMIT ?")
                      .find("USING COVERING INDEX notice_latest") != std::string::npos);
    });
}

TEST_CASE("failed sign-ins and lock-outs from many networks do not push out that a token came twice") {
    on_each_database([](House& house) {
        auto const id = house.join("ada").at("user").at("id");
        UserId const ada{*parse_id(std::string(id.as_string()))};
        auto const record = [&](NoticeKind kind, int from, int to) {
            REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
                for (int i = from; i < to; ++i)
                    notices::record(tx, ada, kind, network_number(i), house.clock.now() + std::chrono::seconds(i));
                return {};
            }));
        };
        auto const count = [&](std::string const& kind) {
            return house.scalar<std::int64_t>("SELECT count(*) FROM notice WHERE kind = '" + kind + "'");
        };
        record(NoticeKind::refresh_replayed, 0, 1);
        record(NoticeKind::sign_in_locked, 1, 2);
        record(NoticeKind::sign_in_failed, 2, 80);
        CHECK(count("REFRESH_REPLAYED") == 1);
        CHECK(count("SIGN_IN_LOCKED") == 1);
        CHECK(count("SIGN_IN_FAILED") == 48);
        record(NoticeKind::sign_in_locked, 80, 160);
        CHECK(count("REFRESH_REPLAYED") == 1);
        CHECK(count("SIGN_IN_LOCKED") == 49);
        CHECK(house.wire.get("/api/auth/notices", ada.text()).data().size() == 50);
    });
}
