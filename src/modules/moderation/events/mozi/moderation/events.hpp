// What the moderation module tells.
#pragma once

#include <mozi/base/subject.hpp>
#include <mozi/json/describe.hpp>

namespace mozi::moderation {

// The fields of an event about a subject.
template <class E>
constexpr auto about() {
    return std::tuple{json::field("contentType", &E::kind), json::field("contentId", &E::subject_id)};
}

// The thing is hidden by this action. Other actions may hide it too: it shows again when none is left.
struct ContentHidden {
    static constexpr std::string_view source = "moderation", name = "moderation.content.hidden";
    static constexpr int version = 1;
    ActionId action_id;
    SubjectKind kind = SubjectKind::movie;
    std::int64_t subject_id = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{json::field("actionId", &ContentHidden::action_id)}, about<ContentHidden>());
    }
};

// What this action did to the thing is taken back.
struct ContentRestored {
    static constexpr std::string_view source = "moderation", name = "moderation.content.restored";
    static constexpr int version = 1;
    ActionId action_id;
    SubjectKind kind = SubjectKind::movie;
    std::int64_t subject_id = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{json::field("actionId", &ContentRestored::action_id)}, about<ContentRestored>());
    }
};

struct ReportCreated {
    static constexpr std::string_view source = "moderation", name = "moderation.report.created";
    static constexpr int version = 1;
    Id<"report"> report_id;
    SubjectKind kind = SubjectKind::movie;
    std::int64_t subject_id = 0;
    int priority = 1;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{json::field("reportId", &ReportCreated::report_id)}, about<ReportCreated>(),
            std::tuple{json::field("priority", &ReportCreated::priority)});
    }
};

// One decision, which may close several reports on the same thing.
struct ReportResolved {
    static constexpr std::string_view source = "moderation", name = "moderation.report.resolved";
    static constexpr int version = 1;
    Id<"report"> report_id;
    SubjectKind kind = SubjectKind::movie;
    std::int64_t subject_id = 0;
    std::optional<ActionId> action_id; // nothing: no breach
    std::int64_t also_resolved = 0; // further reports
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{json::field("reportId", &ReportResolved::report_id)}, about<ReportResolved>(),
            std::tuple{json::field("actionId", &ReportResolved::action_id), json::field("alsoResolved", &ReportResolved::also_resolved)});
    }
};

} // namespace mozi::moderation
