// Shelves, sort keys and cursors.
#include "shelves.hpp"

#include "words.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>

namespace mozi::content {

namespace {

constexpr auto no_date_up = "9999-99-99"sv;

} // namespace

Shelf year_shelf(int year) {
    auto digits = std::to_string(year);
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    return {ShelfKind::year, std::move(digits)};
}

Shelf genre_shelf(std::string_view name_or_slug) { return {ShelfKind::genre, slug_of(name_or_slug)}; }
Shelf creator_shelf(UserId creator) { return {ShelfKind::creator, creator.text()}; }

std::vector<Place> places_of(Movie const& movie) {
    auto const state = movie.hidden ? ShelfState::hidden : state_of(movie.status);
    std::vector<Place> places{{{ShelfKind::all, ""}, state}, {creator_shelf(movie.created_by), state}};
    if (!movie.hidden) places.push_back({creator_shelf(movie.created_by), ShelfState::own});
    if (movie.release_date) places.push_back({{ShelfKind::year, movie.release_date->substr(0, 4)}, state});
    for (auto const& genre : movie.genres) places.push_back({genre_shelf(genre), state});
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

SortKeys sort_keys(Movie const& movie) {
    return {title_key(movie.title), movie.release_date.value_or(""), movie.release_date.value_or(std::string(no_date_up))};
}

Position position_of(Movie const& movie, SortBy sort, SortOrder order) {
    if (sort == SortBy::created_at) return {"", movie.id};
    auto keys = sort_keys(movie);
    return {std::move(sort == SortBy::title ? keys.title : order == SortOrder::asc ? keys.date_up : keys.date_down), movie.id};
}

Pager<std::string, MovieId> pager_of(SortBy sort, SortOrder order) {
    return Pager<std::string, MovieId>(std::to_string(int(sort)) + (order == SortOrder::asc ? 'a' : 'd'));
}

} // namespace mozi::content
