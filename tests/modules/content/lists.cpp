// Lists: filters, order, pages and cursors, and what they cost.
#include "support.hpp"

#include "movies/repository.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>
#include <thread>

using namespace mozi;
using namespace mozi::content;

namespace {

std::vector<std::string> titles(Answer const& answer) {
    REQUIRE_MESSAGE(answer.status == 200, answer.text);
    std::vector<std::string> all;
    for (auto const& movie : answer.body.at("data").as_array()) all.emplace_back(movie.at("title").as_string());
    return all;
}

using Listed = std::vector<std::string>;

MovieFields film(std::string title, std::string date, std::vector<std::string> genres, MovieStatus status = MovieStatus::released) {
    auto fields = titled(std::move(title), status);
    if (!date.empty()) fields.release_date = set(std::move(date));
    fields.genres = set(std::move(genres));
    return fields;
}

void add_shelf(House& house) {
    house.add(film("Brazil", "1985-02-20", {"Drama", "Science Fiction"}));
    house.add(film("amélie", "2001-04-25", {"Comedy"}));
    house.add(film("Zodiac", "2007-03-02", {"Drama"}), ben);
    house.add(film("Untitled", "", {"Drama"}));
    house.add(film("Čapek", "2001-01-01", {"Drama"}), ben);
    house.add(film("Raw cut", "2001-05-05", {"Drama"}, MovieStatus::draft));
}

// All ids of a list, cursor by cursor.
std::vector<std::int64_t> walk(House& house, MovieFilter filter, Asking const& asking, std::function<void()> const& between = [] {}) {
    std::vector<std::int64_t> ids;
    for (int pages = 0; pages < 10'000; ++pages) {
        auto const list = house.movies.list(filter, asking);
        REQUIRE(list);
        REQUIRE(list->movies.size() <= std::size_t(filter.limit));
        for (auto const& movie : list->movies) ids.push_back(movie.id.value);
        if (!list->next_cursor) return ids;
        filter.after = list->next_cursor;
        between();
    }
    FAIL("the walk does not end");
    return ids;
}

} // namespace

TEST_CASE("lists sort by time, title and release date, both ways, undated ones last") {
    on_each_database([](House& house) {
        add_shelf(house);
        CHECK(titles(house.get("/api/movies")) == Listed{"Čapek", "Untitled", "Zodiac", "amélie", "Brazil"});
        CHECK(titles(house.get("/api/movies?sortBy=createdAt&sortOrder=asc")) == Listed{"Brazil", "amélie", "Zodiac", "Untitled", "Čapek"});
        CHECK(titles(house.get("/api/movies?sortBy=title&sortOrder=asc")) == Listed{"amélie", "Brazil", "Čapek", "Untitled", "Zodiac"});
        CHECK(titles(house.get("/api/movies?sortBy=title&sortOrder=desc")) == Listed{"Zodiac", "Untitled", "Čapek", "Brazil", "amélie"});
        CHECK(titles(house.get("/api/movies?sortBy=releaseDate&sortOrder=desc")) ==
              Listed{"Zodiac", "amélie", "Čapek", "Brazil", "Untitled"});
        CHECK(
            titles(house.get("/api/movies?sortBy=releaseDate&sortOrder=asc")) == Listed{"Brazil", "Čapek", "amélie", "Zodiac", "Untitled"});
    });
}

