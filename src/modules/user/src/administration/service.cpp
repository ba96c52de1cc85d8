// The rules of administering accounts.
#include "service.hpp"

#include "../accounts/guessable.hpp"
#include "repository.hpp"

#include <mozi/base/random.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/db/frees.hpp>
#include <mozi/user/events.hpp>

namespace mozi::user {

namespace {

std::optional<UserId> who(Asking const& asking) { return asking.user ? std::optional(asking.user) : std::nullopt; }

} // namespace

KnownUser known(Account const& a) {
    return {a.id, a.username, a.display_name, a.email, a.role, a.status, a.hidden, a.created_at, a.last_login_at};
}

Result<Page<KnownUser>> Administration::list(ListKnown const& asked) {
    static Pager<Time, UserId> const newest("known");
    static Pager<std::string> const names("known-by-name");
    std::optional<std::tuple<Time, UserId>> behind;
    std::optional<std::tuple<std::string>> behind_name;
    if (asked.name) {
        MOZI_TRY(behind_name, names.after(asked.after));
    } else {
        MOZI_TRY(behind, newest.after(asked.after));
    }
    std::int64_t total = 0;
    MOZI_TRY(auto rows, database_.read([&](db::Connection& c) -> Result<std::vector<Account>> {
        total = administered::total(c, asked);
        if (!asked.name) return administered::newest(c, asked, behind, asked.limit + 1, asked.offset());
        auto const after = behind_name ? std::optional(std::get<0>(*behind_name)) : std::nullopt;
        return administered::by_name(c, asked, after, asked.limit + 1, asked.offset());
    }));
    auto next = asked.name ? names.cut(rows, asked.limit, [](Account const& a) { return std::tuple{fold(a.username)}; })
                           : newest.cut(rows, asked.limit, [](Account const& a) { return std::tuple{a.created_at, a.id}; });
    Page<KnownUser> page;
    for (auto const& row : rows) page.data.push_back(known(row));
    page.pagination = Pagination::of(asked, total, std::move(next));
    return page;
}

Result<KnownUserInFull> Administration::get(UserId id) {
    MOZI_TRY(auto const account, accounts_.get(id));
    MOZI_TRY(auto sessions, sessions_.list(id, {}));
    return KnownUserInFull{known(account), std::move(sessions)};
}

// Administrators are held together, so that of two who act on each other at once the second is none any more.
Result<Account> Administration::hold(db::Transaction& tx, UserId id, Asking const& asking) {
    db::hold_where<Account>(*tx, "role = ?", Role::admin);
    if (asking.user) {
        auto const self = db::find<Account>(*tx, asking.user);
        if (!self || self->role != Role::admin || self->status != Status::active)
            return Error{Code::forbidden, "auth.role", "This is for administrators."};
    }
    auto account = db::hold<Account>(*tx, id);
    if (!account || account->status == Status::deleted) return not_found("user.not_found");
    return std::move(*account);
}

Result<> Administration::check_not_last(db::Transaction& tx, Account const& account) {
    if (account.role != Role::admin || repository::others_moderate(*tx, Role::admin, {&account.id, 1})) return {};
    Error refused{Code::conflict, "user.last_administrator", account.username + " is the last administrator. Nobody could run this house."};
    refused.next = "Make somebody else an administrator first: videa-mozi user role NAME ADMIN";
    return refused;
}

Result<KnownUser> Administration::give_role(GiveRole const& asked, Asking const& asking) {
    auto const rank = std::max(asked.role, Role::user);
    return database_.write([&](db::Transaction& tx) -> Result<KnownUser> {
        MOZI_TRY(auto account, hold(tx, asked.id, asking));
        if (account.role == rank) return known(account);
        if (rank < account.role) MOZI_CHECK(check_not_last(tx, account));
        administered::set_role(*tx, account.id, rank, clock_.now());
        outbox_.emit(
            tx, UserRoleChanged{account.id, std::string(to_text(account.role)), std::string(to_text(rank)), who(asking), asked.reason});
        accounts_.changed(tx, account.id);
        sessions_.forget_in(tx, account.id);
        account.role = rank;
        if (account.role == Role::admin) tx.after_commit([this] { accounts_.note_admin(); });
        return known(account);
    });
}

Result<> Administration::prepare_password(ResetPassword& asked) {
    MOZI_TRY(auto const account, accounts_.get(asked.id));
    if (asked.password) {
        std::vector<std::string_view> const about{account.username, account.email, account.display_name, "videamozi"};
        if (is_guessable(*asked.password, about))
            return invalid(
                {{"/password", "user.password_guessable", "This is soon guessed. A few words that only you would put together are best."}});
    } else {
        asked.made = random_token().substr(0, 20); // 120 bits
    }
    asked.hash = crypto::hash_password(asked.password.value_or(asked.made));
    return {};
}

Result<NewPassword> Administration::reset_password(ResetPassword const& asked, Asking const& asking) {
    return database_.write([&](db::Transaction& tx) -> Result<NewPassword> {
        db::frees(tx); // who has somebody else's password is out, also on a full disk
        MOZI_TRY(auto const account, hold(tx, asked.id, asking));
        administered::set_password(*tx, account.id, asked.hash, clock_.now());
        auto const ended = sessions_.end_all_in(tx, account.id);
        outbox_.emit(tx, UserPasswordReset{account.id, who(asking), asked.reason});
        return NewPassword{asked.password ? std::nullopt : std::optional(asked.made), std::int64_t(ended)};
    });
}

Result<EndedSessions> Administration::end_sessions(ActOnUser const& asked, Asking const& asking) {
    return database_.write([&](db::Transaction& tx) -> Result<EndedSessions> {
        db::frees(tx);
        MOZI_TRY(auto const account, hold(tx, asked.id, asking));
        return EndedSessions{std::int64_t(sessions_.end_all_in(tx, account.id, Sessions::Word{who(asking), asked.reason}))};
    });
}

Result<> Administration::remove(ActOnUser const& asked, Asking const& asking) {
    return database_.write([&](db::Transaction& tx) -> Result<> {
        db::frees(tx);
        MOZI_TRY(auto const account, hold(tx, asked.id, asking));
        MOZI_CHECK(check_not_last(tx, account));
        sessions_.end_all_in(tx, account.id);
        administered::empty(*tx, account.id, clock_.now());
        outbox_.emit(tx, UserDeleted{account.id, who(asking), asked.reason});
        accounts_.changed(tx, account.id);
        return {};
    });
}

} // namespace mozi::user
