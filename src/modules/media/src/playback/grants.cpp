// s<right><session>-<expiry>-<mac>
#include "playback/grants.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>

namespace mozi::media {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::string_view letters = "vom"; // in the order of Right

std::int64_t seconds(Time time) { return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count(); }

} // namespace

std::string Grants::mac(MediaId id, std::string_view claims) const {
    return base64url(crypto::hmac_sha256(key_, "media " + id.text() + " " + std::string(claims)));
}

std::string Grants::sign(MediaId id, SessionId session, Right right, Time now) const {
    auto const expires = (seconds(now) / hour_s + 7) * hour_s;
    auto const claims = std::string("s") + letters[static_cast<std::size_t>(right)] + session.text() + "-" + std::to_string(expires);
    return claims + "-" + mac(id, claims);
}

std::optional<Grant> Grants::verify(MediaId id, std::string_view segment, Time now) const {
    if (segment.size() > 120 || segment.size() < 4 || segment[0] != 's') return std::nullopt;
    auto const first = segment.find('-');
    auto const second = first == segment.npos ? first : segment.find('-', first + 1); // the mac itself may hold dashes
    if (second == segment.npos) return std::nullopt;
    if (!crypto::equal(mac(id, segment.substr(0, second)), segment.substr(second + 1))) return std::nullopt;
    auto const right = letters.find(segment[1]);
    auto const session = parse<SessionId>(segment.substr(2, first - 2));
    auto const expires = parse_id(segment.substr(first + 1, second - first - 1));
    if (right == letters.npos || !session || !expires || *expires <= seconds(now)) return std::nullopt;
    return Grant{*session, static_cast<Right>(right), *expires};
}

} // namespace mozi::media
