// What the content module tells. Each carries the whole state others need, so that a listener never has to ask back.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::content {

struct MovieFacts {
    Id<"movie"> movie_id;
    std::string title;
    Id<"user"> created_by;
    std::optional<Id<"media">> media_id;
    bool released = false;
    bool hidden = false;
    template <class E>
    static constexpr auto fields_of() {
        using json::field;
        return std::tuple{field<E, Id<"movie">>("movieId", &E::movie_id), field<E, std::string>("title", &E::title),
            field<E, Id<"user">>("createdBy", &E::created_by), field<E, std::optional<Id<"media">>>("mediaId", &E::media_id),
            field<E, bool>("released", &E::released), field<E, bool>("hidden", &E::hidden)};
    }
};

struct MovieCreated : MovieFacts {
    static constexpr std::string_view source = "content", name = "content.movie.created";
    static constexpr int version = 1;
    static constexpr auto fields() { return fields_of<MovieCreated>(); }
};

struct MovieUpdated : MovieFacts { // also when moderation hid or restored it
    static constexpr std::string_view source = "content", name = "content.movie.updated";
    static constexpr int version = 1;
    static constexpr auto fields() { return fields_of<MovieUpdated>(); }
};

struct MovieDeleted : MovieFacts {
    static constexpr std::string_view source = "content", name = "content.movie.deleted";
    static constexpr int version = 1;
    static constexpr auto fields() { return fields_of<MovieDeleted>(); }
};

} // namespace mozi::content