// proves S11, S29
TEST_CASE("lists filter by genre, year, creator and part of the title, alone and together") {
    on_each_database([](House& house) {
        add_shelf(house);
        auto const ask = [&](std::string const& query, UserId who = {}) {
            return titles(house.get("/api/movies?sortBy=title&sortOrder=asc&" + query, who));
        };
        CHECK(ask("genre=drama") == Listed{"Brazil", "Čapek", "Untitled", "Zodiac"});
        CHECK(ask("genre=Science%20Fiction") == Listed{"Brazil"});
        CHECK(ask("genre=science-fiction") == Listed{"Brazil"});
        CHECK(ask("genre=western") == Listed{});
        CHECK(ask("year=2001") == Listed{"amélie", "Čapek"});
        CHECK(ask("year=2001&genre=drama") == Listed{"Čapek"});
        CHECK(ask("createdBy=12") == Listed{"Čapek", "Zodiac"});
        CHECK(ask("createdBy=12&year=2007&genre=drama") == Listed{"Zodiac"});
        CHECK(ask("search=AMELIE") == Listed{"amélie"});
        CHECK(ask("search=a&genre=drama") == Listed{"Brazil", "Čapek", "Zodiac"});
        CHECK(ask("search=capek&createdBy=12&year=2001") == Listed{"Čapek"});
        CHECK(ask("search=%25") == Listed{});
        CHECK(ask("search=_") == Listed{});
        CHECK(ask("createdBy=me", ada) == Listed{"amélie", "Brazil", "Raw cut", "Untitled"});
        CHECK(ask("createdBy=me&genre=drama", ada) == Listed{"Brazil", "Raw cut", "Untitled"});
        CHECK(ask("createdBy=me&year=2001", ada) == Listed{"amélie", "Raw cut"});
        CHECK(ask("createdBy=me&status=DRAFT", ada) == Listed{"Raw cut"});
        CHECK(ask("createdBy=11", ben) == Listed{"amélie", "Brazil", "Untitled"});
        CHECK(ask("createdBy=11&status=DRAFT", ben) == Listed{});
        CHECK(ask("createdBy=11", mod) == Listed{"amélie", "Brazil", "Raw cut", "Untitled"});
        CHECK(ask("status=DRAFT&genre=drama", mod) == Listed{"Raw cut"});
        CHECK(ask("genre=comedy,Science%20Fiction") == Listed{"amélie", "Brazil"});
        CHECK(ask("genre=drama,science-fiction,DRAMA") == Listed{"Brazil", "Čapek", "Untitled", "Zodiac"}); // each once
        CHECK(ask("year=2007,1985") == Listed{"Brazil", "Zodiac"});
        CHECK(ask("genre=comedy,drama&year=2001,1985&search=a") == Listed{"amélie", "Brazil", "Čapek"});
        std::string years = "2001,1985,2007";
        for (int year = 1900; year < 1997; ++year) years += "," + std::to_string(year == 1985 ? 1999 : year);
        CHECK(ask("year=" + years) == ask("year=2001,1985,2007")); // as many as may be asked for
        CHECK(ask("genre=&year=") == Listed{"amélie", "Brazil", "Čapek", "Untitled", "Zodiac"});
        CHECK(ask("createdBy=me&genre=drama,comedy", ada) == Listed{"amélie", "Brazil", "Raw cut", "Untitled"});
        house.add(titled("Ocean’s Eleven")), house.add(titled("Spider-Man 2"));
        CHECK(ask("search=oceans+eleven") == Listed{"Ocean’s Eleven"});
        CHECK(ask("search=eleven%C2%A0+ocean%27s+") == Listed{"Ocean’s Eleven"});
        CHECK(ask("search=spider%E2%80%93man") == Listed{"Spider-Man 2"});
        CHECK(ask("search=spiderman+2") == Listed{"Spider-Man 2"});
        CHECK(ask("search=%E2%80%8B&createdBy=12") == Listed{"Čapek", "Zodiac"}); // nothing that shows: everything
        auto const found = house.get("/api/movies?search=a&limit=1&year=2001");
        CHECK(found.body.at("pagination").at("total") == 2);
        CHECK(found.body.at("pagination").at("pages") == 2);
    });
}

TEST_CASE("bad list queries are 400 and name the key") {
    on_each_database([](House& house) {
        for (auto const* query : {"limit=0", "limit=101", "limit=x", "page=0", "sortBy=rating", "sortOrder=up", "status=released", "year=0",
                 "year=10000", "year=2001,", "year=2001,x", "genre=a,,b", "genre=1,2,3,4,5,6,7,8,9,10,11", "colour=red", "createdBy=ada",
                 "hidden=1", "limit=5&limit=6", "search=%ff"}) {
            CAPTURE(query);
            auto const answer = house.get("/api/movies?" + std::string(query));
            CHECK(answer.status == 400);
            CHECK(answer.body.at("id") == "request.query");
        }
        CHECK(house.get("/api/movies?search=" + std::string(101, 'a')).status == 400);
        CHECK(house.get("/api/movies?after=AAAA").body.at("id") == "request.cursor");
        CHECK(house.get("/api/movies?createdBy=me").status == 401);
        CHECK(house.get("/api/movies/0").status == 404);
        CHECK(house.get("/api/movies/abc").status == 404);
    });
}

