// Idempotency-Key: one act, one answer, whatever happens in between.
#include "support.hpp"

#include <thread>

using namespace mozi;
using namespace mozi::test;
using net::Method;
using Words = std::vector<std::string>;

namespace {

Ask post(std::string target, std::string word, std::string key, std::string token = {}) {
    return {Method::post, std::move(target), std::move(token), R"({"word":")" + word + "\"}",
        key.empty() ? std::vector<std::string>{} : std::vector<std::string>{"idempotency-key: " + key}};
}

template <class F>
void on_each_engine(F&& check) {
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        House house({}, dialect);
        check(house);
    }
}

} // namespace

TEST_CASE("the same request again gets the first answer, byte for byte, and nothing happens twice") {
    on_each_engine([](House& house) {
        for (std::string const target : {"/api/things", "/api/hashed"}) {
            CAPTURE(target);
            auto const before = house.words().size();
            auto const first = house.ask(post(target, "a", "k-" + target.substr(5)));
            REQUIRE(first.status == 201);
            for (int i = 0; i < 3; ++i) {
                auto const again = house.ask(post(target, "a", "k-" + target.substr(5)));
                CHECK(again.status == 201);
                CHECK(again.body == first.body);
                CHECK(again.header("Location") == first.header("Location"));
            }
            CHECK(house.words().size() == before + 1);
        }
        CHECK(house.desk.posts == 2);
        CHECK(house.desk.hashes == 1); // a repeated sign-up does not hash again
        auto const other = house.ask(post("/api/things", "b", "k-things"));
        CHECK(other.status == 422);
        CHECK(other.id() == "request.idempotency_reuse");
        CHECK(house.ask(post("/api/things?more=1", "a", "k-things")).id() == "request.idempotency_reuse");
        CHECK(house.ask(post("/api/things", "a", "k-things", "7")).status == 201); // another person's key of the same name
        CHECK(house.ask(post("/api/things", "a", "")).status == 201);
        CHECK(house.ask(post("/api/things", "a", "")).status == 201);
        CHECK(house.words() == Words{"a", "a", "a", "a", "a"});
    });
}

TEST_CASE("answers outlive the process that gave them") {
    House house;
    auto const first = house.ask(post("/api/things", "plain", "k", "7"));
    REQUIRE(first.status == 201);
    house.restart(std::string(32, 'k'));
    CHECK(house.ask(post("/api/things", "plain", "k", "7")).body == first.body);
    House other; // the stored row under another secret: it says so, and does not do it again
    auto const row = house.database
                         ->read([](db::Connection& c) -> Result<std::string> {
                             return std::get<0>(c.one<std::string>("SELECT request_sha256 || ' ' || reply FROM idempotency_key").value());
                         })
                         .value();
    other.restart(std::string(32, 'x'));
    REQUIRE(other.database->write([&](db::Transaction& tx) -> Result<> {
        tx->run("INSERT INTO idempotency_key (person, idempotency_key, request_sha256, reply, created_at) VALUES ('7', 'k', ?, ?, 0)",
            row.substr(0, 64), row.substr(65));
        return {};
    }));
    CHECK(other.ask(post("/api/things", "plain", "k", "7")).status == 409);
    CHECK(other.words().empty());
    CHECK(house.words() == Words{"plain"});
    auto const stored = house.database
                            ->read([](db::Connection& c) -> Result<std::string> {
                                return std::get<0>(c.one<std::string>("SELECT reply FROM idempotency_key").value());
                            })
                            .value();
    CHECK(stored.find("plain") == std::string::npos); // sealed
    CHECK(from_base64(stored).value().find("plain") == std::string::npos);
}

TEST_CASE("a refusal is not remembered, but what its handler kept stays kept") {
    on_each_engine([](House& house) {
        for (int i = 0; i < 2; ++i) {
            auto const reply = house.ask(post("/api/keeps", "kept", "k"));
            CHECK(reply.status == 401);
            CHECK(reply.id() == "thing.over");
        }
        CHECK(house.words() == Words{"kept", "kept"});
        CHECK(house.ask({Method::post, "/api/things", {}, R"({"word":"too long"})", {"idempotency-key: n"}}).status == 422);
        CHECK(house.ask(post("/api/things", "ok", "n")).status == 201); // a refused body did not use up the key
    });
}

TEST_CASE("the act and its stored answer are one transaction") {
    on_each_engine([](House& house) {
        // The answer cannot be stored: then the act did not happen either.
        REQUIRE(house.database->write(
            [&](db::Transaction& tx) -> Result<> { return tx->run("ALTER TABLE idempotency_key RENAME TO away"), Result<>{}; }));
        CHECK(house.ask(post("/api/things", "a", "k")).status >= 500);
        CHECK(house.words().empty());
        REQUIRE(house.database->write(
            [&](db::Transaction& tx) -> Result<> { return tx->run("ALTER TABLE away RENAME TO idempotency_key"), Result<>{}; }));
        CHECK(house.ask(post("/api/things", "a", "k")).status == 201);
        CHECK(house.words() == Words{"a"});
    });
}

