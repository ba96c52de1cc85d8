// The neighbours and the way through the gateway. With MOZI_TEST_POSTGRES set, each test here runs on PostgreSQL too.
#include "support.hpp"

#include <mozi/base/text.hpp>

namespace mozi::content {

Result<std::vector<user::Person>> Neighbours::find_people(std::span<UserId const> ids) {
    std::vector<user::Person> people;
    for (auto const id : ids) people.push_back({id, "person" + id.text(), "Person " + id.text(), std::nullopt});
    return people;
}

Result<user::Person> Neighbours::get_person(UserId id) { return user::Person{id, "person" + id.text(), "Person " + id.text(), std::nullopt}; }

Result<std::vector<Counts>> Neighbours::counts(std::span<MovieId const> ids, Asking const& asking) {
    std::vector<Counts> all;
    for (auto const id : ids) {
        Counts counts;
        for (auto const& [key, reaction] : reactions) {
            if (key.first != id) continue;
            ++counts.likes;
            if (key.second == asking.user) counts.liked_by_me = reaction;
        }
        all.push_back(std::move(counts));
    }
    return all;
}

Result<std::vector<std::optional<Video>>> Neighbours::find(std::span<MediaId const> ids, Asking const&) {
    std::vector<std::optional<Video>> videos;
    for (auto const id : ids) videos.push_back(uploads.contains(id) ? std::optional{Video{id, "READY", true, "/media/" + id.text() + "/master.m3u8", std::nullopt, 12.5}} : std::nullopt);
    return videos;
}

Result<> Neighbours::check_owner(MediaId id, UserId owner) {
    auto const found = uploads.find(id);
    return found != uploads.end() && found->second == owner ? Result<>{} : Result<>{not_found("media.not_found")};
}

std::string Answer::header(std::string_view name) const {
    for (auto line : split(head, '\n'))
        if (line.size() > name.size() && iequals(line.substr(0, name.size()), name) && line[name.size()] == ':') return std::string(trim(line.substr(name.size() + 1)));
    return {};
}

namespace {

Result<http::Viewer> viewer_of(std::string_view token) {
    auto const id = parse<UserId>(token);
    if (!id) return Error{Code::unauthenticated, "auth.token", "Sign in again."};
    return http::Viewer{*id, Id<"session">{1}, *id == mod ? http::Role::moderator : http::Role::user};
}

http::GatewayOptions unlimited() {
    http::GatewayOptions options;
    options.limits_enabled = false;
    options.sealing_key = std::string(32, 'k');
    return options;
}

} // namespace

House::House(db::Dialect dialect, WhoCreates who_creates)
    : database("content", content_migrations(), dialect), needs{neighbours, neighbours, neighbours, who_creates, movies_topic, {&movies_topic}},
      movies({*database, outbox, clock, metrics}, needs), content(make_content({*database, outbox, clock, metrics}, needs)),
      gateway_(unlimited(), viewer_of, workers_, hashers_, metrics, clock) {
    gateway_.mount("content", &*database, content.module.routes);
}

Answer House::ask(net::Method method, std::string target, UserId who, std::string body, std::vector<std::string> headers) {
    auto request = std::make_shared<net::Request>();
    if (who) headers.push_back("authorization: Bearer " + who.text());
    if (!body.empty()) headers.push_back("content-type: application/json");
    auto const kept = std::make_shared<std::pair<std::string, std::vector<std::string>>>(std::move(target), std::move(headers));
    request->attachment = kept;
    request->method = method, request->method_text = to_string(method);
    request->target = kept->first;
    request->path = request->target.substr(0, request->target.find('?'));
    if (request->path.size() < request->target.size()) request->query = request->target.substr(request->path.size() + 1);
    request->host = "localhost", request->peer = "127.0.0.1";
    for (auto const& line : kept->second) {
        auto const colon = line.find(": ");
        request->headers.push_back({std::string_view(line).substr(0, colon), std::string_view(line).substr(colon + 2)});
    }
    if (!body.empty()) request->content_length = body.size();
    request->body = std::move(body);
    auto response = gateway_.serve(std::move(request));
    Answer answer{response.status, response.head, {}, {}};
    if (auto* text = std::get_if<std::string>(&response.body)) answer.text = *text;
    else if (auto* shared = std::get_if<std::shared_ptr<std::string const>>(&response.body); shared && *shared) answer.text = **shared;
    if (!answer.text.empty()) answer.body = boost::json::parse(answer.text);
    return answer;
}

Movie House::add(MovieFields const& fields, UserId creator) {
    auto made = movies.create(fields, as(creator));
    REQUIRE_MESSAGE(made, (made ? "" : made.error().id + " " + made.error().detail));
    return *made;
}

std::vector<std::pair<std::string, std::string>> House::told() {
    auto rows = database->read([](db::Connection& c) -> Result<std::vector<std::pair<std::string, std::string>>> {
        std::vector<std::pair<std::string, std::string>> all;
        c.each<std::string, std::string>("SELECT name, payload FROM outbox ORDER BY seq", [&](std::string name, std::string payload) { all.emplace_back(std::move(name), std::move(payload)); });
        return all;
    });
    REQUIRE(rows);
    return *rows;
}

MovieFields titled(std::string title, MovieStatus status) {
    MovieFields fields;
    fields.title = set(std::move(title));
    fields.status = set(status);
    return fields;
}

} // namespace mozi::content
