// A moderation module on a real database, with in-memory neighbours.
#pragma once

#include "temp_database.hpp"
#include "things.hpp"
#include "wire.hpp"

#include <mozi/moderation/events.hpp>
#include <mozi/moderation/module.hpp>

#include <map>
#include <thread>

namespace mozi::moderation {

using UserId = Id<"user">;

struct Neighbours final : user::Users {
    test::Things things;
    std::atomic<int> people_asked{0};
    int asked() const { return people_asked + things.asked; }

    static user::Person person(UserId id) { return {id, "person" + id.text(), "Person " + id.text(), std::nullopt}; }
    Result<std::vector<user::Person>> find_people(std::span<UserId const> ids) override {
        ++people_asked;
        std::vector<user::Person> people;
        for (auto const id : ids) people.push_back(person(id));
        return people;
    }
    Result<user::Person> get_person(UserId id) override {
        return id.value < 1000 ? Result<user::Person>{person(id)} : Result<user::Person>{not_found("user.not_found")};
    }
    Result<bool> is_moderator(UserId id) override {
        return id.value < 1000 ? Result<bool>{id.value >= 90} : Result<bool>{not_found("user.not_found")};
    }
};

inline std::string const ada = "11", ben = "12", mod = "91:MODERATOR", other_mod = "92:MODERATOR", admin = "99:ADMIN";

class House {
public:
    explicit House(db::Dialect dialect)
        : directory(kinds(neighbours.things)), database("moderation", moderation_migrations(), dialect),
          made(make_moderation({*database, outbox, clock, metrics}, {neighbours, directory})),
          wire("moderation", *database, made.routes, metrics) {
        Subject const film{SubjectKind::movie, {5}};
        auto& things = neighbours.things;
        things.at(SubjectKind::movie, 5) = {.owner = {11}, .title = "Nosferatu", .address = "/film/5"};
        things.at(SubjectKind::movie, 6) = {.owner = {11}, .title = "Draft", .released = false};
        things.at(SubjectKind::comment, 70) = {.owner = {11}, .title = "Nosferatu", .text = "very rude", .about = film};
        things.at(SubjectKind::comment, 71) = {.owner = {91}, .title = "Nosferatu", .text = "by a moderator", .about = film};
        things.at(SubjectKind::media, 80) = {.owner = {11}, .title = "film.mkv", .address = "/media/80/master.m3u8"};
        for (auto const id : {11, 12, 13, 91, 92, 99}) things.at(SubjectKind::user_profile, id) = {{id}, "Person " + std::to_string(id)};
    }

    test::Answer report(
        std::string const& who, std::string const& type, std::int64_t id, std::string const& why = "SPAM", std::string const& more = {}) {
        clock.advance(std::chrono::milliseconds(1));
        return wire.post("/api/reports", who,
            R"({"contentType":")" + type + R"(","contentId":")" + std::to_string(id) + R"(","reportType":")" + why + "\"" + more + "}");
    }
    std::string report_id(std::string const& who, std::string const& type, std::int64_t id, std::string const& why = "SPAM") {
        auto const answer = report(who, type, id, why);
        REQUIRE_MESSAGE(answer.status == 201, answer.text);
        return answer.id();
    }
    test::Answer claim(std::string const& id, std::string const& who, std::string const& body = {}) {
        return wire.post("/api/reports/" + id + "/assign", who, body);
    }
    test::Answer resolve(std::string const& id, std::string const& who, std::string const& action = "HIDE",
        std::string const& resolution = "against the rules") {
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
    events::Outbox outbox{[](db::Database const&) {}};
    Neighbours neighbours;
    Directory directory;
    test::TempDatabase database;
    Module made;
    test::Wire wire;

private:
    static Directory kinds(test::Things& things) {
        Directory out;
        out.add({things.entry(SubjectKind::movie, "movie"), things.entry(SubjectKind::comment, "comment"),
            things.entry(SubjectKind::media, "media"), things.entry(SubjectKind::user_profile, "user")});
        return out;
    }
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