TEST_CASE("while the first is running the second is told so, and afterwards gets its answer") {
    on_each_engine([](House& house) {
        house.desk.held = true;
        Reply first;
        std::jthread asking([&] { first = house.ask(post("/api/slow", "a", "k")); });
        {
            std::unique_lock held(house.desk.mutex);
            REQUIRE(house.desk.changed.wait_for(held, std::chrono::seconds(20), [&] { return house.desk.waiting == 1; }));
        }
        auto const second = house.ask(post("/api/slow", "a", "k"));
        CHECK(second.status == 409);
        CHECK(second.id() == "request.in_progress");
        CHECK(second.header("Retry-After") == "1");
        {
            std::scoped_lock const held(house.desk.mutex);
            house.desk.held = false;
        }
        house.desk.changed.notify_all();
        asking.join();
        CHECK(first.status == 201);
        CHECK(house.ask(post("/api/slow", "a", "k")).body == first.body);
        CHECK(house.words() == Words{"a"});
    });
}

TEST_CASE("many at once with one key: exactly one act") {
    on_each_engine([](House& house) {
        std::atomic<int> created{0}, told{0};
        std::mutex mutex;
        std::set<std::string> bodies;
        {
            std::vector<std::jthread> all;
            for (int i = 0; i < 40; ++i)
                all.emplace_back([&] {
                    auto const reply = house.ask(post("/api/things", "a", "k"));
                    if (reply.status == 201) {
                        ++created;
                        std::scoped_lock const held(mutex);
                        bodies.insert(reply.body);
                    } else if (reply.status == 409) ++told;
                });
        }
        CHECK(created >= 1);
        CHECK(created + told == 40);
        CHECK(bodies.size() == 1);
        CHECK(house.words() == Words{"a"});
    });
}

TEST_CASE("answers are forgotten after two days, not before") {
    House house;
    for (auto const& key : {"young", "old"}) REQUIRE(house.ask(post("/api/things", "a", key)).status == 201);
    auto const age = [&](std::string const& key, std::chrono::hours by) {
        REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
            return tx->run("UPDATE idempotency_key SET created_at = ? WHERE idempotency_key = ?", house.database->lived() - by, key),
                   Result<>{};
        }));
    };
    age("young", std::chrono::hours(47)), age("old", std::chrono::hours(49));
    house.gateway->forget_old_answers();
    CHECK(house.ask(post("/api/things", "a", "young")).status == 201);
    CHECK(house.words() == Words{"a", "a"});
    CHECK(house.ask(post("/api/things", "a", "old")).status == 201);
    CHECK(house.words() == Words{"a", "a", "a"});
}

TEST_CASE("keys that are none") {
    House house;
    for (auto const& key : {std::string(""), std::string(201, 'k'), std::string("a b"), std::string("a\x7f"), std::string("\xc3\xa9")}) {
        CAPTURE(key);
        auto asked = post("/api/things", "a", "x");
        asked.headers = {"idempotency-key: " + key};
        CHECK(house.ask(asked).status == 400);
    }
    CHECK(house.ask(post("/api/things", "a", std::string(200, 'k'))).status == 201);
    CHECK(house.words() == Words{"a"});
}

TEST_CASE("writes that come together share a commit, and each still gets its own answer") {
    House house;
    auto const before = house.database->figures();
    house.desk.held = true;
    std::atomic<int> good{0}, refused{0};
    {
        std::vector<std::jthread> all;
        all.emplace_back([&] { good += house.ask(post("/api/slow", "first", "")).status == 201; });
        {
            std::unique_lock held(house.desk.mutex);
            REQUIRE(house.desk.changed.wait_for(held, std::chrono::seconds(20), [&] { return house.desk.waiting == 1; }));
        }
        for (int i = 0; i < 60; ++i)
            all.emplace_back([&, i] {
                auto const reply = i % 3 ? house.ask(post("/api/things", "w", "")) : house.ask(post("/api/things", "too long", ""));
                good += reply.status == 201;
                refused += reply.status == 422;
            });
        std::scoped_lock const held(house.desk.mutex);
        house.desk.held = false;
        house.desk.changed.notify_all();
    }
    CHECK(good == 41);
    CHECK(refused == 20);
    CHECK(house.words().size() == 41);
    CHECK(house.database->figures().commits - before.commits < 41);
}

