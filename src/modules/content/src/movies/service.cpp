// Rules of titles.
#include "service.hpp"

#include "repository.hpp"
#include "words.hpp"

#include <mozi/base/text.hpp>
#include <mozi/db/frees.hpp>
#include <mozi/log/log.hpp>
#include <mozi/subject/effects.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace mozi::content {

namespace {

constexpr std::int64_t most_counted = 10'000;

Error no_movie() { return {Code::not_found, "movie.not_found", "This title does not exist, or not for everyone."}; }

bool is_visible(Movie const& movie, Asking const& asking) {
    return asking.moderates || (!movie.hidden && (movie.released() || (asking.user && movie.created_by == asking.user)));
}

template <class Facts>
Facts facts_of(Movie const& movie) {
    Facts facts;
    facts.movie_id = movie.id;
    facts.title = movie.title;
    facts.created_by = movie.created_by;
    facts.media_id = movie.media;
    facts.released = movie.released();
    facts.hidden = movie.hidden;
    return facts;
}

// An empty text says as little as none.
void set_text(json::Patch<std::string> const& patch, std::optional<std::string>& target) {
    patch.apply_to(target);
    if (target && target->empty()) target.reset();
}

std::vector<FieldError> set_genres(std::vector<std::string> const& names, Movie& movie) {
    std::vector<FieldError> wrong;
    std::set<std::string> slugs;
    movie.genres.clear();
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto slug = slug_of(names[i]);
        if (slug.empty()) wrong.push_back({"/genres/" + std::to_string(i), "movie.genre", "A genre needs a letter or a digit."});
        else if (slugs.insert(std::move(slug)).second) movie.genres.push_back(names[i]);
    }
    return wrong;
}

constexpr std::size_t most_known_bytes = 16u << 20;

std::size_t bytes_of(std::shared_ptr<Movie const> const& movie) {
    auto bytes = sizeof(Movie) + 128 + movie->title.capacity() + (movie->description ? movie->description->capacity() : 0);
    for (auto const* names : {&movie->genres, &movie->cast})
        for (auto const& name : *names) bytes += sizeof name + name.capacity();
    return bytes;
}

} // namespace

Movies::Movies(ModuleContext const& context, Needs const& needs)
    : context_(context), needs_(needs), known_(context.database, most_known_bytes, bytes_of) {}

Result<> Movies::refold(std::int64_t page) {
    auto& database = context_.database;
    MOZI_TRY(auto at,
        database.read([](db::Connection& c) -> Result<std::optional<MovieId>> { return repository::find_folded(c, fold_version); }));
    if (!at) return {};
    int pages = 0;
    for (; at; ++pages) {
        if (pages == 1) log::info("content.refolding", {{"version", fold_version}}); // who waits for the start wants to know
        MOZI_TRY(at, database.write([&](db::Transaction& tx) -> Result<std::optional<MovieId>> {
            auto const last = repository::refold(*tx, *at, page);
            repository::keep_folded(*tx, fold_version, last);
            return last;
        }));
        database.checkpoint(); // nobody else does yet
    }
    if (pages > 1) log::info("content.refolded", {{"version", fold_version}, {"pages", pages - 1}});
    return {};
}

// --- changing -------------------------------------------------------------------------------------------------------------------

Result<> Movies::apply(MovieFields const& fields, Movie& movie) const {
    std::vector<FieldError> wrong;
    auto const set = [](auto const& patch, auto& target) {
        if (patch.value) target = *patch.value; // null is refused where it is read
    };
    set(fields.title, movie.title), set(fields.is_adult, movie.is_adult), set(fields.status, movie.status);
    set_text(fields.description, movie.description), set_text(fields.director, movie.director),
        set_text(fields.poster_url, movie.poster_url);
    fields.release_date.apply_to(movie.release_date), fields.duration.apply_to(movie.duration), fields.media.apply_to(movie.media);
    fields.language.apply_to(movie.language), fields.country.apply_to(movie.country);
    if (movie.language) movie.language = lower_ascii(*movie.language);
    if (movie.country)
        for (char& letter : *movie.country) letter = letter >= 'a' && letter <= 'z' ? char(letter - 32) : letter;
    if (fields.cast.sent) movie.cast = fields.cast.value.value_or(std::vector<std::string>{});
    if (fields.genres.sent)
        std::ranges::move(set_genres(fields.genres.value.value_or(std::vector<std::string>{}), movie), std::back_inserter(wrong));
    if (movie.released() && !movie.released_at) movie.released_at = context_.clock.now();
    if (!wrong.empty()) return invalid(std::move(wrong));
    return {};
}

