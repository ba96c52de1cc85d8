// Reports as rows and on the wire.
#pragma once

#include "../people.hpp"

#include <mozi/db/rows.hpp>
#include <mozi/http/route.hpp>

namespace mozi::moderation {

enum class ReportType { spam, harassment, inappropriate_content, copyright_violation, hate_speech, threat, misleading, other };
constexpr auto names(ReportType) {
    return std::array{std::pair{ReportType::spam, "SPAM"sv}, std::pair{ReportType::harassment, "HARASSMENT"sv},
        std::pair{ReportType::inappropriate_content, "INAPPROPRIATE_CONTENT"sv},
        std::pair{ReportType::copyright_violation, "COPYRIGHT_VIOLATION"sv}, std::pair{ReportType::hate_speech, "HATE_SPEECH"sv},
        std::pair{ReportType::threat, "THREAT"sv}, std::pair{ReportType::misleading, "MISLEADING"sv},
        std::pair{ReportType::other, "OTHER"sv}};
}

enum class ReportStatus { pending, under_review, resolved, dismissed };
constexpr auto names(ReportStatus) {
    return std::array{std::pair{ReportStatus::pending, "PENDING"sv}, std::pair{ReportStatus::under_review, "UNDER_REVIEW"sv},
        std::pair{ReportStatus::resolved, "RESOLVED"sv}, std::pair{ReportStatus::dismissed, "DISMISSED"sv}};
}

enum class Decision { none, hide };
constexpr auto names(Decision) { return std::array{std::pair{Decision::none, "NONE"sv}, std::pair{Decision::hide, "HIDE"sv}}; }

constexpr int lowest_priority = 1, highest_priority = 4; // the highest comes first
constexpr std::int64_t most_open_reports = 50; // of one person
// The reason says how urgent it is; who reports has no other say in it.
constexpr int priority_of(ReportType type) {
    switch (type) {
    case ReportType::threat:
    case ReportType::hate_speech: return 4;
    case ReportType::copyright_violation:
    case ReportType::harassment: return 3;
    case ReportType::other: return 1;
    default: return 2;
    }
}

struct Report {
    ReportId id;
    UserId reporter;
    Subject subject;
    UserId owner;
    ReportType type = ReportType::other;
    std::optional<std::string> description;
    int rank = highest_priority - lowest_priority; // place in the queue, the most urgent first
    ReportStatus status = ReportStatus::pending;
    std::optional<UserId> assigned_to;
    std::optional<std::string> resolution;
    std::optional<ActionId> action;
    bool action_reverted = false;
    std::optional<Role> decided_as;
    Time created_at, updated_at;
    std::optional<Time> resolved_at;

    bool open() const { return !resolved_at; }
    int priority() const { return highest_priority - rank; }

    static constexpr db::Table table{"report", "r", "LEFT JOIN moderation_action a ON a.id = r.action_id"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Report::id), column("reporter_id", &Report::reporter),
            column("subject_kind", &Report::subject, &Subject::kind), column("subject_id", &Report::subject, &Subject::id),
            column("owner_id", &Report::owner), column("report_type", &Report::type), column("description", &Report::description),
            column("rank", &Report::rank), column("status", &Report::status), column("assigned_to", &Report::assigned_to),
            column("resolution", &Report::resolution), column("action_id", &Report::action),
            db::computed("CASE WHEN a.reverted_at IS NULL THEN 0 ELSE 1 END", &Report::action_reverted),
            db::computed("a.decided_as", &Report::decided_as), column("created_at", &Report::created_at),
            column("updated_at", &Report::updated_at), column("resolved_at", &Report::resolved_at)};
    }
};

struct ReportedContent {
    SubjectKind type = SubjectKind::movie;
    SubjectId id;
    std::optional<std::string> title, text;
    std::optional<Participant> author;
    bool hidden = false;
    std::optional<std::string> url;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("type", &ReportedContent::type), field("id", &ReportedContent::id), field("title", &ReportedContent::title),
            field("text", &ReportedContent::text), field("author", &ReportedContent::author), field("hidden", &ReportedContent::hidden),
            field("url", &ReportedContent::url)};
    }
};

struct ReportView {
    ReportId id;
    SubjectKind content_type = SubjectKind::movie;
    SubjectId content_id;
    ReportType report_type = ReportType::other;
    std::optional<std::string> description;
    int priority = 1;
    ReportStatus status = ReportStatus::pending;
    std::optional<Participant> reporter, assigned_to;
    std::optional<std::string> resolution;
    std::optional<ActionId> action_id;
    bool action_reverted = false;
    Time created_at, updated_at;
    std::optional<Time> resolved_at;
    std::optional<ReportedContent> content;
    std::optional<std::string> barred;

    static std::string schema_name() { return "Report"; }
    template <class E>
    static constexpr auto fields_of() {
        using json::field;
        using Text = std::optional<std::string>;
        using Person = std::optional<Participant>;
        return std::tuple{field<E, ReportId>("id", &E::id), field<E, SubjectKind>("contentType", &E::content_type),
            field<E, SubjectId>("contentId", &E::content_id), field<E, ReportType>("reportType", &E::report_type),
            field<E, Text>("description", &E::description), field<E, int>("priority", &E::priority),
            field<E, ReportStatus>("status", &E::status), field<E, Person>("reporter", &E::reporter),
            field<E, Person>("assignedTo", &E::assigned_to), field<E, Text>("resolution", &E::resolution),
            field<E, std::optional<ActionId>>("actionId", &E::action_id), field<E, bool>("actionReverted", &E::action_reverted),
            field<E, Time>("createdAt", &E::created_at), field<E, Time>("updatedAt", &E::updated_at),
            field<E, std::optional<Time>>("resolvedAt", &E::resolved_at),
            field<E, std::optional<ReportedContent>>(
                "content", &E::content, {.help = "What was reported, as it stands; null when it is gone."}),
            field<E, Text>(
                "barred", &E::barred, {.help = "Why who asks may not decide on it, or take the decision back; null where they may."})};
    }
    static constexpr auto fields() { return fields_of<ReportView>(); }
};

struct ResolvedReport : ReportView {
    std::int64_t also_resolved = 0;
    static std::string schema_name() { return "ResolvedReport"; }
    static constexpr auto fields() {
        return std::tuple_cat(
            fields_of<ResolvedReport>(), std::tuple{json::field("alsoResolved", &ResolvedReport::also_resolved,
                                             {.help = "Further open reports on the same thing that this decision closed."})});
    }
};

struct PriorityCounts {
    std::int64_t one = 0, two = 0, three = 0, four = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("1", &PriorityCounts::one), field("2", &PriorityCounts::two), field("3", &PriorityCounts::three),
            field("4", &PriorityCounts::four)};
    }
    std::int64_t& at(int priority) { return priority == 1 ? one : priority == 2 ? two : priority == 3 ? three : four; }
};

struct ReportSummary {
    std::int64_t total = 0, pending = 0, under_review = 0, resolved = 0, dismissed = 0;
    PriorityCounts by_priority, open_by_priority;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("total", &ReportSummary::total), field("pending", &ReportSummary::pending),
            field("underReview", &ReportSummary::under_review), field("resolved", &ReportSummary::resolved),
            field("dismissed", &ReportSummary::dismissed), field("byPriority", &ReportSummary::by_priority),
            field("openByPriority", &ReportSummary::open_by_priority)};
    }
    std::int64_t& at(ReportStatus status) {
        return status == ReportStatus::pending        ? pending
               : status == ReportStatus::under_review ? under_review
               : status == ReportStatus::resolved     ? resolved
                                                      : dismissed;
    }
};

} // namespace mozi::moderation
