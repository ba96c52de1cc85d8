// The user module's wiring.
#include "accounts/http.hpp"
#include "accounts/operators.hpp"
#include "accounts/repository.hpp"
#include "administration/http.hpp"

#include <mozi/crypto/crypto.hpp>
#include <mozi/log/log.hpp>
#include <mozi/moderation/listeners.hpp>

namespace mozi {
std::span<EmbeddedFile const> mozi_user_schema();
}

namespace mozi::user {

namespace {

struct Parts {
    Sessions sessions;
    Accounts accounts;
    Http http;
    Administration administration;
    AdministrationHttp administration_http;
    Parts(ModuleContext const& context, Needs const& needs)
        : sessions(context, needs), accounts(context, needs.people, needs.words, needs.sign_ins_per_minute),
          http(context, needs, accounts, sessions), administration(context, accounts, sessions), administration_http(administration) {}
};

} // namespace

std::span<EmbeddedFile const> user_migrations() { return mozi_user_schema(); }
std::vector<effects::Place> user_places() { return repository::places(); }

UserModule make_user(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    auto* const p = parts.get();
    // Signing in goes on where the disk is full; who joins before the next start may look like somebody from before.
    auto const filled = p->accounts.fill_looks();
    if (!filled && filled.error().code == Code::disk_full) log::warn("user.looks_wait", {{"why", filled.error().detail}});
    else if (!filled) throw std::runtime_error("user: names cannot be kept as they look: " + filled.error().detail);
    UserModule made;
    made.module.name = "user";
    made.module.routes = p->http.routes();
    for (auto& route : p->administration_http.routes()) made.module.routes.push_back(std::move(route));
    made.module.subjects = {p->accounts.subject()};
    made.module.listeners = moderation::listeners("user.moderated", made.module.subjects);
    made.module.owner = parts;
    made.users = std::shared_ptr<Users>(parts, &p->accounts);
    auto const operates = [secret = needs.secret, &clock = context.clock](
                              std::string_view token) { return operator_of(secret, token, clock.now()); };
    made.authenticate = {[p, operates](std::string_view token) -> std::optional<Result<http::Viewer>> {
                             if (auto viewer = operates(token)) return Result<http::Viewer>(*viewer);
                             return p->sessions.recall_token(token);
                         },
        [p](SessionId session) { return p->sessions.recall_session(session); },
        [p, operates](std::string_view token) -> Result<http::Viewer> {
            if (auto viewer = operates(token)) return *viewer;
            return p->sessions.authenticate(token);
        },
        [p](SessionId session) { return p->sessions.viewer(session); }, [p](std::string_view token) { return p->sessions.issued(token); }};
    made.setup_token = [p] { return p->accounts.new_setup_token(); };
    made.has_admin = [p] { return p->accounts.has_admin(); };
    made.count_sessions = [&database = context.database] {
        return database.read([&](db::Connection& c) -> Result<std::int64_t> {
            return std::get<0>(c.one<std::int64_t>("SELECT count(*) FROM session WHERE expires_at > ?", database.lived()).value());
        });
    };
    made.create_account = [p, &database = context.database](
                              std::string email, std::string username, std::string password, http::Role role) -> Result<UserId> {
        json::Errors errors;
        GivenAccount asked;
        asked.email = std::move(email);
        asked.username = std::move(username);
        asked.password = std::move(password);
        json::for_each_field<GivenAccount>([&](auto const& field) {
            if constexpr (std::is_same_v<decltype(asked.*field.member), std::string&>) {
                json::Errors::Step const step(errors, field.name);
                json::check_text(asked.*field.member, field.rules, errors);
            }
        });
        if (!errors.empty()) {
            auto refused = invalid(errors.take());
            for (auto const& field : refused.fields) refused.message += " " + field.pointer.substr(1) + ": " + field.message;
            return refused;
        }
        NewAccount made_of{asked.email, asked.username, asked.username, {}, role};
        MOZI_CHECK(p->accounts.check_new(made_of, asked.password, ChosenBy::operators));
        made_of.password_hash = crypto::hash_password(asked.password);
        return database.write([&](db::Transaction& tx) -> Result<UserId> {
            MOZI_TRY(auto account, p->accounts.create(tx, made_of));
            return account.id;
        });
    };
    return made;
}

} // namespace mozi::user
