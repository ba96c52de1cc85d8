// One network full of guesses, one stolen session: whoever is there honestly renews, leaves and signs in all the same.
#include "support.hpp"

#include <mozi/crypto/crypto.hpp>
#include <mozi/http/gateway.hpp>

using namespace mozi;
using namespace mozi::user;
using net::Method;

namespace {

// The module behind a gateway that counts, with tokens of its own, asked from any address.
struct Door {
    explicit Door(db::Dialect dialect = db::Dialect::sqlite)
        : house(dialect), made(make_user(house.context(), {.secret = std::string(secret), .sign_ins_per_minute = 20})),
          gateway(options(), made.authenticate, http::Pools{threads.workers, threads.hashers, threads.slow}, metrics) {
        gateway.mount("user", &*house.database, made.module.routes);
    }
    ~Door() { threads.stop(); }
    Door(Door const&) = delete;
    Door& operator=(Door const&) = delete;

    Answer ask(Method method, std::string const& target, std::string const& from, std::string const& token = {}, std::string body = {},
        std::vector<std::string> headers = {}) {
        if (!token.empty()) headers.push_back("authorization: Bearer " + token);
        if (!body.empty()) headers.push_back("content-type: application/json");
        auto request = test::make_request(method, target, headers);
        request->peer = from;
        if (!body.empty()) request->content_length = body.size();
        request->body = std::move(body);
        return test::answer_of(method, target, gateway.serve(std::move(request)));
    }
    Answer join(std::string_view name, std::string const& from) {
        return ask(Method::post, "/api/auth/register", from, {},
            "{\"email\":" + in_quotes(std::string(name) + "@example.org") + ",\"username\":" + in_quotes(name) +
                ",\"password\":" + in_quotes(usual_password) + "}");
    }
    Answer sign_in(std::string_view name, std::string_view with, std::string const& from) {
        return ask(Method::post, "/api/auth/login", from, {},
            "{\"emailOrUsername\":" + in_quotes(name) + ",\"password\":" + in_quotes(with) + "}");
    }
    Answer refresh(std::string const& refresh_token, std::string const& from) {
        return ask(Method::post, "/api/auth/refresh", from, {}, R"({"refreshToken":")" + refresh_token + "\"}");
    }

    static http::GatewayOptions options() {
        http::GatewayOptions made;
        made.sealing_key = std::string(32, 'k');
        return made;
    }

    House house;
    UserModule made;
    metrics::Registry metrics;
    test::Threads threads;
    http::Gateway gateway;
};

std::string const here = "192.0.2.1", elsewhere = "198.51.100.1";

std::string id_of(Answer const& answer) { return answer.status < 400 ? "" : answer.id(); }

} // namespace

TEST_CASE("rubbish from one network keeps nobody there from renewing, and is slowed itself") {
    for (auto const dialect : test::dialects()) {
        Door door(dialect);
        auto current = token(door.join("ada", here), "refreshToken");
        int refused = 0;
        for (int i = 0; i < 400; ++i) refused += door.refresh("rubbish" + std::to_string(i), here).status == 429;
        CHECK(refused >= 270); // of refusals a minute has 120
        for (int i = 0; i < 20; ++i) {
            auto const renewed = door.refresh(current, here);
            REQUIRE_MESSAGE(renewed.status == 200, renewed.text);
            current = token(renewed, "refreshToken");
        }
        // Nor from hearing that his sign-in has ended: nobody guessed his token.
        REQUIRE(door.house.database->write([](db::Transaction& tx) -> Result<> { return tx->run("DELETE FROM session"), Result<>{}; }));
        CHECK(id_of(door.refresh(current, here)) == "auth.refresh_token");
        auto forged = current;
        forged.back() = forged.back() == 'A' ? 'B' : 'A';
        CHECK(door.refresh(forged, here).status == 429);
    }
}

