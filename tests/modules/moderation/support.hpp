// A moderation module on a real database, with in-memory neighbours.
#pragma once

#include "temp_database.hpp"
#include "wire.hpp"

#include <mozi/moderation/events.hpp>
#include <mozi/moderation/module.hpp>

#include <map>
#include <thread>

namespace mozi::moderation {

using UserId = Id<"user">;

struct Neighbours final : user::Users, content::Titles, media::Media, social::Social {
    std::map<content::MovieId, content::Title> titles;
    std::map<social::CommentId, social::CommentFacts> comments;
    std::map<media::MediaId, media::MediaSummary> media;
    std::atomic<int> asked{0};

    static user::Person person(UserId id) { return {id, "person" + id.text(), "Person " + id.text(), std::nullopt}; }
    Result<std::vector<user::Person>> find_people(std::span<UserId const> ids) override {
        ++asked;
        std::vector<user::Person> people;
        for (auto const id : ids) people.push_back(person(id));
        return people;
    }
    Result<user::Person> get_person(UserId id) override { return id.value < 1000 ? Result<user::Person>{person(id)} : Result<user::Person>{not_found("user.not_found")}; }
    Result<bool> is_moderator(UserId id) override { return id.value < 1000 ? Result<bool>{id.value >= 90} : Result<bool>{not_found("user.not_found")}; }
    Result<std::vector<content::Title>> find_titles(std::span<content::MovieId const> ids) override { return find_in(titles, ids); }
    Result<content::Title> get_visible(content::MovieId id, Asking const& asking) override {
        auto const at = titles.find(id);
        if (at == titles.end() || (!asking.moderates && (at->second.hidden || (!at->second.released && at->second.created_by != asking.user)))) return not_found("movie.not_found");
        return at->second;
    }
    Result<std::vector<media::MediaSummary>> find_media(std::span<media::MediaId const> ids, Asking const&) override { return find_in(media, ids); }
    Result<std::vector<social::CommentFacts>> find_comments(std::span<social::CommentId const> ids) override { return find_in(comments, ids); }
    Result<std::vector<social::TitleCounts>> title_counts(std::span<social::MovieId const> ids, social::UserId) override { return std::vector<social::TitleCounts>(ids.size()); }

private:
    template <class Map, class IdType>
    std::vector<typename Map::mapped_type> find_in(Map const& known, std::span<IdType const> ids) {
        ++asked;
        std::vector<typename Map::mapped_type> found;
        for (auto const id : ids)
            if (auto const at = known.find(id); at != known.end()) found.push_back(at->second);
        return found;
    }
};

inline std::string const ada = "11", ben = "12", mod = "91:MODERATOR", other_mod = "92:MODERATOR", admin = "99:ADMIN";

class House {
public:
    explicit House(db::Dialect dialect)
        : database("moderation", moderation_migrations(), dialect),
          made(make_moderation({*database, outbox, clock, metrics}, {neighbours, neighbours, neighbours, neighbours})),
          wire("moderation", *database, made.routes, metrics) {
        neighbours.titles[{5}] = {{5}, "Nosferatu", {11}, std::nullopt, true, false};
        neighbours.titles[{6}] = {{6}, "Draft", {11}, std::nullopt, false, false};
        neighbours.comments[{70}] = {{70}, {5}, {11}, "very rude", false, false, clock.now()};
        neighbours.comments[{71}] = {{71}, {5}, {91}, "by a moderator", false, false, clock.now()};
        neighbours.media[{80}] = {{80}, {11}, "film.mkv", "READY", true, false, "/media/80/master.m3u8", std::nullopt, 10.0};
    }

    test::Answer report(std::string const& who, std::string const& type, std::int64_t id, std::string const& why = "SPAM", std::string const& more = {}) {
        clock.advance(std::chrono::milliseconds(1));
        return wire.post("/api/reports", who, R"({"contentType":")" + type + R"(","contentId":")" + std::to_string(id) + R"(","reportType":")" + why + "\"" + more + "}");
    }
    std::string report_id(std::string const& who, std::string const& type, std::int64_t id, std::string const& why = "SPAM") {
        auto const answer = report(who, type, id, why);
        REQUIRE_MESSAGE(answer.status == 201, answer.text);
        return answer.id();
    }
    test::Answer claim(std::string const& id, std::string const& who, std::string const& body = {}) { return wire.post("/api/reports/" + id + "/assign", who, body); }
    test::Answer resolve(std::string const& id, std::string const& who, std::string const& action = "HIDE", std::string const& resolution = "against the rules") {
        clock.advance(std::chrono::milliseconds(1));
        return wire.post("/api/reports/" + id + "/resolve", who, R"({"action":")" + action + R"(","resolution":")" + resolution + "\"}");
    }
    test::Answer revert(std::string const& action, std::string const& who, std::string const& reason = "a mistake") {
        clock.advance(std::chrono::milliseconds(1));
        return wire.post("/api/moderation/actions/" + action + "/revert", who, R"({"reason":")" + reason + "\"}");
    }
    test::Answer one(std::string const& id, std::string const& who = mod) { return wire.get("/api/reports/" + id, who); }
    int told(std::string_view name) {
        int count = 0;
        for (auto const& [event, payload] : test::told(*database)) count += event == name;
        return count;
    }

    test::TestClock clock;
    metrics::Registry metrics;
    events::Outbox outbox{[] {}};
    Neighbours neighbours;
    test::TempDatabase database;
    Module made;
    test::Wire wire;
};

template <class F>
void on_each_database(F&& body) {
    test::on_each_dialect<House>([&](House& house) {
        body(house);
        auto const checked = verify_audit(*house.database);
        CHECK(checked);
    });
}

template <class F>
void together(int threads, F&& body) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&, i] { body(i); });
    for (auto& thread : running) thread.join();
}

} // namespace mozi::moderation