TEST_CASE("pages and cursors give the same titles, and the numbers are right") {
    on_each_database([](House& house) {
        for (int i = 0; i < 23; ++i) house.add(titled("Film " + std::to_string(i % 7)));
        for (auto const* sort : {"createdAt", "title", "releaseDate"})
            for (auto const* order : {"asc", "desc"}) {
                auto const base = "/api/movies?limit=5&sortBy=" + std::string(sort) + "&sortOrder=" + order;
                auto cursor = std::string{};
                for (int page = 1; page <= 5; ++page) {
                    auto const numbered = house.get(base + "&page=" + std::to_string(page));
                    auto const walked = house.get(base + cursor);
                    CHECK(numbered.body.at("data") == walked.body.at("data"));
                    CHECK(numbered.body.at("pagination").at("total") == 23);
                    CHECK(numbered.body.at("pagination").at("pages") == 5);
                    CHECK(numbered.body.at("data").as_array().size() == (page == 5 ? 3u : 5u));
                    auto const& next = walked.body.at("pagination").at("nextCursor");
                    CHECK(next.is_null() == (page == 5));
                    if (next.is_string()) cursor = "&after=" + std::string(next.as_string());
                }
                CHECK(titles(house.get(base + "&page=6")).empty());
                CHECK(titles(house.get(base + "&page=1000000")).empty());
            }
        CHECK(house
                  .get("/api/movies?sortBy=title&limit=5&after=" +
                       std::string(house.get("/api/movies?limit=5").body.at("pagination").at("nextCursor").as_string()))
                  .body.at("id") == "request.cursor");
    });
}

TEST_CASE("a walk by cursor meets every title exactly once while others are added, changed and deleted") {
    on_each_database([](House& house) {
        std::set<std::int64_t> there;
        for (int i = 0; i < 120; ++i)
            there.insert(
                house.add(film("Title " + std::to_string(i % 40), i % 3 ? "200" + std::to_string(i % 10) + "-01-01" : "", {"Drama"}))
                    .id.value);
        for (auto const sort : {SortBy::created_at, SortBy::title, SortBy::release_date})
            for (auto const order : {SortOrder::asc, SortOrder::desc})
                for (auto const* genre : {"", "drama"}) {
                    std::atomic<bool> stop{false};
                    std::atomic<int> added{0};
                    std::thread other([&] {
                        while (!stop && added < 200) {
                            auto const extra =
                                house.movies.create(film("Title " + std::to_string(added % 50), "2005-05-05", {"Drama"}), as(ben));
                            if (!extra) break;
                            ++added;
                            if (added % 2) (void)house.movies.remove(extra->id, as(ben), any_version());
                            else (void)house.movies.update(extra->id, titled("Moved", MovieStatus::released), {}, as(ben), any_version());
                        }
                    });
                    MovieFilter filter;
                    filter.sort_by = sort;
                    filter.order = order;
                    filter.limit = 7;
                    if (*genre) filter.genres = {genre};
                    auto const ids = walk(house, filter, {}, [&] { // the other writer gets its turn between pages
                        for (auto const seen = added.load(); added == seen && added < 200;) std::this_thread::yield();
                    });
                    stop = true;
                    other.join();
                    CHECK(added > 0);
                    std::map<std::int64_t, int> met;
                    for (auto const id : ids) ++met[id];
                    for (auto const id : there) CHECK(met[id] == 1);
                }
    });
}

// proves S10
TEST_CASE("genres in use come with their numbers, the most used first") {
    on_each_database([](House& house) {
        add_shelf(house);
        auto const listed = house.get("/api/genres");
        REQUIRE(listed.status == 200);
        auto const& data = listed.body.at("data").as_array();
        REQUIRE(data.size() == 3);
        CHECK(data[0].at("name") == "Drama");
        CHECK(data[0].at("slug") == "drama");
        CHECK(data[0].at("titlesCount") == 4); // the draft does not count
        CHECK(data[1].at("titlesCount") == 1);
        CHECK(listed.body.at("pagination").at("total") == 3);
        CHECK(house.get("/api/genres?limit=2&page=2").body.at("data").as_array().size() == 1);
        CHECK(house.get("/api/genres?limit=101").status == 400);
        auto const draft = house.get("/api/movies?status=DRAFT", ada).body.at("data").at(0);
        house.ask(net::Method::put, "/api/movies/" + std::string(draft.at("id").as_string()), ada,
            R"({"status":"RELEASED","genres":["DRAMA","Film Noir"]})");
        auto const after = house.get("/api/genres").body.at("data").as_array();
        CHECK(after[0].at("titlesCount") == 5);
        CHECK(after[0].at("name") == "Drama"); // as it was first written
        CHECK(after.size() == 4);
    });
}

