// The rules of judging.
#include "judging.hpp"

#include "reports/repository.hpp"

namespace mozi::moderation {

namespace {

Error refused(std::string id, std::string sentence, std::string reason) {
    Error out{Code::forbidden, std::move(id), std::move(sentence)};
    out.reason = std::move(reason);
    out.next = "Leave it in the queue for somebody else.";
    return out;
}

std::string_view bearer(Role rank) { return rank == Role::admin ? "an administrator" : "a moderator"; }

} // namespace

Result<bool> is_barring_accuser(db::Connection& c, user::Users& users, Subject const& subject, UserId owner, Role owner_rank, UserId who) {
    if (!repository::has_reported(c, who, subject)) return false;
    UserId const besides[] = {who, owner};
    return users.others_moderate(owner_rank, besides);
}

Result<> check_may_judge(Case const& about, UserId who, Role rank) {
    if (about.owner == who)
        return refused(
            "moderation.own", "This is about something of yours. Somebody else decides on it.", "Nobody decides on their own case.");
    if (about.reported)
        return refused("moderation.reporter", "You reported this yourself. Somebody else decides on it.", "Who accuses does not judge.");
    if (about.owner_rank > rank)
        return refused("moderation.rank", "This belongs to " + std::string(bearer(about.owner_rank)) + ". One of them decides on it.",
            "Nobody decides on what somebody of a higher rank made.");
    if (about.decided_as > rank)
        return refused("moderation.rank",
            "This was decided by " + std::string(bearer(about.decided_as)) + ". One of them takes it back, or nobody does.",
            "Nobody takes back what somebody of a higher rank decided.");
    return {};
}

} // namespace mozi::moderation
