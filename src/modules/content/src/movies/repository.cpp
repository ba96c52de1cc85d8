// Statements about titles; reading and binding a row follow one list of columns.
#include "repository.hpp"

#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>

#include <algorithm>
#include <map>

namespace mozi::content::repository {

namespace {

constexpr auto columns = "m.id, m.version, m.hidden, m.status, m.title, m.description, m.release_date, m.duration, m.language, m.country, m.genres, m.cast_names, "
                         "m.director, m.poster_url, m.is_adult, m.media_id, m.created_by, m.created_at, m.updated_at, m.released_at"sv;
constexpr std::size_t column_count = 20;

// The members in the order of the columns.
template <class M, class F>
void visit(M& movie, F&& f) {
    f(movie.id), f(movie.version), f(movie.hidden), f(movie.status), f(movie.title), f(movie.description), f(movie.release_date), f(movie.duration), f(movie.language), f(movie.country);
    f(movie.genres), f(movie.cast), f(movie.director), f(movie.poster_url), f(movie.is_adult), f(movie.media), f(movie.created_by), f(movie.created_at), f(movie.updated_at), f(movie.released_at);
}

std::vector<std::string> names_from(std::string_view text) {
    std::vector<std::string> list;
    if (text == "[]") return list;
    auto const parsed = json::parse(text);
    if (!parsed || !parsed->is_array()) throw db::Failure(db::Failure::Kind::other, "a list of names cannot be read");
    for (auto const& item : parsed->get_array()) list.emplace_back(item.get_string().data(), item.get_string().size());
    return list;
}

// Cells of one row, reused for all of a query.
struct Row {
    std::array<db::Cell, column_count> cells;

    Row() {
        std::size_t i = 0;
        Movie movie;
        visit(movie, [&]<class T>(T&) {
            if constexpr (json::is_vector<T>) cells[i++].kind = db::Cell::Kind::text;
            else cells[i++].kind = db::cell_kind<T>();
        });
    }

