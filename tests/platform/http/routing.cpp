// Which route answers, who may ask it, and what is refused before it does.
#include "support.hpp"

using namespace mozi;
using namespace mozi::test;
using net::Method;

// proves S1
TEST_CASE("routing") {
    House house;
    struct {
        Method method;
        std::string_view target;
        int status;
        std::string_view allow;
        std::string_view token = {};
    } const table[] = {
        {Method::get, "/api/things", 200, ""},
        {Method::get, "/api/v1/things", 200, ""},
        {Method::head, "/api/things", 200, ""},
        {Method::get, "/api/things/12", 200, ""},
        {Method::get, "/api/v1/things/12", 200, ""},
        {Method::get, "/api/things/plain", 200, ""},
        {Method::get, "/api/%74hings", 200, ""},
        {Method::get, "/api/things/%312", 200, ""},
        {Method::get, "/api/things/", 404, ""},
        {Method::get, "/api//things", 404, ""},
        {Method::get, "/api/things/12/more", 404, ""},
        {Method::get, "/api", 404, ""},
        {Method::get, "/api/v2/things", 404, ""},
        {Method::get, "/api/v1/v1/things", 404, ""},
        {Method::get, "/API/things", 404, ""},
        {Method::get, "/api/things/..", 404, ""},
        {Method::get, "/api/things/%2e%2e", 404, ""},
        {Method::get, "/api/things/a%2Fb", 404, ""},
        {Method::get, "/api/things/1%00", 404, ""},
        {Method::get, "/api/things/%ff", 404, ""},
        {Method::get, "/api/things/%zz", 404, ""},
        {Method::get, "/api/things%5c1", 404, ""},
        {Method::get, "/api/things/0", 404, ""},
        {Method::get, "/api/things/-1", 404, ""},
        {Method::get, "/api/things/01", 404, ""},
        {Method::get, "/api/things/9223372036854775808", 404, ""},
        {Method::get, "/api/things/abc", 404, ""},
        {Method::delete_, "/api/things", 405, "GET, HEAD, POST, OPTIONS"},
        {Method::patch, "/api/things/12", 405, "GET, HEAD, PUT, DELETE, OPTIONS"},
        {Method::other, "/api/things", 405, "GET, HEAD, POST, OPTIONS"},
        {Method::get, "/api/slow", 405, "POST, OPTIONS"},
        {Method::head, "/api/slow", 405, "POST, OPTIONS"},
        {Method::post, "/api/v1/things/12", 405, "GET, HEAD, PUT, DELETE, OPTIONS"},
        {Method::options, "/api/things", 204, "GET, HEAD, POST, OPTIONS"},
        {Method::options, "/api/nowhere", 404, ""},
        {Method::delete_, "/api/things/4", 204, "", "5"},
    };
    for (auto const& row : table) {
        CAPTURE(std::string(row.target));
        CAPTURE(int(row.method));
        auto const reply = house.ask({row.method, std::string(row.target), std::string(row.token)});
        CHECK(reply.status == row.status);
        CHECK(reply.header("Allow") == row.allow);
        if (row.status == 404 || row.status == 405) {
            if (row.method == Method::options) continue;
            CHECK(reply.header("Content-Type") == "application/problem+json");
            CHECK(reply.json().at("status").as_int64() == row.status);
        }
    }
}

TEST_CASE("two routes of one name, or at one place, do not start") {
    House house;
    auto again = house.desk.routes();
    CHECK_THROWS_AS(house.gateway->mount("x", nullptr, {again[0]}), std::logic_error);
    again[0].operation = "anotherName";
    CHECK_THROWS_AS(house.gateway->mount("x", nullptr, {again[0]}), std::logic_error);
}

// proves S2
TEST_CASE("a port of a module answers for that module alone") {
    http::GatewayOptions options;
    options.main_port = 3001;
    options.module_ports = {{3002, "desk"}, {3003, "other"}};
    House house(options);
    for (auto const& [port, status] : {std::pair{3001, 200}, {3002, 200}, {3003, 404}})
        CHECK(house.ask({.target = "/api/things", .port = std::uint16_t(port)}).status == status);
}

