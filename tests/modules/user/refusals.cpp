// What is refused about accounts, and that it says why.
#include "support.hpp"

#include <mozi/user/events.hpp>

using namespace mozi;
using namespace mozi::user;

namespace {

std::string id_of(Answer const& answer) { return answer.status < 400 ? "" : answer.id(); }

std::string account(std::string_view name, std::string_view more) {
    return "{\"email\":\"" + std::string(name) + "@example.org\",\"username\":\"" + std::string(name) +
           "\",\"password\":\"canary-password-3141\"" + std::string(more) + "}";
}

} // namespace

// proves S3
TEST_CASE("a closed house takes nobody in") {
    House house(db::Dialect::sqlite, Registration::closed);
    auto const refused = house.join("ada");
    CHECK(refused.status == 403);
    CHECK(id_of(refused) == "user.registration_closed");
    CHECK(test::scalar<std::int64_t>(*house.database, "SELECT count(*) FROM account") == 0);
}

TEST_CASE("the first administrator's name, address and password are refused as anybody's") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ada").status == 201);
        auto const link = house.made.setup_token();
        REQUIRE((link && *link));
        auto const setup = [&](std::string_view email, std::string_view name, std::string_view password) {
            return id_of(house.wire.post("/api/auth/setup", {},
                "{\"token\":\"" + **link + "\",\"email\":\"" + std::string(email) + "\",\"username\":\"" + std::string(name) +
                    "\",\"password\":\"" + std::string(password) + "\"}"));
        };
        CHECK(setup("new@example.org", "ADA", "some-pass-word-31") == "user.username_taken");
        CHECK(setup("Ada@Example.org", "new", "some-pass-word-31") == "user.email_taken");
        CHECK(setup("new@example.org", "kx7q9zr4w2vb", "kx7q9zr4w2vb") == "request.fields"); // one's own name is soon guessed
        CHECK(setup("new@example.org", "new", "some-pass-word-31").empty()); // none of these has used the link up
        CHECK(setup("other@example.org", "other", "some-pass-word-31") == "setup.done");
    });
}

TEST_CASE("without its token the first administrator's link tells nothing and does nothing") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ada").status == 201);
        auto const link = house.made.setup_token();
        REQUIRE((link && *link));
        auto const before = house.database->figures();
        auto const start = std::chrono::steady_clock::now();
        for (auto const& token : std::vector<std::string>{"wrong", "", "w", (**link).substr(1), **link + "A"})
            for (std::string const rest : {R"("email":"ada@example.org","username":"ada","password":"the last row is best")",
                     R"("email":"new@example.org","username":"new","password":"the last row is best")", R"("email":1,"username":"!")",
                     R"("password":"short","noSuchField":1)", R"("username":"admin","password":"password")"})
                for (int i = 0; i < 8; ++i) {
                    auto const refused = house.wire.post("/api/auth/setup", {}, "{\"token\":\"" + token + "\"," + rest + "}");
                    CHECK(refused.status == 410);
                    CHECK(refused.id() == "setup.link");
                }
        for (auto const* body : {"{}", "[]", "1", R"({"token":7})", R"({"token":null,"username":"ada"})"})
            CHECK(house.wire.post("/api/auth/setup", {}, body).id() == "setup.link");
        // Two hundred hashes would have taken three seconds.
        CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(1500));
        CHECK(house.database->figures().reads == before.reads);
        CHECK(house.database->figures().units == before.units);
        CHECK(house.wire.post("/api/auth/setup", {}, "{\"token\":\"" + **link + "\"}").status == 422); // now it says what is missing
        CHECK(house.made.setup_token()); // a later start writes another one
        CHECK(house.wire.post("/api/auth/setup", {}, "{\"token\":\"" + **link + "\"}").id() == "setup.link");
    });
}

TEST_CASE("the command line proves itself, for a minute, and acts as an administrator where only those may") {
    House house;
    auto const who = [&](std::string const& token) { return house.made.authenticate.by_token(token); };
    auto const now = operator_token(secret, house.clock.now());
    REQUIRE(who(now));
    CHECK(who(now)->operates());
    CHECK_FALSE(who(now)->signed_in());
    CHECK(who(now)->administers());
    CHECK(http::check_access(http::Access::admin, *who(now), http::Visitors::must_sign_in));
    for (auto const access : {http::Access::moderator, http::Access::member, http::Access::account})
        CHECK_FALSE(http::check_access(access, *who(now), http::Visitors::may_read));
    CHECK(house.made.authenticate.recall_token(now));
    for (auto const& wrong : {std::string("operator.1.x"), std::string("operator."), now + "x", now.substr(9),
             operator_token("another secret", house.clock.now())})
        CHECK_FALSE(who(wrong));
    house.clock.advance(std::chrono::minutes(3));
    CHECK_FALSE(who(now));
}

