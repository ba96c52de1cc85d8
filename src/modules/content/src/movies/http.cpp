// Requests and replies about titles, and the route table.
#include "http.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>

namespace mozi::content {

using http::Access;
using http::Method;
using json::field;
using json::Where;

namespace {

// The fields of a body that say what a title is; those a creation and an update have in common.
template <class E>
constexpr auto movie_fields() {
    using json::Format;
    using json::Patch;
    using Text = Patch<std::string>;
    using Names = Patch<std::vector<std::string>>;
    return std::tuple{field<E, Text>("description", &E::description, {.max = 5000, .format = Format::text}),
        field<E, Text>("releaseDate", &E::release_date, {.min = 10, .max = 10, .format = Format::date}),
        field<E, Patch<int>>("duration", &E::duration, {.min = 1, .max = 2000, .help = "Minutes."}),
        field<E, Text>("language", &E::language, {.min = 2, .max = 2, .format = Format::language}),
        field<E, Text>("country", &E::country, {.min = 2, .max = 2, .format = Format::country}),
        field<E, Names>("genres", &E::genres, {.max = 10, .item_max = 50}), field<E, Names>("cast", &E::cast, {.max = 50, .item_max = 100}),
        field<E, Text>("director", &E::director, {.max = 200}),
        field<E, Text>("posterUrl", &E::poster_url,
            {.max = 500,
                .format = Format::uri,
                .help = "Shown where it is an address of this site; a picture of another host is kept and not loaded."}),
        field<E, Patch<bool>>("isAdult", &E::is_adult, {.null = json::Null::refused}),
        field<E, Patch<MovieStatus>>("status", &E::status, {.null = json::Null::refused}),
        field<E, Patch<MediaId>>("mediaId", &E::media, {.help = "An upload of whoever created the title."})};
}

} // namespace

struct CreateMovie : MovieFields {
    std::string name;
    static constexpr auto fields() {
        return std::tuple_cat(
            std::tuple{field<CreateMovie, std::string>("title", &CreateMovie::name, title_words)}, movie_fields<CreateMovie>());
    }
};

struct UpdateMovie : MovieFields {
    MovieId id;
    std::optional<std::int64_t> version;
    static constexpr auto fields() {
        return std::tuple_cat(
            std::tuple{field("id", &UpdateMovie::id, {.where = Where::path}),
                field("version", &UpdateMovie::version, {.min = 1, .help = "The version you read; another one is refused with 409."}),
                field<UpdateMovie, json::Patch<std::string>>("title", &UpdateMovie::title, title_words)},
            movie_fields<UpdateMovie>());
    }
};

struct MovieAddress {
    MovieId id;
    static constexpr auto fields() { return std::tuple{field("id", &MovieAddress::id, {.where = Where::path})}; }
};

// What narrows a list. Several genres or years: a title has any of them.
template <class T>
constexpr auto search_field() {
    return field("search", &T::search,
        {.max = 100, .where = Where::query, .help = "Words of the title, in any order; case, accents and typography do not count."});
}
template <class T>
constexpr auto genre_field() {
    return field("genre", &T::genres,
        {.max = 10,
            .where = Where::query,
            .absent = json::Absent::keeps_default,
            .item_max = 50,
            .help = "Name or slug; several with commas."});
}
template <class T>
constexpr auto year_field() {
    return field("year", &T::years,
        {.max = 100,
            .where = Where::query,
            .absent = json::Absent::keeps_default,
            .item_max = 9999,
            .help = "Of the release date; several with commas."});
}

struct ListMovies : Paging {
    std::optional<std::string> search, created_by;
    std::vector<std::string> genres;
    std::vector<int> years;
    std::optional<MovieStatus> status;
    bool hidden = false;
    SortBy sort_by = SortBy::created_at;
    SortOrder sort_order = SortOrder::desc;
    static constexpr auto fields() {
        using json::Absent;
        return std::tuple_cat(paging_fields<ListMovies>(),
            std::tuple{search_field<ListMovies>(), genre_field<ListMovies>(), year_field<ListMovies>(),
                field("createdBy", &ListMovies::created_by,
                    {.min = 1, .max = 19, .format = json::Format::token, .where = Where::query, .help = "An account's id, or me."}),
                field("status", &ListMovies::status,
                    {.where = Where::query,
                        .help = "RELEASED unless said otherwise. Other states show your own titles; moderators see all."}),
                field("hidden", &ListMovies::hidden,
                    {.where = Where::query,
                        .absent = Absent::keeps_default,
                        .help = "For moderators: the hidden ones, whatever their status."}),
                field("sortBy", &ListMovies::sort_by,
                    {.where = Where::query, .absent = Absent::keeps_default, .help = "Titles without a release date come last."}),
                field("sortOrder", &ListMovies::sort_order, {.where = Where::query, .absent = Absent::keeps_default})});
    }
};

// Pages of what a list can be narrowed by.
template <class T>
constexpr auto facet_paging() {
    using json::Absent;
    return std::tuple{field("page", &T::page, {.min = 1, .max = 10'000, .where = Where::query, .absent = Absent::keeps_default}),
        field("limit", &T::limit, {.min = 1, .max = 100, .where = Where::query, .absent = Absent::keeps_default})};
}

struct ListGenres {
    std::int64_t page = 1;
    int limit = 100;
    std::optional<std::string> search;
    std::vector<int> years;
    static constexpr auto fields() {
        return std::tuple_cat(facet_paging<ListGenres>(), std::tuple{search_field<ListGenres>(), year_field<ListGenres>()});
    }
};

struct ListYears {
    std::int64_t page = 1;
    int limit = 100;
    std::optional<std::string> search;
    std::vector<std::string> genres;
    static constexpr auto fields() {
        return std::tuple_cat(facet_paging<ListYears>(), std::tuple{search_field<ListYears>(), genre_field<ListYears>()});
    }
};

struct MovieReply : Movie {
    std::int64_t likes_count = 0, comments_count = 0;
    std::optional<std::string> liked_by_me;
    user::Person creator;
    std::optional<Video> video;
    bool can_edit = false, shortened = false;
    static std::string schema_name() { return "Movie"; }
    static constexpr auto fields() {
        using R = MovieReply;
        using Maybe = std::optional<std::string>;
        return std::tuple{field<R, MovieId>("id", &R::id), field<R, std::string>("title", &R::title),
            field<R, Maybe>("description", &R::description), field<R, Maybe>("releaseDate", &R::release_date),
            field<R, std::optional<int>>("duration", &R::duration), field<R, Maybe>("language", &R::language),
            field<R, Maybe>("country", &R::country), field<R, std::vector<std::string>>("genres", &R::genres),
            field<R, std::vector<std::string>>("cast", &R::cast), field<R, Maybe>("director", &R::director),
            field<R, Maybe>("posterUrl", &R::poster_url), field<R, bool>("isAdult", &R::is_adult),
            field<R, MovieStatus>("status", &R::status), field<R, std::optional<MediaId>>("mediaId", &R::media),
            field<R, std::int64_t>("version", &R::version), field("likesCount", &R::likes_count),
            field("commentsCount", &R::comments_count), field("likedByMe", &R::liked_by_me), field("createdBy", &R::creator),
            field("canEdit", &R::can_edit), field<R, bool>("hidden", &R::hidden), field<R, Time>("createdAt", &R::created_at),
            field<R, Time>("updatedAt", &R::updated_at), field<R, std::optional<Time>>("releasedAt", &R::released_at),
            field("video", &R::video),
            field("shortened", &R::shortened,
                {.help = "Of a list that would be too long: its texts were cut. The title itself has them whole."})};
    }
};

struct GenreReply {
    std::string name, slug;
    std::int64_t titles = 0;
    static std::string schema_name() { return "Genre"; }
    static constexpr auto fields() {
        return std::tuple{field("name", &GenreReply::name), field("slug", &GenreReply::slug),
            field("titlesCount", &GenreReply::titles, {.help = "Released titles that everyone may see."})};
    }
};

struct YearReply : Year {
    static std::string schema_name() { return "Year"; }
    static constexpr auto fields() {
        return std::tuple{field<YearReply, int>("year", &YearReply::year),
            field<YearReply, std::int64_t>("titlesCount", &YearReply::titles, {.help = "Released titles that everyone may see."})};
    }
};

namespace {

MovieReply to_reply(MovieView&& view, Asking const& asking) {
    MovieReply reply;
    static_cast<Movie&>(reply) = std::move(view.movie);
    reply.creator = std::move(view.creator);
    reply.likes_count = view.counts.likes;
    reply.comments_count = view.counts.comments;
    reply.liked_by_me = std::move(view.counts.liked_by_me);
    reply.video = std::move(view.video);
    reply.can_edit = asking.active && asking.user == reply.created_by && !reply.hidden;
    return reply;
}

Result<MovieFilter> filter_of(ListMovies const& in, Asking const& asking) {
    MovieFilter filter;
    filter.search = in.search;
    filter.genres = in.genres;
    filter.years = in.years;
    filter.status = in.status;
    filter.hidden = in.hidden ? Hidden::only : Hidden::left_out;
    filter.sort_by = in.sort_by;
    filter.order = in.sort_order;
    filter.after = in.after;
    filter.page = in.page.value_or(1);
    filter.limit = in.limit;
    if (in.created_by) {
        filter.created_by = *in.created_by == "me" ? std::optional{asking.user} : parse<UserId>(*in.created_by);
        if (!filter.created_by)
            return Error{Code::bad_request, "request.query", "The query needs another look.",
                {.fields = {{"?createdBy", "field.id", "An account's id, or me."}}}};
        if (!*filter.created_by) return Error{Code::unauthenticated, "auth.required", "Sign in to see your own titles."};
    }
    return filter;
}

} // namespace

Result<MovieReply> Http::reply(http::Call& call, Movie movie) {
    call.version = std::to_string(movie.version);
    std::vector<Movie> one;
    one.push_back(std::move(movie));
    MOZI_TRY(auto views, movies_.view(std::move(one), call.asking()));
    return to_reply(std::move(views.front()), call.asking());
}

namespace {

template <class T>
void put_in_order(std::vector<T>& values) {
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
}

} // namespace

// Any of the genres, any of the years: their order says nothing. Counting what more than one thing narrows goes through the titles.
Result<> Http::sort_out(http::Call& call, ListMovies& in) {
    put_in_order(in.genres), put_in_order(in.years);
    auto const narrowed = int(!in.genres.empty()) + int(!in.years.empty()) + int(in.created_by.has_value());
    call.slow |= in.search || in.genres.size() > 1 || narrowed > 1;
    return {};
}

Result<> Http::sort_out_genres(http::Call& call, ListGenres& in) {
    put_in_order(in.years);
    call.slow = in.search || !in.years.empty();
    return {};
}

Result<> Http::sort_out_years(http::Call& call, ListYears& in) {
    put_in_order(in.genres);
    call.slow = in.search || !in.genres.empty();
    return {};
}

namespace {

constexpr std::size_t most_text_of_a_page = 256u << 10; // descriptions and casts together, in bytes

std::size_t cast_bytes(MovieReply const& movie) {
    std::size_t bytes = 0;
    for (auto const& name : movie.cast) bytes += name.size();
    return bytes;
}

// A page of the longest texts is as long as one of long ones.
void shorten(std::vector<MovieReply>& page) {
    std::size_t bytes = 0;
    for (auto const& movie : page) bytes += movie.description.value_or("").size() + cast_bytes(movie);
    if (bytes <= most_text_of_a_page) return;
    auto const each = most_text_of_a_page / page.size() / 2;
    for (auto& movie : page) {
        if (movie.description && movie.description->size() > each) {
            movie.description->resize(each);
            while (!is_utf8(*movie.description)) movie.description->pop_back();
            *movie.description += "…";
            movie.shortened = true;
        }
        for (; cast_bytes(movie) > each; movie.shortened = true) movie.cast.pop_back();
    }
}

} // namespace

Result<Page<MovieReply>> Http::list(http::Call& call, ListMovies const& in) {
    MOZI_TRY(auto const filter, filter_of(in, call.asking()));
    MOZI_TRY(auto list, movies_.list(filter, call.asking()));
    MOZI_TRY(auto views, movies_.view(std::move(list.movies), call.asking()));
    Page<MovieReply> page;
    for (auto& view : views) page.data.push_back(to_reply(std::move(view), call.asking()));
    shorten(page.data);
    page.pagination = Pagination::of(in, list.total, std::move(list.next_cursor));
    return page;
}

Result<MovieReply> Http::create(http::Call& call, CreateMovie const& in) {
    MovieFields fields = in;
    fields.title = {true, in.name};
    MOZI_TRY(auto movie, movies_.create(fields, call.asking()));
    call.location("/api/movies/" + movie.id.text());
    return reply(call, std::move(movie));
}

Result<MovieReply> Http::get(http::Call& call, MovieAddress const& in) {
    MOZI_TRY(auto movie, movies_.get(in.id, call.asking()));
    return reply(call, std::move(movie));
}

Result<MovieReply> Http::update(http::Call& call, UpdateMovie const& in, Precondition const& fits) {
    MOZI_TRY(auto movie, movies_.update(in.id, in, in.version, call.asking(), fits));
    return reply(call, std::move(movie));
}

Result<http::Empty> Http::remove(http::Call& call, MovieAddress const& in, Precondition const& fits) {
    MOZI_CHECK(movies_.remove(in.id, call.asking(), fits));
    return http::Empty{};
}

namespace {

// The released ones that everyone may see.
MovieFilter among(std::optional<std::string> search) {
    MovieFilter filter;
    filter.search = std::move(search);
    filter.status = MovieStatus::released;
    return filter;
}

} // namespace

Result<Page<GenreReply>> Http::list_genres(http::Call&, ListGenres const& in) {
    auto filter = among(in.search);
    filter.years = in.years;
    MOZI_TRY(auto list, movies_.list_genres(filter, in.page, in.limit));
    Page<GenreReply> page;
    for (auto& genre : list.genres) page.data.push_back({std::move(genre.name), std::move(genre.slug), genre.titles});
    page.pagination = Pagination::of({int(in.page), in.limit, {}}, list.total, {});
    return page;
}

Result<Page<YearReply>> Http::list_years(http::Call&, ListYears const& in) {
    auto filter = among(in.search);
    filter.genres = in.genres;
    MOZI_TRY(auto const years, movies_.list_years(filter));
    Page<YearReply> page;
    auto const from = std::size_t(in.page - 1) * std::size_t(in.limit);
    for (auto i = from; i < std::min(years.size(), from + std::size_t(in.limit)); ++i) page.data.push_back({years[i]});
    page.pagination = Pagination::of({int(in.page), in.limit, {}}, std::int64_t(years.size()), {});
    return page;
}

std::vector<http::Route> Http::routes() {
    using http::Lane;
    std::vector<http::Route> all;
    all.push_back(http::route<&Http::list, &Http::sort_out>(*this, Method::get, "/api/movies", "listMovies", "List titles", Access::reader,
        200, {"request.cursor", "movie.list_hidden"}, {.lane = Lane::cached, .topics = topics_}));
    all.push_back(http::route<&Http::create>(*this, Method::post, "/api/movies", "createMovie", "Add a title", Access::member, 201,
        {"movie.who_creates", "movie.too_many_drafts", "movie.too_many_today"}));
    all.push_back(http::route<&Http::get>(*this, Method::get, "/api/movies/{id}", "getMovie", "Show a title", Access::reader, 200,
        {"movie.not_found"}, {.lane = Lane::quick}));
    all.push_back(http::route<&Http::update>(*this, Method::put, "/api/movies/{id}", "updateMovie", "Change one's own title",
        Access::member, 200, {"movie.not_found", "movie.not_yours", "movie.hidden", "movie.version"}));
    all.push_back(http::route<&Http::remove>(*this, Method::delete_, "/api/movies/{id}", "deleteMovie", "Delete one's own title for good",
        Access::member, 204, {"movie.not_found", "movie.not_yours", "movie.hidden"}));
    all.push_back(http::route<&Http::list_genres, &Http::sort_out_genres>(*this, Method::get, "/api/genres", "listGenres",
        "List the genres in use, the most used first", Access::reader, 200, {}, {.lane = Lane::cached, .topics = {&movies_topic_}}));
    all.push_back(http::route<&Http::list_years, &Http::sort_out_years>(*this, Method::get, "/api/years", "listYears",
        "List the years of the titles, the latest first", Access::reader, 200, {}, {.lane = Lane::cached, .topics = {&movies_topic_}}));
    return all;
}

} // namespace mozi::content