    Movie take() {
        std::size_t i = 0;
        Movie movie;
        visit(movie, [&]<class T>(T& member) {
            auto& cell = cells[i++];
            if constexpr (json::is_vector<T>) member = names_from(cell.text);
            else member = db::from_cell<T>(cell);
        });
        return movie;
    }
};

std::vector<db::Param> params_of(Movie const& movie) {
    std::vector<db::Param> params;
    visit(movie, [&]<class T>(T const& member) {
        if constexpr (json::is_vector<T>) params.emplace_back(json::to_json(member));
        else params.push_back(db::to_param(member));
    });
    params.emplace_back(search_text(movie.title));
    return params;
}

std::string_view key_column(SortBy sort, SortOrder order) {
    if (sort == SortBy::title) return "s.title_key";
    return order == SortOrder::asc ? "s.date_up" : "s.date_down";
}

// From FROM up to what bounds the walk, without the position.
std::string walk_sql(Walk const& walk, std::vector<db::Param>* params) {
    std::string sql = " FROM movie_shelf s CROSS JOIN movie m WHERE m.id = s.movie_id AND s.kind = ? AND s.shelf = ? AND s.state = ?";
    auto const bind = [&](auto const& value) { if (params) params->push_back(db::to_param(value)); };
    bind(int(walk.shelf.kind)), bind(walk.shelf.name), bind(int(walk.state));
    for (auto const& other : walk.also) {
        auto const own = walk.state == ShelfState::own; // a state of creators' shelves only: elsewhere its titles stand in one of the others
        sql += " AND EXISTS (SELECT 1 FROM movie_shelf o WHERE o.kind = ? AND o.shelf = ? AND o.state ";
        sql += own ? "IN (0, 1, 2, 3, 4)" : "= ?";
        sql += " AND o.movie_id = s.movie_id)";
        bind(int(other.kind)), bind(other.name);
        if (!own) bind(int(walk.state));
    }
    // Whether one of them has two spellings decides for all: few statements to keep prepared.
    auto const two = std::ranges::any_of(walk.words, [](auto const& word) { return word.joined != word.apart; });
    for (auto const& word : walk.words) {
        sql += two ? " AND (strpos(m.title_fold, ?) > 0 OR strpos(m.title_fold, ?) > 0)" : " AND strpos(m.title_fold, ?) > 0";
        bind(word.joined);
        if (two) bind(word.apart);
    }
    return sql;
}

std::string list_statement(Walk const& walk, std::vector<db::Param>* params) {
    auto sql = "SELECT " + std::string(columns) + walk_sql(walk, params);
    auto const bind = [&](auto const& value) { if (params) params->push_back(db::to_param(value)); };
    auto const up = walk.order == SortOrder::asc;
    auto const direction = up ? " ASC"sv : " DESC"sv;
    auto const by_id = walk.sort == SortBy::created_at;
    auto const key = std::string(key_column(walk.sort, walk.order));
    if (walk.after) {
        sql += by_id ? " AND s.movie_id " : " AND (" + key + ", s.movie_id) ";
        sql += up ? "> " : "< ";
        sql += by_id ? "?" : "(?, ?)";
        if (!by_id) bind(walk.after->key);
        bind(walk.after->id);
    }
    sql += " ORDER BY ";
    if (!by_id) sql.append(key).append(direction).append(", ");
    sql.append("s.movie_id").append(direction).append(" LIMIT ? OFFSET ?");
    bind(walk.limit), bind(walk.offset);
    return sql;
}

std::vector<Movie> read_movies(db::Connection& c, std::string_view sql, std::vector<db::Param> const& params) {
    std::vector<Movie> movies;
    Row row;
    c.execute(sql, params, row.cells, [&] {
        movies.push_back(row.take());
        return true;
    });
    return movies;
}

struct Entry {
    bool before = false, after = false;
};

void change_count(db::Connection& c, Place const& place, int by) {
    if (by > 0)
        c.run("INSERT INTO shelf_count (kind, shelf, state, titles) VALUES (?, ?, ?, 1) ON CONFLICT (kind, shelf, state) DO UPDATE SET titles = shelf_count.titles + 1", int(place.shelf.kind), place.shelf.name, int(place.state));
    else
        c.run("UPDATE shelf_count SET titles = titles - 1 WHERE kind = ? AND shelf = ? AND state = ?", int(place.shelf.kind), place.shelf.name, int(place.state));
}

// Moves a title from its places before to those after, the counts with it. In the order of places, so that writers do not block each other in a ring.
void move(db::Connection& c, Movie const* before, Movie const* after) {
    std::map<Place, Entry> places;
    if (before) for (auto& place : places_of(*before)) places[std::move(place)].before = true;
    if (after) for (auto& place : places_of(*after)) places[std::move(place)].after = true;
    auto const id = after ? after->id : before->id;
    auto const keys = sort_keys(after ? *after : *before);
    auto const same_keys = before && after && keys == sort_keys(*before);
    for (auto const& [place, entry] : places) {
        auto const kind = int(place.shelf.kind), state = int(place.state);
        if (!entry.after) {
            c.run("DELETE FROM movie_shelf WHERE kind = ? AND shelf = ? AND state = ? AND movie_id = ?", kind, place.shelf.name, state, id);
            change_count(c, place, -1);
        } else if (!entry.before) {
            c.run("INSERT INTO movie_shelf (kind, shelf, state, movie_id, title_key, date_down, date_up) VALUES (?, ?, ?, ?, ?, ?, ?)", kind, place.shelf.name, state, id, keys.title, keys.date_down, keys.date_up);
            change_count(c, place, +1);
        } else if (!same_keys) {
            c.run("UPDATE movie_shelf SET title_key = ?, date_down = ?, date_up = ? WHERE kind = ? AND shelf = ? AND state = ? AND movie_id = ?", keys.title, keys.date_down, keys.date_up, kind, place.shelf.name, state, id);
        }
    }
}

void ensure_genres(db::Connection& c, Movie const& movie) {
    for (auto const& genre : movie.genres)
        c.run("INSERT INTO genre (slug, name, created_at) VALUES (?, ?, ?) ON CONFLICT (slug) DO NOTHING", genre_shelf(genre).name, genre, movie.updated_at);
}

} // namespace

std::optional<Movie> find(db::Connection& c, MovieId id) {
    static auto const sql = "SELECT " + std::string(columns) + " FROM movie m WHERE m.id = ?";
    auto found = read_movies(c, sql, {db::to_param(id)});
    return found.empty() ? std::nullopt : std::optional<Movie>{std::move(found.front())};
}

std::vector<Title> find_titles(db::Connection& c, std::span<MovieId const> ids) {
    std::vector<Title> titles;
    c.each<MovieId, std::string, UserId, std::optional<MediaId>, MovieStatus, bool>("SELECT id, title, created_by, media_id, status, hidden FROM movie WHERE id IN {list}",
        [&](MovieId id, std::string title, UserId creator, std::optional<MediaId> media, MovieStatus status, bool hidden) {
            titles.push_back({id, std::move(title), creator, media, status == MovieStatus::released, hidden});
        }, db::id_list(ids));
    return titles;
}

std::vector<Movie> list(db::Connection& c, Walk const& walk) {
    std::vector<db::Param> params;
    auto const sql = list_statement(walk, &params);
    return read_movies(c, sql, params);
}

std::string list_sql(Walk const& walk) { return list_statement(walk, nullptr); }

std::int64_t count(db::Connection& c, Shelf const& shelf, ShelfState state) {
    auto const found = c.one<std::int64_t>("SELECT titles FROM shelf_count WHERE kind = ? AND shelf = ? AND state = ?", int(shelf.kind), shelf.name, int(state));
    return found ? std::get<0>(*found) : 0;
}

std::int64_t count_walk(db::Connection& c, Walk const& walk, std::int64_t most) {
    std::vector<db::Param> params;
    auto const sql = "SELECT count(*) FROM (SELECT 1" + walk_sql(walk, &params) + " LIMIT ?) AS counted";
    params.push_back(db::to_param(most));
    db::Cell cell[1];
    c.execute(sql, params, cell, [] { return true; });
    return cell[0].integer;
}

std::vector<Genre> list_genres(db::Connection& c, std::int64_t limit, std::int64_t offset) {
    std::vector<Genre> genres;
    c.each<std::string, std::string, std::int64_t>(
        "SELECT g.name, g.slug, n.titles FROM shelf_count n CROSS JOIN genre g WHERE g.slug = n.shelf AND n.kind = 2 AND n.state = 3 AND n.titles > 0 ORDER BY n.titles DESC, n.shelf DESC LIMIT ? OFFSET ?",
        [&](std::string name, std::string slug, std::int64_t titles) { genres.push_back({std::move(name), std::move(slug), titles}); }, limit, offset);
    return genres;
}

std::int64_t count_genres(db::Connection& c, std::int64_t most) {
    return std::get<0>(*c.one<std::int64_t>("SELECT count(*) FROM (SELECT 1 FROM shelf_count WHERE kind = 2 AND state = 3 AND titles > 0 LIMIT ?) AS counted", most));
}

bool lock(db::Connection& c, MovieId id) { return c.run("UPDATE movie SET version = version WHERE id = ?", id) == 1; }

void insert(db::Connection& c, Movie const& movie) {
    c.execute("INSERT INTO movie (id, version, hidden, status, title, description, release_date, duration, language, country, genres, cast_names, director, poster_url, is_adult, media_id, created_by, "
              "created_at, updated_at, released_at, title_fold) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", params_of(movie), {}, {});
    ensure_genres(c, movie);
    move(c, nullptr, &movie);
}

void replace(db::Connection& c, Movie const& before, Movie const& after) {
    auto params = params_of(after);
    params.push_back(params.front());
    c.execute("UPDATE movie SET version = ?, hidden = ?, status = ?, title = ?, description = ?, release_date = ?, duration = ?, language = ?, country = ?, genres = ?, cast_names = ?, director = ?, "
              "poster_url = ?, is_adult = ?, media_id = ?, created_by = ?, created_at = ?, updated_at = ?, released_at = ?, title_fold = ? WHERE id = ?",
              std::span(params).subspan(1), {}, {});
    if (before.genres != after.genres) ensure_genres(c, after);
    move(c, &before, &after);
}

void remove(db::Connection& c, Movie const& movie) {
    move(c, &movie, nullptr);
    c.run("DELETE FROM movie_hidden_by WHERE movie_id = ?", movie.id);
    c.run("DELETE FROM movie WHERE id = ?", movie.id);
}

std::optional<MovieId> refold(db::Connection& c, MovieId after, std::int64_t limit) {
    static auto const sql = "SELECT " + std::string(columns) + " FROM movie m WHERE m.id > ? ORDER BY m.id LIMIT ?";
    auto const movies = read_movies(c, sql, {db::to_param(after), db::to_param(limit)});
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

void add_hiding(db::Connection& c, MovieId id, Id<"action"> action) {
    c.run("INSERT INTO movie_hidden_by (movie_id, action_id) VALUES (?, ?) ON CONFLICT (movie_id, action_id) DO NOTHING", id, action);
}

void remove_hiding(db::Connection& c, MovieId id, Id<"action"> action) { c.run("DELETE FROM movie_hidden_by WHERE movie_id = ? AND action_id = ?", id, action); }

bool is_hidden(db::Connection& c, MovieId id) { return c.one<std::int64_t>("SELECT 1 FROM movie_hidden_by WHERE movie_id = ? LIMIT 1", id).has_value(); }

} // namespace mozi::content::repository
