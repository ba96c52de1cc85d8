// The neighbours and the way through the gateway. With MOZI_TEST_POSTGRES set, each test here runs on PostgreSQL too.
#include "support.hpp"

namespace mozi::content {

Result<std::vector<user::Person>> Neighbours::find_people(std::span<UserId const> ids) {
    std::vector<user::Person> people;
    for (auto const id : ids) people.push_back({id, "person" + id.text(), "Person " + id.text(), std::nullopt});
    return people;
}

Result<user::Person> Neighbours::get_person(UserId id) {
    return user::Person{id, "person" + id.text(), "Person " + id.text(), std::nullopt};
}

Result<std::vector<Counts>> Neighbours::counts(std::span<SubjectId const> ids, Asking const& asking) {
    std::vector<Counts> all;
    for (auto const id : ids) {
        Counts counts;
        for (auto const& [key, reaction] : reactions) {
            if (subject_id(key.first) != id) continue;
            ++counts.likes;
            if (key.second == asking.user) counts.liked_by_me = reaction;
        }
        all.push_back(std::move(counts));
    }
    return all;
}

Result<std::vector<std::optional<Video>>> Neighbours::find(std::span<MediaId const> ids, Asking const&) {
    std::vector<std::optional<Video>> videos;
    for (auto const id : ids)
        videos.push_back(uploads.contains(id) ? std::optional{Video{id, VideoStatus::ready, true, "/media/" + id.text() + "/master.m3u8",
                                                    std::nullopt, 12.5, false}}
                                              : std::nullopt);
    return videos;
}

Result<> Neighbours::check_owner(MediaId id, UserId owner) {
    auto const found = uploads.find(id);
    return found != uploads.end() && found->second == owner ? Result<>{} : Result<>{not_found("media.not_found")};
}

House::House(db::Dialect dialect, WhoCreates who_creates)
    : database("content", content_migrations(), dialect), needs{neighbours, ports, who_creates, movies_topic, {&movies_topic}},
      movies({*database, outbox, clock, metrics}, needs), http(movies, needs),
      listeners(moderation::listeners("content.moderated", {movies.subject()})), wire("content", *database, http.routes(), metrics) {
    REQUIRE(movies.refold());
}

Movie House::add(MovieFields const& fields, UserId creator) {
    auto made = movies.create(fields, as(creator));
    REQUIRE(made);
    return *made;
}

MovieFields titled(std::string title, MovieStatus status) {
    MovieFields fields;
    fields.title = set(std::move(title));
    fields.status = set(status);
    return fields;
}

} // namespace mozi::content
