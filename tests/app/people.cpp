// Whose things are whose, and that no secret is ever written to the log.
#include "support.hpp"

using namespace mozi::test;

namespace {

std::string text(boost::json::value const& value) { return std::string(value.as_string()); }

} // namespace

// proves S4, S9, S14, S22
TEST_CASE("other people's things stay theirs") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const ada = join(server, "ada"), ben = join(server, "ben");
    auto const created = [&](std::string const& target, std::string const& body) {
        auto const reply = server.ask("POST", target, ada.access, body);
        REQUIRE_MESSAGE(reply.status == 201, reply.body);
        return text(reply.json().at("id"));
    };
    auto const movie = created("/api/movies", R"({"title":"Hers","status":"RELEASED"})"),
               draft = created("/api/movies", R"({"title":"Not yet","status":"DRAFT"})");
    auto const comment = created("/api/movies/" + movie + "/comments", R"({"content":"Her words"})");
    auto const upload = server.ask("POST", "/api/media/uploads", ada.access, {},
        {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "10"}, {"Upload-Metadata", "filename Zi5tcDQ=,filetype dmlkZW8vbXA0"}});
    REQUIRE_MESSAGE(upload.status == 201, upload.body);
    auto const media = text(server.get("/api/media", ada.access).json().at("data").at(0).at("id"));
    auto const session = text(server.get("/api/auth/sessions", ada.access).json().at("data").at(0).at("id"));

    struct {
        char const* method;
        std::string target, body;
        int status;
        std::vector<std::pair<std::string, std::string>> headers = {};
    } const table[] = {
        {"PUT", "/api/movies/" + movie, R"({"title":"His"})", 403},
        {"DELETE", "/api/movies/" + movie, "", 403},
        {"GET", "/api/movies/" + draft, "", 404},
        {"PUT", "/api/movies/" + draft, R"({"title":"His"})", 404},
        {"DELETE", "/api/movies/" + draft, "", 404},
        {"POST", "/api/movies/" + draft + "/comments", R"({"content":"x"})", 404},
        {"PUT", "/api/movies/" + draft + "/like", "{}", 404},
        {"PUT", "/api/comments/" + comment, R"({"content":"His words"})", 403},
        {"DELETE", "/api/comments/" + comment, "", 403},
        {"PUT", "/api/users/" + ada.id, R"({"displayName":"Ben"})", 403},
        {"DELETE", "/api/auth/sessions/" + session, "", 404},
        {"GET", "/api/media/" + media, "", 404},
        {"DELETE", "/api/media/" + media, "", 404},
        {"POST", "/api/media/" + media + "/retry", "", 404},
        {"GET", "/api/media/uploads/" + media, "", 404, {{"Tus-Resumable", "1.0.0"}}},
        {"PATCH", "/api/media/uploads/" + media, "", 404,
            {{"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}, {"Content-Type", "application/offset+octet-stream"}}},
        {"DELETE", "/api/media/uploads/" + media, "", 404, {{"Tus-Resumable", "1.0.0"}}},
        {"POST", "/api/movies", R"({"title":"With her film","mediaId":")" + media + "\"}", 422},
    };
    for (auto const& row : table) {
        CAPTURE(row.method);
        CAPTURE(row.target);
        auto const reply = server.ask(row.method, row.target, ben.access, row.body, row.headers);
        CHECK_MESSAGE(reply.status == row.status, reply.status << " " << reply.body);
    }
    CHECK(text(server.get("/api/movies/" + movie, ada.access).json().at("title")) == "Hers");
    CHECK(text(server.get("/api/comments/" + comment, ada.access).json().at("content")) == "Her words");
    CHECK(server.get("/api/movies/" + draft, ada.access).status == 200);
    CHECK(server.get("/api/users/me", ada.access).status == 200);
    // What others see of a person holds nothing private.
    for (auto const& viewer : {ben.access, std::string()})
        CHECK(server.get("/api/users/" + ada.id, viewer).body.find("ada@example.org") == std::string::npos);
}

// proves S1, S29, S34
TEST_CASE("no password, token or link is ever in the log") {
    Folder folder;
    Server server(folder.path / "data", {"log.level=debug", "limits.enabled=false"});
    auto const link = setup_token(server);
    auto const admin = first_admin(server), ada = join(server, "ada"), again = sign_in(server, "ada");
    auto const refreshed = server.ask("POST", "/api/auth/refresh", {}, R"({"refreshToken":")" + again.refresh + "\"}").json();
    auto const wrong = std::string("canary-wrong-2718");
    CHECK(server.ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":"ada","password":")" + wrong + "\"}").status == 401);
    CHECK(server.ask("POST", "/api/auth/register", {}, R"({"email":"x","username":"!","password":")" + wrong + "\"}").status == 422);
    CHECK(server.ask("POST", "/api/auth/register", {}, R"({"password":")" + wrong + "\"").status == 400);
    CHECK(server.ask("POST", "/api/auth/refresh", {}, R"({"refreshToken":"canary-refresh-1618"})").status == 401);
    CHECK(server.get("/api/users/me", "canary.access.1414").status == 401);
    CHECK(server.get("/api/users/me?token=canary-query-1732", ada.access).status == 400);
    CHECK(server.stop() == 0);
    auto const log = server.log();
    REQUIRE(log.find("http.request") != std::string::npos);
    for (auto const& secret : {std::string(password), wrong, std::string("canary-"), std::string("canary."), link, admin.access,
             admin.refresh, ada.access, ada.refresh, again.refresh, text(refreshed.at("tokens").at("accessToken")),
             text(refreshed.at("tokens").at("refreshToken")), std::string("$argon2id")})
        CHECK_MESSAGE(log.find(secret) == std::string::npos, secret);
    // Each line is an object of its own.
    std::size_t lines = 0;
    for (std::size_t from = 0; from < log.size(); ++lines) {
        auto const end = log.find('\n', from);
        boost::system::error_code failed;
        CHECK_MESSAGE(boost::json::parse(std::string_view(log).substr(from, end - from), failed).is_object(), log.substr(from, 200));
        from = end + 1;
    }
    CHECK(lines > 10);
}
