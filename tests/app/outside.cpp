// What pages of other origins and programs meet at the real server: preflights of uploads, documents in any coding, the command line.
#include "support.hpp"

using namespace mozi::test;

namespace {

bool names(std::string const& list, std::string_view one) { return list.find(one) != std::string::npos; }

} // namespace

TEST_CASE("a page of an allowed origin may upload, whichever address of an upload it asks") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false", "http.allowed_origins=[\"https://film.example\"]"});
    auto const preflight = [&](std::string const& where, std::string const& origin, std::string const& method) {
        return server.ask("OPTIONS", where, {}, {},
            {{"Origin", origin}, {"Access-Control-Request-Method", method},
                {"Access-Control-Request-Headers", "tus-resumable,upload-length,upload-metadata"}});
    };
    for (auto const* where :
        {"/api/uploads", "/api/media/uploads", "/api/uploads/7", "/api/media/uploads/7", "/api/v1/media/uploads", "/api/media/7"}) {
        CAPTURE(where);
        auto const reply = preflight(where, "https://film.example", "PATCH");
        CHECK(reply.status == 204);
        CHECK(reply.header("Access-Control-Allow-Origin") == "https://film.example");
        for (auto const* header :
            {"Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "X-HTTP-Method-Override", "Authorization"})
            CHECK(names(reply.header("Access-Control-Allow-Headers"), header));
        CHECK(names(reply.header("Access-Control-Expose-Headers"), "Location"));
        CHECK(reply.header("Access-Control-Allow-Headers").find("Cookie") == std::string::npos);
        CHECK(preflight(where, "https://evil.example", "PATCH").header("Access-Control-Allow-Headers").empty());
    }
    CHECK(names(preflight("/api/media/uploads/7", "https://film.example", "PATCH").header("Access-Control-Allow-Methods"), "PATCH"));
    CHECK(names(preflight("/api/media/uploads", "https://film.example", "POST").header("Tus-Extension"), "creation"));
}

// proves S32, S34
TEST_CASE("the documents say what they are, in any coding, and are not sent twice") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const document = server.get("/openapi.json").json();
    for (auto const* where : {"/openapi.json", "/api-docs", "/metrics"}) {
        CAPTURE(where);
        auto const plain = server.get(where);
        REQUIRE(plain.status == 200);
        auto const said = plain.header("Content-Type");
        auto const& declared = document.at("paths").at(where).at("get").at("responses").at("200").at("content").as_object();
        CHECK(said.substr(0, said.find(';')) == declared.begin()->key());
        for (auto const* coding : {"gzip", "br"}) {
            auto const coded = server.ask("GET", where, {}, {}, {{"Accept-Encoding", coding}});
            CHECK(coded.header("Content-Encoding") == coding);
            CHECK(coded.body.size() < plain.body.size() / 2);
            CHECK(coded.header("ETag") != plain.header("ETag"));
            if (std::string_view(where) == "/metrics") continue; // other figures each time
            CHECK(server.ask("GET", where, {}, {}, {{"Accept-Encoding", coding}, {"If-None-Match", coded.header("ETag")}}).status == 304);
        }
        CHECK(server.ask("GET", where, {}, {}, {{"Accept-Encoding", "identity;q=0"}}).status == 406);
    }
    CHECK(server.get("/api-docs").header("Content-Security-Policy").find("style-src 'self'") != std::string::npos);
    CHECK(server.ask("GET", "/metrics", {}, {}, {{"X-Forwarded-For", "203.0.113.9"}}).status == 404);
}

TEST_CASE("an account from the command line opens with its password typed on any keyboard, made with the server running or not") {
    Folder folder;
    auto const data = folder.path / "data";
    auto const create = [&](std::string const& name, std::string const& input) {
        return run(
            command(data, {"user", "create", "--username", name, "--email", name + "@example.org", "--role", "USER", "--password-stdin"}),
            {}, input);
    };
    REQUIRE(create("ada", "cafe\u0301-kilenc\r\n").status == 0);
    auto const refused = create("eve", "short\n");
    CHECK(refused.status != 0);
    CHECK(names(refused.err, "At least 8 characters."));
    CHECK(create("tab", "a\tpassword\n").status != 0);
    Server const server(data, {"limits.enabled=false"});
    REQUIRE(create("ben", "cafe\u0301-kilenc\n").status == 0);
    for (auto const* name : {"ada", "ben"})
        CHECK(
            server
                .ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":")" + std::string(name) + "\",\"password\":\"caf\u00e9-kilenc\"}")
                .status == 200);
}
