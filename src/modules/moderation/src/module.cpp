// The moderation module's wiring.
#include "actions/http.hpp"
#include "reports/http.hpp"

namespace mozi {
std::span<EmbeddedFile const> mozi_moderation_schema();
}

namespace mozi::moderation {

namespace {

struct Parts {
    Actions actions;
    Reports reports;
    ActionsHttp actions_http{actions};
    ReportsHttp reports_http{reports};
    Parts(ModuleContext const& context, Needs const& needs) : actions(context, needs), reports(context, needs) {}
};

} // namespace

std::span<EmbeddedFile const> moderation_migrations() { return mozi_moderation_schema(); }

Module make_moderation(ModuleContext const& context, Needs const& needs) {
    auto parts = std::make_shared<Parts>(context, needs);
    Module made;
    made.name = "moderation";
    made.routes = parts->reports_http.routes();
    for (auto& route : parts->actions_http.routes()) made.routes.push_back(std::move(route));
    made.owner = parts;
    return made;
}

} // namespace mozi::moderation
