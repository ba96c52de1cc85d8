// A house with a few things of each kind there is.
#include "of_each_kind.hpp"

namespace mozi::test {

namespace {

SubjectId post(app::House& house, std::string const& target, std::string const& token, std::string body) {
    auto const made = ask(house.gateway(), net::Method::post, target, token, std::move(body));
    REQUIRE_MESSAGE(made.status == 201, target << " " << made.text);
    return {*parse_id(made.text_of("id"))};
}

} // namespace

OfEachKind fill(app::House& house) {
    OfEachKind out;
    auto const ada = ask(house.gateway(), net::Method::post, "/api/auth/register", "",
        R"({"email":"ada@example.org","username":"ada","password":"canary-password-3141"})");
    REQUIRE_MESSAGE(ada.status == 201, ada.text);
    auto const token = out.owner = std::string(ada.at("tokens").at("accessToken").as_string());
    out.ada = {*parse_id(ada.at("user").at("id").as_string())};
    out.things[SubjectKind::user_profile] = {"user", {subject_id(out.ada)}};

    auto& movies = out.things[SubjectKind::movie] = {"content", {}};
    for (auto const* body :
        {R"({"title":"Shown","status":"RELEASED","genres":["Drama"],"releaseDate":"1922-03-04"})", R"({"title":"Draft"})"})
        movies.ids.push_back(post(house, "/api/movies", token, body));

    auto& comments = out.things[SubjectKind::comment] = {"social", {}};
    auto const say = [&](std::string const& more) {
        auto const made =
            post(house, "/api/movies/" + movies.ids.front().text() + "/comments", token, R"({"content":"words")" + more + "}");
        comments.ids.push_back(made);
        return made;
    };
    auto const top = say(""), reply = say(R"(,"parentId":")" + top.text() + "\"");
    say(R"(,"parentId":")" + reply.text() + "\""), say("");

    SubjectId const medium{next_id()};
    REQUIRE(house.databases().at("media")->write([&](db::Transaction& tx) -> Result<> {
        tx->run("INSERT INTO medium (id, owner_id, filename, metadata, status, created_at) VALUES (?, ?, 'film.mkv', '', 'READY', 0)",
            medium, out.ada);
        return {};
    }));
    out.things[SubjectKind::media] = {"media", {medium}};

    // A new kind is added here.
    for (auto const& [kind, name] : names(SubjectKind{})) REQUIRE_MESSAGE(out.things.contains(kind), "nothing of the kind " << name);
    return out;
}

app::Settings settings_of(std::filesystem::path const& data, std::string const& url) {
    app::Settings out;
    out.data.dir = data.string();
    out.data.min_free_bytes = 0;
    out.database.url = url;
    out.limits.enabled = false;
    out.community.registration = user::Registration::open;
    out.server.host = "127.0.0.1";
    out.server.port = 0;
    out.server.module_ports = {};
    return out;
}

} // namespace mozi::test