TEST_CASE("240 reloads a minute at one address, each of a session of its own or of some tabs, all pass; one session is bounded") {
    Door door;
    std::vector<std::string> tokens;
    for (int i = 0; i < 6; ++i) tokens.push_back(token(door.join("ada" + std::to_string(i), here), "refreshToken"));
    for (int i = 0; i < 240; ++i) {
        auto& one = tokens[std::size_t(i) % tokens.size()];
        auto const renewed = i % 2 ? door.refresh(one, here)
                                   : door.ask(Method::post, "/api/auth/refresh", here, {}, "{}",
                                         {"cookie: videa_refresh=" + one, "x-videa-client: web", "sec-fetch-site: same-origin"});
        REQUIRE_MESSAGE(renewed.status == 200, renewed.text);
        if (i % 2) one = token(renewed, "refreshToken");
        else one = renewed.header("Set-Cookie").substr(14, renewed.header("Set-Cookie").find(';') - 14);
    }
    // What only hears again what followed is bounded too.
    int heard = 0;
    auto const used = tokens[0];
    for (int i = 0; i < 400; ++i) heard += door.refresh(used, here).status == 200;
    CHECK(heard >= 190);
    CHECK(heard <= 240);
}

TEST_CASE("a stolen session that is kept busy ends when its owner says so") {
    for (auto const dialect : test::dialects()) {
        for (auto const* what : {"other", "all", "same"}) {
            Door door(dialect);
            auto const stolen = door.join("ada", here);
            auto const id = stolen.at("user").at("id").as_string();
            auto const access = token(stolen, "accessToken");
            auto const owner = token(door.sign_in("ada", usual_password, here), "accessToken");
            auto const listed = door.ask(Method::get, "/api/auth/sessions", here, access);
            std::string its;
            for (auto const& one : listed.data())
                if (one.at("current").as_bool()) its = one.at("id").as_string();
            auto const write = [&](std::string const& from, std::string const& with) {
                return door.ask(Method::put, "/api/users/" + std::string(id), from, with, R"({"bio":"x"})").status;
            };
            for (int i = 0; i < 400; ++i) door.ask(Method::delete_, "/api/auth/sessions/4711", elsewhere, access);
            for (int i = 0; i < 400; ++i) write(elsewhere, access);
            CHECK((write(here, owner) == 429) + (write(here, owner) == 429) + (write(here, owner) == 429) >= 2);
            Answer ended;
            if (what == std::string("other")) ended = door.ask(Method::delete_, "/api/auth/sessions/" + its, here, owner);
            else if (what == std::string("all")) ended = door.ask(Method::delete_, "/api/auth/sessions", here, owner);
            else ended = door.ask(Method::post, "/api/auth/logout", here, access); // it is the owner's own that was copied
            CHECK_MESSAGE(ended.status == 204, ended.text);
            CHECK(door.ask(Method::get, "/api/users/me", elsewhere, access).status == 401);
        }
    }
}

TEST_CASE("with nothing to end, leaving writes nothing, however often") {
    Door door;
    auto const ada = token(door.join("ada", here), "accessToken");
    auto const before = door.house.database->figures().units;
    int done = 0;
    for (int i = 0; i < 300; ++i) {
        done += door.ask(Method::delete_, "/api/auth/sessions", here, ada).status == 204;
        door.ask(Method::delete_, "/api/auth/sessions/4711", here, ada);
        CHECK(door.ask(Method::post, "/api/auth/logout", here).status == 204);
    }
    CHECK(done == 120); // of these two a minute has 240
    CHECK(door.house.database->figures().units == before);
}

