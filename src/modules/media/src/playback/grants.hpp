// Signed addresses: who may play what is not public, for how long. The signature is a part of the path, so that every
// playlist and segment below it carries it by itself.
#pragma once

#include <mozi/base/asking.hpp>
#include <mozi/base/clock.hpp>
#include <mozi/media/api.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace mozi::media {

using SessionId = Id<"session">;

enum class Right {
    visit, // as any member may, where strangers may not
    own, // the owner, before it is public
    moderate, // also what is hidden
};

struct Grant {
    SessionId session;
    Right right = Right::visit;
    std::int64_t expires_s = 0; // Unix seconds
};

class Grants {
public:
    explicit Grants(std::string key) : key_(std::move(key)) {}
    // A path segment. Valid for six to seven hours: rounded, so that the address stays the same for a while.
    std::string sign(MediaId id, SessionId session, Right right, Time now) const;
    // nullopt for anything that was not signed for this medium, or is over. Whether the session lives is asked by the caller.
    std::optional<Grant> verify(MediaId id, std::string_view segment, Time now) const;

private:
    std::string mac(MediaId id, std::string_view claims) const;
    std::string key_;
};

} // namespace mozi::media
