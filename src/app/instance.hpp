// What this installation says of itself: /api/instance, and the documents of the API.
#pragma once

#include "settings.hpp"

#include <mozi/http/gateway.hpp>

#include <functional>

namespace mozi::app {

struct Instance {
    std::string name, version;
    bool visitors_read = true;
    content::WhoCreates who_creates = content::WhoCreates::members;
    user::Registration registration = user::Registration::open;
    bool setup_pending = false;
    std::int64_t max_upload_bytes = 0;
    std::optional<std::string> maintenance;
    static constexpr auto fields() {
        return std::tuple{field("name", &Instance::name), field("version", &Instance::version),
            field("visitorsRead", &Instance::visitors_read), field("whoCreates", &Instance::who_creates),
            field("registration", &Instance::registration),
            field("setupPending", &Instance::setup_pending, {.help = "There is no administrator yet."}),
            field("maxUploadBytes", &Instance::max_upload_bytes),
            field("maintenance", &Instance::maintenance, {.help = "What people read while only administrators write; else null."})};
    }
};

class InstanceRoutes {
public:
    struct Needs {
        Settings const& settings;
        http::Gateway& gateway;
        std::function<bool()> has_admin;
    };
    explicit InstanceRoutes(Needs needs) : needs_(std::move(needs)) {}
    std::vector<http::Route> routes();
    void describe(); // once all routes are mounted

private:
    Result<Instance> instance(http::Call& call, http::Empty const&);
    Result<http::Text> openapi(http::Call& call, http::Empty const&);
    Result<http::Text> docs(http::Call& call, http::Empty const&);

    Needs needs_;
    std::string openapi_, docs_;
};

} // namespace mozi::app
