// Playlists, segments and posters. Every request asks the gate; names are checked by their form before they become a path.
#include "playback/http.hpp"

#include "library/repository.hpp"

namespace mozi::media {
namespace {

bool is_number(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool is_run(std::string_view text) { return text.starts_with('r') && is_number(text.substr(1), 9); }
bool is_picture(std::string_view text) { return text.ends_with('p') && is_number(text.substr(0, text.size() - 1), 5); }
bool is_sound(std::string_view text) { return text.starts_with('s') && is_number(text.substr(1), 3); }
bool is_text(std::string_view text) { return text.starts_with('t') && is_number(text.substr(1), 7); }
bool is_init(std::string_view file) { return file == "init.mp4" || file == "init-2.mp4" || file == "video.mp4" || file == "video-2.mp4"; }
bool is_segment(std::string_view file) { return file.ends_with(".m4s") && file.size() == 9 && is_number(file.substr(0, 5), 5); }

constexpr std::string_view playlist_type = "application/vnd.apple.mpegurl";

} // namespace

Result<http::Answer> PlaybackHttp::file(
    http::Call const& call, std::string const& path, std::string_view key, std::string_view type, bool lasting) {
    // Names never change what they mean, yet a copy answers for a minute only: then the gate is asked again, so that what is hidden goes
    // from caches, too (RFC 9111 section 5.2.2). What a signature opens belongs to one session: no shared cache may keep it.
    auto const open = key == "open";
    auto const cache = !lasting ? (open ? "no-cache" : "private, no-cache")
                       : open   ? "public, max-age=60, must-revalidate"
                                : "private, max-age=60, must-revalidate";
    MOZI_TRY(auto response, file_answer(path, *call.request, {type, cache}));
    return http::Answer{std::move(response)};
}

Result<http::Answer> PlaybackHttp::master(http::Call& call, Master const& in) { return of_all_versions(call, in, "master.m3u8"); }

Result<http::Answer> PlaybackHttp::tracks(http::Call& call, Master const& in) { return of_all_versions(call, in, "tracks.m3u8"); }

Result<http::Answer> PlaybackHttp::of_all_versions(http::Call& call, Master const& in, std::string const& name) {
    MOZI_CHECK(gate_.check(in.id, in.key));
    MOZI_TRY(auto medium, database_.read([&](db::Connection& c) -> Result<std::optional<Medium>> { return db::find<Medium>(c, in.id); }));
    if (!medium) return not_found("media.not_found");
    auto const folder = places_.place(in.id, medium->run).target();
    if (medium->added.list.empty()) return file(call, folder + "/" + name, in.key, playlist_type, false);
    // What people added is not in the file, which every preparation writes anew.
    auto const stored = Folder(folder).read(name, 1 << 20, Folder::Names::any);
    if (stored.empty()) return not_found("media.not_found");
    net::Response response;
    response.add("Content-Type", playlist_type);
    response.add("Cache-Control", in.key == "open" ? "no-cache" : "private, no-cache");
    response.body = with_texts(stored, renditions_of(medium->tracks, medium->added));
    return http::Answer{std::move(response)};
}

Result<http::Answer> PlaybackHttp::poster(http::Call& call, Poster const& in) {
    MOZI_CHECK(gate_.check(in.id, in.key));
    if (!is_run(in.run)) return not_found("media.not_found");
    return file(call, places_.folder(in.id) + "/" + in.run + "/poster.jpg", in.key, "image/jpeg", true);
}

Result<http::Answer> PlaybackHttp::part(http::Call& call, Part const& in) {
    MOZI_CHECK(gate_.check(in.id, in.key));
    auto const text = is_text(in.version) && (is_run(in.run) || in.run == "added");
    if (!text && (!is_run(in.run) || !(is_picture(in.version) || is_sound(in.version)))) return not_found("media.not_found");
    auto const path = places_.folder(in.id) + "/" + in.run + "/" + in.version + "/" + in.file;
    if (in.file == "index.m3u8" || in.file == "video.m3u8") return file(call, path, in.key, playlist_type, false);
    if (text)
        return in.file == "text.vtt" ? file(call, path, in.key, "text/vtt", true) : Result<http::Answer>{not_found("media.not_found")};
    if (is_init(in.file)) return file(call, path, in.key, "video/mp4", true);
    if (is_segment(in.file)) return file(call, path, in.key, "video/iso.segment", true);
    return not_found("media.not_found");
}

std::vector<http::Route> PlaybackHttp::routes() {
    using http::Access, http::Method;
    auto const options = [](std::vector<std::string> types) {
        return http::Options{.lane = http::Lane::quick, .limit = http::Limit::none, .replies_with = std::move(types)};
    };
    std::vector<std::string> const errors{"media.not_found"};
    std::string const playlist(playlist_type);
    std::vector<http::Route> out;
    out.push_back(http::route<&PlaybackHttp::master>(*this, Method::get, "/media/{id}/{key}/master.m3u8", "playMedia",
        "The HLS playlist of a video", Access::anyone, 200, errors, options({playlist})));
    out.push_back(http::route<&PlaybackHttp::tracks>(*this, Method::get, "/media/{id}/{key}/tracks.m3u8", "playMediaTracks",
        "The HLS playlist of a video with its sounds apart", Access::anyone, 200, errors, options({playlist})));
    out.push_back(http::route<&PlaybackHttp::poster>(*this, Method::get, "/media/{id}/{key}/{run}/poster.jpg", "getPoster",
        "The still picture of a video", Access::anyone, 200, errors, options({"image/jpeg"})));
    out.push_back(http::route<&PlaybackHttp::part>(*this, Method::get, "/media/{id}/{key}/{run}/{version}/{file}", "getSegment",
        "A playlist, segment or text of one version", Access::anyone, 200, errors,
        options({playlist, "video/mp4", "video/iso.segment", "text/vtt"})));
    return out;
}

} // namespace mozi::media
