// The addresses of titles and genres.
#pragma once

#include "service.hpp"

namespace mozi::content {

struct CreateMovie;
struct UpdateMovie;
struct MovieAddress;
struct ListMovies;
struct ListGenres;
struct ListYears;
struct MovieReply;
struct GenreReply;
struct YearReply;

class Http {
public:
    Http(Movies& movies, Needs const& needs) : movies_(movies), topics_(needs.list_topics), movies_topic_(needs.movies) {}
    std::vector<http::Route> routes();

    // Before a list: what was asked in one order, and whether answering may be slow.
    Result<> sort_out(http::Call& call, ListMovies& in);
    Result<> sort_out_genres(http::Call& call, ListGenres& in);
    Result<> sort_out_years(http::Call& call, ListYears& in);
    Result<Page<MovieReply>> list(http::Call& call, ListMovies const& in);
    Result<MovieReply> create(http::Call& call, CreateMovie const& in);
    Result<MovieReply> get(http::Call& call, MovieAddress const& in);
    Result<MovieReply> update(http::Call& call, UpdateMovie const& in, Precondition const& fits);
    Result<http::Empty> remove(http::Call& call, MovieAddress const& in, Precondition const& fits);
    Result<Page<GenreReply>> list_genres(http::Call& call, ListGenres const& in);
    Result<Page<YearReply>> list_years(http::Call& call, ListYears const& in);

private:
    Result<MovieReply> reply(http::Call& call, Movie movie);

    Movies& movies_;
    std::vector<db::Topic const*> topics_;
    db::Topic const& movies_topic_;
};

} // namespace mozi::content
