// The things reports are about: films, comments, media and profiles of other modules, asked for in batches.
#pragma once

#include <mozi/http/access.hpp>
#include <mozi/moderation/api.hpp>
#include <mozi/moderation/events.hpp>
#include <mozi/moderation/module.hpp>

#include <map>

namespace mozi::moderation {

using UserId = Id<"user">;
using ContentId = Id<"content">; // of whatever type stands beside it

struct Subject {
    ContentType type = ContentType::movie;
    ContentId id;
    auto operator<=>(Subject const&) const = default;
    std::string text() const { return std::string(to_text(type)) + " " + id.text(); }
};

// A person as moderators and reporters see them.
struct Participant {
    UserId id;
    std::string username, display_name;
    std::optional<std::string> avatar_url;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Participant::id), field("username", &Participant::username), field("displayName", &Participant::display_name), field("avatarUrl", &Participant::avatar_url)};
    }
};

struct Content {
    std::optional<std::string> title, text, url;
    UserId author;
};

class Subjects {
public:
    explicit Subjects(Needs const& needs) : needs_(needs) {}
    // Those that exist and are not deleted. At most one question per module and type.
    Result<std::map<Subject, Content>> find(std::span<Subject const> subjects, Asking const& asking);
    // Whose it is, when who asks may see it. Error: "report.content_not_found".
    Result<UserId> visible_owner(Subject const& subject, Asking const& asking);
    Result<std::map<UserId, Participant>> people(std::vector<UserId> ids); // zeros are left out

private:
    Result<> add_comments(std::vector<social::CommentId> const& ids, std::vector<content::MovieId>& movies, std::map<Subject, Content>& out);
    Needs needs_;
};

inline Asking asking(http::Viewer const& viewer) { return {viewer.id, viewer.session, viewer.moderates()}; }

} // namespace mozi::moderation