TEST_CASE("signing out ends the cookie and its session, whatever has become of the access token, and may be repeated") {
    for (auto const dialect : test::dialects()) {
        Door door(dialect);
        auto const web = [&](Method method, std::string const& target, std::string const& token, std::string const& cookie) {
            return door.ask(
                method, target, here, token, {}, {"cookie: videa_refresh=" + cookie, "x-videa-client: web", "sec-fetch-site: same-origin"});
        };
        auto const sessions = [&] { return door.house.scalar<std::int64_t>("SELECT count(*) FROM session"); };
        auto const cleared = [](Answer const& answer) {
            return answer.status == 204 && answer.header("Set-Cookie").starts_with("videa_refresh=; ") &&
                   answer.header("Set-Cookie").find("Max-Age=0") != std::string::npos;
        };
        REQUIRE(door.join("ada", here).status == 201);
        auto const fresh = [&] { return door.sign_in("ada", usual_password, here); };
        door.ask(Method::post, "/api/auth/logout", here, token(fresh(), "accessToken"));
        CHECK(sessions() == 1);
        for (std::string const access : {"missing", "rubbish", "ended", "expired", "good"}) {
            CAPTURE(access);
            auto const in = fresh();
            auto const kept = token(in, "accessToken");
            auto const cookie = token(in, "refreshToken");
            REQUIRE(sessions() == 2);
            if (access == "expired") door.house.clock.advance(std::chrono::hours(1));
            for (int i = 0; i < 2; ++i) {
                CHECK(cleared(web(Method::post, "/api/auth/logout", access == "missing" ? "" : access == "rubbish" ? "x" : kept, cookie)));
                CHECK(sessions() == 1);
            }
            CHECK(id_of(door.refresh(cookie, here)) == "auth.refresh_token");
        }
        // The API's client: an access token that has expired still says what to end, once it is ours.
        auto const old = token(fresh(), "accessToken");
        door.house.clock.advance(std::chrono::hours(1));
        CHECK(door.ask(Method::post, "/api/auth/logout", here, old.substr(0, old.size() - 2)).status == 204);
        CHECK(sessions() == 2);
        CHECK(door.ask(Method::post, "/api/auth/logout", here, old).status == 204);
        CHECK(sessions() == 1);
        // A cookie that was used already, or one of which no row knows any more.
        auto const first = token(fresh(), "refreshToken");
        REQUIRE(door.refresh(first, here).status == 200);
        CHECK(cleared(web(Method::post, "/api/auth/logout", "", first)));
        CHECK(sessions() == 1);
        // No page of another site signs anybody out.
        auto const cookie = token(fresh(), "refreshToken");
        for (auto const& headers : std::vector<std::vector<std::string>>{{}, {"x-videa-client: web", "sec-fetch-site: cross-site"}}) {
            auto with = headers;
            with.push_back("cookie: videa_refresh=" + cookie);
            CHECK(id_of(door.ask(Method::post, "/api/auth/logout", here, {}, {}, with)) == "auth.origin");
        }
        CHECK(sessions() == 2);
    }
}

TEST_CASE("wrong sign-ins without end at one address leave those in who live there, and whoever registers there") {
    for (auto const dialect : test::dialects()) {
        Door door(dialect);
        REQUIRE(door.join("ada", here).status == 201);
        REQUIRE(door.join("ben", elsewhere).status == 201);
        auto const hashed = crypto::passwords_verified();
        int refused = 0;
        for (int i = 0; i < 120; ++i) refused += door.sign_in("name" + std::to_string(i), "not this one", here).status == 429;
        CHECK(refused == 100);
        CHECK(crypto::passwords_verified() - hashed == 20); // who is refused costs no hash
        for (int i = 0; i < 12; ++i) CHECK(door.sign_in("ada", usual_password, here).status == 200);
        CHECK(id_of(door.sign_in("ben", usual_password, here)) == "auth.too_many"); // he was never there
        CHECK(door.sign_in("ben", usual_password, elsewhere).status == 200);
        CHECK(door.join("eve", here).status == 201);
        // Registering has a number of its own.
        int joined = 0;
        for (int i = 0; i < 40; ++i) joined += id_of(door.join("new" + std::to_string(i), here)) != "request.rate";
        CHECK(joined == 18);
        CHECK(door.join("other", elsewhere).status == 201);
        // All requests together are bounded as well.
        int all = 0;
        for (int i = 0; i < 400; ++i) all += id_of(door.sign_in("nobody", "not this one", here)) == "auth.too_many";
        CHECK(all > 100);
        CHECK(all < 320);
        // Who runs the house is not among them.
        auto const create = [&](std::string const& proof, int i) {
            return door.ask(Method::post, "/api/admin/users", here, proof,
                R"({"email":"op)" + std::to_string(i) + R"(@example.org","username":"op)" + std::to_string(i) +
                    R"(","password":"the last row is best","role":"USER"})");
        };
        for (int i = 0; i < 3; ++i) CHECK(create(operator_token(secret, door.house.clock.now()), i).status == 201);
        int wrong = 0;
        for (int i = 0; i < 200; ++i) wrong += create("operator.1.x", i).status == 401;
        CHECK(wrong <= 120);
        CHECK(create(operator_token(secret, door.house.clock.now()), 4).status == 201);
    }
}
