// The record of decisions: append-only, each row sealed by a hash over itself and the one before.
#pragma once

#include <mozi/base/enum.hpp>
#include <mozi/db/database.hpp>

namespace mozi::moderation::audit {

enum class What { report_dismissed, content_hidden, content_restored };
constexpr auto names(What) {
    return std::array{std::pair{What::report_dismissed, "REPORT_DISMISSED"sv}, std::pair{What::content_hidden, "CONTENT_HIDDEN"sv},
        std::pair{What::content_restored, "CONTENT_RESTORED"sv}};
}

struct Entry {
    Id<"user"> actor;
    What what = What::report_dismissed;
    std::string subject; // "COMMENT 17 report 18 action 19"
    std::string reason;
    Time at;
};

// Adds a row inside the unit of the decision. Throws db::Failure.
void append(db::Connection& c, Entry const& entry);

} // namespace mozi::moderation::audit
