// What the moderation module tells.
#pragma once

#include <mozi/json/describe.hpp>

namespace mozi::moderation {

enum class ContentType { movie, comment, media, user_profile };
constexpr auto names(ContentType) {
    return std::array{std::pair{ContentType::movie, "MOVIE"sv}, std::pair{ContentType::comment, "COMMENT"sv}, std::pair{ContentType::media, "MEDIA"sv}, std::pair{ContentType::user_profile, "USER_PROFILE"sv}};
}

// The thing is hidden by this action. Other actions may hide it too: it shows again when none is left.
struct ContentHidden {
    static constexpr std::string_view source = "moderation", name = "moderation.content.hidden";
    static constexpr int version = 1;
    Id<"action"> action_id;
    ContentType content_type = ContentType::movie;
    std::int64_t content_id = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("actionId", &ContentHidden::action_id), field("contentType", &ContentHidden::content_type), field("contentId", &ContentHidden::content_id)};
    }
};

struct ContentRestored {
    static constexpr std::string_view source = "moderation", name = "moderation.content.restored";
    static constexpr int version = 1;
    Id<"action"> action_id;
    ContentType content_type = ContentType::movie;
    std::int64_t content_id = 0;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("actionId", &ContentRestored::action_id), field("contentType", &ContentRestored::content_type), field("contentId", &ContentRestored::content_id)};
    }
};

struct ReportCreated {
    static constexpr std::string_view source = "moderation", name = "moderation.report.created";
    static constexpr int version = 1;
    Id<"report"> report_id;
    ContentType content_type = ContentType::movie;
    std::int64_t content_id = 0;
    int priority = 1;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("reportId", &ReportCreated::report_id), field("contentType", &ReportCreated::content_type), field("contentId", &ReportCreated::content_id), field("priority", &ReportCreated::priority)};
    }
};

// One decision, which may close several reports on the same thing.
struct ReportResolved {
    static constexpr std::string_view source = "moderation", name = "moderation.report.resolved";
    static constexpr int version = 1;
    Id<"report"> report_id;
    ContentType content_type = ContentType::movie;
    std::int64_t content_id = 0;
    std::optional<Id<"action">> action_id; // nothing: no breach
    std::int64_t also_resolved = 0;        // further reports
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("reportId", &ReportResolved::report_id), field("contentType", &ReportResolved::content_type), field("contentId", &ReportResolved::content_id),
                          field("actionId", &ReportResolved::action_id), field("alsoResolved", &ReportResolved::also_resolved)};
    }
};

} // namespace mozi::moderation
