// /api/instance, /openapi.json and /api-docs.
#include "instance.hpp"

#include "docs_page.hpp"

namespace mozi::app {

using http::Call;
using http::Empty;

std::vector<http::Route> InstanceRoutes::routes() {
    using http::Access, http::Lane, http::Limit, http::Method, http::route;
    auto const text = [&](std::string type) {
        return http::Options{.lane = Lane::cached, .limit = Limit::none, .replies_with = {std::move(type)}};
    };
    return {
        route<&InstanceRoutes::openapi>(
            *this, Method::get, "/openapi.json", "getOpenApi", "This document", Access::anyone, 200, {}, text("application/json")),
        route<&InstanceRoutes::docs>(
            *this, Method::get, "/api-docs", "getDocs", "The API for people", Access::anyone, 200, {}, text("text/html; charset=utf-8")),
        route<&InstanceRoutes::instance>(*this, Method::get, "/api/instance", "getInstance", "What this community is", Access::anyone, 200,
            {}, {.lane = Lane::quick, .limit = Limit::none}),
    };
}

void InstanceRoutes::describe() {
    openapi_ = needs_.gateway.openapi();
    docs_ = docs_page(needs_.gateway.routes(), needs_.settings.community.name);
}

Result<Instance> InstanceRoutes::instance(Call&, Empty const&) {
    auto const& s = needs_.settings;
    return Instance{s.community.name, MOZI_VERSION, s.community.visitors_read, s.community.who_creates, s.community.registration,
        !needs_.has_admin(), s.media.max_upload_bytes, needs_.gateway.maintenance()};
}

Result<http::Text> InstanceRoutes::openapi(Call&, Empty const&) { return http::Text{openapi_}; }

Result<http::Text> InstanceRoutes::docs(Call& call, Empty const&) {
    call.header("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'");
    return http::Text{docs_};
}

} // namespace mozi::app
