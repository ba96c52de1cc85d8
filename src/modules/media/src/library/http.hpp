// Routes of the library.
#pragma once

#include "library/library.hpp"

namespace mozi::media {

inline Asking asking_of(http::Viewer const& viewer) { return {viewer.id, viewer.session, viewer.moderates()}; }

class LibraryHttp {
public:
    explicit LibraryHttp(Library& library) : library_(library) {}
    std::vector<http::Route> routes();

private:
    struct One {
        MediaId id;
        static constexpr auto fields() { return std::tuple{json::field("id", &One::id, {.where = json::Where::path})}; }
    };
    struct Listing : http::Paging {
        static constexpr auto fields() { return http::paging_fields<Listing>(); }
    };
    Result<http::Page<MediaView>> list(http::Call& call, Listing const& in) { return library_.list(call.viewer.id, asking_of(call.viewer), in); }
    Result<MediaView> get(http::Call& call, One const& in) { return library_.get(in.id, asking_of(call.viewer)); }
    Result<MediaView> retry(http::Call& call, One const& in) { return library_.retry(in.id, asking_of(call.viewer)); }
    Result<http::Empty> remove(http::Call& call, One const& in);

    Library& library_;
};

} // namespace mozi::media