// proves S11
TEST_CASE("what a list can be narrowed by follows the query, each facet all but its own choice") {
    on_each_database([](House& house) {
        add_shelf(house);
        auto const counts = [&](std::string const& target, std::string const& key) {
            auto const answer = house.get(target);
            REQUIRE_MESSAGE(answer.status == 200, answer.text);
            std::string text;
            for (auto const& entry : answer.body.at("data").as_array()) {
                auto const& what = entry.at(key);
                text += (what.is_string() ? std::string(what.as_string()) : std::to_string(what.as_int64())) + " " +
                        std::to_string(entry.at("titlesCount").as_int64()) + "; ";
            }
            return text;
        };
        CHECK(counts("/api/genres", "name") == "Drama 4; Science Fiction 1; Comedy 1; ");
        CHECK(counts("/api/genres?year=2001", "name") == "Drama 1; Comedy 1; ");
        CHECK(counts("/api/genres?year=2001,1985", "slug") == "drama 2; science-fiction 1; comedy 1; ");
        CHECK(counts("/api/genres?search=zod", "name") == "Drama 1; ");
        CHECK(counts("/api/genres?search=&limit=1&page=2", "name") == "Science Fiction 1; ");
        CHECK(counts("/api/genres?year=2001,1985&limit=1&page=2", "name") == "Science Fiction 1; ");
        CHECK(counts("/api/years", "year") == "2007 1; 2001 2; 1985 1; ");
        CHECK(counts("/api/years?genre=drama", "year") == "2007 1; 2001 1; 1985 1; ");
        CHECK(counts("/api/years?genre=comedy,science-fiction&search=a", "year") == "2001 1; 1985 1; ");
        CHECK(counts("/api/years?limit=1&page=2", "year") == "2001 2; ");
        CHECK(counts("/api/years?genre=western", "year") == "");
        CHECK(house.get("/api/years?genre=comedy").body.at("pagination").at("total") == 1);
        CHECK(house.get("/api/years?year=2001").status == 400); // its own choice counts in none
        CHECK(house.get("/api/genres?genre=drama").status == 400);
    });
}

TEST_CASE("each list follows an index and sorts nothing") {
    on_each_database([](House& house) {
        auto const postgres = house.database->dialect() == db::Dialect::postgres;
        for (int i = 0; i < 300; ++i) house.add(film("Title " + std::to_string(i), i % 3 ? "2001-01-01" : "", {"Drama"}));
        if (postgres)
            REQUIRE(house.database->write([](db::Transaction& tx) -> Result<> {
                for (auto const* table : {"movie", "movie_shelf", "shelf_count", "genre"}) tx->run("ANALYZE " + std::string(table));
                return {};
            }));
        using Shelves = repository::Shelves;
        std::vector<Shelves> const all{{{}}, {genre_shelf("drama")}, {year_shelf(2001)}, {creator_shelf(ada)},
            {genre_shelf("drama"), genre_shelf("noir")}, {year_shelf(2001), year_shelf(2002), year_shelf(2003)}};
        auto const index = [](SortBy sort, SortOrder order) {
            return sort == SortBy::title        ? "movie_shelf_title"
                   : sort == SortBy::created_at ? "PRIMARY KEY"
                   : order == SortOrder::asc    ? "movie_shelf_date_up"
                                                : "movie_shelf_date_down";
        };
        for (auto const& shelves : all)
            for (auto const sort : {SortBy::created_at, SortBy::title, SortBy::release_date})
                for (auto const order : {SortOrder::asc, SortOrder::desc})
                    for (auto const& words : {std::vector<SearchWord>{}, {{"x", "x"}}, {{"xyz", "x y z"}, {"a", "a"}}})
                        for (auto const further : {false, true}) {
                            repository::Walk walk;
                            walk.shelves = shelves;
                            walk.sort = sort;
                            walk.order = order;
                            walk.words = words;
                            if (further) walk.after = Position{sort == SortBy::created_at ? "" : "2001-01-01", {1}};
                            // What more than a shelf narrows is found and counted on one way.
                            auto const once = shelves.size() == 1 && !words.empty();
                            auto sql = once ? repository::find_sql(walk) : repository::list_sql(walk);
                            for (auto at = sql.find('?'); at != sql.npos; at = sql.find('?', at)) sql.replace(at, 1, "'1'");
                            std::string plan;
                            REQUIRE(house.database->read([&](db::Connection& c) -> Result<> {
                                if (postgres) c.each<std::string>("EXPLAIN " + sql, [&](std::string line) { plan += line + "\n"; });
                                else
                                    c.each<std::int64_t, std::int64_t, std::int64_t, std::string>("EXPLAIN QUERY PLAN " + sql,
                                        [&](std::int64_t, std::int64_t, std::int64_t, std::string line) { plan += line + "\n"; });
                                return {};
                            }));
                            CAPTURE(sql);
                            CAPTURE(plan);
                            auto const times = [&](std::string_view text) {
                                std::size_t found = 0;
                                for (auto at = plan.find(text); at != plan.npos; at = plan.find(text, at + 1)) ++found;
                                return found;
                            };
                            if (shelves.size() == 1) { // of several shelves only the few steps along each are sorted
                                CHECK(plan.find("TEMP B-TREE") == plan.npos);
                                CHECK(plan.find("Sort") == plan.npos);
                            }
                            if (!postgres) {
                                CHECK(times("SEARCH s USING") == shelves.size());
                                CHECK(times(index(sort, order)) >= shelves.size());
                                CHECK(plan.find(index(sort, order)) != plan.npos);
                                CHECK(plan.find("SEARCH m USING INTEGER PRIMARY KEY") != plan.npos);
                                CHECK(times("SCAN") == times("SCAN steps") + times("SCAN w"));
                                if (further && !once) CHECK(plan.find(sort == SortBy::created_at ? "movie_id" : ",movie_id)") != plan.npos);
                            }
                        }
    });
}

