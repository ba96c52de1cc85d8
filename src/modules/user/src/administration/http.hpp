// Routes of administering accounts.
#pragma once

#include "service.hpp"

namespace mozi::user {

class AdministrationHttp {
public:
    explicit AdministrationHttp(Administration& administration) : administration_(administration) {}
    std::vector<http::Route> routes();

private:
    struct OneKnown {
        UserId id;
        static constexpr auto fields() { return std::tuple{json::field("id", &OneKnown::id, {.where = json::Where::path})}; }
    };
    Result<Page<KnownUser>> list(http::Call& call, ListKnown const& in);
    Result<KnownUserInFull> get(http::Call& call, OneKnown const& in);
    Result<KnownUser> give_role(http::Call& call, GiveRole const& in) { return administration_.give_role(in, call.asking()); }
    Result<> prepare_password(http::Call&, ResetPassword& in) { return administration_.prepare_password(in); }
    Result<NewPassword> reset_password(http::Call& call, ResetPassword const& in);
    Result<EndedSessions> end_sessions(http::Call& call, ActOnUser const& in) { return administration_.end_sessions(in, call.asking()); }
    Result<http::Empty> remove(http::Call& call, ActOnUser const& in);

    Administration& administration_;
};

} // namespace mozi::user