Result<> Movies::check_media(Movie const& movie) const {
    auto checked = movie.media ? needs_.ports.videos->check_may_show(*movie.media, movie.created_by) : Result<>{};
    if (!checked && checked.error().id == "media.not_found")
        return invalid({{"/mediaId", "movie.media", "There is no upload with this id that belongs to whoever created the title."}});
    if (!checked && checked.error().id == "media.hidden") return invalid({{"/mediaId", "media.hidden", checked.error().message}});
    return checked;
}

// What one person can fill the disk with.
Result<> Movies::check_room(db::Connection& c, Movie const& movie) const {
    if (!movie.released() && repository::count_unreleased(c, movie.created_by) >= needs_.most_unreleased) {
        Error many{Code::conflict, "movie.too_many_drafts",
            "You have " + std::to_string(needs_.most_unreleased) + " titles that are not released. What you wrote is not kept yet."};
        many.reason = "The setting [community] unreleased_per_member.";
        many.next = "Release or delete some of them, then add this one.";
        return many;
    }
    auto const earliest = repository::latest_but(c, movie.created_by, needs_.most_a_day - 1);
    if (earliest && *earliest > movie.created_at - std::chrono::hours(24)) {
        Error many{Code::rate_limited, "movie.too_many_today",
            "You have added " + std::to_string(needs_.most_a_day) + " titles within a day. What you wrote is not kept yet."};
        many.reason = "The setting [community] titles_per_day.";
        many.next = "Add this one tomorrow.";
        many.retry_after_s = std::max(1, int((*earliest + std::chrono::hours(24) - movie.created_at) / std::chrono::seconds(1)));
        return many;
    }
    return {};
}

Result<Movie> Movies::create(MovieFields const& fields, Asking const& asking) {
    if (needs_.who_creates == WhoCreates::moderators && !asking.moderates) {
        Error refused{
            Code::forbidden, "movie.who_creates", "In this community moderators add the titles. Tell one of them what is missing."};
        refused.reason = "The setting [community] who_creates is MODERATORS.";
        return refused;
    }
    Movie movie;
    movie.id = next<MovieId>();
    movie.created_by = asking.user;
    movie.created_at = movie.updated_at = context_.clock.now();
    MOZI_CHECK(apply(fields, movie));
    MOZI_CHECK(check_media(movie));
    MOZI_CHECK(context_.database.write([&](db::Transaction& tx) -> Result<> {
        MOZI_CHECK(check_room(*tx, movie));
        repository::insert(*tx, movie);
        context_.outbox.emit(tx, facts_of<MovieCreated>(movie));
        changed(tx, movie.id);
        return {};
    }));
    return movie;
}

// The title, held for this unit, if who asks may change it: it is theirs, and no decision stands on it.
Result<Movie> Movies::hold(db::Transaction& tx, MovieId id, Asking const& asking, Precondition const& fits) const {
    auto movie = db::hold<Movie>(*tx, id);
    auto const own = movie && asking.user && movie->created_by == asking.user;
    if (!movie || (!own && !is_visible(*movie, asking))) return no_movie();
    if (!own) {
        Error refused{
            Code::forbidden, "movie.not_yours", "Only whoever added this title can change it. If something is wrong with it, report it."};
        refused.reason = "You did not add this title. Moderators, too, act on what others made by deciding on a report.";
        return refused;
    }
    if (movie->hidden) {
        Error refused{Code::conflict, "movie.hidden", "A moderator hid this title. Until that is taken back, it stays as it is."};
        refused.reason = "What was decided on is kept, so that the decision can be looked at and undone.";
        refused.next = "Write to a moderator if the decision is wrong, or if the title is to go for good.";
        return refused;
    }
    MOZI_CHECK(fits(movie->version));
    return std::move(*movie);
}

Result<Movie> Movies::update(
    MovieId id, MovieFields const& fields, std::optional<std::int64_t> version, Asking const& asking, Precondition const& fits) {
    return context_.database.write([&](db::Transaction& tx) -> Result<Movie> {
        MOZI_TRY(auto const before, hold(tx, id, asking, fits));
        if (version && *version != before.version)
            return Error{Code::conflict, "movie.version",
                "Somebody changed this title after you opened it. Open it again, compare, and save once more.",
                {.reason = "You sent version " + std::to_string(*version) + "; it is at " + std::to_string(before.version) + "."}};
        auto after = before;
        MOZI_CHECK(apply(fields, after));
        if (after == before) return after;
        if (after.media != before.media || (after.released() && !before.released())) MOZI_CHECK(check_media(after));
        ++after.version;
        after.updated_at = context_.clock.now();
        repository::replace(*tx, before, after);
        context_.outbox.emit(tx, facts_of<MovieUpdated>(after));
        changed(tx, id);
        return after;
    });
}

Result<> Movies::remove(MovieId id, Asking const& asking, Precondition const& fits) {
    return context_.database.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        MOZI_TRY(auto const movie, hold(tx, id, asking, fits));
        repository::remove(*tx, movie);
        context_.outbox.emit(tx, facts_of<MovieDeleted>(movie));
        changed(tx, id);
        return {};
    });
}

