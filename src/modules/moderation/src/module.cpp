// The moderation module's wiring.
#include "actions/http.hpp"
#include "actions/repository.hpp"
#include "reports/http.hpp"

#include <mozi/media/events.hpp>

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
    Parts(ModuleContext const& context, Needs const& needs)
        : record(context.database, context.clock, needs.record), actions(context, needs, record), reports(context, needs, record) {}
};

// What is no decision on a report is at least recorded: an administrator deleted another's upload, or stopped its preparation.
std::vector<events::Listener> on_power_over_media(audit::Chain& record, Clock const& clock) {
    auto const note = [&](db::Transaction& tx, std::optional<UserId> by, audit::What what, Id<"media"> id, UserId owner,
                          std::optional<std::string> const& words) -> Result<> {
        if (by)
            record.append(
                tx, {*by, what, "MEDIA " + id.text() + " of USER " + owner.text(), std::nullopt, words.value_or(""), clock.now()});
        return {};
    };
    return {events::on<media::MediaDeleted>("moderation.record",
                [note](db::Transaction& tx, media::MediaDeleted const& event) {
                    return note(tx, event.deleted_by, audit::What::media_deleted, event.media_id, event.owner, event.reason);
                }),
        events::on<media::MediaFailed>("moderation.record", [note](db::Transaction& tx, media::MediaFailed const& event) {
            return note(tx, event.stopped_by, audit::What::preparation_stopped, event.media_id, event.owner, event.words);
        })};
}

} // namespace

std::span<EmbeddedFile const> moderation_migrations() { return mozi_moderation_schema(); }

ModerationModule make_moderation(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    ModerationModule made;
    made.module.name = "moderation";
    made.module.routes = parts->reports_http.routes();
    for (auto& route : parts->actions_http.routes()) made.module.routes.push_back(std::move(route));
    made.module.listeners = on_power_over_media(parts->record, context.clock);
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
