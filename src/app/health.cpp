// Health routes.
#include "health.hpp"

#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/net/forwarded.hpp>

#include <algorithm>
#include <dirent.h>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace mozi::app {

using http::Access;
using http::Call;
using http::Empty;
using http::Method;

namespace {

std::int64_t entries(char const* folder) {
    std::int64_t count = 0;
    if (auto* const dir = opendir(folder)) {
        while (readdir(dir)) ++count;
        closedir(dir);
    }
    return std::max<std::int64_t>(0, count - 2);
}

// The peer is this machine, nobody says that he asks for another, and a name of this machine was asked for: a page of another site whose
// name was made to lead here (DNS rebinding) still sends that name.
bool from_this_machine(net::Request const& request) {
    static net::Networks const loopback({"127.0.0.0/8", "::1"});
    auto const bracket = request.host.find(']');
    auto const name = request.host.substr(0, request.host.find(':', bracket == request.host.npos ? 0 : bracket));
    auto const address = net::plain_address(name);
    return loopback.contain(request.peer) && !net::is_forwarded(request) &&
           (iequals(name, "localhost") || (address && loopback.contain(*address)));
}

} // namespace

HealthRoutes::HealthRoutes(Needs needs)
    : needs_(std::move(needs)), scrapers_(needs_.settings.server.metrics_from), proxies_(needs_.settings.server.trusted_proxies) {}

std::vector<http::Route> HealthRoutes::routes() {
    using http::route;
    http::Options const quick{.lane = http::Lane::quick, .limit = http::Limit::none};
    http::Options const insiders{.lane = http::Lane::quick, .limit = http::Limit::none, .asks_who = true};
    http::Options const slow{.lane = http::Lane::work, .limit = http::Limit::none};
    auto const text = [&](http::Lane lane, std::string type) {
        return http::Options{.lane = lane, .limit = http::Limit::none, .replies_with = {std::move(type)}};
    };
    return {
        route<&HealthRoutes::health>(*this, Method::get, "/health", "getHealth", "Is it well?", Access::anyone, 200, {}, quick),
        route<&HealthRoutes::live>(*this, Method::get, "/health/live", "getLive", "Is the process alive?", Access::anyone, 200, {}, quick),
        route<&HealthRoutes::ready>(*this, Method::get, "/health/ready", "getReady", "Does it take requests?", Access::anyone, 200,
            {"server.draining", "server.not_ready"}, quick),
        route<&HealthRoutes::ping>(*this, Method::get, "/health/ping", "ping", "The shortest answer", Access::anyone, 200, {}, quick),
        route<&HealthRoutes::services>(*this, Method::get, "/health/services", "getServices", "Each module and its database; as getMetrics",
            Access::anyone, 200, {}, insiders),
        route<&HealthRoutes::process>(*this, Method::get, "/health/metrics", "getProcessFigures", "Figures of the process; as getMetrics",
            Access::anyone, 200, {}, slow),
        route<&HealthRoutes::prometheus>(*this, Method::get, "/metrics", "getMetrics",
            "Prometheus; from this machine or an address of the settings, with their token, or for administrators", Access::anyone, 200,
            {"request.address"}, text(http::Lane::work, "text/plain; version=0.0.4; charset=utf-8")),
    };
}

Health HealthRoutes::state(Call const& call, std::string status) const {
    auto service = std::string("api-gateway");
    constexpr std::string_view order[] = {"user", "content", "social", "moderation", "media"};
    auto const& ports = needs_.settings.server.module_ports;
    for (std::size_t i = 0; i < ports.size() && i < std::size(order); ++i)
        if (call.request->local_port == ports[i]) service = std::string(order[i]) + "-service";
    return {std::move(status), std::move(service), MOZI_VERSION, system_clock().now(),
        std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count()};
}

namespace {

std::string status_of(std::vector<Ailment> const& ailments) {
    if (std::ranges::any_of(ailments, &Ailment::away)) return "unhealthy";
    return ailments.empty() ? "healthy" : "degraded";
}

} // namespace

Result<Health> HealthRoutes::health(Call& call, Empty const&) {
    auto const ailments = needs_.ailments();
    auto out = state(call, status_of(ailments));
    for (auto const& ailment : ailments) out.problems.push_back(ailment.id);
    if (out.status == "unhealthy") call.status = 503;
    return out;
}

