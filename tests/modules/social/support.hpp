// A social module on a real database, with in-memory neighbours.
#pragma once

#include "house_of.hpp"
#include "things.hpp"

#include <mozi/content/events.hpp>
#include <mozi/moderation/events.hpp>
#include <mozi/social/module.hpp>

namespace mozi::social {

using test::on_each_database;
using test::together;

inline std::string const ada = "11", ben = "12", mod = "91:MODERATOR", film = "/api/movies/5";

class House : public test::HouseOf<SocialModule, test::Neighbours> {
public:
    explicit House(db::Dialect dialect)
        : HouseOf("social", social_migrations(), dialect, [this](ModuleContext const& context, test::Neighbours& around) {
              around.directory.add({around.things.entry(SubjectKind::movie, "movie", {.comments = true, .reactions = true},
                  gone<content::MovieDeleted>(&content::MovieDeleted::movie_id))});
              return make_social(context, {around.people, around.directory, topic});
          }) {
        neighbours.directory.add(made.module.subjects);
        title(5) = {{1}, "Nosferatu"};
        title(6) = {{1}, "Metropolis"};
    }

    test::Thing& title(std::int64_t id) { return neighbours.things.at(SubjectKind::movie, id); }
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
    void holds() { CHECK(recount() == ""); }
};

} // namespace mozi::social
