// What other modules have to say is asked before a write takes its module's database.
#include "support.hpp"

using namespace mozi::test;

namespace {

double figure(Server const& server, std::string const& name) {
    auto const text = server.get("/metrics").body;
    auto const at = text.find("\n" + name + " ");
    REQUIRE_MESSAGE(at != text.npos, text.substr(0, 200));
    return std::stod(text.substr(at + name.size() + 2));
}

} // namespace

TEST_CASE("a comment, a like and a report on what nobody has looked at yet read no other module inside their unit") {
    Folder folder;
    std::vector<std::string> titles;
    Person ada, ben;
    {
        Server server(folder.path / "data", {"limits.enabled=false"});
        ada = join(server, "ada");
        ben = join(server, "ben");
        for (int i = 0; i < 4; ++i) {
            auto const made = server.ask("POST", "/api/movies", ada.access, R"({"title":"T","status":"RELEASED"})");
            REQUIRE(made.status == 201);
            titles.emplace_back(made.json().at("id").as_string());
        }
    }
    Server server(folder.path / "data", {"limits.enabled=false"}); // nothing is in memory
    auto const inside = [&] { return figure(server, "videa_db_reads_in_others_units_total{module=\"content\"}"); };
    CHECK(server.ask("POST", "/api/movies/" + titles[0] + "/comments", ada.access, R"({"content":"c"})").status == 201);
    CHECK(server.ask("PUT", "/api/movies/" + titles[1] + "/like", ada.access, "{}").status == 200);
    CHECK(server.ask("DELETE", "/api/movies/" + titles[2] + "/like", ada.access).status == 204);
    auto const about = R"({"contentType":"MOVIE","contentId":")" + titles[3] + R"(","reportType":"SPAM"})";
    CHECK(server.ask("POST", "/api/reports", ben.access, about).status == 201);
    CHECK(inside() == 0);
}
