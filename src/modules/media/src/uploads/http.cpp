// The protocol's surface: headers in, headers out.
#include "uploads/http.hpp"

#include "playback/files.hpp"

#include <mozi/base/text.hpp>
#include <mozi/http/gateway.hpp>

namespace mozi::media {
namespace {

constexpr std::uint64_t most_body = 1ULL << 50; // what an upload may hold is checked against its own length
constexpr int checksum_mismatch = 460;
constexpr std::int64_t most_digest = 16 << 20;
constexpr int most_digests = 2; // at once: each keeps a worker busy

// Every answer of ours says which version was spoken.
Result<> speak(http::Call& call) {
    call.header("Tus-Resumable", tus::version);
    auto const asked = call.find("tus-resumable");
    auto const only_looking = call.request->method == net::Method::get || call.request->method == net::Method::head;
    if (asked == tus::version || (asked.empty() && only_looking)) return {};
    call.header("Tus-Version", tus::version);
    return error(Code::precondition_failed, "upload.version", "This server speaks tus 1.0.0: send Tus-Resumable: 1.0.0.");
}

void add_state(http::Call& call, UploadState const& state) {
    call.header("Upload-Offset", std::to_string(state.offset));
    if (state.expires_at) call.header("Upload-Expires", to_http_date(*state.expires_at));
}

Result<tus::Proof> proof_of(http::Call const& call) {
    tus::Proof out;
    if (auto const header = call.find("upload-checksum"); !header.empty()) {
        MOZI_TRY(auto checksum, tus::read_checksum(header));
        out.checksum = std::move(checksum);
    }
    for (auto const name : split(call.find("trailer"), ','))
        out.in_trailer |= call.request->chunked && iequals(trim(name), "upload-checksum");
    if (out.checksum && out.in_trailer)
        return error(Code::bad_request, "upload.checksum", "Send Upload-Checksum before the bytes or after them, not both.");
    return out;
}

// Of a chunk that has come whole.
Result<std::optional<tus::Checksum>> trailing_checksum(http::Call const& call, ChunkSink const& sink) {
    std::optional<tus::Checksum> out;
    if (!sink.order().proof.in_trailer || sink.problem()) return out;
    for (auto const& trailer : call.request->trailers) {
        if (!iequals(trailer.name, "upload-checksum")) continue;
        if (out) return error(Code::bad_request, "upload.checksum", "Upload-Checksum is there twice.");
        MOZI_TRY(auto checksum, tus::read_checksum(trim(trailer.value)));
        out = std::move(checksum);
    }
    if (!out)
        return error(Code::bad_request, "upload.checksum",
            "The checksum that Trailer announced did not come, so none of the chunk is kept. Send it again.");
    return out;
}

Result<Announcement> announcement_of(http::Call const& call) {
    Announcement out;
    auto const length = call.find("upload-length"), deferred = call.find("upload-defer-length");
    if (length.empty() == deferred.empty())
        return error(Code::bad_request, "upload.length", "Send either Upload-Length, or Upload-Defer-Length: 1.");
    if (!deferred.empty() && deferred != "1") return error(Code::bad_request, "upload.length", "Upload-Defer-Length is 1, or not sent.");
    if (!length.empty()) {
        MOZI_TRY(auto size, tus::read_number("Upload-Length", length));
        out.size = size;
    }
    out.metadata = call.find("upload-metadata");
    MOZI_TRY(auto names, tus::read_metadata(out.metadata));
    out.names = std::move(names);
    return out;
}

bool is_chunk(http::Call const& call) { return iequals(trim(call.find("content-type")), tus::chunk_type); }
bool has_body(http::Call const& call) { return call.request->chunked || call.request->content_length.value_or(0) > 0; }

Error wrong_type() {
    return error(Code::unsupported_media, "upload.type", "Send the bytes as Content-Type: " + std::string(tus::chunk_type) + ".");
}

} // namespace

http::Answer UploadsHttp::say_what_is_spoken(http::Call& call) const {
    call.header("Tus-Resumable", tus::version);
    net::Response response;
    response.status = 204;
    response.add("Tus-Version", tus::version);
    response.add("Tus-Extension", tus::extensions);
    response.add("Tus-Max-Size", std::to_string(settings_.max_upload_bytes));
    response.add("Tus-Checksum-Algorithm", tus::algorithms);
    response.add("Cache-Control", "no-store");
    return {std::move(response)};
}

Result<http::Answer> UploadsHttp::options(http::Call& call, http::Empty const&) { return say_what_is_spoken(call); }
Result<http::Answer> UploadsHttp::options_of_one(http::Call& call, One const&) { return say_what_is_spoken(call); }

// Before the body: what can be refused is refused now.
Result<std::shared_ptr<ChunkSink>> UploadsHttp::open_creation(http::Call& call, Creation& in) {
    MOZI_CHECK(speak(call));
    MOZI_TRY(in.announcement, announcement_of(call));
    auto const& announcement = in.announcement;
    if (has_body(call) && !is_chunk(call)) return wrong_type();
    if (announcement.size && call.request->content_length.value_or(0) > static_cast<std::uint64_t>(*announcement.size))
        return error(Code::too_large, "upload.too_long", "This is more than Upload-Length announced.");
    MOZI_CHECK(uploads_.check_room(call.viewer.id, announcement));
    MOZI_TRY(auto proof, proof_of(call));
    return uploads_.begin(
        call.viewer.id, call.viewer.session, announcement.size, {call.request->content_length, has_body(call), std::move(proof)});
}

Result<http::Empty> UploadsHttp::create(http::Call& call, Creation const& in, ChunkSink& sink) {
    if (sink.problem()) return *sink.problem();
    MOZI_TRY(auto const trailing, trailing_checksum(call, sink));
    MOZI_TRY(auto state, uploads_.create(sink, call.viewer.id, in.announcement, trailing));
    call.location(std::string(call.request->path) + "/" + sink.id().text()); // under the address that was asked
    add_state(call, state);
    return http::Empty{};
}

Result<std::shared_ptr<ChunkSink>> UploadsHttp::open_chunk(http::Call& call, Continuation& in) {
    MOZI_CHECK(speak(call));
    if (!is_chunk(call)) return wrong_type();
    MOZI_TRY(auto offset, tus::read_number("Upload-Offset", call.find("upload-offset")));
    Uploads::Chunk chunk{offset, std::nullopt, call.request->content_length, {}};
    if (auto const length = call.find("upload-length"); !length.empty()) {
        MOZI_TRY(in.declared_size, tus::read_number("Upload-Length", length));
        chunk.declared_size = in.declared_size;
    }
    MOZI_TRY(chunk.proof, proof_of(call));
    return uploads_.continue_at(in.id, call.viewer.id, call.viewer.session, chunk);
}

Result<http::Answer> UploadsHttp::append(http::Call& call, Continuation const& in, ChunkSink& sink) {
    MOZI_TRY(auto const trailing, trailing_checksum(call, sink));
    auto state = uploads_.take(sink, call.viewer.id, in.declared_size, trailing);
    auto const problem = sink.problem();
    net::Response response;
    if (!state && state.error().id == "upload.checksum_mismatch") {
        response.status = checksum_mismatch;
        response.body = http::problem(state.error(), checksum_mismatch, call.request_id);
        response.add("Content-Type", "application/problem+json");
        response.add("Cache-Control", "no-store");
        return http::Answer{std::move(response)};
    }
    if (!state) return std::move(state).error();
    add_state(call, *state);
    if (problem) return *problem; // what came before it is kept
    response.status = 204;
    response.add("Cache-Control", "no-store");
    return http::Answer{std::move(response)};
}

// HEAD and GET alike: how far it is, and what has arrived so far.
Result<http::Answer> UploadsHttp::look(http::Call& call, One const& in) {
    MOZI_CHECK(speak(call));
    MOZI_TRY(auto medium, uploads_.look(in.id, call.viewer.id));
    add_state(call, uploads_.state_of(medium));
    if (medium.size) call.header("Upload-Length", std::to_string(*medium.size));
    else call.header("Upload-Defer-Length", "1");
    if (!medium.metadata.empty()) call.header("Upload-Metadata", medium.metadata);
    MOZI_TRY(auto response, file_answer(places_.source(in.id), *call.request,
                                {"application/octet-stream", "no-store", static_cast<std::uint64_t>(medium.received)}));
    response.add("Content-Disposition", "attachment");
    return http::Answer{std::move(response)};
}

// So that a client goes on with the file that was begun and with no other. Reading is bounded: for one answer, and in all.
Result<UploadsHttp::UploadDigest> UploadsHttp::digest(http::Call& call, Part const& in) {
    // Not look(): while somebody asks, the place to go on from may not move.
    MOZI_TRY(auto const medium, uploads_.find(in.id, call.viewer.id));
    if (in.from >= in.to || in.to - in.from > most_digest || in.to > medium.received)
        return error(Code::bad_request, "upload.range", "Ask for 1 byte to 16 MiB of what has arrived.");
    struct Place {
        std::atomic<int>& taken;
        bool free;
        explicit Place(std::atomic<int>& of) : taken(of), free(++of <= most_digests) {}
        ~Place() { --taken; }
    } const place(digests_);
    if (!place.free) {
        auto busy = error(Code::unavailable, "server.busy", "Too much at once. Try again in a moment.");
        busy.retry_after_s = 1;
        return busy;
    }
    auto sum = tus::digest_of(places_.source(in.id), in.from, in.to, tus::Algorithm::sha256);
    if (!sum) return internal("reading an upload: " + std::to_string(errno));
    return UploadDigest{in.from, in.to, hex(*sum)};
}

Result<http::Empty> UploadsHttp::terminate(http::Call& call, One const& in) {
    MOZI_CHECK(speak(call));
    MOZI_CHECK(uploads_.terminate(in.id, call.viewer.id));
    return http::Empty{};
}

std::vector<http::Route> UploadsHttp::routes() {
    using http::Access, http::Lane, http::Limit, http::Method;
    // Under /api/media/ an upload's address would be any medium's, too, as {id}/retry and its like are.
    std::string const all = "/api/uploads", one = all + "/{id}", media = "/api/media";
    std::string const chunk(tus::chunk_type);
    std::vector<http::Route> out;
    auto const add = [&](http::Route route) {
        route.also = media + route.path.substr(4);
        route.options.method_override = true;
        out.push_back(std::move(route));
    };
    http::Options const open{.lane = Lane::quick, .limit = Limit::none};
    add(http::route<&UploadsHttp::options>(
        *this, Method::options, all, "describeUploads", "What this server speaks of tus", Access::anyone, 204, {}, open));
    add(http::route<&UploadsHttp::options_of_one>(
        *this, Method::options, one, "describeUpload", "What this server speaks of tus", Access::anyone, 204, {}, open));
    add(http::route<&UploadsHttp::create, &UploadsHttp::open_creation>(*this, Method::post, all, "createUpload",
        "Announce an upload (tus creation)", Access::member, 201,
        {"upload.version", "upload.length", "upload.metadata", "upload.too_large", "upload.too_long", "upload.type", "upload.header",
            "upload.checksum", "upload.checksum_mismatch", "media.quota", "media.no_space", "media.too_many_uploads",
            "media.too_many_unused"},
        {.limit = Limit::upload, .body_limit = most_body, .takes = chunk}));
    add(http::route<&UploadsHttp::append, &UploadsHttp::open_chunk>(*this, Method::patch, one, "continueUpload",
        "Send the next bytes of an upload", Access::member, 204,
        {"upload.version", "upload.not_found", "upload.expired", "upload.offset", "upload.locked", "upload.taken_over", "upload.too_long",
            "upload.length", "upload.too_large", "upload.type", "upload.header", "upload.checksum", "upload.checksum_mismatch",
            "media.quota", "media.no_space"},
        {.lane = Lane::work, .limit = Limit::upload, .body_limit = most_body, .takes = chunk}));
    add(http::route<&UploadsHttp::look>(*this, Method::get, one, "getUpload", "How far an upload is, and its bytes so far", Access::member,
        200, {"upload.version", "upload.not_found", "upload.expired"}, {.replies_with = {"application/octet-stream"}}));
    add(http::route<&UploadsHttp::digest>(*this, Method::get, one + "/digest", "getUploadDigest", "SHA-256 of a part of what has arrived",
        Access::member, 200, {"upload.not_found", "upload.expired", "upload.range"}, {.limit = Limit::upload}));
    add(http::route<&UploadsHttp::terminate>(*this, Method::delete_, one, "terminateUpload", "Give up an upload", Access::member, 204,
        {"upload.version", "upload.not_found", "upload.expired", "upload.locked", "media.hidden"}, {.lane = Lane::work}));
    return out;
}

} // namespace mozi::media
