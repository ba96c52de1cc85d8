// Playlists: a kind of thing that is made up, to see that a kind needs three places. tests/kinds/run.sh puts it into a copy of content.
#pragma once

#include <mozi/content/api.hpp>
#include <mozi/db/rows.hpp>
#include <mozi/module/module.hpp>

namespace mozi::content {

using PlaylistId = Id<"playlist">;

struct Playlist {
    PlaylistId id;
    UserId owner;
    std::string title;
    bool hidden = false;
    Time created_at;
    static constexpr db::Table table{"playlist", "p"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Playlist::id), column("owner_id", &Playlist::owner), column("title", &Playlist::title),
            column("hidden", &Playlist::hidden), column("created_at", &Playlist::created_at)};
    }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Playlist::id), field("title", &Playlist::title, {.min = 1, .max = 200}),
            field("hidden", &Playlist::hidden), field("createdAt", &Playlist::created_at)};
    }
};

struct PlaylistDeleted {
    static constexpr std::string_view source = "content", name = "content.playlist.deleted";
    static constexpr int version = 1;
    PlaylistId playlist_id;
    static constexpr auto fields() { return std::tuple{json::field("playlistId", &PlaylistDeleted::playlist_id)}; }
};

struct CreatePlaylist {
    std::string title;
    static constexpr auto fields() { return std::tuple{json::field("title", &CreatePlaylist::title, {.min = 1, .max = 200})}; }
};

struct OnePlaylist {
    PlaylistId id;
    static constexpr auto fields() { return std::tuple{json::field("id", &OnePlaylist::id, {.where = json::Where::path})}; }
};

class Playlists {
public:
    explicit Playlists(ModuleContext const& context) : context_(context) {}
    std::vector<http::Route> routes();
    SubjectEntry subject();
    static std::vector<effects::Place> places();

    Result<Playlist> create(http::Call& call, CreatePlaylist& in);
    Result<Playlist> get(http::Call& call, OnePlaylist const& in);
    Result<void> remove(http::Call& call, OnePlaylist const& in);

private:
    Result<std::vector<SubjectFacts>> find_facts(std::span<SubjectId const> ids, Asking const& asking);
    Result<bool> settle_hidden(db::Transaction& tx, PlaylistId id);

    ModuleContext context_;
};

} // namespace mozi::content