void Movies::changed(db::Transaction& tx, MovieId id) {
    known_.forget(tx, id);
    tx.touch(needs_.movies);
}

Result<bool> Movies::settle_hidden(db::Transaction& tx, MovieId id) {
    auto const before = db::hold<Movie>(*tx, id);
    if (!before) return false;
    auto after = *before;
    after.hidden = effects::stands(*tx, subject_id(id), Effect::hide);
    if (after.hidden == before->hidden) return true;
    repository::replace(*tx, *before, after);
    context_.outbox.emit(tx, facts_of<MovieUpdated>(after));
    changed(tx, id);
    return true;
}

// --- reading --------------------------------------------------------------------------------------------------------------------

Result<std::vector<std::optional<Movies::Known>>> Movies::find_known(std::span<MovieId const> ids) const {
    return known_.find(ids, [](db::Connection& c, std::span<MovieId const> missing) {
        std::unordered_map<MovieId, Known> read;
        for (auto& movie : db::find_many<Movie>(c, missing)) {
            auto const id = movie.id;
            read.emplace(id, std::make_shared<Movie const>(std::move(movie)));
        }
        return read;
    });
}

Result<Movies::Known> Movies::find_visible(MovieId id, Asking const& asking) const {
    MOZI_TRY(auto found, find_known({&id, 1}));
    if (!found.front() || !is_visible(**found.front(), asking)) return no_movie();
    return std::move(*found.front());
}

Result<std::vector<SubjectFacts>> Movies::find_facts(std::span<SubjectId const> ids, Asking const& asking) const {
    MOZI_TRY(auto const found, find_known(ids_as<MovieId>(ids)));
    std::vector<SubjectFacts> out;
    for (auto const& movie : found)
        if (movie)
            out.push_back({{SubjectKind::movie, subject_id((*movie)->id)}, (*movie)->created_by, (*movie)->title, std::nullopt,
                "/film/" + (*movie)->id.text(), (*movie)->hidden, is_visible(**movie, asking)});
    return out;
}

SubjectEntry Movies::subject() {
    return {
        .kind = SubjectKind::movie,
        .missing = no_movie(),
        .path = "/api/movies",
        .find = [this](std::span<SubjectId const> ids, Asking const& asking) { return find_facts(ids, asking); },
        .settle = [this](db::Transaction& tx, SubjectId id) { return settle_hidden(tx, {id.value}); },
        .gone = gone<MovieDeleted>(&MovieDeleted::movie_id),
        .takes = {.comments = true, .reactions = true},
    };
}

Result<Movie> Movies::get(MovieId id, Asking const& asking) const {
    MOZI_TRY(auto const movie, find_visible(id, asking));
    return *movie;
}

namespace {

// The shelf of each value, none twice.
template <class T, class F>
repository::Shelves any_of(std::vector<T> const& values, F shelf_of) {
    std::set<Shelf> shelves;
    for (auto const& value : values) shelves.insert(shelf_of(value));
    return {shelves.begin(), shelves.end()};
}

// Which shelves answer the question, or nothing where there is nothing to see.
Result<std::optional<repository::Walk>> plan(MovieFilter const& filter, Asking const& asking) {
    if (filter.hidden == Hidden::only && !asking.moderates)
        return Error{Code::forbidden, "movie.list_hidden", "Only moderators list hidden titles."};
    repository::Walk walk;
    auto creator = filter.created_by;
    auto const own = creator && (*creator == asking.user || asking.moderates);
    if (filter.hidden == Hidden::only) {
        walk.state = ShelfState::hidden;
    } else if (filter.status) {
        walk.state = state_of(*filter.status);
        if (*filter.status != MovieStatus::released && !asking.moderates) {
            if (!asking.user || (creator && *creator != asking.user)) return std::nullopt;
            creator = asking.user;
        }
    } else {
        walk.state = own ? ShelfState::own : ShelfState::released;
    }
    std::vector<repository::Shelves> shelves; // the narrowest first
    if (creator) shelves.push_back({creator_shelf(*creator)});
    if (!filter.genres.empty()) shelves.push_back(any_of(filter.genres, genre_shelf));
    if (!filter.years.empty()) shelves.push_back(any_of(filter.years, year_shelf));
    if (!shelves.empty()) {
        walk.shelves = std::move(shelves.front());
        walk.also.assign(std::make_move_iterator(shelves.begin() + 1), std::make_move_iterator(shelves.end()));
    }
    if (filter.search) walk.words = search_words(*filter.search);
    walk.sort = filter.sort_by;
    walk.order = filter.order;
    MOZI_TRY(walk.after, pager_of(filter.sort_by, filter.order).after(filter.after));
    if (!filter.after) walk.offset = (filter.page - 1) * filter.limit;
    walk.limit = filter.limit + 1; // one more says whether there is a next page
    return walk;
}

bool narrowed(repository::Walk const& walk) { return walk.shelves.front().kind != ShelfKind::all || !walk.words.empty(); }

} // namespace

