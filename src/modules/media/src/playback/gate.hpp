// Who may see which medium right now, from memory: asked for every playlist and segment.
#pragma once

#include "library/model.hpp"
#include "playback/grants.hpp"

#include <mutex>
#include <unordered_map>

namespace mozi::media {

// Of a medium, what playback needs.
struct Standing {
    UserId owner;
    bool playable = false, taken_away = false, is_public = false, exists = false;
};

class Gate {
public:
    struct Parts {
        db::Database& database;
        Clock const& clock;
        Grants grants;
        std::function<Result<http::Viewer>(SessionId)> viewer_of;
        http::Visitors visitors;
    };
    explicit Gate(Parts parts) : parts_(std::move(parts)) {}

    // Whether the bytes of `id` may go out at this address. Errors: "media.not_found", the same for all reasons.
    Result<> check(MediaId id, std::string_view key);
    // "/media/…" for who asks; nothing where they may not see it.
    std::optional<std::string> hls_url(Medium const& medium, Asking const& asking) const;
    std::optional<std::string> tracks_url(Medium const& medium, Asking const& asking) const;
    std::optional<std::string> poster_url(Medium const& medium, Asking const& asking) const;
    // Whether anybody at all gets an address of it. Hidden: only who moderates.
    static bool visible(Medium const& medium, Asking const& asking) { return !medium.taken_away() || asking.moderates; }
    // After every commit that changed something a Standing says.
    void forget(MediaId id);

private:
    std::optional<std::string> key_for(Medium const& medium, Asking const& asking) const;
    Result<Standing> standing(MediaId id);

    Parts parts_;
    std::mutex mutex_;
    std::unordered_map<MediaId, Standing> known_; // bounded: emptied at 50,000
    std::uint64_t changes_ = 0; // a reading that overlaps with a change is not kept
};

} // namespace mozi::media
