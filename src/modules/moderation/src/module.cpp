// The moderation module's wiring.
#include "actions/http.hpp"
#include "actions/repository.hpp"
#include "audit/http.hpp"
#include "reports/http.hpp"

#include <mozi/media/events.hpp>
#include <mozi/user/events.hpp>

namespace mozi {
std::span<EmbeddedFile const> mozi_moderation_schema();
}

namespace mozi::moderation {

namespace {

struct Parts {
    audit::Chain record;
    Actions actions;
    Reports reports;
    ActionsHttp actions_http{actions};
    ReportsHttp reports_http{reports};
    audit::RecordHttp record_http;
    Parts(ModuleContext const& context, Needs const& needs)
        : record(context.database, context.clock, needs.record), actions(context, needs, record), reports(context, needs, record),
          record_http(context.database, record, needs.users) {}
};

// What is no decision on a report is at least recorded: what administrators do with others' uploads and accounts. Who is not named but
// gave a reason is the operator.
std::vector<events::Listener> on_power(audit::Chain& record, Clock const& clock) {
    auto const note = [&](db::Transaction& tx, std::optional<UserId> by, audit::What what, std::string subject,
                          std::optional<std::string> const& words) -> Result<> {
        if (by || words)
            record.append(tx, {by.value_or(UserId{}), what, std::move(subject), std::nullopt, words.value_or(""), clock.now()});
        return {};
    };
    auto const medium = [](Id<"media"> id, UserId owner) { return "MEDIA " + id.text() + " of USER " + owner.text(); };
    constexpr auto listener = "moderation.record";
    auto ended = events::on<user::SessionsEnded>(listener, [note](db::Transaction& tx, user::SessionsEnded const& event) {
        return note(tx, event.by, audit::What::sessions_ended, std::to_string(event.sessions.size()) + " of USER " + event.user_id.text(),
            event.reason);
    });
    ended.concerns = [](events::Told const& told) { // who signs out costs no unit here
        auto const event = events::read<user::SessionsEnded>(told);
        return !event || event->reason;
    };
    return {
        std::move(ended),
        events::on<media::MediaDeleted>(listener,
            [note, medium](db::Transaction& tx, media::MediaDeleted const& event) {
                return note(tx, event.deleted_by, audit::What::media_deleted, medium(event.media_id, event.owner), event.reason);
            }),
        events::on<media::MediaFailed>(listener,
            [note, medium](db::Transaction& tx, media::MediaFailed const& event) {
                return note(tx, event.stopped_by, audit::What::preparation_stopped, medium(event.media_id, event.owner), event.words);
            }),
        events::on<user::UserRoleChanged>(listener,
            [note](db::Transaction& tx, user::UserRoleChanged const& event) {
                return note(tx, event.by, audit::What::role_given,
                    "USER " + event.user_id.text() + " from " + event.from + " to " + event.to, event.reason);
            }),
        events::on<user::UserPasswordReset>(listener,
            [note](db::Transaction& tx, user::UserPasswordReset const& event) {
                return note(tx, event.by, audit::What::password_reset, "USER " + event.user_id.text(), event.reason);
            }),
        events::on<user::UserDeleted>(listener,
            [note](db::Transaction& tx, user::UserDeleted const& event) {
                return note(tx, event.by, audit::What::account_deleted, "USER " + event.user_id.text(), event.reason);
            }),
    };
}

} // namespace

std::span<EmbeddedFile const> moderation_migrations() { return mozi_moderation_schema(); }

ModerationModule make_moderation(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    ModerationModule made;
    made.module.name = "moderation";
    made.module.routes = parts->reports_http.routes();
    for (auto routes : {parts->actions_http.routes(), parts->record_http.routes()})
        made.module.routes.insert(made.module.routes.end(), routes.begin(), routes.end());
    made.module.listeners = on_power(parts->record, context.clock);
    made.module.owner = parts;
    made.record = std::shared_ptr<Record>(parts, &parts->record);
    made.start_jobs = [p = parts.get()] { p->record.start(); };
    made.stop_jobs = [p = parts.get()] { p->record.stop(); };
    made.tend = [p = parts.get()] { p->record.tend(); };
    return made;
}

Result<std::vector<StandingAction>> standing_among(db::Database& database, std::span<ActionId const> ids) {
    return database.read([&](db::Connection& c) -> Result<std::vector<StandingAction>> {
        std::vector<StandingAction> out;
        for (auto const& action : db::find_many<Action>(c, ids))
            if (!action.reverted_at) out.push_back({action.id, action.subject, std::string(to_text(action.kind))});
        return out;
    });
}

Result<std::vector<StandingAction>> standing_after(db::Database& database, ActionId after, std::int64_t limit) {
    return database.read(
        [&](db::Connection& c) -> Result<std::vector<StandingAction>> { return repository::standing_after(c, after, limit); });
}

Result<std::int64_t> row_of_action(db::Database& database, ActionId id) {
    return database.read([&](db::Connection& c) -> Result<std::int64_t> {
        auto const row = c.one<std::int64_t>("SELECT seq FROM moderation_audit WHERE action_id = ? ORDER BY seq LIMIT 1", id);
        return row ? std::get<0>(*row) : 0;
    });
}

} // namespace mozi::moderation
