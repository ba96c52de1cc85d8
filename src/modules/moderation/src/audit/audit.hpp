// The record of decisions: append-only, each row sealed with the installation's key over itself and the row before.
#pragma once

#include <mozi/base/role.hpp>
#include <mozi/base/subject.hpp>
#include <mozi/db/database.hpp>

namespace mozi::moderation::audit {

enum class What {
    report_dismissed,
    content_hidden,
    content_restored,
    media_deleted,
    preparation_stopped,
    record_accepted,
    role_given,
    password_reset,
    sessions_ended,
    account_deleted,
    event_forgotten,
    maintenance_begun,
    maintenance_ended
};
constexpr auto names(What) {
    return std::array{std::pair{What::report_dismissed, "REPORT_DISMISSED"sv}, std::pair{What::content_hidden, "CONTENT_HIDDEN"sv},
        std::pair{What::content_restored, "CONTENT_RESTORED"sv}, std::pair{What::media_deleted, "MEDIA_DELETED"sv},
        std::pair{What::preparation_stopped, "PREPARATION_STOPPED"sv}, std::pair{What::record_accepted, "RECORD_ACCEPTED"sv},
        std::pair{What::role_given, "ROLE_GIVEN"sv}, std::pair{What::password_reset, "PASSWORD_RESET"sv},
        std::pair{What::sessions_ended, "SESSIONS_ENDED"sv}, std::pair{What::account_deleted, "ACCOUNT_DELETED"sv},
        std::pair{What::event_forgotten, "EVENT_FORGOTTEN"sv}, std::pair{What::maintenance_begun, "MAINTENANCE_BEGUN"sv},
        std::pair{What::maintenance_ended, "MAINTENANCE_ENDED"sv}};
}

struct Entry {
    Id<"user"> actor; // 0: the operator
    What what = What::report_dismissed;
    std::string subject; // subject_of()
    std::optional<ActionId> action;
    std::string reason;
    Time at;
};

// "COMMENT 17 of USER 11 report 18 action 19 as MODERATOR"; rows of before have no owner, and those without a key no rank.
std::string subject_of(Subject const& subject, Id<"user"> owner, Id<"report"> report, std::optional<ActionId> action, Role as);

// As it stands in the database.
struct Row {
    std::int64_t seq = 0;
    Id<"user"> actor;
    std::string what, subject, reason;
    std::int64_t at = 0;
    std::string previous = {}, hash = {};
    std::optional<ActionId> action = {};
};
// The next ones behind that row, in order. Throws db::Failure.
std::vector<Row> rows_after(db::Connection& c, std::int64_t seq, std::int64_t limit);
// The latest before that row, latest first. Throws db::Failure.
std::vector<Row> rows_before(db::Connection& c, std::int64_t seq, std::int64_t limit, std::int64_t offset);
std::optional<std::pair<std::int64_t, std::string>> last_row(db::Connection& c);

// HMAC-SHA-256 (RFC 2104) in hex over every field with its length in front, so that no two records read alike.
std::string seal(std::string_view key, Row const& row);
// Of rows from before there was a key: SHA-256.
std::string plain_seal(Row const& row);

// Adds a row inside the unit of what it records; its number and hash. Throws db::Failure.
std::pair<std::int64_t, std::string> append(db::Connection& c, std::string_view key, Entry const& entry);

// Whether an anchor was ever begun outside the database; that it was. Throw db::Failure.
bool is_anchored(db::Connection& c);
void note_anchored(db::Connection& c);

} // namespace mozi::moderation::audit
