// Playlists: a kind of thing that is made up. Nothing here knows of comments, reactions or reports.
#include "playlists.hpp"

#include <mozi/subject/effects.hpp>

namespace mozi::content {

namespace {

Error no_playlist() { return not_found("playlist.not_found"); }

} // namespace

Result<Playlist> Playlists::create(http::Call& call, CreatePlaylist& in) {
    Playlist const made{next<PlaylistId>(), call.asking().user, std::move(in.title), false, context_.clock.now()};
    MOZI_CHECK(context_.database.write([&](db::Transaction& tx) -> Result<> {
        db::insert(*tx, made);
        return {};
    }));
    call.location("/api/playlists/" + made.id.text());
    return made;
}

Result<Playlist> Playlists::get(http::Call& call, OnePlaylist const& in) {
    MOZI_TRY(auto found,
        context_.database.read([&](db::Connection& c) -> Result<std::optional<Playlist>> { return db::find<Playlist>(c, in.id); }));
    if (!found || (found->hidden && !call.asking().moderates)) return no_playlist();
    return std::move(*found);
}

Result<void> Playlists::remove(http::Call& call, OnePlaylist const& in) {
    return context_.database.write([&](db::Transaction& tx) -> Result<> {
        auto const found = db::hold<Playlist>(*tx, in.id);
        if (!found || found->owner != call.asking().user) return no_playlist();
        tx->run("DELETE FROM playlist WHERE id = ?", in.id);
        effects::forget(*tx, subject_id(in.id));
        context_.outbox.emit(tx, PlaylistDeleted{in.id});
        return {};
    });
}

Result<std::vector<SubjectFacts>> Playlists::find_facts(std::span<SubjectId const> ids, Asking const& asking) {
    auto const wanted = ids_as<PlaylistId>(ids);
    MOZI_TRY(auto const found,
        context_.database.read([&](db::Connection& c) -> Result<std::vector<Playlist>> { return db::find_many<Playlist>(c, wanted); }));
    std::vector<SubjectFacts> out;
    for (auto const& each : found)
        out.push_back({.subject = {SubjectKind::playlist, subject_id(each.id)},
            .owner = each.owner,
            .title = each.title,
            .address = "/playlist/" + each.id.text(),
            .hidden = each.hidden,
            .visible = !each.hidden || asking.moderates});
    return out;
}

Result<bool> Playlists::settle_hidden(db::Transaction& tx, PlaylistId id) {
    auto found = db::hold<Playlist>(*tx, id);
    if (!found) return false;
    found->hidden = effects::stands(*tx, subject_id(id), Effect::hide);
    db::update<&Playlist::hidden>(*tx, *found);
    return true;
}

SubjectEntry Playlists::subject() {
    return {
        .kind = SubjectKind::playlist,
        .missing = no_playlist(),
        .path = "/api/playlists",
        .find = [this](std::span<SubjectId const> ids, Asking const& asking) { return find_facts(ids, asking); },
        .settle = [this](db::Transaction& tx, SubjectId id) { return settle_hidden(tx, {id.value}); },
        .gone = gone<PlaylistDeleted>(&PlaylistDeleted::playlist_id),
        .takes = {.comments = true, .reactions = true},
    };
}

std::vector<effects::Place> Playlists::places() {
    return {{.kind = SubjectKind::playlist, .table = "playlist", .id = "id", .state = "hidden"}};
}

std::vector<http::Route> Playlists::routes() {
    using http::Access;
    using http::Method;
    using http::route;
    std::vector<std::string> const missing{no_playlist().id};
    return {
        route<&Playlists::create>(*this, Method::post, "/api/playlists", "createPlaylist", "Begin a playlist", Access::member, 201),
        route<&Playlists::get>(*this, Method::get, "/api/playlists/{id}", "getPlaylist", "A playlist", Access::reader, 200, missing),
        route<&Playlists::remove>(
            *this, Method::delete_, "/api/playlists/{id}", "deletePlaylist", "End a playlist", Access::member, 204, missing),
    };
}

} // namespace mozi::content
