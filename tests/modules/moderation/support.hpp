// A moderation module on a real database, with in-memory neighbours.
#pragma once

#include "house_of.hpp"
#include "things.hpp"

#include <mozi/moderation/events.hpp>
#include <mozi/moderation/module.hpp>

#include <fstream>
#include <sstream>

namespace mozi::moderation {

using test::on_each_database;
using test::together;

inline std::string const ada = "11", ben = "12", mod = "91:MODERATOR", other_mod = "92:MODERATOR", admin = "99:ADMIN";

// Where the anchors of one house lie.
struct AnchorFolder {
    std::filesystem::path path;
    AnchorFolder() {
        auto name = (std::filesystem::temp_directory_path() / "videa-anchor-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()));
        path = name;
    }
    ~AnchorFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    RecordSettings settings(bool copied = false) const {
        return {std::string(32, 'k'), path / "audit-anchor", copied ? path / "copy" : std::filesystem::path(), {}};
    }
    std::string text(std::string const& name = "audit-anchor") const {
        std::ostringstream out;
        out << std::ifstream(path / name).rdbuf();
        return out.str();
    }
    void write(std::string const& text) const { std::ofstream(path / "audit-anchor", std::ios::trunc) << text; }
    void forget_anchors() const { std::filesystem::remove(path / "audit-anchor"), std::filesystem::remove(path / "copy"); }
};

class House : public AnchorFolder, public test::HouseOf<ModerationModule, test::Neighbours> {
public:
    explicit House(db::Dialect dialect)
        : HouseOf("moderation", moderation_migrations(), dialect, [this](ModuleContext const& context, test::Neighbours& around) {
              auto& things = around.things;
              around.directory.add({things.entry(SubjectKind::movie, "movie"), things.entry(SubjectKind::comment, "comment"),
                  things.entry(SubjectKind::media, "media"), things.entry(SubjectKind::user_profile, "user")});
              return make_moderation(context, {around.people, around.directory, settings(true)});
          }) {
        Subject const film{SubjectKind::movie, {5}};
        auto& things = neighbours.things;
        things.at(SubjectKind::movie, 5) = {.owner = {11}, .title = "Nosferatu", .address = "/film/5"};
        things.at(SubjectKind::movie, 6) = {.owner = {11}, .title = "Draft", .released = false};
        things.at(SubjectKind::comment, 70) = {.owner = {11}, .title = "Nosferatu", .text = "very rude", .about = film};
        things.at(SubjectKind::comment, 71) = {.owner = {91}, .title = "Nosferatu", .text = "by a moderator", .about = film};
        things.at(SubjectKind::media, 80) = {.owner = {11}, .title = "film.mkv", .address = "/media/80/master.m3u8"};
        things.at(SubjectKind::comment, 79) = {.owner = {99}, .title = "Nosferatu", .text = "by an administrator", .about = film};
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
    std::int64_t rows() { // of the record, which is whole
        auto const seen = made.record->verify();
        REQUIRE_MESSAGE(seen, seen.error().message);
        return *seen;
    }
    void run(std::string const& sql) { // what somebody does who has the database
        REQUIRE(database->write([&](db::Transaction& tx) -> Result<> { return tx->run(sql), Result<>{}; }));
    }
    bool whole = true; // what holds() expects
    void holds() { CHECK(made.record->verify().has_value() == whole); } // the record of decisions
};

} // namespace mozi::moderation