Result<MovieList> Movies::list(MovieFilter const& filter, Asking const& asking) const {
    MOZI_TRY(auto const walk, plan(filter, asking));
    if (!walk) return MovieList{};
    return context_.database.read([&](db::Connection& c) -> Result<MovieList> {
        MovieList list;
        if (share_titles(walk->shelves)) {
            auto const first = !walk->after && walk->offset == 0;
            if (first) list.movies = repository::list(c, *walk);
            auto const whole = first && std::int64_t(list.movies.size()) <= filter.limit;
            list.total = whole ? std::int64_t(list.movies.size()) : repository::count_walk(c, *walk, most_counted);
            // Nothing is looked for behind the end, where that is known.
            if (!first && (walk->offset < list.total || list.total == most_counted)) list.movies = repository::list(c, *walk);
        } else if (walk->also.empty() && walk->words.empty()) {
            list.total = repository::count(c, walk->shelves, walk->state);
            if (walk->offset < list.total) list.movies = repository::list(c, *walk);
        } else {
            auto const found = repository::find(c, *walk, most_counted);
            list.total = found.total;
            if (!found.page.empty()) list.movies = db::find_many<Movie>(c, found.page);
            std::unordered_map<MovieId, std::size_t> places;
            for (auto const id : found.page) places.emplace(id, places.size());
            std::ranges::sort(list.movies, {}, [&](Movie const& movie) { return places.at(movie.id); });
        }
        list.next_cursor = pager_of(filter.sort_by, filter.order).cut(list.movies, filter.limit, [&](Movie const& last) {
            return position_of(last, filter.sort_by, filter.order);
        });
        return list;
    });
}

Result<Movies::GenreList> Movies::list_genres(MovieFilter const& among, std::int64_t page, int limit) const {
    auto const from = (page - 1) * limit;
    return context_.database.read([&](db::Connection& c) -> Result<GenreList> {
        MOZI_TRY(auto const walk, plan(among, {}));
        if (!narrowed(*walk)) return GenreList{repository::list_genres(c, limit, from), repository::count_genres(c, most_counted)};
        GenreList list;
        for (auto& [slug, titles] : repository::count_by_genre(c, *walk)) list.genres.push_back({{}, slug, titles});
        list.total = std::int64_t(list.genres.size());
        std::ranges::sort(
            list.genres, [](Genre const& a, Genre const& b) { return std::tie(b.titles, b.slug) < std::tie(a.titles, a.slug); });
        list.genres.erase(list.genres.begin(), list.genres.begin() + std::min(from, list.total));
        list.genres.resize(std::size_t(std::min<std::int64_t>(limit, std::int64_t(list.genres.size()))));
        std::vector<std::string> slugs;
        for (auto const& genre : list.genres) slugs.push_back(genre.slug);
        auto names = repository::genre_names(c, slugs);
        for (auto& genre : list.genres) genre.name = std::move(names[genre.slug]);
        return list;
    });
}

Result<std::vector<Year>> Movies::list_years(MovieFilter const& among) const {
    return context_.database.read([&](db::Connection& c) -> Result<std::vector<Year>> {
        MOZI_TRY(auto const walk, plan(among, {}));
        if (!narrowed(*walk)) return repository::list_years(c);
        return repository::count_by_year(c, *walk);
    });
}

Result<std::vector<MovieView>> Movies::view(std::vector<Movie> movies, Asking const& asking) const {
    std::vector<MovieView> views;
    if (movies.empty()) return views;
    std::vector<SubjectId> subjects;
    std::vector<UserId> creators;
    std::vector<MediaId> media;
    for (auto const& movie : movies) {
        subjects.push_back(subject_id(movie.id)), creators.push_back(movie.created_by);
        if (movie.media) media.push_back(*movie.media);
    }
    MOZI_TRY(auto people, needs_.users.find_people(creators));
    MOZI_TRY(auto counts, needs_.ports.engagement->counts(subjects, asking));
    std::vector<std::optional<Video>> videos;
    if (!media.empty()) { MOZI_TRY(videos, needs_.ports.videos->find(media, asking)); }
    if (people.size() != movies.size() || counts.size() != movies.size() || videos.size() != media.size())
        return internal("content: a port answered with another number of entries than asked");
    std::size_t video = 0;
    for (std::size_t i = 0; i < movies.size(); ++i) {
        auto const has_media = movies[i].media.has_value();
        views.push_back(
            {std::move(movies[i]), std::move(people[i]), std::move(counts[i]), has_media ? std::move(videos[video++]) : std::nullopt});
    }
    return views;
}

} // namespace mozi::content
