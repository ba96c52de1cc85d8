// The library's route table.
#include "library/http.hpp"

namespace mozi::media {

Result<http::Empty> LibraryHttp::remove(http::Call& call, OverAnother const& in) {
    MOZI_CHECK(library_.remove(in.id, in.reason, call.asking()));
    return http::Empty{};
}

std::vector<http::Route> LibraryHttp::routes() {
    using http::Access, http::Method;
    std::vector<http::Route> out;
    out.push_back(http::route<&LibraryHttp::list>(
        *this, Method::get, "/api/media", "listMedia", "My uploads, latest first", Access::member, 200, {"request.cursor"}));
    out.push_back(http::route<&LibraryHttp::get>(*this, Method::get, "/api/media/{id}", "getMedia",
        "An upload and how far its preparation is", Access::reader, 200, {"media.not_found"}));
    out.push_back(http::route<&LibraryHttp::remove>(*this, Method::delete_, "/api/media/{id}", "deleteMedia",
        "Delete an upload and everything made from it", Access::member, 204, {"media.not_found", "media.hidden", "media.reason"}));
    out.push_back(http::route<&LibraryHttp::retry>(*this, Method::post, "/api/media/{id}/retry", "retryMedia",
        "Prepare a failed upload again", Access::member, 202, {"media.not_found", "media.hidden", "media.not_failed", "media.stopped"}));
    out.push_back(http::route<&LibraryHttp::add_text>(*this, Method::post, "/api/media/{id}/texts", "addMediaText",
        "Add subtitles to a film of one's own", Access::member, 201,
        {"media.not_found", "media.hidden", "media.text_unreadable", "media.too_many_texts", "media.quota", "media.no_space"}));
    out.push_back(http::route<&LibraryHttp::remove_text>(*this, Method::delete_, "/api/media/{id}/texts/{number}", "removeMediaText",
        "Take added subtitles away again", Access::member, 200, {"media.not_found", "media.hidden", "media.text_not_found"}));
    return out;
}

} // namespace mozi::media
