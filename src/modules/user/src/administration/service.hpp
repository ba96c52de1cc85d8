// What administrators do with accounts. Thread-safe.
#pragma once

#include "../accounts/service.hpp"
#include "model.hpp"

namespace mozi::user {

// Errors of all that name an account: "user.not_found". Each act on one leaves a row in the record of decisions, with its reason. Nobody
// ranks above an administrator, so any of them may act on any account; the last one who is active stays what they are.
class Administration {
public:
    Administration(ModuleContext const& context, Accounts& accounts, Sessions& sessions)
        : database_(context.database), outbox_(context.outbox), clock_(context.clock), accounts_(accounts), sessions_(sessions) {}

    // Error: "request.cursor".
    Result<Page<KnownUser>> list(ListKnown const& asked);
    Result<KnownUserInFull> get(UserId id);
    // Error: "user.last_administrator" (conflict), "auth.role" where who asks is no longer one.
    Result<KnownUser> give_role(GiveRole const& asked, Asking const& asking);
    // Makes the password where none is given, and its hash; in the password lane. Error: "user.password_guessable" (invalid).
    Result<> prepare_password(ResetPassword& asked);
    // Ends all sessions of the account.
    Result<NewPassword> reset_password(ResetPassword const& asked, Asking const& asking);
    Result<EndedSessions> end_sessions(ActOnUser const& asked, Asking const& asking);
    // What says who they were goes at once, what they made stays. Error: "user.last_administrator" (conflict).
    Result<> remove(ActOnUser const& asked, Asking const& asking);

private:
    // The account, kept as it is until the unit ends. Who acts is still an administrator.
    static Result<Account> hold(db::Transaction& tx, UserId id, Asking const& asking);
    static Result<> check_not_last(db::Transaction& tx, Account const& account);

    db::Database& database_;
    events::Outbox& outbox_;
    Clock const& clock_;
    Accounts& accounts_;
    Sessions& sessions_;
};

} // namespace mozi::user
