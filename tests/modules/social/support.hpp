// A social module on a real database, with in-memory neighbours.
#pragma once

#include "temp_database.hpp"
#include "things.hpp"
#include "wire.hpp"

#include <mozi/content/events.hpp>
#include <mozi/moderation/events.hpp>
#include <mozi/social/module.hpp>

#include <map>
#include <mutex>
#include <thread>

namespace mozi::social {

struct Neighbours final : user::Users {
    test::Things things;
    std::atomic<int> people_asked{0};

    test::Thing& title(std::int64_t id) { return things.at(SubjectKind::movie, id); }

    Result<std::vector<user::Person>> find_people(std::span<UserId const> ids) override {
        ++people_asked;
        std::vector<user::Person> people;
        for (auto const id : ids) people.push_back({id, "person" + id.text(), "Person " + id.text(), std::nullopt});
        return people;
    }
    Result<user::Person> get_person(UserId id) override {
        return user::Person{id, "person" + id.text(), "Person " + id.text(), std::nullopt};
    }
    Result<bool> is_moderator(UserId id) override { return id.value >= 90; }
};

inline std::string const ada = "11", ben = "12", mod = "91:MODERATOR", film = "/api/movies/5";

class House {
public:
    explicit House(db::Dialect dialect)
        : directory(kinds(neighbours.things)), database("social", social_migrations(), dialect),
          made(make_social({*database, outbox, clock, metrics}, {neighbours, directory, engagement})),
          wire("social", *database, made.module.routes, metrics) {
        directory.add(made.module.subjects);
        neighbours.title(5) = {{1}, "Nosferatu"};
        neighbours.title(6) = {{1}, "Metropolis"};
    }

    test::Answer comment(std::string const& who, std::string const& words, std::string const& parent = {}) {
        clock.advance(std::chrono::milliseconds(1));
        boost::json::object body{{"content", words}};
        if (!parent.empty()) body["parentId"] = parent;
        return wire.post(film + "/comments", who, boost::json::serialize(body));
    }
    std::string comment_id(std::string const& who, std::string const& words, std::string const& parent = {}) {
        auto const answer = comment(who, words, parent);
        REQUIRE_MESSAGE(answer.status == 201, answer.text);
        return answer.id();
    }
    test::Answer one(std::string const& id, std::string const& who = ada) { return wire.get("/api/comments/" + id, who); }
    // Contents of a list, in order.
    std::vector<std::string> words(std::string const& query = {}, std::string const& who = ada) {
        auto const answer = wire.get(film + "/comments" + query, who);
        REQUIRE_MESSAGE(answer.status == 200, answer.text);
        std::vector<std::string> all;
        for (auto const& item : answer.data()) all.emplace_back(item.at("content").as_string());
        return all;
    }
    std::int64_t total(std::string const& query = {}, std::string const& who = ada) {
        return wire.get(film + "/comments" + query, who).at("pagination").at("total").as_int64();
    }
    content::Counts counts(std::int64_t movie = 5, std::int64_t viewer = 0) {
        SubjectId const id{movie};
        auto found = made.engagement->counts({&id, 1}, {.user = {viewer}});
        REQUIRE(found);
        return found->front();
    }
    template <class E>
    void hear(E const& event) {
        auto const told = events::told(event);
        for (auto const& listener : made.module.listeners)
            if (listener.event == E::name && listener.source == E::source) {
                auto const heard = database->write([&](db::Transaction& tx) { return listener.handle(tx, told); });
                REQUIRE(heard);
            }
    }
    void hide(std::string const& id, std::int64_t action) {
        hear(moderation::ContentHidden{{action}, SubjectKind::comment, *parse_id(id)});
    }
    void restore(std::string const& id, std::int64_t action) {
        hear(moderation::ContentRestored{{action}, SubjectKind::comment, *parse_id(id)});
    }
    // Every kept number against what the rows say. Empty when all agree.
    std::string recount();
    // All rows, as they lie.
    std::string dump();

    test::TestClock clock;
    metrics::Registry metrics;
    events::Outbox outbox{[](db::Database const&) {}};
    db::Topic engagement;
    Neighbours neighbours;
    Directory directory;
    test::TempDatabase database;
    SocialModule made;
    test::Wire wire;

private:
    static Directory kinds(test::Things& things) {
        Directory out;
        out.add({things.entry(SubjectKind::movie, "movie", {.comments = true, .reactions = true},
            gone<content::MovieDeleted>(&content::MovieDeleted::movie_id))});
        return out;
    }
};

template <class F>
void on_each_database(F&& body) {
    test::on_each_dialect<House>([&](House& house) {
        body(house);
        CHECK(house.recount() == "");
    });
}

// Runs `body(i)` on `threads` threads at once and waits for all.
template <class F>
void together(int threads, F&& body) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([&, i] { body(i); });
    for (auto& thread : running) thread.join();
}

} // namespace mozi::social