Result<Health> HealthRoutes::live(Call& call, Empty const&) { return state(call, "alive"); }

Result<Health> HealthRoutes::ready(Call& call, Empty const&) {
    Error error{Code::unavailable, "server.draining", "This instance is stopping.", {.retry_after_s = 5}};
    if (needs_.gateway.draining()) return error;
    auto out = state(call, "ready");
    for (auto const& ailment : needs_.ailments()) {
        if (ailment.away) return Error{Code::unavailable, "server.not_ready", ailment.sentence, {.retry_after_s = 5}};
        out.problems.push_back(ailment.id);
    }
    return out;
}

Result<Ping> HealthRoutes::ping(Call&, Empty const&) { return Ping{}; }

Result<> HealthRoutes::check_insider(Call& call) const {
    auto const& token = needs_.settings.server.metrics_token;
    auto const given = call.find("authorization");
    auto const bearer = given.size() > 7 && iequals(given.substr(0, 7), "bearer ") ? trim(given.substr(7)) : std::string_view{};
    auto const inside = token.empty() ? from_this_machine(*call.request) : crypto::equal(crypto::sha256(bearer), crypto::sha256(token));
    // A proxy that nobody named speaks for whoever stands behind it.
    auto const& request = *call.request;
    auto const named = scrapers_.contain(call.client) && (!net::is_forwarded(request) || proxies_.contain(request.peer));
    if (!inside && !named && !call.viewer.administers()) return not_found("request.address");
    call.header("Cache-Control", "no-store");
    return {};
}

Result<ServicesHealth> HealthRoutes::services(Call& call, Empty const&) {
    MOZI_CHECK(check_insider(call));
    auto const ailments = needs_.ailments();
    ServicesHealth out{status_of(ailments), {}, {}, system_clock().now()};
    for (auto const& [name, database] : needs_.databases) {
        auto const figures = database->figures();
        auto const ailment = std::ranges::find(ailments, "database." + name, &Ailment::id);
        auto const well = ailment == ailments.end();
        out.services.push_back({name + "-service", well ? "healthy" : "degraded",
            database->dialect() == db::Dialect::sqlite ? "sqlite" : "postgresql", std::int64_t(figures.reads), std::int64_t(figures.units),
            std::int64_t(figures.commits), std::int64_t(figures.failures), well ? std::nullopt : std::optional(ailment->sentence),
            name == "media"        ? needs_.keeping.warnings()
            : name == "moderation" ? needs_.record.warnings()
                                   : std::vector<std::string>{}});
    }
    if (auto const peer = needs_.gateway.unnamed_proxy(); peer && !out.services.empty())
        out.services.front().warnings.push_back(
            "A proxy at " + *peer +
            " forwards requests and is not in server.trusted_proxies: everybody behind "
            "it is counted as one client, so one of them can lock the others out. If it is yours, set server.trusted_proxies = [\"" +
            *peer + "\"] and restart.");
    for (auto const& ailment : ailments) out.problems.push_back({ailment.id, ailment.sentence});
    return out;
}

ProcessFigures HealthRoutes::measure() const {
    ProcessFigures out;
    out.timestamp = system_clock().now();
    out.uptime = std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count();
    std::int64_t pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    out.resident_bytes = resident * sysconf(_SC_PAGESIZE);
    out.threads = entries("/proc/self/task");
    out.open_files = entries("/proc/self/fd");
    auto const figures = needs_.figures();
    out.connections = std::int64_t(figures.open);
    out.requests = std::int64_t(figures.requests);
    out.loop_lag_seconds = figures.loop_lag_seconds_max;
    out.queued = std::int64_t(needs_.workers.queued());
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    out.cpu_seconds = double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    return out;
}

Result<ProcessFigures> HealthRoutes::process(Call& call, Empty const&) {
    MOZI_CHECK(check_insider(call));
    return measure();
}

Result<http::Text> HealthRoutes::prometheus(Call& call, Empty const&) {
    MOZI_CHECK(check_insider(call));
    return http::Text{needs_.metrics.text()};
}

} // namespace mozi::app
