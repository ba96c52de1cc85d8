// Feeling the pulse of databases, events and the disk.
#include "vitals.hpp"

#include <mozi/log/log.hpp>

namespace mozi::app {

namespace {

using namespace std::chrono_literals;
constexpr auto every = 1s;
constexpr auto at_least = 10s; // between two tries of what is well
constexpr auto patience = 5s; // with a try that does not come back
constexpr auto late = 30s; // events that somebody has not heard for so long

using Steady = std::chrono::steady_clock;

// Of what is under way since then.
bool is_overdue(std::optional<Steady::time_point> since) { return since && Steady::now() - *since > patience; }

} // namespace

Vitals::Vitals(Needs needs) : needs_(std::move(needs)) {
    auto& m = needs_.metrics;
    m.gauge("videa_degraded", "What does not hold of what is promised", "", [this] { return double(ailments().size()); });
    m.gauge("videa_free_bytes", "Free space of the data folder", "", [this] { return double(needs_.dir.free_bytes()); });
    for (auto const& [name, database] : needs_.databases) {
        pulses_[name];
        m.gauge("videa_dead_events", "Events given up and not yet taken again", "module=\"" + name + "\"", [this, name] {
            std::scoped_lock const held(mutex_);
            return double(pulses_.at(name).dead_events);
        });
    }
    for (auto const& lag : needs_.dispatcher.lags())
        m.gauge("videa_listener_lag_seconds", "Since a listener had heard all there was", "listener=\"" + lag.listener + "\"",
            [this, listener = lag.listener] {
                for (auto const& now : needs_.dispatcher.lags())
                    if (now.listener == listener) return std::chrono::duration<double>(now.behind).count();
                return 0.0;
            });
}

void Vitals::start() {
    ticker_ = std::make_unique<jobs::Ticker>("vitals", every, [this] { look(); });
}

void Vitals::stop() { ticker_.reset(); }

// Of disk and programs. A disk may not answer: who asks for the verdict does not wait for it.
void Vitals::look_at_folder() {
    {
        std::scoped_lock const held(mutex_);
        looks_since_ = Steady::now();
    }
    std::vector<Ailment> found;
    if (auto const free = needs_.dir.free_bytes(); free <= needs_.min_free_bytes)
        found.push_back(
            {"disk", "The disk of the data folder has " + std::to_string(free >> 20) +
                         " MiB free: nothing is saved until there is room (data.min_free_bytes). Hiding, deleting and signing in go on"});
    for (auto& ailment : needs_.of_media()) found.push_back(std::move(ailment));
    std::scoped_lock const held(mutex_);
    of_folder_ = std::move(found);
    looks_since_.reset();
}

void Vitals::look() {
    look_at_folder();
    for (auto const& [name, database] : needs_.databases) {
        {
            std::scoped_lock const held(mutex_);
            auto& pulse = pulses_.at(name);
            if (!pulse.fault && Steady::now() - pulse.tried < at_least) continue;
            pulse.since = Steady::now();
        }
        feel(name, *database);
    }
}

void Vitals::feel(std::string const& name, db::Database& database) {
    auto const written = database.keep_lived();
    auto dead = database.read([](db::Connection& c) -> Result<std::int64_t> { return events::count_dead(c); });
    std::scoped_lock const held(mutex_);
    auto& pulse = pulses_.at(name);
    auto const before = std::exchange(
        pulse.fault, written ? (dead ? std::optional<Error>() : std::optional(dead.error())) : std::optional(written.error()));
    pulse.since.reset();
    pulse.tried = Steady::now();
    if (dead) pulse.dead_events = *dead;
    if (pulse.fault && !before) log::error("health.database", {{"database", name}, {"why", pulse.fault->detail}});
    if (!pulse.fault && before) log::info("health.database_is_back", {{"database", name}});
}

std::string Vitals::hanging() const {
    std::scoped_lock const held(mutex_);
    for (auto const& [name, pulse] : pulses_)
        if (is_overdue(pulse.since)) return name;
    return {};
}

std::vector<Ailment> Vitals::ailments() const {
    std::vector<Ailment> out;
    {
        std::scoped_lock const held(mutex_);
        out = of_folder_;
        if (is_overdue(looks_since_)) out.push_back({"disk", "The disk of the data folder does not answer.", true});
        for (auto const& [name, pulse] : pulses_) {
            if (is_overdue(pulse.since))
                out.push_back({"database." + name, "The database of " + name + " does not come back from a write.", true});
            else if (pulse.fault)
                out.push_back({"database." + name, "The database of " + name + " cannot be written: " + pulse.fault->message, true});
            if (pulse.dead_events > 0)
                out.push_back({"events.dead." + name, name + " gave up " + std::to_string(pulse.dead_events) +
                                                          " events: videa-mozi events dead lists them with their reason"});
        }
    }
    for (auto const& lag : needs_.dispatcher.lags())
        if (lag.behind > late)
            out.push_back({"events." + lag.listener,
                lag.listener + " has not heard the latest events of " + lag.source + " for " +
                    std::to_string(std::chrono::duration_cast<std::chrono::seconds>(lag.behind).count()) + " s. The log says why"});
    return out;
}

} // namespace mozi::app
