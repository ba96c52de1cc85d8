// All SQL about titles. Functions throw db::Failure as the connection does.
#pragma once

#include "shelves.hpp"
#include "words.hpp"

#include <mozi/db/database.hpp>
#include <mozi/subject/effects.hpp>

#include <map>
#include <span>

namespace mozi::content::repository {

// One walk along a shelf, or along several of one kind as if they were one. `also`: the title stands on one of each of these as
// well, in the same state.
using Shelves = std::vector<Shelf>;
struct Walk {
    Shelves shelves{Shelf{}};
    ShelfState state = ShelfState::released;
    std::vector<Shelves> also;
    std::vector<SearchWord> words; // all of them stand in the title
    SortBy sort = SortBy::created_at;
    SortOrder order = SortOrder::desc;
    std::optional<Position> after;
    std::int64_t limit = 20, offset = 0;
};

std::vector<Movie> list(db::Connection& c, Walk const& walk); // one statement
// What list() sends, for a look at its plan.
std::string list_sql(Walk const& walk);
// Of a walk that meets no title twice: the page's titles, and how many there are in all, up to `most`. One statement, and one way.
struct Found {
    std::vector<MovieId> page;
    std::int64_t total = 0;
};
Found find(db::Connection& c, Walk const& walk, std::int64_t most);
std::string find_sql(Walk const& walk);

std::int64_t count(db::Connection& c, Shelves const& shelves, ShelfState state); // kept, not counted; of shelves that share no title
std::int64_t count_walk(db::Connection& c, Walk const& walk, std::int64_t most); // counts, up to `most`

std::vector<Genre> list_genres(db::Connection& c, std::int64_t limit, std::int64_t offset);
std::int64_t count_genres(db::Connection& c, std::int64_t most);
std::vector<Year> list_years(db::Connection& c); // with titles, the latest first
// Of the titles of a walk, whatever its bounds: how many have which genres (slug and number), and which years.
std::map<std::string, std::int64_t> count_by_genre(db::Connection& c, Walk const& walk);
std::vector<Year> count_by_year(db::Connection& c, Walk const& walk);
// The name of each that exists, as it was first written.
std::map<std::string, std::string> genre_names(db::Connection& c, std::span<std::string const> slugs);

void insert(db::Connection& c, Movie const& movie);
void replace(db::Connection& c, Movie const& before, Movie const& after); // of the same id
void remove(db::Connection& c, Movie const& movie);
// Where they lie, and what is kept of effects.
std::vector<effects::Place> places();

// Makes anew what searches and sorting by title read of the next titles behind `after`. The last of them; nothing: there was none.
std::optional<MovieId> refold(db::Connection& c, MovieId after, std::int64_t limit);
// Up to which title that version was written; nothing: all of them.
std::optional<MovieId> find_folded(db::Connection& c, int version);
void keep_folded(db::Connection& c, int version, std::optional<MovieId> up_to);

// Of one person, without what is hidden: how many are not released, and when the latest but so many was made.
std::int64_t count_unreleased(db::Connection& c, UserId creator);
std::optional<Time> latest_but(db::Connection& c, UserId creator, int others);

} // namespace mozi::content::repository
