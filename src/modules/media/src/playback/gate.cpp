// The decision, and the memory of what it needs.
#include "playback/gate.hpp"

#include "library/repository.hpp"

namespace mozi::media {

namespace {
constexpr std::string_view open_key = "open"; // the address of what everybody may see
}

Result<Standing> Gate::standing(MediaId id) {
    std::uint64_t before = 0;
    {
        std::scoped_lock const held(mutex_);
        if (auto const found = known_.find(id); found != known_.end()) return found->second;
        before = changes_;
    }
    MOZI_TRY(
        auto medium, parts_.database.read([&](db::Connection& c) -> Result<std::optional<Medium>> { return db::find<Medium>(c, id); }));
    Standing standing;
    if (medium) standing = {medium->owner, medium->playable, medium->taken_away(), medium->is_public(), true};
    std::scoped_lock const held(mutex_);
    if (before == changes_) {
        if (known_.size() >= 50'000) known_.clear();
        known_[id] = standing;
    }
    return standing;
}

void Gate::forget(MediaId id) {
    std::scoped_lock const held(mutex_);
    ++changes_;
    known_.erase(id);
}

Result<> Gate::check(MediaId id, std::string_view key) {
    MOZI_TRY(auto const medium, standing(id));
    auto const missing = not_found("media.not_found");
    if (!medium.exists || !medium.playable) return missing;
    if (key == open_key) {
        if (medium.is_public && parts_.visitors == http::Visitors::may_read) return {};
        return missing;
    }
    auto const grant = parts_.grants.verify(id, key, parts_.clock.now());
    if (!grant) return missing;
    auto const viewer = parts_.viewer_of(grant->session);
    if (!viewer) return viewer.error().code == Code::unauthenticated ? missing : viewer.error();
    auto const moderates = grant->right == Right::moderate && viewer->moderates(); // still
    auto const allowed = moderates || medium.is_public || (grant->right == Right::own && !medium.taken_away);
    return allowed ? Result<>{} : Result<>{missing};
}

std::optional<std::string> Gate::key_for(Medium const& medium, Asking const& asking) const {
    if (!medium.playable || !visible(medium, asking)) return std::nullopt;
    if (medium.is_public() && parts_.visitors == http::Visitors::may_read) return std::string(open_key);
    if (!asking.user || !asking.session) return std::nullopt;
    auto const right = asking.moderates ? Right::moderate : asking.user == medium.owner ? Right::own : Right::visit;
    if (right == Right::visit && !medium.is_public()) return std::nullopt;
    return parts_.grants.sign(medium.id, asking.session, right, parts_.clock.now());
}

std::optional<std::string> Gate::hls_url(Medium const& medium, Asking const& asking) const {
    auto const key = key_for(medium, asking);
    if (!key) return std::nullopt;
    return "/media/" + medium.id.text() + "/" + *key + "/master.m3u8";
}

std::optional<std::string> Gate::tracks_url(Medium const& medium, Asking const& asking) const {
    auto const key = key_for(medium, asking);
    if (!key) return std::nullopt;
    return "/media/" + medium.id.text() + "/" + *key + "/tracks.m3u8";
}

std::optional<std::string> Gate::poster_url(Medium const& medium, Asking const& asking) const {
    auto const key = medium.poster ? key_for(medium, asking) : std::nullopt;
    if (!key) return std::nullopt;
    return "/media/" + medium.id.text() + "/" + *key + "/r" + std::to_string(medium.run) + "/poster.jpg";
}

} // namespace mozi::media
