// What a reply carries: problems, validators, cache, compression, CORS, limits.
#include "support.hpp"

#include <zlib.h>

using namespace mozi;
using namespace mozi::test;
using net::Method;

namespace {

std::string unzip(std::string const& bytes) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    std::string out(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = uInt(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(out.size());
    REQUIRE(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

} // namespace

TEST_CASE("a problem says what, why and what next, and nothing of the inside") {
    House house;
    auto const failed = house.get("/api/fails");
    CHECK(failed.status == 423);
    CHECK(failed.header("Content-Type") == "application/problem+json");
    CHECK(failed.header("Cache-Control") == "no-store");
    CHECK(failed.header("Retry-After") == "7");
    auto const body = failed.json();
    CHECK(body.at("type").as_string() == "urn:videa-mozi:thing.locked");
    CHECK(body.at("status").as_int64() == 423);
    CHECK(body.at("id").as_string() == "thing.locked");
    CHECK(body.at("detail").as_string() == "Somebody works on it.");
    CHECK(body.at("reason").as_string() == "because");
    CHECK(body.at("next").as_string() == "/next");
    CHECK(body.at("errors").as_array().empty());
    CHECK(body.at("requestId").as_string() == failed.header("X-Request-Id"));
    CHECK(failed.body.find("secret detail") == std::string::npos);
    for (auto const method : {Method::get, Method::post}) {
        auto const thrown = house.ask({method, "/api/throws"});
        CHECK(thrown.status == 500);
        CHECK(thrown.id() == "internal");
        CHECK(thrown.body.find("secret detail") == std::string::npos);
    }
    std::pair<Code, int> const statuses[] = {{Code::bad_request, 400}, {Code::invalid, 422}, {Code::unauthenticated, 401},
        {Code::forbidden, 403}, {Code::not_found, 404}, {Code::not_acceptable, 406}, {Code::gone, 410}, {Code::conflict, 409},
        {Code::precondition_failed, 412}, {Code::precondition_required, 428}, {Code::too_large, 413}, {Code::unsupported_media, 415},
        {Code::range, 416}, {Code::locked, 423}, {Code::rate_limited, 429}, {Code::unavailable, 503}, {Code::disk_full, 507},
        {Code::over_quota, 507}, {Code::internal, 500}};
    for (auto const& [code, status] : statuses) CHECK(http::status_of(code) == status);
}

TEST_CASE("what is refused before its head could be read has an id that the answer and the line in the log share") {
    House house;
    net::Request request; // nothing is known of it
    auto const refused = house.gateway->on_refused(&request, 505, "request.version_unsupported", "HTTP/1.1, please.");
    auto const at = refused.head.find("X-Request-Id: ");
    REQUIRE(at != std::string::npos);
    auto const id = refused.head.substr(at + 14, refused.head.find('\r', at) - at - 14);
    CHECK(id.size() > 8);
    CHECK(std::get<std::string>(refused.body).find("\"requestId\":\"" + id + "\"") != std::string::npos);
    REQUIRE(request.context); // what on_done writes
    CHECK(std::static_pointer_cast<http::Call>(request.context)->request_id == id);
    CHECK(house.gateway->on_refused(nullptr, 503, "server.busy", "Later.").head.find("X-Request-Id: ") != std::string::npos);
    auto const general = boost::json::parse(house.gateway->openapi()).at("x-errors").as_array();
    for (auto const* declared : {"server.stopping", "server.internal", "server.busy", "request.version_unsupported"})
        CHECK(std::ranges::find(general, boost::json::value(declared)) != general.end());
}

// proves S1
TEST_CASE("every reply has the same safe headers, once") {
    House house;
    std::set<std::string> ids;
    for (auto const& target : {"/api/things", "/api/things/plain", "/api/things/4", "/api/fails", "/api/nowhere", "/api/file", "/api/slow",
             "/api/access/admin", "/api/things?x=1"}) {
        CAPTURE(target);
        auto const reply = house.get(target);
        for (auto const name : {"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "X-Request-Id"})
            CHECK(reply.count(name) == 1);
        CHECK(reply.count("Cache-Control") <= 1);
        CHECK(reply.count("Content-Type") == 1);
        CHECK(ids.insert(reply.header("X-Request-Id")).second);
        CHECK(reply.head.ends_with("\r\n"));
        CHECK(reply.head.find("\r\n\r\n") == std::string::npos);
    }
    CHECK(house.get("/api/file").header("Content-Security-Policy") == "sandbox");
}

TEST_CASE("ETag: 304 while nothing changed, another tag when it did, If-Match against the version") {
    House house;
    for (auto const& target : {"/api/things", "/api/things/4"}) {
        CAPTURE(target);
        auto const first = house.get(target);
        auto const tag = first.header("ETag");
        REQUIRE_FALSE(tag.empty());
        auto const known = [&](std::string value) { return house.ask({.target = target, .headers = {"if-none-match: " + value}}); };
        for (auto const& value : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
            CAPTURE(value);
            auto const again = known(value);
            CHECK(again.status == 304);
            CHECK(again.body.empty());
            CHECK(again.header("ETag") == tag);
        }
        CHECK(known("\"x\"").status == 200);
    }
    auto const tag = house.get("/api/things/4").header("ETag");
    auto const change = [&](std::string value) {
        return house
            .ask({Method::put, "/api/things/4", "7", {},
                value.empty() ? std::vector<std::string>{} : std::vector<std::string>{"if-match: " + value}})
            .status;
    };
    CHECK(change("") == 200);
    CHECK(change(tag) == 200);
    CHECK(change("*") == 200);
    CHECK(change("\"2-x\", " + tag) == 200);
    CHECK(change("\"2-x\"") == 412);
    for (auto const& value : {"3", "\"3", "\"", ",", " ", "\"3\" \"3\"", "\"3 \"", "3, \"3\"", "W/", "w/\"3\"", "*, \"3\""}) {
        CAPTURE(value);
        auto const refused = house.ask({Method::put, "/api/things/4", "7", {}, {"if-match: " + std::string(value)}});
        CHECK(refused.status == 400);
        CHECK(refused.id() == "request.if_match_malformed");
    }
    CHECK(house.ask({Method::put, "/api/things/4", "7", {}, {"if-match: "}}).status == 400); // there, and empty
    CHECK(house.ask({Method::put, "/api/things/4", "7", {}, {"if-match: \"2-x\"", "if-match: " + tag}}).status == 200);
    CHECK(change(", \"a,b\" ,W/" + tag + ",") == 200);
    CHECK(house.ask({Method::post, "/api/things", {}, R"({"word":"a"})", {"if-match: 3"}}).status == 201); // does not look at it
}

// proves S27
TEST_CASE("the cache answers visitors until a topic moves, and never who is signed in") {
    House house;
    auto const first = house.get("/api/things");
    CHECK(house.get("/api/v1/things").body == first.body);
    CHECK(house.desk.lists == 1);
    CHECK(house.get("/api/things?limit=5&word=a").body != first.body);
    CHECK(house.get("/api/things?word=a&limit=5").status == 200); // the order of keys does not matter
    CHECK(house.desk.lists == 2);
    {
        std::scoped_lock const held(house.desk.mutex);
        house.desk.greeting = "changed";
    }
    CHECK(house.get("/api/things").body == first.body); // nobody said so
    CHECK(house.get("/api/things", "7").body != first.body);
    CHECK(house.get("/api/things", "7").header("Cache-Control") == "private, no-cache");
    CHECK(house.desk.lists == 4);
    CHECK(house.ask({Method::post, "/api/things", {}, R"({"word":"too long"})"}).status == 422);
    CHECK(house.get("/api/things").body == first.body);
    CHECK(house.ask({Method::post, "/api/things", {}, R"({"word":"a"})"}).status == 201);
    CHECK(house.get("/api/things").body != first.body);
    CHECK(house.get("/api/things?limit=0").status == 400); // refusals are not kept
    CHECK(house.get("/api/things?limit=0").header("Cache-Control") == "no-store");
    CHECK(house.metrics.text().find("videa_response_cache_hits_total 4") != std::string::npos);
}

TEST_CASE("compression where it pays and is wanted") {
    House house;
    for (auto const size : {100, 100'000}) {
        {
            std::scoped_lock const held(house.desk.mutex);
            house.desk.greeting = std::string(std::size_t(size), 'g');
        }
        house.desk.topic.version.fetch_add(1);
        auto const plain = house.get("/api/things");
        CHECK(plain.header("Content-Encoding").empty());
        CHECK(plain.header("Vary").find("Accept-Encoding") != std::string::npos);
        struct {
            std::string_view accept, coding;
        } const table[] = {{"gzip", "gzip"}, {"gzip, deflate, br", "br"}, {"br;q=0, gzip", "gzip"}, {"gzip;q=0", ""}, {"deflate", ""},
            {"identity", ""}, {"gzip;q=0.5", "gzip"}, {"GZIPX", ""}, {"", ""}, {"*", "br"}, {"*;q=0.5", "br"}, {"br;q=0, *", "gzip"},
            {"*, br;q=0", "gzip"}, {"GZIP", "gzip"}, {"x-gzip", "gzip"}, {"br;q=0.2, gzip;q=0.8", "gzip"}, {"gzip;q=0.8, br;q=0.2", "gzip"},
            {"gzip;q=0.5, identity", ""}, {"identity, gzip;q=0.5", ""}, {"gzip, identity", "gzip"}, {"identity;q=1, *;q=0", ""},
            {"gzip;q=0.000, br;q=0.001", "br"}, {"gzip ; q=1.000 , br;Q=0.9", "gzip"}, {"gzip;q=2", ""}, {"gzip;q=yes", ""},
            {"gzip;q=", ""}, {"gzip;q=0.1234", ""}, {"gzip;q=1.5, br", "br"}, {",,gzip,", "gzip"}, {"deflate, gzip;q=0.0", ""}};
        for (auto const& row : table)
            for (auto const token : {"", "7"}) {
                CAPTURE(std::string(row.accept));
                auto const reply =
                    house.ask({.target = "/api/things", .token = token, .headers = {"accept-encoding: " + std::string(row.accept)}});
                CHECK(reply.status == 200);
                CHECK(reply.header("Content-Encoding") == (size < 1400 ? "" : row.coding));
                CHECK(reply.header("Vary").find("Accept-Encoding") != std::string::npos);
                if (reply.header("Content-Encoding") == "gzip") CHECK(unzip(reply.body) == plain.body);
                if (!reply.header("Content-Encoding").empty()) CHECK(reply.body.size() < plain.body.size() / 10);
            }
    }
}

TEST_CASE("who refuses the thing as it is gets it coded, however small, or hears that there is no other form") {
    constexpr EmbeddedFile files[] = {{"index.html", "<!doctype html><title>x</title>"}, {"assets/picture.png", "not really"}};
    House house;
    house.gateway->mount_web(files);
    for (auto const& target : {"/api/things", "/api/things/4", "/", "/assets/picture.png"})
        for (auto const token : {"", "7"}) {
            CAPTURE(target);
            auto const ask = [&](std::string accept) {
                return house.ask({.target = target, .token = token, .headers = {"accept-encoding: " + std::move(accept)}});
            };
            auto const plain = house.get(target, token);
            CHECK(unzip(ask("gzip, identity;q=0").body) == plain.body);
            CHECK(unzip(ask("*;q=0, gzip;q=0.1").body) == plain.body);
            CHECK(ask("identity;q=0, *").header("Content-Encoding") == "br");
            for (auto const& none :
                {"identity;q=0", "*;q=0", "gzip;q=0, br;q=0, identity;q=0", "deflate, identity;q=0", "identity;q=0, gzip;q=high"}) {
                CAPTURE(none);
                auto const refused = ask(none);
                CHECK(refused.status == 406);
                CHECK(refused.id() == "request.accept_encoding");
                CHECK(refused.header("Content-Encoding").empty());
                CHECK(refused.count("Cache-Control") == 1);
            }
        }
    // What was done is told, whatever is taken.
    auto const made = house.ask({Method::post, "/api/things", {}, R"({"word":"a"})", {"accept-encoding: identity;q=0"}});
    CHECK(made.status == 201);
    CHECK(made.header("Content-Encoding").empty());
}

TEST_CASE("a list sent in several lines is one list") {
    House house;
    auto const ask = [&](std::vector<std::string> headers) { return house.ask({.target = "/api/things", .headers = std::move(headers)}); };
    CHECK(ask({"accept-encoding: identity;q=0", "accept-encoding: gzip"}).header("Content-Encoding") == "gzip");
    auto const tag = ask({}).header("ETag");
    CHECK(ask({"if-none-match: \"x\"", "if-none-match: " + tag}).status == 304);
}

TEST_CASE("each coding of a thing has a tag of its own, and any of them is known again by who takes that coding") {
    std::string const script(5000, 'a');
    EmbeddedFile const files[] = {{"index.html", "<!doctype html>"}, {"assets/app.js", script}};
    House house;
    house.gateway->mount_web(files);
    {
        std::scoped_lock const held(house.desk.mutex);
        house.desk.greeting = std::string(5000, 'g');
    }
    for (auto const& target : {"/api/things", "/assets/app.js"})
        for (auto const token : {"", "7"}) {
            CAPTURE(target);
            auto const ask = [&](std::string accept, std::string known = {}) {
                Ask asked{.target = target, .token = token, .headers = {"accept-encoding: " + std::move(accept)}};
                if (!known.empty()) asked.headers.push_back("if-none-match: " + known);
                return house.ask(std::move(asked));
            };
            auto const tag = [&](std::string accept) { return ask(std::move(accept)).header("ETag"); };
            auto const plain = tag("identity"), gzip = tag("gzip"), brotli = tag("br");
            CHECK(std::set{plain, gzip, brotli}.size() == 3);
            for (auto const& one : {plain, gzip, brotli})
                CHECK((one.starts_with('"') && one.ends_with('"'))); // strong: each is a thing of its own bytes
            for (auto const& [accept, known] : {std::pair{"identity", plain}, {"gzip", gzip}, {"br", brotli}, {"gzip, br", gzip},
                     {"gzip, br", plain}, {"gzip, br", "W/" + brotli}, {"gzip", "\"x\", " + gzip}, {"br", "*"}}) {
                CAPTURE(accept);
                CAPTURE(known);
                auto const same = ask(accept, known);
                CHECK(same.status == 304);
                CHECK(same.body.empty());
                CHECK(same.header("Content-Encoding").empty());
                CHECK(same.header("Vary").find("Accept-Encoding") != std::string::npos);
                if (known != "*") CHECK(known.find(same.header("ETag")) != std::string::npos); // the one that is known, not another one
            }
            CHECK(house.ask({.target = target, .token = token, .headers = {"if-none-match: " + gzip}}).status == 304); // takes anything
            CHECK(ask("br", gzip).status == 200); // it has what it does not take any more
            CHECK(ask("identity, gzip;q=0", gzip).status == 200);
            CHECK(ask("gzip", "\"other-gzip\"").status == 200);
            // A proxy that compresses itself names it so.
            CHECK(ask("gzip", plain.substr(0, plain.size() - 1) + "-gzip\"").status == 304);
        }
}

TEST_CASE("If-Match takes the tag of any coding of the version") {
    House house;
    {
        std::scoped_lock const held(house.desk.mutex);
        house.desk.greeting = std::string(5000, 'g');
    }
    for (auto const accept : {"identity", "gzip, identity;q=0", "br, identity;q=0"}) {
        auto const tag = house.ask({.target = "/api/things/4", .headers = {"accept-encoding: " + std::string(accept)}}).header("ETag");
        CAPTURE(tag);
        CHECK(house.ask({Method::put, "/api/things/4", "7", {}, {"if-match: " + tag}}).status == 200);
        CHECK(house.ask({Method::put, "/api/things/4", "7", {}, {"if-match: W/" + tag}}).status == 200);
        auto other = tag;
        other.replace(1, 1, "2");
        CHECK(house.ask({Method::put, "/api/things/4", "7", {}, {"if-match: " + other}}).status == 412);
    }
}

TEST_CASE("CORS: only origins on the list, and caches are told that it depends") {
    http::GatewayOptions options;
    options.allowed_origins = {"https://film.example"};
    House house(options);
    auto const origin = [&](Method method, std::string value) {
        return house.ask({.method = method, .target = "/api/things", .headers = {"origin: " + value}});
    };
    for (auto const method : {Method::get, Method::options}) {
        auto const allowed = origin(method, "https://film.example");
        CHECK(allowed.header("Access-Control-Allow-Origin") == "https://film.example");
        CHECK(allowed.head.find("Vary: Origin") != std::string::npos);
        CHECK(allowed.header("Access-Control-Allow-Credentials").empty());
        for (auto const& other : {"https://film.example.evil", "http://film.example", "null", "https://FILM.example", "*"}) {
            auto const refused = origin(method, other);
            CHECK(refused.header("Access-Control-Allow-Origin").empty());
            CHECK(refused.header("Access-Control-Allow-Methods").empty());
            CHECK(refused.head.find("Vary: Origin") != std::string::npos);
        }
    }
    CHECK(origin(Method::options, "https://film.example").header("Access-Control-Allow-Methods") == "GET, HEAD, POST, OPTIONS");
    auto const preflight = [&](std::string target, std::string_view wants) {
        return house.ask({Method::options, std::move(target), {}, {},
            {"origin: https://film.example", "access-control-request-method: " + std::string(wants)}});
    };
    for (auto const& target : {"/api/things", "/api/things/4", "/api/file"}) {
        auto const reply = preflight(target, "POST");
        CHECK(reply.status == 204);
        for (auto const header :
            {"Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum", "Upload-Defer-Length",
                "X-HTTP-Method-Override", "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-ID"})
            CHECK(reply.header("Access-Control-Allow-Headers").find(header) != std::string::npos);
        CHECK(reply.count("Access-Control-Allow-Headers") == 1);
        CHECK(reply.count("Access-Control-Allow-Origin") == 1);
    }
    for (auto const header : {"Location", "Upload-Offset", "Upload-Length", "Tus-Resumable", "Upload-Expires", "ETag", "Retry-After"})
        CHECK(origin(Method::get, "https://film.example").header("Access-Control-Expose-Headers").find(header) != std::string::npos);
    CHECK(preflight("/api/nowhere", "POST").header("Access-Control-Allow-Methods").empty());
    auto const large = house.ask({Method::post, "/api/slow", {}, std::string(70'000, ' '), {"origin: https://film.example"}});
    CHECK(large.status == 413);
    CHECK(large.header("Access-Control-Allow-Origin") == "https://film.example"); // a page reads why its upload was refused
    House closed;
    CHECK(closed.ask({.target = "/api/things", .headers = {"origin: https://film.example"}}).header("Access-Control-Allow-Origin").empty());
}

// proves S1
TEST_CASE("limits count per person and class, and say when to come back") {
    http::GatewayOptions options;
    options.reads_per_minute = 4;
    options.writes_per_minute = 2;
    options.sign_ins_per_minute = 2;
    options.trusted_proxies = {{"10.0.0.1"}};
    House house(options);
    auto const statuses = [&](Ask const& asked, int times) {
        std::vector<int> out;
        for (int i = 0; i < times; ++i) out.push_back(house.ask(asked).status);
        return out;
    };
    using Statuses = std::vector<int>;
    CHECK(statuses({.target = "/api/things"}, 5) == Statuses{200, 200, 200, 200, 429});
    auto const refused = house.get("/api/things");
    CHECK(refused.status == 429);
    CHECK(refused.id() == "request.rate");
    CHECK(std::stoi(refused.header("Retry-After")) >= 1);
    CHECK(std::stoi(refused.header("Retry-After")) <= 15);
    CHECK(refused.header("RateLimit").find("r=0") != std::string::npos);
    CHECK(refused.header("RateLimit-Policy").find("q=4;w=60") != std::string::npos);
    CHECK(statuses({.target = "/api/unlimited"}, 9) == Statuses(9, 200));
    CHECK(statuses({.target = "/api/things", .token = "7"}, 5) == Statuses{200, 200, 200, 200, 429}); // a person has their own
    CHECK(statuses({.target = "/api/things", .token = "7", .peer = "192.0.2.9"}, 1) == Statuses{429}); // wherever they are
    CHECK(statuses({.target = "/api/things", .peer = "192.0.2.2"}, 1) == Statuses{200}); // another address has its own
    CHECK(statuses({.target = "/api/things", .headers = {"x-forwarded-for: 203.0.113.5"}}, 1) ==
          Statuses{429}); // not believed from strangers
    CHECK(statuses({.target = "/api/things", .headers = {"x-forwarded-for: 192.0.2.1, 203.0.113.5"}, .peer = "10.0.0.1"}, 5) ==
          Statuses{200, 200, 200, 200, 429}); // the last hop counts
    auto const post = [](std::string target, std::string token) {
        return Ask{Method::post, std::move(target), std::move(token), R"({"word":"a"})"};
    };
    CHECK(statuses(post("/api/things", "8"), 3) == Statuses{201, 201, 429});
    CHECK(house.ask(post("/api/things", "9")).header("RateLimit").find("r=1") != std::string::npos);
    // Sign-ins are counted by address, whoever says to be who: here only the work, sixteen times what a minute has.
    auto hashed = statuses(post("/api/hashed", ""), 33);
    CHECK(std::exchange(hashed.back(), 201) == 429);
    CHECK(hashed == Statuses(33, 201));
    CHECK(statuses(post("/api/hashed", "10"), 1) == Statuses{429});
    options.limits_enabled = false;
    House open(options);
    for (int i = 0; i < 20; ++i) CHECK(open.get("/api/things").status == 200);
}

TEST_CASE("HSTS on everything, when it is on, and for other hosts only when that is asked for") {
    http::GatewayOptions options, wide;
    options.hsts = http::GatewayOptions::Hsts::this_host;
    wide.hsts = http::GatewayOptions::Hsts::with_subdomains;
    House on(options), off, with_others(wide);
    for (auto const& target : {"/api/fails", "/api/things", "/api/nowhere", "/page"}) {
        CHECK(on.get(target).header("Strict-Transport-Security") == "max-age=31536000");
        CHECK(with_others.get(target).header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains");
        CHECK(off.get(target).count("Strict-Transport-Security") == 0);
    }
}

TEST_CASE("the interface: its files, its addresses, nothing else") {
    constexpr EmbeddedFile files[] = {
        {"index.html", "<!doctype html><title>x</title>"}, {"assets/app-1a.js", "let a=1"}, {"theme.js", "let b=1"}};
    House house;
    house.gateway->mount_web(files);
    struct {
        std::string_view target;
        int status;
        std::string_view type, cache;
    } const table[] = {
        {"/", 200, "text/html; charset=utf-8", "no-cache"},
        {"/movies/12", 200, "text/html; charset=utf-8", "no-cache"},
        {"/assets/app-1a.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
        {"/theme.js", 200, "text/javascript; charset=utf-8", "no-cache"},
        {"/assets/gone.js", 404, "application/problem+json", "no-store"},
        {"/api/nowhere", 404, "application/problem+json", "no-store"},
        {"/media/x/y", 404, "application/problem+json", "no-store"},
    };
    for (auto const& row : table) {
        CAPTURE(std::string(row.target));
        auto const reply = house.get(std::string(row.target));
        CHECK(reply.status == row.status);
        CHECK(reply.header("Content-Type") == row.type);
        CHECK(reply.header("Cache-Control") == row.cache);
        CHECK(reply.count("Content-Security-Policy") == 1);
        CHECK(reply.header("X-Content-Type-Options") == "nosniff");
    }
    auto const policy = house.get("/").header("Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(policy.find("img-src 'self' data:;") != std::string::npos); // no other host learns who looks at a picture
    CHECK(policy.find("http") == std::string::npos);
    CHECK(house.ask({.target = "/", .headers = {"if-none-match: " + house.get("/").header("ETag")}}).status == 304);
    CHECK(house.ask({.method = Method::post, .target = "/"}).status == 404);
}
