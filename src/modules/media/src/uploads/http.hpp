// tus 1.0 at /api/media/uploads.
#pragma once

#include "uploads/uploads.hpp"

namespace mozi::media {

class UploadsHttp {
public:
    UploadsHttp(Uploads& uploads, Places const& places, Settings const& settings) : uploads_(uploads), places_(places), settings_(settings) {}
    std::vector<http::Route> routes();

private:
    struct One {
        MediaId id;
        static constexpr auto fields() { return std::tuple{json::field("id", &One::id, {.where = json::Where::path})}; }
    };
    Result<http::Answer> options(http::Call& call, http::Empty const&);
    Result<http::Answer> options_of_one(http::Call& call, One const&);
    Result<http::Empty> create(http::Call& call, http::Empty const&);
    Result<http::Answer> look(http::Call& call, One const& in);
    Result<http::Answer> append(http::Call& call, One const& in);
    Result<http::Empty> terminate(http::Call& call, One const& in);

    Result<std::shared_ptr<net::BodySink>> open_creation(http::Call& call);
    Result<std::shared_ptr<net::BodySink>> open_chunk(http::Call& call);
    http::Answer say_what_is_spoken(http::Call& call) const;

    Uploads& uploads_;
    Places const& places_;
    Settings const& settings_;
};

} // namespace mozi::media
