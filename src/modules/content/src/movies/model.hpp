// A title as this module keeps it, what can be changed about it, and how lists are asked for.
#pragma once

#include "words.hpp"

#include <mozi/content/api.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/json/describe.hpp>
#include <mozi/json/page.hpp>
#include <mozi/user/api.hpp>

namespace mozi::content {

enum class MovieStatus { draft, in_production, post_production, released, cancelled };
constexpr auto names(MovieStatus) {
    return std::array{std::pair{MovieStatus::draft, "DRAFT"sv}, std::pair{MovieStatus::in_production, "IN_PRODUCTION"sv},
        std::pair{MovieStatus::post_production, "POST_PRODUCTION"sv}, std::pair{MovieStatus::released, "RELEASED"sv},
        std::pair{MovieStatus::cancelled, "CANCELLED"sv}};
}

constexpr json::Rules title_words{.min = 1, .max = 500, .null = json::Null::refused};

struct Movie {
    MovieId id;
    std::int64_t version = 1; // of what its people change; hiding and restoring leave it alone
    bool hidden = false;
    MovieStatus status = MovieStatus::draft;
    std::string title;
    std::optional<std::string> description, release_date; // YYYY-MM-DD
    std::optional<int> duration; // minutes
    std::optional<std::string> language, country;
    std::vector<std::string> genres, cast; // genres: no two with the same slug
    std::optional<std::string> director, poster_url;
    bool is_adult = false;
    std::optional<MediaId> media;
    UserId created_by;
    Time created_at, updated_at;
    std::optional<Time> released_at; // the first time

    bool released() const { return status == MovieStatus::released; }
    bool operator==(Movie const&) const = default;

    static constexpr db::Table table{"movie", "m"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Movie::id), column("version", &Movie::version), column("hidden", &Movie::hidden),
            column("status", &Movie::status), column("title", &Movie::title), column("description", &Movie::description),
            column("release_date", &Movie::release_date), column("duration", &Movie::duration), column("language", &Movie::language),
            column("country", &Movie::country), column("genres", &Movie::genres), column("cast_names", &Movie::cast),
            column("director", &Movie::director), column("poster_url", &Movie::poster_url), column("is_adult", &Movie::is_adult),
            column("media_id", &Movie::media), column("created_by", &Movie::created_by), column("created_at", &Movie::created_at),
            column("updated_at", &Movie::updated_at), column("released_at", &Movie::released_at),
            db::derived("title_fold", [](Movie const& movie) { return search_text(movie.title); })};
    }
};

// What a request may set. Not sent: kept as it is.
struct MovieFields {
    json::Patch<std::string> title, description, release_date;
    json::Patch<int> duration;
    json::Patch<std::string> language, country;
    json::Patch<std::vector<std::string>> genres, cast;
    json::Patch<std::string> director, poster_url;
    json::Patch<bool> is_adult;
    json::Patch<MovieStatus> status;
    json::Patch<MediaId> media;
};

enum class SortBy { created_at, title, release_date };
constexpr auto names(SortBy) {
    return std::array{std::pair{SortBy::created_at, "createdAt"sv}, std::pair{SortBy::title, "title"sv},
        std::pair{SortBy::release_date, "releaseDate"sv}};
}
enum class Hidden { left_out, only };

struct MovieFilter {
    std::optional<std::string> search;
    std::vector<std::string> genres; // names or slugs; a title has any of them
    std::vector<int> years; // any of them
    std::optional<MovieStatus> status; // none: released, or all states of one's own
    std::optional<UserId> created_by;
    Hidden hidden = Hidden::left_out;
    SortBy sort_by = SortBy::created_at;
    SortOrder order = SortOrder::desc;
    std::optional<std::string> after; // cursor of the list before
    std::int64_t page = 1; // without a cursor
    int limit = 20;
};

struct MovieList {
    std::vector<Movie> movies;
    std::int64_t total = 0; // exact for up to one creator or genre, or some years; else exact up to 10,000
    std::optional<std::string> next_cursor;
};

// What a list can be narrowed by, and how many of its titles would be left: released and visible ones.
struct Genre {
    std::string name, slug;
    std::int64_t titles = 0;
};
struct Year {
    int year = 0;
    std::int64_t titles = 0;
};

// A title with what the ports know of it.
struct MovieView {
    Movie movie;
    user::Person creator;
    Counts counts;
    std::optional<Video> video;
};

} // namespace mozi::content
