// Totals and shelves against a plain model, under random changes and under several writers.
#include "support.hpp"

#include "movies/repository.hpp"

#include <algorithm>
#include <barrier>
#include <random>
#include <thread>

using namespace mozi;
using namespace mozi::content;

namespace {

std::set<std::string> slugs_of(Movie const& movie) {
    std::set<std::string> all;
    for (auto const& genre : movie.genres) all.insert(genre_shelf(genre).name);
    return all;
}

struct Model {
    std::map<std::int64_t, Movie> movies;
    std::map<std::int64_t, std::set<std::int64_t>> hidden_by;

    std::vector<std::int64_t> expected(MovieFilter const& filter) const {
        std::vector<Movie const*> found;
        for (auto const& [id, movie] : movies) {
            auto const hidden = hidden_by.contains(id) && !hidden_by.at(id).empty();
            auto const slugs = slugs_of(movie);
            auto const year = movie.release_date ? std::stoi(movie.release_date->substr(0, 4)) : 0;
            if (hidden != (filter.hidden == Hidden::only)) continue;
            if (!hidden && filter.status && movie.status != *filter.status) continue;
            if (!hidden && !filter.status && !filter.created_by && !movie.released()) continue;
            auto const has = [&](std::string const& genre) { return slugs.contains(genre_shelf(genre).name); };
            if (!filter.genres.empty() && std::ranges::none_of(filter.genres, has)) continue;
            if (!filter.years.empty() && std::ranges::count(filter.years, year) == 0) continue;
            if (filter.search && movie.title.find(*filter.search) == movie.title.npos) continue;
            if (filter.created_by && movie.created_by != *filter.created_by) continue;
            found.push_back(&movie);
        }
        auto const up = filter.order == SortOrder::asc;
        std::sort(found.begin(), found.end(), [&](Movie const* a, Movie const* b) {
            auto const ka = position_of(*a, filter.sort_by, filter.order), kb = position_of(*b, filter.sort_by, filter.order);
            return up ? ka < kb : kb < ka;
        });
        std::vector<std::int64_t> ids;
        for (auto const* movie : found) ids.push_back(movie->id.value);
        return ids;
    }
};

MovieFields random_fields(std::mt19937& random) {
    auto const pick = [&](int n) { return int(random() % unsigned(n)); };
    MovieFields fields;
    fields.title = set("title " + std::to_string(pick(20)));
    if (pick(2)) fields.status = set(static_cast<MovieStatus>(pick(5)));
    if (pick(2))
        fields.release_date = pick(3) ? set("200" + std::to_string(pick(3)) + "-0" + std::to_string(1 + pick(9)) + "-11")
                                      : json::Patch<std::string>{true, std::nullopt};
    if (pick(2)) {
        std::vector<std::string> genres;
        for (auto const* name : {"Drama", "Comedy", "drama", "Noir"})
            if (pick(2)) genres.emplace_back(name);
        fields.genres = set(std::move(genres));
    }
    return fields;
}

// Counts and shelves agree, whatever happened.
void check_counts(House& house) {
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM shelf_count n WHERE n.titles <> (SELECT count(*) FROM movie_shelf s WHERE "
                                     "s.kind = n.kind AND s.shelf = n.shelf AND s.state = n.state)") == 0);
    CHECK(house.scalar<std::int64_t>("SELECT coalesce(sum(titles), 0) FROM shelf_count WHERE kind >= 0") ==
          house.scalar<std::int64_t>("SELECT count(*) FROM movie_shelf"));
    CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie_shelf WHERE kind = 0") ==
          house.scalar<std::int64_t>("SELECT count(*) FROM movie"));
}

std::vector<std::int64_t> by_cursor(House& house, MovieFilter filter) {
    std::vector<std::int64_t> ids;
    filter.limit = 7;
    do {
        auto const list = house.movies.list(filter, as(mod));
        REQUIRE(list);
        for (auto const& movie : list->movies) ids.push_back(movie.id.value);
        filter.after = list->next_cursor;
    } while (filter.after);
    return ids;
}