TEST_CASE("an administrator makes accounts of any rank, and is refused as who joins is") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ada").status == 201);
        auto const make = [&](std::string_view name, std::string_view role) {
            return house.wire.post("/api/admin/users", "99:ADMIN", account(name, ",\"role\":\"" + std::string(role) + "\""));
        };
        CHECK(id_of(make("ada", "USER")) == "user.username_taken");
        CHECK(make("mod", "MODERATOR").text_of("role") == "MODERATOR");
        CHECK(house.wire.post("/api/admin/users", "7:MODERATOR", account("other", "")).status == 403);
        auto const named = house.wire.post("/api/admin/users", "99:ADMIN",
            R"({"email":"fourth@example.org","username":"fourthfourth","password":"fourthfourth","role":"USER"})");
        CHECK(id_of(named) == "request.fields");
        auto const taken = house.wire.post("/api/admin/users", "99:ADMIN",
            R"({"email":"ADA@example.org","username":"third","password":"canary-password-3141","role":"USER"})");
        CHECK(id_of(taken) == "user.email_taken");
    });
}

// proves S3
TEST_CASE("after ten wrong tries a quarter of an hour passes, for that name at that address alone") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    REQUIRE(house.join("ben").status == 201);
    for (int i = 0; i < 10; ++i) CHECK(id_of(house.sign_in("ada", "wrong-password")) == "auth.credentials");
    auto const refused = house.sign_in("ada");
    CHECK(refused.status == 429);
    CHECK(id_of(refused) == "auth.too_many");
    CHECK(std::stoi(refused.header("Retry-After")) > 800); // the first of them was a moment ago
    CHECK(std::stoi(refused.header("Retry-After")) <= 900);
    CHECK(house.sign_in("ben").status == 200);
}

TEST_CASE("who is banned does not come in, and learns it only with the right password") {
    on_each_database([](House& house) {
        REQUIRE(house.join("ada").status == 201);
        REQUIRE(house.database->write(
            [](db::Transaction& tx) -> Result<> { return tx->run("UPDATE account SET status = 'BANNED'"), Result<>{}; }));
        CHECK(id_of(house.sign_in("ada", "wrong-password")) == "auth.credentials");
        auto const refused = house.sign_in("ada");
        CHECK(refused.status == 403);
        CHECK(id_of(refused) == "account.banned");
    });
}

// proves S4
TEST_CASE("a profile that another change was first at is not overwritten") {
    on_each_database([](House& house) {
        auto const ada = house.join("ada");
        auto const id = std::string(ada.at("user").at("id").as_string());
        auto const change = [&](std::string const& body, std::vector<std::string> headers = {}) {
            return house.wire.ask(net::Method::put, "/api/users/" + id, id, body, std::move(headers));
        };
        CHECK(change(R"({"bio":"first","version":1})").status == 200);
        auto const late = change(R"({"bio":"second","version":1})");
        CHECK(late.status == 409);
        CHECK(id_of(late) == "user.version");
        CHECK(id_of(change(R"({"bio":"second"})", {"if-match: \"1\""})) == "request.if_match");
        CHECK(change(R"({"bio":"second"})", {"if-match: \"2\""}).status == 200);
        CHECK(id_of(house.wire.put("/api/users/" + id, "999999", R"({"bio":"x"})")) == "user.not_yours");
    });
}

TEST_CASE("a cookie is taken from the house's own pages alone") {
    House house;
    REQUIRE(house.join("ada").status == 201);
    auto const in = house.wire.ask(net::Method::post, "/api/auth/login", {},
        R"({"emailOrUsername":"ada","password":")" + std::string(usual_password) + "\"}",
        {"x-videa-client: web", "origin: http://localhost"});
    REQUIRE(in.status == 200);
    auto const cookie = in.header("Set-Cookie");
    REQUIRE(!cookie.empty());
    auto const pair = "cookie: " + cookie.substr(0, cookie.find(';'));
    auto const refresh = [&](std::vector<std::string> headers) {
        headers.push_back(pair);
        return id_of(house.wire.ask(net::Method::post, "/api/auth/refresh", {}, "{}", std::move(headers)));
    };
    CHECK(refresh({}) == "auth.origin");
    CHECK(refresh({"x-videa-client: web", "sec-fetch-site: cross-site"}) == "auth.origin");
    CHECK(refresh({"x-videa-client: web", "origin: http://localhost"}).empty());
}
