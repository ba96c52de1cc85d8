// A content module on a real database, with in-memory neighbours, asked through the gateway or directly.
#pragma once

#include "house_of.hpp"
#include "movies/http.hpp"
#include "people.hpp"

#include <mozi/moderation/listeners.hpp>

#include <map>
#include <set>

namespace mozi::content {

inline constexpr UserId ada{11}, ben{12}, mod{91};

struct Reactions final : Engagement {
    std::map<std::pair<MovieId, UserId>, std::string> all;
    Result<std::vector<Counts>> counts(std::span<SubjectId const> ids, Asking const& asking) override;
};

struct Uploads final : Videos {
    std::map<MediaId, UserId> all;
    std::set<MediaId> taken_away;
    Result<std::vector<std::optional<Video>>> find(std::span<MediaId const> ids, Asking const& asking) override;
    Result<> check_may_show(MediaId id, UserId owner) override;
};

struct Neighbours {
    test::People people;
    Reactions reactions;
    Uploads uploads;
    Ports ports{&reactions, &uploads};
};

// What make_content makes, with its service to be asked directly.
struct Made {
    Needs needs;
    Movies movies;
    Http http;
    Module module;
    Made(ModuleContext const& context, Needs const& asked);
};

using test::Answer;
using test::on_each_database;

class House : public test::HouseOf<Made, Neighbours> {
public:
    explicit House(db::Dialect dialect, WhoCreates who_creates = WhoCreates::members);

    // `who`: 0 a visitor. Headers as "name: value".
    Answer ask(net::Method method, std::string target, UserId who = {}, std::string body = {}, std::vector<std::string> headers = {}) {
        return wire.ask(method, std::move(target), who ? who.text() + (who == mod ? ":MODERATOR" : "") : std::string{}, std::move(body),
            std::move(headers));
    }
    Answer get(std::string target, UserId who = {}) { return ask(net::Method::get, std::move(target), who); }

    Movie add(MovieFields const& fields, UserId creator = ada);
    std::vector<SubjectFacts> facts(std::vector<SubjectId> const& ids, Asking const& asking = {}) {
        return movies.subject().find(ids, asking).value();
    }

    Movies& movies = made.movies;
};

inline Asking as(UserId who) { return {who, Id<"session">{1}, who == mod, false, true}; }
template <class T>
json::Patch<T> set(T value) {
    return {true, std::move(value)};
}
MovieFields titled(std::string title, MovieStatus status = MovieStatus::released);
inline Precondition any_version() {
    return [](std::int64_t) { return Result<>{}; };
}

} // namespace mozi::content
