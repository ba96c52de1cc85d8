// The route table of storage.
#include "storage/http.hpp"

namespace mozi::media {

Result<http::Empty> StorageHttp::remove(http::Call& call, OverAnother const& in) {
    MOZI_CHECK(library_.remove(in.id, in.reason, call.asking()));
    return http::Empty{};
}

Result<Orphans> StorageHttp::find_orphans(http::Call&, http::Empty const&) {
    std::scoped_lock const held(looking_);
    return orphans_.find();
}

Result<MendedOrphans> StorageHttp::mend_orphans(http::Call&, http::Empty const&) {
    std::scoped_lock const held(looking_);
    return orphans_.mend();
}

std::vector<http::Route> StorageHttp::routes() {
    using http::Access, http::Method, http::route;
    using Http = StorageHttp;
    return {
        route<&Http::usage>(
            *this, Method::get, "/api/media/usage", "getMediaUsage", "How much I keep here, and how much I may", Access::member, 200),
        route<&Http::list, &Http::look>(*this, Method::get, "/api/admin/media", "listAllMedia",
            "Everybody's uploads, what takes most first", Access::admin, 200, {"request.cursor"}),
        route<&Http::remove>(*this, Method::delete_, "/api/admin/media/{id}", "deleteAnyMedia",
            "Delete an upload of anybody's and everything made from it", Access::admin, 204,
            {"media.not_found", "media.hidden", "media.reason"}),
        route<&Http::retry>(*this, Method::post, "/api/admin/media/{id}/retry", "retryAnyMedia", "Prepare a failed upload again",
            Access::admin, 202, {"media.not_found", "media.hidden", "media.not_failed"}),
        route<&Http::find_orphans>(*this, Method::get, "/api/admin/media/orphans", "listOrphans",
            "Folders that no upload is known for, and uploads whose files are gone", Access::admin, 200, {}, {.limit = http::Limit::write}),
        route<&Http::mend_orphans>(*this, Method::post, "/api/admin/media/orphans/mend", "mendOrphans",
            "Put unknown folders aside, make lost versions again, and say of what is lost that it is", Access::admin, 200,
            {"media.too_many_missing"}, {.lane = http::Lane::work, .repeats = false}),
        route<&Http::people>(*this, Method::get, "/api/admin/storage", "listStorage", "Who keeps how much, who keeps most first",
            Access::admin, 200, {"request.cursor"}),
        route<&Http::usage_of>(
            *this, Method::get, "/api/admin/users/{id}/storage", "getStorageOfUser", "How much somebody keeps", Access::admin, 200),
    };
}

} // namespace mozi::media