void check_lists(House& house, Model const& model) {
    std::vector<MovieFilter> filters;
    for (auto const sort : {SortBy::created_at, SortBy::title, SortBy::release_date})
        for (auto const order : {SortOrder::asc, SortOrder::desc}) {
            MovieFilter filter;
            filter.sort_by = sort;
            filter.order = order;
            filter.limit = 1000;
            filters.push_back(filter);
            for (auto const status : {MovieStatus::draft, MovieStatus::cancelled, MovieStatus::released}) {
                filter.status = status;
                filters.push_back(filter);
            }
            filter.status.reset();
            filter.genres = {"DRAMA"};
            filters.push_back(filter);
            filter.years = {2001};
            filters.push_back(filter);
            filter.genres.clear(), filters.push_back(filter);
            filter.created_by = ben;
            filters.push_back(filter);
            filter.years.clear(), filters.push_back(filter);
            filter.created_by.reset();
            for (auto const& genres : {std::vector<std::string>{"drama", "Noir"}, {"noir", "COMEDY", "Noir"}, {}})
                for (auto const& years : {std::vector<int>{2000, 2002}, {2001, 2001, 1999}, {}})
                    for (auto const* search : {"", "title 1"}) {
                        filter.genres = genres;
                        filter.years = years;
                        filter.search = search;
                        filters.push_back(filter);
                    }
            filter.genres.clear();
            filter.years.clear();
            filter.search.reset();
            filter.created_by = ben;
            filter.hidden = Hidden::only;
            filters.push_back(filter);
            filter.created_by.reset(), filters.push_back(filter);
        }
    for (auto const& filter : filters) {
        auto const list = house.movies.list(filter, as(mod));
        REQUIRE(list);
        std::vector<std::int64_t> ids;
        for (auto const& movie : list->movies) ids.push_back(movie.id.value);
        CHECK(ids == model.expected(filter));
        CHECK(list->total == std::int64_t(ids.size()));
        CHECK(by_cursor(house, filter) == ids);
    }
}

// What a list can be narrowed by, against the titles themselves.
void check_facets(House& house, Model const& model) {
    for (auto const& [genres, years, search] :
        std::vector<std::tuple<std::vector<std::string>, std::vector<int>, std::string>>{{{}, {}, ""}, {{"Drama"}, {2001}, ""},
            {{"noir", "comedy"}, {2000, 2002}, ""}, {{"noir", "drama"}, {2001}, "title 1"}, {{}, {}, "title 1"}}) {
        MovieFilter filter;
        filter.status = MovieStatus::released;
        filter.search = search;
        std::map<std::string, std::int64_t> by_genre, found_genres;
        std::map<int, std::int64_t> by_year, found_years;
        filter.years = years;
        for (auto const id : model.expected(filter))
            for (auto const& slug : slugs_of(model.movies.at(id))) ++by_genre[slug];
        auto const listed = house.movies.list_genres(filter, 1, 100);
        filter.years.clear();
        filter.genres = genres;
        for (auto const id : model.expected(filter))
            if (auto const& date = model.movies.at(id).release_date) ++by_year[std::stoi(date->substr(0, 4))];
        auto const counted = house.movies.list_years(filter);
        REQUIRE(listed);
        REQUIRE(counted);
        for (auto const& genre : listed->genres) {
            found_genres[genre.slug] = genre.titles;
            CHECK(genre_shelf(genre.name).name == genre.slug);
        }
        for (auto const& year : *counted) found_years[year.year] = year.titles;
        CHECK(found_genres == by_genre);
        CHECK(found_years == by_year);
        CHECK(listed->total == std::int64_t(by_genre.size()));
    }
}

} // namespace

