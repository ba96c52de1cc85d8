// Moderation actions as rows and on the wire.
#pragma once

#include "../people.hpp"

#include <mozi/db/rows.hpp>
#include <mozi/http/route.hpp>
#include <mozi/moderation/events.hpp>

namespace mozi::moderation {

enum class ActionKind { hide };
constexpr auto names(ActionKind) { return std::array{std::pair{ActionKind::hide, "HIDE"sv}}; }

struct Action {
    ActionId id;
    ActionKind kind = ActionKind::hide;
    Subject subject;
    UserId owner;
    ReportId report;
    UserId moderator;
    Role decided_as = Role::moderator;
    std::string reason;
    Time created_at;
    std::optional<Time> reverted_at;
    std::optional<UserId> reverted_by;
    std::optional<std::string> revert_reason;

    static constexpr db::Table table{"moderation_action", "a"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Action::id), column("action", &Action::kind),
            column("subject_kind", &Action::subject, &Subject::kind), column("subject_id", &Action::subject, &Subject::id),
            column("owner_id", &Action::owner), column("report_id", &Action::report), column("moderator_id", &Action::moderator),
            column("decided_as", &Action::decided_as), column("reason", &Action::reason), column("created_at", &Action::created_at),
            column("reverted_at", &Action::reverted_at), column("reverted_by", &Action::reverted_by),
            column("revert_reason", &Action::revert_reason)};
    }
};

struct ActionView {
    ActionId id;
    ActionKind action = ActionKind::hide;
    SubjectKind content_type = SubjectKind::movie;
    SubjectId content_id;
    ReportId report_id;
    std::optional<Participant> moderator;
    std::string reason;
    Time created_at;
    std::optional<Time> reverted_at;
    std::optional<Participant> reverted_by;
    std::optional<std::string> revert_reason;
    static std::string schema_name() { return "ModerationAction"; }
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &ActionView::id), field("action", &ActionView::action),
            field("contentType", &ActionView::content_type), field("contentId", &ActionView::content_id),
            field("reportId", &ActionView::report_id), field("moderator", &ActionView::moderator), field("reason", &ActionView::reason),
            field("createdAt", &ActionView::created_at), field("revertedAt", &ActionView::reverted_at),
            field("revertedBy", &ActionView::reverted_by), field("revertReason", &ActionView::revert_reason)};
    }
};

} // namespace mozi::moderation
