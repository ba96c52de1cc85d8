// Where a title stands: the shelves it is listed on, and the key it is sorted by there. Pure functions.
#pragma once

#include "model.hpp"

#include <mozi/json/page.hpp>

namespace mozi::content {

enum class ShelfKind { all, year, genre, creator };
enum class ShelfState { draft, in_production, post_production, released, cancelled, hidden, own };

constexpr ShelfState state_of(MovieStatus status) { return static_cast<ShelfState>(status); }

struct Shelf {
    ShelfKind kind = ShelfKind::all;
    std::string name;
    auto operator<=>(Shelf const&) const = default;
};
// Whether a title can stand on two of them, all of one kind.
inline bool share_titles(std::vector<Shelf> const& shelves) { return shelves.size() > 1 && shelves.front().kind == ShelfKind::genre; }
Shelf year_shelf(int year);
Shelf genre_shelf(std::string_view name_or_slug);
Shelf creator_shelf(UserId creator);

struct Place {
    Shelf shelf;
    ShelfState state = ShelfState::draft;
    auto operator<=>(Place const&) const = default;
};
// All places of a title, in order, none twice.
std::vector<Place> places_of(Movie const& movie);

struct SortKeys {
    std::string title, date_down, date_up;
    bool operator==(SortKeys const&) const = default;
};
SortKeys sort_keys(Movie const& movie);

// Where a walk along a shelf goes on: a sort key, empty when sorted by creation, for ids rise with time; and the id.
using Position = std::tuple<std::string, MovieId>;
Position position_of(Movie const& movie, SortBy sort, SortOrder order);
Pager<std::string, MovieId> pager_of(SortBy sort, SortOrder order); // cursors of at most 200 characters

} // namespace mozi::content