// proves S1
TEST_CASE("who may ask: every access, every role, every standing, both kinds of community") {
    // Rows: VISITOR, USER, unverified, suspended, MODERATOR, ADMIN. Columns: anyone, reader, account, member, moderator, admin.
    std::pair<std::string_view, std::array<int, 6>> const table[] = {
        {"", {200, 200, 401, 401, 401, 401}}, {"7", {200, 200, 200, 200, 403, 403}},
        {"7:USER:PENDING_VERIFICATION", {200, 200, 200, 403, 403, 403}}, {"7:ADMIN:SUSPENDED", {200, 200, 200, 403, 403, 403}},
        {"7:MODERATOR", {200, 200, 200, 200, 200, 403}}, {"7:ADMIN", {200, 200, 200, 200, 200, 200}},
        {"stale", {200, 401, 401, 401, 401, 401}}, // a token that does not hold harms nobody where none is needed
    };
    for (auto const visitors : {http::Visitors::may_read, http::Visitors::must_sign_in}) {
        http::GatewayOptions options;
        options.visitors = visitors;
        House house(options);
        for (auto const& [token, statuses] : table) {
            std::size_t column = 0;
            for (auto const& [access, name] : names(http::Access{})) {
                CAPTURE(std::string(token));
                CAPTURE(std::string(name));
                auto const expected =
                    token.empty() && access == http::Access::reader && visitors == http::Visitors::must_sign_in ? 401 : statuses[column];
                auto const reply = house.get("/api/access/" + std::string(name), std::string(token));
                CHECK(reply.status == expected);
                CHECK((reply.header("WWW-Authenticate") == "Bearer") == (expected == 401));
                ++column;
            }
        }
    }
    House house;
    CHECK(house.ask({.target = "/api/access/member", .headers = {"authorization: Basic Nzo3"}}).status == 401);
    CHECK(house.ask({.target = "/api/access/member", .headers = {"authorization: bearer 7"}}).status == 200);
    CHECK(house.ask({.target = "/api/access/member", .headers = {"authorization: Bearer"}}).status == 401);
    CHECK(house.get("/api/access/admin", "7").id() == "auth.role");
    CHECK(house.get("/api/access/member", "7:USER:SUSPENDED").id() == "account.suspended");
}