TEST_CASE("a page of the longest texts is no longer than one of long ones, and says of each title that it was shortened") {
    on_each_database([](House& house) {
        std::string words;
        while (words.size() < 10'000) words += "é";
        MovieId one;
        auto fields = titled("Long", MovieStatus::released);
        fields.description = set(words);
        fields.cast = set(std::vector<std::string>(50, words.substr(0, 200)));
        for (int i = 0; i < 100; ++i) one = house.add(fields).id;
        house.add(titled("Short", MovieStatus::released));
        auto const page = house.get("/api/movies?limit=100");
        CHECK(page.text.size() < 600'000);
        int shortened = 0;
        for (auto const& movie : page.body.at("data").as_array()) {
            auto const is_short = movie.at("title") == "Short";
            shortened += movie.at("shortened").as_bool() ? 1 : 0;
            CHECK(movie.at("shortened").as_bool() != is_short);
            if (!is_short) CHECK(is_utf8(std::string_view(movie.at("description").as_string())));
        }
        CHECK(shortened == 99);
        // Fewer of them fit as they are, and the title itself has all of it.
        auto const fewer = house.get("/api/movies?limit=8");
        for (auto const& movie : fewer.body.at("data").as_array()) CHECK_FALSE(movie.at("shortened").as_bool());
        auto const whole = house.get("/api/movies/" + one.text());
        CHECK(std::string_view(whole.body.at("description").as_string()) == words);
        CHECK(whole.body.at("cast").as_array().size() == 50);
        CHECK_FALSE(whole.body.at("shortened").as_bool());
    });
}

TEST_CASE("a page costs the same number of statements whatever stands on it, and one title costs one") {
    on_each_database([](House& house) {
        std::vector<MovieFilter> filters(9);
        filters[1].genres = {"drama"};
        filters[2].years = {2001};
        filters[3].created_by = ada;
        filters[4].search = "title";
        filters[5].genres = {"drama"};
        filters[5].years = {2001};
        filters[6].sort_by = SortBy::title;
        filters[6].page = 2;
        filters[7].genres = {"drama", "comedy", "noir"};
        filters[7].years = {2001, 2002};
        filters[8].years = {2001, 2002, 2003};
        filters[8].search = "title";
        auto const cost = [&](MovieFilter const& filter) {
            auto const before = db::statements_of_this_thread();
            REQUIRE(house.movies.list(filter, {}));
            return db::statements_of_this_thread() - before;
        };
        auto last = MovieId{};
        for (int i = 0; i < 100; ++i) last = house.add(film("Title " + std::to_string(i), "2001-01-01", {"Drama", "Comedy"})).id;
        REQUIRE(house.movies.list({}, {})); // opens the connection
        for (auto& filter : filters) {
            CHECK(cost(filter) <= 2);
            filter.limit = 1;
            auto const one = cost(filter);
            filter.limit = 40;
            CHECK(cost(filter) == one);
        }
        auto const before = db::statements_of_this_thread();
        REQUIRE(house.movies.get(last, {}));
        CHECK(db::statements_of_this_thread() - before == 1);
        std::vector<SubjectId> ids;
        for (std::int64_t i = 0; i < 500; ++i) ids.push_back({last.value - i});
        auto const many = db::statements_of_this_thread();
        CHECK(house.facts(ids).size() >= 1);
        CHECK(db::statements_of_this_thread() - many == 1);
    });
}
