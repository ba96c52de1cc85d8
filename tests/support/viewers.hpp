// Who comes, as tests say it: tokens "7", "7:MODERATOR", "7:USER:SUSPENDED"; "over…" has ended, all others were guessed.
#pragma once

#include <mozi/base/text.hpp>
#include <mozi/http/access.hpp>

#include <map>
#include <mutex>

namespace mozi::test {

// A session stands as its last token said. Thread-safe.
class Viewers {
public:
    http::Authenticate authenticate() {
        return {[this](std::string_view token) { return std::optional(by_token(token)); },
            [this](Id<"session"> session) { return std::optional(by_session(session)); },
            [this](std::string_view token) { return by_token(token); }, [this](Id<"session"> session) { return by_session(session); },
            [](std::string_view token) { return token.starts_with("over"); }};
    }
    // What has become of a viewer when his request is run; set before requests.
    std::function<Result<http::Viewer>(http::Viewer)> later = [](http::Viewer viewer) { return viewer; };
    static Error ended() { return {Code::unauthenticated, "auth.token", "Sign in again."}; }

private:
    Result<http::Viewer> by_token(std::string_view token) {
        auto const parts = split(token, ':');
        auto const id = parse<Id<"user">>(parts[0]);
        auto const role = parts.size() > 1 ? from_text<http::Role>(parts[1]).value_or(http::Role::visitor) : http::Role::user;
        if (!id || role == http::Role::visitor) return ended();
        auto const standing = parts.size() > 2 ? from_text<http::Standing>(parts[2]).value() : http::Standing::active;
        http::Viewer const viewer{*id, Id<"session">{id->value}, role, standing};
        std::scoped_lock const held(mutex_);
        return standing_.insert_or_assign(id->value, viewer).first->second;
    }
    Result<http::Viewer> by_session(Id<"session"> session) {
        std::scoped_lock const held(mutex_);
        auto const found = standing_.find(session.value);
        return found == standing_.end() ? Result<http::Viewer>{ended()} : later(found->second);
    }

    std::mutex mutex_;
    std::map<std::int64_t, http::Viewer> standing_;
};

} // namespace mozi::test
