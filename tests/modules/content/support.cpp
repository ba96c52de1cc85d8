// The neighbours of content and what it is made of.
#include "support.hpp"

namespace mozi::content {

Result<std::vector<Counts>> Reactions::counts(std::span<SubjectId const> ids, Asking const& asking) {
    std::vector<Counts> out;
    for (auto const id : ids) {
        Counts counts;
        for (auto const& [key, reaction] : all) {
            if (subject_id(key.first) != id) continue;
            ++counts.likes;
            if (key.second == asking.user) counts.liked_by_me = reaction;
        }
        out.push_back(std::move(counts));
    }
    return out;
}

Result<std::vector<std::optional<Video>>> Uploads::find(std::span<MediaId const> ids, Asking const&) {
    std::vector<std::optional<Video>> videos;
    for (auto const id : ids)
        videos.push_back(all.contains(id) ? std::optional{Video{id, VideoStatus::ready, true, "/media/" + id.text() + "/master.m3u8",
                                                std::nullopt, 12.5, false}}
                                          : std::nullopt);
    return videos;
}

Result<> Uploads::check_may_show(MediaId id, UserId owner) {
    auto const found = all.find(id);
    if (taken_away.contains(id)) return Error{Code::conflict, "media.hidden", "A moderator hid this film."};
    return found != all.end() && found->second == owner ? Result<>{} : Result<>{not_found("media.not_found")};
}

Made::Made(ModuleContext const& context, Needs const& asked) : needs(asked), movies(context, needs), http(movies, needs) {
    REQUIRE(movies.refold());
    module.routes = http.routes();
    module.subjects = {movies.subject()};
    module.listeners = moderation::listeners("content.moderated", module.subjects);
}

// Each look at the clock is a millisecond later.
House::House(db::Dialect dialect, WhoCreates who_creates)
    : HouseOf(
          "content", content_migrations(), dialect,
          [&, this](ModuleContext const& context, Neighbours& around) {
              return Made(context, {around.people, around.ports, who_creates, topic, {&topic}});
          },
          std::chrono::milliseconds(1)) {}

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