TEST_CASE("after any series of changes every list and every total is exact") {
    on_each_database([](House& house) {
        std::mt19937 random(20261124);
        Model model;
        auto const any = [&] { return std::next(model.movies.begin(), std::ptrdiff_t(random() % model.movies.size())); };
        for (int step = 1; step <= 400; ++step) {
            auto const what = random() % 10;
            if (model.movies.size() < 5 || what < 3) {
                auto const movie = house.add(random_fields(random), random() % 2 ? ada : ben);
                model.movies[movie.id.value] = movie;
            } else if (what < 6) {
                auto const at = any();
                auto const changed =
                    house.movies.update(at->second.id, random_fields(random), {}, as(at->second.created_by), any_version());
                if (at->second.hidden) {
                    CHECK(changed.error().id == "movie.hidden");
                    continue;
                }
                REQUIRE(changed);
                at->second = *changed;
            } else if (what < 7) {
                auto const at = any();
                auto const removed = house.movies.remove(at->second.id, as(at->second.created_by), any_version());
                if (at->second.hidden) {
                    CHECK(removed.error().id == "movie.hidden");
                    continue;
                }
                REQUIRE(removed);
                model.hidden_by.erase(at->first);
                model.movies.erase(at);
            } else {
                auto const at = any();
                auto const action = std::int64_t(1 + random() % 3);
                if (random() % 2) {
                    house.hear(moderation::ContentHidden{{action}, SubjectKind::movie, at->first});
                    model.hidden_by[at->first].insert(action);
                } else {
                    house.hear(moderation::ContentRestored{{action}, SubjectKind::movie, at->first});
                    model.hidden_by[at->first].erase(action);
                }
                at->second = house.movies.get(at->second.id, as(mod)).value();
                CHECK(at->second.hidden == !model.hidden_by[at->first].empty());
            }
            if (step % 50 == 0) check_counts(house), check_lists(house, model), check_facets(house, model);
        }
        while (!model.movies.empty()) {
            auto const& [id, movie] = *model.movies.begin();
            for (std::int64_t action = 1; action <= 3; ++action) house.hear(moderation::ContentRestored{{action}, SubjectKind::movie, id});
            REQUIRE(house.movies.remove(movie.id, as(movie.created_by), any_version()));
            model.movies.erase(model.movies.begin());
        }
        CHECK(house.scalar<std::int64_t>("SELECT coalesce(sum(titles), 0) FROM shelf_count WHERE kind >= 0") == 0);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM effect") == 0);
        check_counts(house);
    });
}

TEST_CASE("totals stay exact when several write the same shelves at once") {
    on_each_database([](House& house) {
        std::atomic<int> failed{0};
        test::together(4, [&](int w) {
            std::mt19937 random(unsigned(w) + 1);
            std::vector<MovieId> mine;
            for (int i = 0; i < 40; ++i) {
                auto const made = house.movies.create(random_fields(random), as(ada));
                if (!made) {
                    ++failed;
                    continue;
                }
                mine.push_back(made->id);
                if (!house.movies.update(mine[random() % mine.size()], random_fields(random), {}, as(ada), any_version())) ++failed;
            }
            if (!house.movies.remove(mine.front(), as(ada), any_version())) ++failed;
        });
        CHECK(failed == 0);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie") == 4 * 39);
        check_counts(house);
    });
}

TEST_CASE("of writers with the same version exactly one is right, each time") {
    on_each_database([](House& house) {
        constexpr int people = 4, rounds = 25;
        auto const movie = house.add(titled("Contested"));
        std::barrier all(people);
        std::atomic<int> won{0}, lost{0};
        test::together(people, [&](int w) {
            for (int round = 1; round <= rounds; ++round) {
                all.arrive_and_wait();
                auto const outcome = house.movies.update(
                    movie.id, titled("Version of " + std::to_string(w) + " in " + std::to_string(round)), round, as(ada), any_version());
                if (outcome) ++won;
                else if (outcome.error().id == "movie.version") ++lost;
            }
        });
        CHECK(won == rounds);
        CHECK(lost == rounds * (people - 1));
        CHECK(house.movies.get(movie.id, {}).value().version == rounds + 1);
        check_counts(house);
    });
}
