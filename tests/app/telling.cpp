// What the log tells: of a request, a film and an event all by one id, from whom as the settings say, as much as is asked for.
#include "support.hpp"

#include "show.hpp"

#include <chrono>
#include <sstream>

using namespace mozi::test;
using namespace std::chrono_literals;

namespace {

// The lines with that text, in order, read.
std::vector<boost::json::object> lines_with(std::string const& log, std::string const& part) {
    std::vector<boost::json::object> out;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);)
        if (line.find(part) != line.npos) out.push_back(boost::json::parse(line).as_object());
    return out;
}

std::string text(boost::json::object const& line, std::string_view name) {
    auto const* found = line.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::vector<std::string> events(std::vector<boost::json::object> const& lines, std::initializer_list<std::string_view> among) {
    std::vector<std::string> out;
    for (auto const& line : lines)
        if (auto const event = text(line, "event"); std::ranges::find(among, event) != among.end()) out.push_back(event);
    return out;
}

} // namespace

// proves S34
TEST_CASE("the story of one upload is found by its id, and each line of a request carries that") {
    Folder folder;
    Server server(folder.path / "data", {"limits.enabled=false"});
    auto const ada = join(server, "ada");
    std::string const body(5000, 'x');
    auto const made = server.ask(
        "POST", "/api/media/uploads", ada.access, {}, {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", std::to_string(body.size())}});
    REQUIRE(made.status == 201);
    auto const location = made.header("Location");
    auto const id = location.substr(location.rfind('/') + 1);
    auto const sent = server.ask("PATCH", "/api/media/uploads/" + id, ada.access, body,
        {{"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}, {"Content-Type", "application/offset+octet-stream"}});
    REQUIRE(sent.status == 204);
    CHECK(server.wait_for_log("\"media.failed\"", 60s));
    CHECK(server.stop() == 0);
    auto const story = lines_with(server.log(), id);
    CHECK(events(story, {"upload.created", "upload.receiving", "upload.complete", "media.preparing", "media.failed"}) ==
          std::vector<std::string>{"upload.created", "upload.receiving", "upload.complete", "media.preparing", "media.failed"});
    for (auto const& line : story) {
        auto const event = text(line, "event");
        if (event.starts_with("upload.") || event == "http.request") CHECK_MESSAGE(!text(line, "requestId").empty(), event);
        if (event.starts_with("media.")) CHECK(text(line, "media") == id);
        if (event == "upload.receiving") CHECK(text(line, "requestId") == sent.header("X-Request-Id"));
        if (event == "upload.created") CHECK(text(line, "requestId") == made.header("X-Request-Id"));
    }
    CHECK(lines_with(server.log(), "\"event.handled\"").empty()); // a line for each event only where that is asked for
}

// proves S35
TEST_CASE("the level is changed while it runs, for a while, and one event is then found by its id") {
    Folder folder;
    Server server(folder.path / "data", {"limits.enabled=false"});
    auto const quiet = join(server, "ada");
    CHECK(lines_with(server.log(), "\"event.emitted\"").empty());
    auto const changed = run(command(server.data(), {"log", "level", "debug", "--for", "4s"}), "/");
    CHECK(changed.status == 0);
    CHECK(changed.out == "The server logs from debug on, for 4s.\n");
    auto const made = server.ask("POST", "/api/movies", quiet.access, R"({"title":"T","status":"RELEASED"})");
    REQUIRE(made.status == 201);
    REQUIRE(server.wait_for_log("\"event.handled\""));
    auto const emitted = lines_with(server.log(), "\"event.emitted\"");
    REQUIRE(!emitted.empty());
    auto const& first = emitted.front();
    CHECK(text(first, "requestId") == made.header("X-Request-Id"));
    auto const about = lines_with(server.log(), text(first, "eventId"));
    CHECK(text(first, "eventId").starts_with("content/"));
    CHECK(!events(about, {"event.handled"}).empty());
    CHECK(server.wait_for_log("\"log.level\",\"level\":\"info\"", 20s));
    for (auto const& words : {std::vector<std::string>{"log", "level", "loud"}, {"log", "level", "debug", "--for", "10"},
             {"log", "level", "debug", "--for", "2000h"}})
        CHECK(run(command(server.data(), words), "/").status == 64);
    // Nobody else does that.
    CHECK(server.ask("PUT", "/api/admin/log", quiet.access, R"({"level":"debug","seconds":0})").status == 403);
    for (auto const& token : {std::string(), std::string("operator.1.x")})
        CHECK(server.ask("PUT", "/api/admin/log", token, R"({"level":"debug","seconds":0})").status == 401);
    CHECK(server.ask("PUT", "/api/admin/log", first_admin(server).access, R"({"level":"warn","seconds":0})").status == 200);
    CHECK(server.stop() == 0);
    auto const unreachable = run(command(server.data(), {"log", "level", "info"}), "/");
    CHECK(unreachable.status == 69);
}

// proves S29
TEST_CASE("people's addresses stand in the log as the settings say") {
    Folder folder;
    for (auto const& [how, shown] : {std::pair{"full", "203.0.113.77"}, {"network", "203.0.113.0/24"}, {"none", "-"}}) {
        CAPTURE(how);
        Server server(
            folder.path / how, {"limits.enabled=false", "log.addresses=" + std::string(how), R"(server.trusted_proxies=["127.0.0.1"])"});
        join(server, "ada");
        CHECK(server
                  .ask("POST", "/api/auth/login", {}, R"({"emailOrUsername":"ada","password":"not-that-one"})",
                      {{"X-Forwarded-For", "203.0.113.77"}})
                  .status == 401);
        CHECK(server.stop() == 0);
        auto const failed = lines_with(server.log(), "auth.sign_in_failed");
        REQUIRE(failed.size() == 1);
        CHECK(text(failed[0], "network") == shown);
        auto const requests = lines_with(server.log(), "\"/api/auth/login\"");
        REQUIRE(requests.size() == 1);
        CHECK(text(requests[0], "peer") == shown);
        CHECK((server.log().find("203.0.113.77") != std::string::npos) == (std::string(how) == "full"));
    }
}

// proves S34
TEST_CASE("what strangers ask for makes no series") {
    Folder folder;
    Server const server(folder.path / "data", {"limits.enabled=false"});
    auto const count = [&] {
        auto const page = server.get("/metrics").body;
        return std::count(page.begin(), page.end(), '\n');
    };
    auto const before = count();
    CHECK(before > 500);
    for (int i = 0; i < 50; ++i)
        server.ask(i % 2 ? "GET" : "PROBE" + std::to_string(i), "/wp-" + std::to_string(i) + "/%22%7B%7D?a=\"", {});
    server.get("/api/movies/999");
    server.ask("POST", "/api/movies", {}, "{}");
    CHECK(count() == before);
}