TEST_CASE("bodies and queries that cannot be taken") {
    House house;
    auto const post = [&](std::string body, std::string type, std::vector<std::string> headers = {}) {
        return house.ask({Method::post, "/api/things", {}, std::move(body), std::move(headers), "192.0.2.1", std::move(type)});
    };
    struct {
        std::string_view body, type;
        int status;
        std::string_view id;
    } const bodies[] = {
        {R"({"word":"a"})", "application/json", 201, ""},
        {R"({"word":"a"})", "Application/JSON; charset=utf-8", 201, ""},
        {R"({"word":"a"})", "text/plain", 415, "request.type"},
        {R"({"word":"a"})", "", 415, "request.type"},
        {R"({"word":"a"})", "application/x-www-form-urlencoded", 415, "request.type"},
        {R"({"word":"a"})", "application/jsonx", 415, "request.type"},
        {"{\"word\":", "application/json", 400, "request.json"},
        {R"({"word":"a","word":"b"})", "application/json", 400, "request.json"},
        {"[]", "application/json", 422, "request.fields"},
        {"", "application/json", 422, "request.fields"},
        {"{}", "application/json", 422, "request.fields"},
        {R"({"word":"abcdef","weight":10,"wrod":1})", "application/json", 422, "request.fields"},
    };
    for (auto const& row : bodies) {
        CAPTURE(std::string(row.body));
        auto const reply = post(std::string(row.body), std::string(row.type));
        CHECK(reply.status == row.status);
        if (!row.id.empty()) CHECK(reply.id() == row.id);
    }
    auto const errors = post(R"({"word":"abcdef","weight":10,"wrod":1})", "application/json").json().at("errors").as_array();
    REQUIRE(errors.size() == 3);
    CHECK(errors[0].at("pointer").as_string() == "/word");
    CHECK(errors[1].at("pointer").as_string() == "/weight");
    CHECK(errors[2].at("pointer").as_string() == "/wrod");
    CHECK(post(R"({"word":"a"})", "application/json", {"content-encoding: gzip"}).status == 415);
    CHECK(house.ask({Method::post, "/api/slow", {}, R"({"word":"a"})" + std::string(70'000, ' ')}).status == 413);
    auto const with_body = house.ask({Method::get, "/api/things/plain", {}, "{}"}); // a GET takes no body
    CHECK(with_body.status == 413);
    CHECK(with_body.body.find("takes no body") != std::string::npos);

    struct {
        std::string_view query;
        int status;
        std::string_view pointer;
    } const queries[] = {
        {"", 200, ""},
        {"?", 200, ""},
        {"?limit=1", 200, ""},
        {"?limit=100&word=a+b", 200, ""},
        {"?limit=0", 400, "?limit"},
        {"?limit=101", 400, "?limit"},
        {"?limit=", 400, "?limit"},
        {"?limit=1x", 400, "?limit"},
        {"?limit=1&limit=2", 400, "?limit"},
        {"?limti=1", 400, "?limti"},
        {"?word=", 400, "?word"},
        {"?word=abcdef", 400, "?word"},
        {"?thing=x", 400, "?thing"},
        {"?thing=12", 200, ""},
        {"?word=%zz", 400, ""},
        {"?word=%ff", 400, ""},
        {"?%00=1", 400, ""},
        {"?kind=a,b", 200, ""},
        {"?kind=", 200, ""},
        {"?kind=a%2Cb", 200, ""},
        {"?kind=a,,b", 400, "?kind/1"},
        {"?kind=a,b,abcdef", 400, "?kind/2"},
        {"?kind=a,b,c,d", 400, "?kind"},
        {"?kind=a&kind=b", 400, "?kind"},
        {"?year=1,9999", 200, ""},
        {"?year=0", 400, "?year/0"},
        {"?year=2001,x", 400, "?year/1"},
        {"?year=2001,", 400, "?year/1"},
    };
    for (auto const& row : queries) {
        CAPTURE(std::string(row.query));
        auto const reply = house.get("/api/things" + std::string(row.query));
        CHECK(reply.status == row.status);
        if (row.status != 400) continue;
        CHECK(reply.id() == "request.query");
        if (!row.pointer.empty()) CHECK(reply.json().at("errors").at(0).at("pointer").as_string() == row.pointer);
    }
    std::string many = "?";
    for (int i = 0; i < 60; ++i) many += "a" + std::to_string(i) + "=1&";
    CHECK(house.get("/api/things" + many).status == 400);
    CHECK(house.get("/api/things" + many).body.find("more than 50 keys") != std::string::npos);
    CHECK(house.get("/api/things?word=%ff").body.find("not UTF-8") != std::string::npos);
}

TEST_CASE("who asks is judged again after waiting for the password lane, on each database") {
    for (auto const dialect : test::dialects()) {
        House house({}, dialect);
        std::atomic<int> asked{0};
        house.viewers.later = [&](http::Viewer viewer) -> Result<http::Viewer> {
            if (++asked > 1) return Viewers::ended(); // signed out while the password was being hashed
            return viewer;
        };
        CHECK(house.ask({Method::post, "/api/hashed/own", "7", R"({"word":"a"})"}).status == 401);
        CHECK(house.desk.hashes == 1);
        CHECK(house.desk.posts == 0);
        CHECK(house.words().empty());
        asked = -10;
        CHECK(house.ask({Method::post, "/api/hashed/own", "7", R"({"word":"a"})"}).status == 201);
    }
}

TEST_CASE("who asks is judged again when the whole request is here") {
    House house;
    auto const remove = [&] { return house.ask({Method::delete_, "/api/parts/4", "7:MODERATOR"}).status; };
    CHECK(remove() == 204);
    house.viewers.later = [](http::Viewer viewer) { return viewer.role = http::Role::user, viewer; };
    CHECK(remove() == 403);
    house.viewers.later = [](http::Viewer viewer) { return viewer.standing = http::Standing::suspended, viewer; };
    CHECK(remove() == 403);
    house.viewers.later = [](http::Viewer) -> Result<http::Viewer> { return Viewers::ended(); };
    CHECK(remove() == 401);
    auto const as_member = house.ask({Method::post, "/api/things", "7", R"({"word":"a"})"}).status; // anyone may
    CHECK(as_member == 201);
}

// proves S32
TEST_CASE("the OpenAPI document tells every route, its access, its fields and its errors") {
    House house;
    auto const document = boost::json::parse(house.gateway->openapi());
    auto const& post = document.at("paths").at("/api/things").at("post");
    CHECK(post.at("operationId").as_string() == "addThing");
    CHECK(post.at("x-access").as_string() == "anyone");
    CHECK(post.at("responses").as_object().contains("201"));
    CHECK(document.at("components").at("schemas").at("Thing").at("properties").at("word").at("maxLength").as_int64() == 5);
    auto const& listed = document.at("paths").at("/api/things").at("get").at("parameters").as_array();
    CHECK(std::ranges::any_of(listed, [](auto const& parameter) { // several values in one text, with commas
        return parameter.at("name") == "kind" && parameter.at("style") == "form" && parameter.at("explode") == false &&
               parameter.at("schema").at("items").at("maxLength") == 5;
    }));
    for (auto const& [path, item] : document.at("paths").as_object())
        for (auto const& [method, operation] : item.as_object()) {
            auto const declared = boost::json::serialize(operation);
            auto const conditional = operation.at("operationId") == "changeThing"; // whose handler takes a Precondition
            for (auto const* part : {"parameters/IfMatch", "\"request.if_match\"", "\"request.if_match_malformed\""})
                CHECK((declared.find(part) != declared.npos) == conditional);
        }
    std::size_t operations = 0;
    for (auto const& [path, item] : document.at("paths").as_object()) operations += item.as_object().size();
    CHECK(operations == house.gateway->routes().size());
}
