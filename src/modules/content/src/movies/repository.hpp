// All SQL about titles. Functions throw db::Failure as the connection does.
#pragma once

#include "shelves.hpp"
#include "words.hpp"

#include <mozi/db/database.hpp>

#include <span>

namespace mozi::content::repository {

// One walk along a shelf. `also`: shelves the title must stand on as well, in the same state.
struct Walk {
    Shelf shelf;
    ShelfState state = ShelfState::released;
    std::vector<Shelf> also;
    std::vector<SearchWord> words; // all of them stand in the title
    SortBy sort = SortBy::created_at;
    SortOrder order = SortOrder::desc;
    std::optional<Position> after;
    std::int64_t limit = 20, offset = 0;
};

std::optional<Movie> find(db::Connection& c, MovieId id);                      // one statement
std::vector<Title> find_titles(db::Connection& c, std::span<MovieId const> ids); // one statement
std::vector<Movie> list(db::Connection& c, Walk const& walk);                  // one statement
// What list() sends, for a look at its plan.
std::string list_sql(Walk const& walk);

std::int64_t count(db::Connection& c, Shelf const& shelf, ShelfState state); // kept, not counted
std::int64_t count_walk(db::Connection& c, Walk const& walk, std::int64_t most); // counts, up to `most`

std::vector<Genre> list_genres(db::Connection& c, std::int64_t limit, std::int64_t offset);
std::int64_t count_genres(db::Connection& c, std::int64_t most);

// Holds the title until the unit ends, so that what is read next stays true. False: there is none.
bool lock(db::Connection& c, MovieId id);
void insert(db::Connection& c, Movie const& movie);
void replace(db::Connection& c, Movie const& before, Movie const& after); // of the same id
void remove(db::Connection& c, Movie const& movie);

// Makes anew what searches and sorting by title read of the next titles behind `after`. The last of them; nothing: there was none.
std::optional<MovieId> refold(db::Connection& c, MovieId after, std::int64_t limit);
// Up to which title that version was written; nothing: all of them.
std::optional<MovieId> find_folded(db::Connection& c, int version);
void keep_folded(db::Connection& c, int version, std::optional<MovieId> up_to);

void add_hiding(db::Connection& c, MovieId id, Id<"action"> action);
void remove_hiding(db::Connection& c, MovieId id, Id<"action"> action);
bool is_hidden(db::Connection& c, MovieId id);

} // namespace mozi::content::repository
