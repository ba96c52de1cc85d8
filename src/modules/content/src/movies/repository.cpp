// Statements about titles; reading and binding a row follow one list of columns.
#include "repository.hpp"

#include <algorithm>
#include <map>

namespace mozi::content::repository {

namespace {

std::string_view key_column(SortBy sort, SortOrder order) {
    if (sort == SortBy::title) return "title_key";
    return order == SortOrder::asc ? "date_up" : "date_down";
}

// Text of a statement and what its placeholders stand for; without `params` the text alone.
struct Statement {
    std::string sql;
    std::vector<db::Param>* params = nullptr;

    template <class... T>
    void add(std::string_view text, T const&... values) {
        sql += text;
        if (params) (params->push_back(db::to_param(values)), ...);
    }
};

void add_names(Statement& to, std::span<Shelf const> shelves) {
    to.add(shelves.size() == 1 ? " = ?" : " IN (?", shelves.front().name);
    for (auto const& shelf : shelves.subspan(1)) to.add(", ?", shelf.name);
    if (shelves.size() > 1) to.add(")");
}

void add_shelves(Statement& to, std::string const& alias, std::span<Shelf const> shelves) {
    to.add(alias + ".kind = ? AND " + alias + ".shelf", int(shelves.front().kind));
    add_names(to, shelves);
}

constexpr auto year_of = "substr(m.release_date, 1, 4)"sv;

// Whether more than the shelves has to be looked at to tell which titles the walk meets.
bool reads_titles(Walk const& walk) {
    return !walk.words.empty() || std::ranges::any_of(walk.also, [](auto const& others) { return others.front().kind == ShelfKind::year; });
}

// From FROM up to what bounds the walk along these shelves, without the position. `with_titles`: their rows are m.
void add_walk(Statement& to, Walk const& walk, std::span<Shelf const> shelves, bool with_titles = true) {
    to.add(with_titles ? " FROM movie_shelf s CROSS JOIN movie m WHERE m.id = s.movie_id AND " : " FROM movie_shelf s WHERE ");
    add_shelves(to, "s", shelves);
    to.add(" AND s.state = ?", int(walk.state));
    for (auto const& others : walk.also) {
        if (others.front().kind == ShelfKind::year) { // the title itself says it sooner than a shelf for each year
            to.add(" AND ");
            to.add(year_of);
            add_names(to, others);
            continue;
        }
        to.add(" AND EXISTS (SELECT 1 FROM movie_shelf o WHERE ");
        add_shelves(to, "o", others);
        // Own is a state of creators' shelves only: elsewhere its titles stand in one of the others.
        if (walk.state == ShelfState::own) to.add(" AND o.state IN (0, 1, 2, 3, 4)");
        else to.add(" AND o.state = ?", int(walk.state));
        to.add(" AND o.movie_id = s.movie_id)");
    }
    // Whether one of them has two spellings decides for all: few statements to keep prepared.
    auto const two = std::ranges::any_of(walk.words, [](auto const& word) { return word.joined != word.apart; });
    for (auto const& word : walk.words) {
        if (two) to.add(" AND (strpos(m.title_fold, ?) > 0 OR strpos(m.title_fold, ?) > 0)", word.joined, word.apart);
        else to.add(" AND strpos(m.title_fold, ?) > 0", word.joined);
    }
}

// The order of a walk whose rows are called `alias`.
std::string order_of(Walk const& walk, std::string const& alias) {
    auto const direction = walk.order == SortOrder::asc ? " ASC" : " DESC";
    auto const by_key =
        walk.sort == SortBy::created_at ? "" : alias + "." + std::string(key_column(walk.sort, walk.order)) + direction + ", ";
    return " ORDER BY " + by_key + alias + ".movie_id" + direction;
}

// What is behind the walk's position.
void add_behind(Statement& to, Walk const& walk) {
    auto const further = walk.order == SortOrder::asc ? " > " : " < ";
    auto const& [key, id] = *walk.after;
    if (walk.sort == SortBy::created_at) to.add("s.movie_id" + std::string(further) + "?", id);
    else to.add("(s." + std::string(key_column(walk.sort, walk.order)) + ", s.movie_id)" + further + "(?, ?)", key, id);
}

// From `columns` to the order: where the walk goes on along these shelves.
void add_steps(Statement& to, Walk const& walk, std::span<Shelf const> shelves, std::string_view selected) {
    to.add("SELECT ");
    to.add(selected);
    add_walk(to, walk, shelves);
    if (walk.after) to.add(" AND "), add_behind(to, walk);
    to.add(order_of(walk, "s"));
}

// Several shelves: so many steps along each, put in order; what stands on two of them comes once.
void add_joined_steps(Statement& to, Walk const& walk) {
    auto const key = walk.sort == SortBy::created_at ? std::string{} : ", s." + std::string(key_column(walk.sort, walk.order));
    to.add("SELECT ");
    to.add(db::columns_of<Movie>());
    to.add(" FROM (");
    for (std::size_t i = 0; i < walk.shelves.size(); ++i) {
        to.add(i ? " UNION SELECT * FROM (" : "SELECT * FROM (");
        add_steps(to, walk, std::span(walk.shelves).subspan(i, 1), "s.movie_id" + key);
        to.add(" LIMIT ?) AS w" + std::to_string(i), walk.limit + walk.offset);
    }
    to.add(") AS steps CROSS JOIN movie m WHERE m.id = steps.movie_id");
    to.add(order_of(walk, "steps"));
}

std::string list_statement(Walk const& walk, std::vector<db::Param>* params) {
    Statement to{{}, params};
    if (walk.shelves.size() == 1) add_steps(to, walk, walk.shelves, db::columns_of<Movie>());
    else add_joined_steps(to, walk);
    to.add(" LIMIT ? OFFSET ?", walk.limit, walk.offset);
    return std::move(to.sql);
}

std::string find_statement(Walk const& walk, std::vector<db::Param>* params) {
    Statement to{"SELECT s.movie_id, ", params};
    if (walk.after) to.add("CASE WHEN "), add_behind(to, walk), to.add(" THEN 1 ELSE 0 END");
    else to.add("1");
    add_walk(to, walk, walk.shelves, reads_titles(walk));
    to.add(order_of(walk, "s"));
    return std::move(to.sql);
}

struct Entry {
    bool before = false, after = false;
};

// A shelf without titles has no row.
void change_count(db::Connection& c, Place const& place, int by) {
    auto const run = [&](std::string_view sql) { return c.run(sql, int(place.shelf.kind), place.shelf.name, int(place.state)); };
    if (by > 0)
        run("INSERT INTO shelf_count (kind, shelf, state, titles) VALUES (?, ?, ?, 1) "
            "ON CONFLICT (kind, shelf, state) DO UPDATE SET titles = shelf_count.titles + 1");
    else if (run("DELETE FROM shelf_count WHERE kind = ? AND shelf = ? AND state = ? AND titles <= 1") == 0)
        run("UPDATE shelf_count SET titles = titles - 1 WHERE kind = ? AND shelf = ? AND state = ?");
}

// Moves a title from its places before to those after, the counts with it. In the order of places, so that writers do
// not block each other in a ring.
void move(db::Connection& c, Movie const* before, Movie const* after) {
    std::map<Place, Entry> places;
    if (before)
        for (auto& place : places_of(*before)) places[std::move(place)].before = true;
    if (after)
        for (auto& place : places_of(*after)) places[std::move(place)].after = true;
    auto const id = after ? after->id : before->id;
    auto const keys = sort_keys(after ? *after : *before);
    auto const same_keys = before && after && keys == sort_keys(*before);
    for (auto const& [place, entry] : places) {
        auto const kind = int(place.shelf.kind), state = int(place.state);
        if (!entry.after) {
            c.run("DELETE FROM movie_shelf WHERE kind = ? AND shelf = ? AND state = ? AND movie_id = ?", kind, place.shelf.name, state, id);
            change_count(c, place, -1);
        } else if (!entry.before) {
            c.run("INSERT INTO movie_shelf (kind, shelf, state, movie_id, title_key, date_down, date_up) VALUES (?, ?, ?, ?, ?, ?, ?)",
                kind, place.shelf.name, state, id, keys.title, keys.date_down, keys.date_up);
            change_count(c, place, +1);
        } else if (!same_keys) {
            c.run("UPDATE movie_shelf SET title_key = ?, date_down = ?, date_up = ? WHERE kind = ? AND shelf = ? AND state = ? AND "
                  "movie_id = ?",
                keys.title, keys.date_down, keys.date_up, kind, place.shelf.name, state, id);
        }
    }
}

void ensure_genres(db::Connection& c, Movie const& movie) {
    for (auto const& genre : movie.genres)
        c.run("INSERT INTO genre (slug, name, created_at) VALUES (?, ?, ?) ON CONFLICT (slug) DO NOTHING", genre_shelf(genre).name, genre,
            movie.updated_at);
}

} // namespace

std::vector<Movie> list(db::Connection& c, Walk const& walk) {
    std::vector<db::Param> params;
    auto const sql = list_statement(walk, &params);
    return db::rows<Movie>(c, sql, std::span<db::Param const>(params));
}

std::string list_sql(Walk const& walk) { return list_statement(walk, nullptr); }

Found find(db::Connection& c, Walk const& walk, std::int64_t most) {
    std::vector<db::Param> params;
    auto const sql = find_statement(walk, &params);
    Found found;
    std::int64_t behind = 0;
    db::Cell cells[2];
    c.execute(sql, params, cells, [&] {
        if (cells[1].integer == 1 && ++behind > walk.offset && behind <= walk.offset + walk.limit) found.page.push_back({cells[0].integer});
        return ++found.total < most || behind < walk.offset + walk.limit;
    });
    found.total = std::min(found.total, most);
    return found;
}

std::string find_sql(Walk const& walk) { return find_statement(walk, nullptr); }

std::int64_t count(db::Connection& c, Shelves const& shelves, ShelfState state) {
    std::vector<db::Param> params;
    Statement to{"SELECT CAST(coalesce(sum(n.titles), 0) AS BIGINT) FROM shelf_count n WHERE ", &params};
    add_shelves(to, "n", shelves);
    to.add(" AND n.state = ?", int(state));
    db::Cell cell[1];
    c.execute(to.sql, params, cell, [] { return true; });
    return cell[0].integer;
}

std::int64_t count_walk(db::Connection& c, Walk const& walk, std::int64_t most) {
    std::vector<db::Param> params;
    Statement to{
        share_titles(walk.shelves) ? "SELECT count(*) FROM (SELECT DISTINCT s.movie_id" : "SELECT count(*) FROM (SELECT 1", &params};
    add_walk(to, walk, walk.shelves, reads_titles(walk));
    to.add(" LIMIT ?) AS counted", most);
    db::Cell cell[1];
    c.execute(to.sql, params, cell, [] { return true; });
    return cell[0].integer;
}

namespace {

// `what` of each title of the walk, and how many have it.
void count_by(db::Connection& c, Walk const& walk, std::string_view what,
    std::function<void(std::string const& value, std::int64_t titles)> const& use) {
    std::vector<db::Param> params;
    Statement to{std::string("SELECT what, count(*) FROM (SELECT ") + (share_titles(walk.shelves) ? "DISTINCT m.id, " : "") +
                     std::string(what) + " AS what",
        &params};
    add_walk(to, walk, walk.shelves);
    to.add(") AS found WHERE what IS NOT NULL GROUP BY what");
    std::array<db::Cell, 2> cells;
    cells[0].kind = db::Cell::Kind::text;
    c.execute(to.sql, params, cells, [&] {
        use(cells[0].text, cells[1].integer);
        return true;
    });
}

} // namespace

std::map<std::string, std::int64_t> count_by_genre(db::Connection& c, Walk const& walk) {
    std::map<std::string, std::int64_t> found;
    count_by(c, walk, "m.genres", [&](std::string const& genres, std::int64_t titles) {
        for (auto const& name : db::from_json<std::vector<std::string>>(genres)) found[genre_shelf(name).name] += titles;
    });
    return found;
}

std::vector<Year> count_by_year(db::Connection& c, Walk const& walk) {
    std::vector<Year> found;
    count_by(c, walk, year_of, [&](std::string const& year, std::int64_t titles) { found.push_back({std::stoi(year), titles}); });
    std::ranges::sort(found, std::greater<>{}, &Year::year);
    return found;
}

std::map<std::string, std::string> genre_names(db::Connection& c, std::span<std::string const> slugs) {
    std::map<std::string, std::string> found;
    if (slugs.empty()) return found;
    std::vector<db::Param> params;
    Statement to{"SELECT slug, name FROM genre WHERE slug IN (", &params};
    for (std::size_t i = 0; i < slugs.size(); ++i) to.add(i ? ", ?" : "?", slugs[i]);
    to.add(")");
    std::array<db::Cell, 2> cells;
    for (auto& cell : cells) cell.kind = db::Cell::Kind::text;
    c.execute(to.sql, params, cells, [&] {
        found.emplace(std::move(cells[0].text), std::move(cells[1].text));
        return true;
    });
    return found;
}

std::vector<Year> list_years(db::Connection& c) {
    std::vector<Year> years;
    c.each<std::string, std::int64_t>(
        "SELECT shelf, titles FROM shelf_count WHERE kind = 1 AND state = 3 AND titles > 0 ORDER BY shelf DESC",
        [&](std::string const& year, std::int64_t titles) { years.push_back({std::stoi(year), titles}); });
    return years;
}

std::vector<Genre> list_genres(db::Connection& c, std::int64_t limit, std::int64_t offset) {
    std::vector<Genre> genres;
    c.each<std::string, std::string, std::int64_t>(
        "SELECT g.name, g.slug, n.titles FROM shelf_count n CROSS JOIN genre g WHERE g.slug = n.shelf AND n.kind = 2 AND n.state = 3 AND "
        "n.titles > 0 ORDER BY n.titles DESC, n.shelf DESC LIMIT ? OFFSET ?",
        [&](std::string name, std::string slug, std::int64_t titles) { genres.push_back({std::move(name), std::move(slug), titles}); },
        limit, offset);
    return genres;
}

std::int64_t count_genres(db::Connection& c, std::int64_t most) {
    return std::get<0>(*c.one<std::int64_t>(
        "SELECT count(*) FROM (SELECT 1 FROM shelf_count WHERE kind = 2 AND state = 3 AND titles > 0 LIMIT ?) AS counted", most));
}

void insert(db::Connection& c, Movie const& movie) {
    db::insert(c, movie);
    ensure_genres(c, movie);
    move(c, nullptr, &movie);
}

void replace(db::Connection& c, Movie const& before, Movie const& after) {
    db::replace(c, after);
    if (before.genres != after.genres) ensure_genres(c, after);
    move(c, &before, &after);
}

void remove(db::Connection& c, Movie const& movie) {
    move(c, &movie, nullptr);
    effects::forget(c, subject_id(movie.id));
    c.run("DELETE FROM movie WHERE id = ?", movie.id);
}

std::optional<MovieId> refold(db::Connection& c, MovieId after, std::int64_t limit) {
    static auto const sql = db::select<Movie>("WHERE m.id > ? ORDER BY m.id LIMIT ?");
    auto const movies = db::rows<Movie>(c, sql, after, limit);
    for (auto const& movie : movies) {
        auto const text = search_text(movie.title), key = title_key(movie.title);
        c.run("UPDATE movie SET title_fold = ? WHERE id = ? AND title_fold <> ?", text, movie.id, text);
        for (auto const& [shelf, state] : places_of(movie))
            c.run("UPDATE movie_shelf SET title_key = ? WHERE kind = ? AND shelf = ? AND state = ? AND movie_id = ? AND title_key <> ?",
                key, int(shelf.kind), shelf.name, int(state), movie.id, key);
    }
    return movies.empty() ? std::nullopt : std::optional(movies.back().id);
}

std::optional<MovieId> find_folded(db::Connection& c, int version) {
    auto const kept = c.one<int, std::optional<MovieId>>("SELECT version, up_to FROM title_folding WHERE id = 1");
    return kept && std::get<0>(*kept) == version ? std::get<1>(*kept) : MovieId{};
}

void keep_folded(db::Connection& c, int version, std::optional<MovieId> up_to) {
    c.run("INSERT INTO title_folding (id, version, up_to) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, "
          "up_to = excluded.up_to",
        version, up_to);
}

std::vector<effects::Place> places() {
    return {{.kind = SubjectKind::movie, .table = "movie", .id = "id", .state = "hidden"},
        {.kind = SubjectKind::movie, .table = "movie_shelf", .id = "movie_id", .state = "state", .hidden = int(ShelfState::hidden)}};
}

std::int64_t count_unreleased(db::Connection& c, UserId creator) {
    return std::get<0>(
        c.one<std::int64_t>("SELECT CAST(coalesce(sum(titles), 0) AS BIGINT) FROM shelf_count WHERE kind = 3 AND shelf = ? AND "
                            "state IN (0, 1, 2, 4)",
             creator.text())
            .value());
}

std::optional<Time> latest_but(db::Connection& c, UserId creator, int others) {
    auto const row =
        c.one<Time>("SELECT created_at FROM movie WHERE id = (SELECT movie_id FROM movie_shelf WHERE kind = 3 AND shelf = ? AND "
                    "state = 6 ORDER BY movie_id DESC LIMIT 1 OFFSET ?)",
            creator.text(), others);
    return row ? std::optional(std::get<0>(*row)) : std::nullopt;
}

} // namespace mozi::content::repository
