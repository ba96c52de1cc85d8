// A content module on a real database, with in-memory neighbours, asked through the gateway or directly.
#pragma once

#include "movies/http.hpp"
#include "temp_database.hpp"
#include "wire.hpp"

#include <mozi/moderation/listeners.hpp>

#include <map>
#include <set>

namespace mozi::content {

inline constexpr UserId ada{11}, ben{12}, mod{13};

class FixedClock final : public Clock {
public:
    Time now() const override { return Time{std::chrono::microseconds{at.fetch_add(1000)}}; } // each look is a millisecond later
    mutable std::atomic<std::int64_t> at{1'790'000'000'000'000};
};

struct Neighbours final : user::Users, Engagement, Videos {
    std::map<MediaId, UserId> uploads;
    std::map<std::pair<MovieId, UserId>, std::string> reactions;

    Result<std::vector<user::Person>> find_people(std::span<UserId const> ids) override;
    Result<user::Person> get_person(UserId id) override;
    Result<bool> is_moderator(UserId id) override { return id == mod; }
    Result<std::vector<Counts>> counts(std::span<SubjectId const> ids, Asking const& asking) override;
    Result<std::vector<std::optional<Video>>> find(std::span<MediaId const> ids, Asking const& asking) override;
    Result<> check_owner(MediaId id, UserId owner) override;
};

using test::Answer;

class House {
public:
    explicit House(db::Dialect dialect, WhoCreates who_creates = WhoCreates::members);

    // `who`: 0 a visitor. Headers as "name: value".
    Answer ask(net::Method method, std::string target, UserId who = {}, std::string body = {}, std::vector<std::string> headers = {}) {
        return wire.ask(method, std::move(target), who ? who.text() + (who == mod ? ":MODERATOR" : "") : std::string{}, std::move(body),
            std::move(headers));
    }
    Answer get(std::string target, UserId who = {}) { return ask(net::Method::get, std::move(target), who); }

    Movie add(MovieFields const& fields, UserId creator = ada);
    void hear(moderation::ContentHidden const& event) { hear_any(event); }
    void hear(moderation::ContentRestored const& event) { hear_any(event); }
    std::vector<std::pair<std::string, std::string>> told() { return test::told(*database); } // events so far: name, payload
    std::vector<SubjectFacts> facts(std::vector<SubjectId> const& ids, Asking const& asking = {}) {
        return movies.subject().find(ids, asking).value();
    }
    template <class T>
    T scalar(std::string const& sql) {
        return test::scalar<T>(*database, sql);
    }

    test::TempDatabase database;
    FixedClock clock;
    Neighbours neighbours;
    Ports ports{&neighbours, &neighbours};
    metrics::Registry metrics;
    events::Outbox outbox{[](db::Database const&) {}};
    db::Topic movies_topic;
    Needs needs;
    Movies movies;
    Http http;
    std::vector<events::Listener> listeners;
    test::Wire wire;

private:
    template <class E>
    void hear_any(E const& event) {
        for (auto const& listener : listeners)
            if (listener.event == E::name)
                REQUIRE(database->write([&](db::Transaction& tx) { return listener.handle(tx, events::told(event)); }));
    }
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

// The body once on SQLite and, where there is one, once on PostgreSQL.
template <class F>
void on_each_database(F&& body) {
    test::on_each_dialect<House>(body);
}

} // namespace mozi::content