TEST_CASE("what is wrong with a request is found before a transaction begins, and a key's answer as well") {
    on_each_engine([](House& house) {
        REQUIRE(house.ask(post("/api/things", "a", "k")).status == 201);
        auto const commits = house.database->figures().commits;
        CHECK(house.ask(post("/api/things", "much too long", "")).status == 422);
        CHECK(house.ask(post("/api/things", "much too long", "other")).status == 422);
        CHECK(house.ask(post("/api/things", "a", "k")).status == 201);
        CHECK(house.database->figures().commits == commits);
    });
}

TEST_CASE("a cookie that moves on makes no other request of what a signed-in person repeats; to a visitor it does") {
    House house;
    auto const with_cookie = [&](std::string const& token, std::string const& cookie) {
        auto asked = post("/api/things", "a", "k", token);
        asked.headers.push_back("cookie: AWSALB=" + cookie + "; videa_refresh=" + cookie);
        return house.ask(asked);
    };
    auto const first = with_cookie("7", "one");
    REQUIRE(first.status == 201);
    CHECK(with_cookie("7", "two").body == first.body);
    REQUIRE(with_cookie("", "one").status == 201);
    CHECK(with_cookie("", "one").status == 201);
    CHECK(with_cookie("", "two").id() == "request.idempotency_reuse");
    CHECK(house.words() == Words{"a", "a"});
}

TEST_CASE("what is kept of a request tells nothing to who guesses at its words") {
    std::set<std::string> kept;
    for (auto const secret : {'k', 'x'}) {
        House house;
        house.restart(std::string(32, secret));
        REQUIRE(house.ask(post("/api/things", "a", "k")).status == 201);
        CHECK(house.database->read([&](db::Connection& c) -> Result<> {
            return c.each<std::string>("SELECT request_sha256 FROM idempotency_key", [&](std::string digest) { kept.insert(digest); }),
                   Result<>{};
        }));
    }
    CHECK(kept.size() == 2);
}

TEST_CASE("of one person's answers the latest stay; what is not kept any more is not done again") {
    http::GatewayOptions options;
    options.limits_enabled = false;
    for (auto const dialect : dialects()) {
        CAPTURE(int(dialect));
        House house(options, dialect);
        auto const rows = [&](std::string const& of) {
            auto const found = house.database->read([&](db::Connection& c) -> Result<std::int64_t> {
                return std::get<0>(c.one<std::int64_t>("SELECT CAST(coalesce(sum(" + of + "), 0) AS BIGINT) FROM idempotency_key").value());
            });
            REQUIRE(found);
            return *found;
        };
        auto const name = [](int i) { return "k" + std::to_string(i); };
        for (int i = 0; i < 2005; ++i) {
            house.database->live(std::chrono::milliseconds(1));
            REQUIRE(house.ask(post("/api/things", "a", name(i), "7")).status == 201);
        }
        REQUIRE(house.ask(post("/api/things", "a", name(0), "8")).status == 201); // somebody else has his own
        auto const posts = house.desk.posts.load();
        CHECK(rows("1") == 2006);
        CHECK(rows("CASE WHEN reply = '' THEN 0 ELSE 1 END") == 2001);
        for (bool const after : {false, true}) {
            if (after) house.restart(std::string(32, 'k')); // it is read again as it was
            for (int i = 0; i < 5; ++i) {
                auto const lost = house.ask(post("/api/things", "a", name(i), "7"));
                CHECK(lost.status == 409);
                CHECK(lost.id() == "request.idempotency_lost");
                CHECK(house.ask(post("/api/things", "b", name(i), "7")).id() == "request.idempotency_reuse");
            }
            CHECK(house.ask(post("/api/things", "a", name(5), "7")).status == 201);
            CHECK(house.ask(post("/api/things", "a", name(2004), "7")).status == 201);
            CHECK(house.ask(post("/api/things", "a", name(0), "8")).status == 201);
            CHECK(house.desk.posts == posts);
        }
        CHECK(house.ask(post("/api/things", "a", "one more", "7")).id() == "request.idempotency_key"); // no spaces
        CHECK(house.ask(post("/api/things", "a", "one-more", "7")).status == 201);
        CHECK(house.ask(post("/api/things", "a", name(5), "7")).id() == "request.idempotency_lost");
        // Two days later they are forgotten, and counted no more.
        house.database->live(std::chrono::hours(49));
        house.gateway->forget_old_answers();
        CHECK(rows("1") == 0);
        for (int i = 0; i < 3; ++i) CHECK(house.ask(post("/api/things", "a", name(i), "7")).status == 201);
        CHECK(house.ask(post("/api/things", "a", name(0), "7")).status == 201);
        CHECK(rows("1") == 3);
    }
}
