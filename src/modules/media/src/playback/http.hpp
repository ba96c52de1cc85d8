// The addresses players use: /media/{id}/{key}/…
#pragma once

#include "library/places.hpp"
#include "playback/files.hpp"
#include "playback/gate.hpp"

namespace mozi::media {

class PlaybackHttp {
public:
    PlaybackHttp(Places const& places, Gate& gate, db::Database& database) : places_(places), gate_(gate), database_(database) {}
    std::vector<http::Route> routes();

private:
    struct Master {
        MediaId id;
        std::string key;
        static constexpr auto fields() {
            using json::field;
            return std::tuple{field("id", &Master::id, {.where = json::Where::path}),
                field("key", &Master::key,
                    {.min = 1, .max = 120, .format = json::Format::token, .where = json::Where::path, .help = "open, or a signature."})};
        }
    };
    struct Poster {
        MediaId id;
        std::string key, run;
        static constexpr auto fields() {
            using json::field;
            return std::tuple{field("id", &Poster::id, {.where = json::Where::path}),
                field("key", &Poster::key, {.min = 1, .max = 120, .format = json::Format::token, .where = json::Where::path}),
                field("run", &Poster::run, {.min = 2, .max = 12, .format = json::Format::token, .where = json::Where::path})};
        }
    };
    struct Part {
        MediaId id;
        std::string key, run, version, file;
        static constexpr auto fields() {
            using json::field;
            constexpr auto token = json::Format::token;
            constexpr auto path = json::Where::path;
            return std::tuple{field("id", &Part::id, {.where = path}),
                field("key", &Part::key, {.min = 1, .max = 120, .format = token, .where = path}),
                field("run", &Part::run, {.min = 2, .max = 12, .format = token, .where = path}),
                field("version", &Part::version, {.min = 2, .max = 8, .format = token, .where = path, .help = "720p and the like."}),
                field("file", &Part::file, {.min = 3, .max = 40, .format = token, .where = path})};
        }
    };
    Result<http::Answer> master(http::Call& call, Master const& in);
    Result<http::Answer> tracks(http::Call& call, Master const& in);
    Result<http::Answer> of_all_versions(http::Call& call, Master const& in, std::string const& name);
    Result<http::Answer> poster(http::Call& call, Poster const& in);
    Result<http::Answer> part(http::Call& call, Part const& in);
    Result<http::Answer> file(http::Call const& call, std::string const& path, std::string_view key, std::string_view type, bool lasting);

    Places const& places_;
    Gate& gate_;
    db::Database& database_;
};

} // namespace mozi::media
