// What can be done with titles, and who may. Blocking; any thread.
#pragma once

#include "model.hpp"

#include <mozi/content/events.hpp>
#include <mozi/content/module.hpp>
#include <mozi/db/remembered.hpp>

namespace mozi::content {

class Movies {
public:
    Movies(ModuleContext const& context, Needs const& needs);

    // Titles that an earlier fold_version wrote are made to be found and sorted as this one does: in pages, each a unit of its own,
    // going on where an interrupted start stopped. Before anybody reads. Errors: "storage.*".
    Result<> refold(std::int64_t page = 2000);

    // Errors: "movie.who_creates", "movie.too_many_drafts", "movie.too_many_today", "request.fields".
    Result<Movie> create(MovieFields const& fields, Asking const& asking);
    // Errors: "movie.not_found".
    Result<Movie> get(MovieId id, Asking const& asking) const;
    // Released and visible ones; one's own, or any as moderator, in the other states. Errors: "movie.list_hidden", "request.cursor".
    // At most two statements.
    Result<MovieList> list(MovieFilter const& filter, Asking const& asking) const;

    // Nothing changed: nothing is written, the version stays. `version`: the one the caller read.
    // Errors: "movie.not_found", "movie.not_yours", "movie.hidden", "movie.version", "request.fields", the precondition's.
    Result<Movie> update(
        MovieId id, MovieFields const& fields, std::optional<std::int64_t> version, Asking const& asking, Precondition const& fits);
    // For good. Errors: "movie.not_found", "movie.not_yours", "movie.hidden", the precondition's.
    Result<> remove(MovieId id, Asking const& asking, Precondition const& fits);

    struct GenreList {
        std::vector<Genre> genres; // most titles first
        std::int64_t total = 0; // counted up to 10,000
    };
    // Of the released titles that everyone may see and that `among` leaves (its search and years).
    Result<GenreList> list_genres(MovieFilter const& among, std::int64_t page, int limit) const;
    // The latest first; `among`: its search and genres.
    Result<std::vector<Year>> list_years(MovieFilter const& among) const;

    // Adds what users, social and media know; in order.
    Result<std::vector<MovieView>> view(std::vector<Movie> movies, Asking const& asking) const;

    // Titles as subjects.
    SubjectEntry subject();

private:
    Result<> apply(MovieFields const& fields, Movie& movie) const;
    Result<> check_room(db::Connection& c, Movie const& movie) const;
    Result<> check_media(Movie const& movie) const;
    Result<Movie> hold(db::Transaction& tx, MovieId id, Asking const& asking, Precondition const& fits) const;
    using Known = std::shared_ptr<Movie const>;
    // In the order asked; nothing for one that does not exist.
    Result<std::vector<std::optional<Known>>> find_known(std::span<MovieId const> ids) const;
    Result<std::vector<SubjectFacts>> find_facts(std::span<SubjectId const> ids, Asking const& asking) const;
    // Version and time of the title stay: undone means undone.
    Result<bool> settle_hidden(db::Transaction& tx, MovieId id);
    void changed(db::Transaction& tx, MovieId id);
    Result<Known> find_visible(MovieId id, Asking const& asking) const;

    ModuleContext context_;
    Needs needs_;
    mutable db::Remembered<MovieId, Known> known_; // every comment, like and playback asks about its title
};

} // namespace mozi::content
