// What a module hands to app: plain values, no registry.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/base/embedded.hpp>
#include <mozi/db/database.hpp>
#include <mozi/events/events.hpp>
#include <mozi/http/route.hpp>
#include <mozi/jobs/pool.hpp>
#include <mozi/subject/effects.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mozi {

// What every module is given.
struct ModuleContext {
    db::Database& database; // its own, and only its own
    events::Outbox& outbox;
    Clock const& clock;
    metrics::Registry& metrics;
};

struct Module {
    std::string name;
    std::vector<http::Route> routes;
    std::vector<events::Listener> listeners;
    std::vector<SubjectEntry> subjects; // the kinds it owns
    std::shared_ptr<void> owner; // keeps what the routes and listeners refer to
};

} // namespace mozi
