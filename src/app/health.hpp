// Health and figures.
#pragma once

#include "settings.hpp"
#include "vitals.hpp"

#include <mozi/http/gateway.hpp>

#include <map>

namespace mozi::app {

struct Health {
    std::string status, service, version;
    Time timestamp;
    double uptime = 0; // seconds
    std::vector<std::string> problems; // ids
    static constexpr auto fields() {
        return std::tuple{field("status", &Health::status), field("service", &Health::service), field("version", &Health::version),
            field("timestamp", &Health::timestamp), field("uptime", &Health::uptime),
            field("problems", &Health::problems, {.help = "What does not hold, by name; getServices says it in sentences."})};
    }
};

struct Ping {
    std::string status = "pong";
    static constexpr auto fields() { return std::tuple{field("status", &Ping::status)}; }
};

struct ServiceHealth {
    std::string name, status, database;
    std::int64_t reads = 0, writes = 0, commits = 0, failures = 0;
    std::optional<std::string> reason;
    std::vector<std::string> warnings;
    static constexpr auto fields() {
        return std::tuple{field("name", &ServiceHealth::name), field("status", &ServiceHealth::status),
            field("database", &ServiceHealth::database), field("reads", &ServiceHealth::reads), field("writes", &ServiceHealth::writes),
            field("commits", &ServiceHealth::commits), field("failures", &ServiceHealth::failures), field("reason", &ServiceHealth::reason),
            field("warnings", &ServiceHealth::warnings, {.help = "What its operator should look at; it works all the same."})};
    }
};

struct ProblemHealth {
    std::string id, message;
    static constexpr auto fields() { return std::tuple{field("id", &ProblemHealth::id), field("message", &ProblemHealth::message)}; }
};

struct ServicesHealth {
    std::string status;
    std::vector<ServiceHealth> services;
    std::vector<ProblemHealth> problems;
    Time timestamp;
    static constexpr auto fields() {
        return std::tuple{field("status", &ServicesHealth::status), field("services", &ServicesHealth::services),
            field("problems", &ServicesHealth::problems), field("timestamp", &ServicesHealth::timestamp)};
    }
};

struct ProcessFigures {
    Time timestamp;
    double uptime = 0;
    std::int64_t resident_bytes = 0, threads = 0, open_files = 0, connections = 0, requests = 0, queued = 0;
    double loop_lag_seconds = 0, cpu_seconds = 0;
    static constexpr auto fields() {
        return std::tuple{field("timestamp", &ProcessFigures::timestamp), field("uptime", &ProcessFigures::uptime),
            field("residentBytes", &ProcessFigures::resident_bytes), field("threads", &ProcessFigures::threads),
            field("openFiles", &ProcessFigures::open_files), field("connections", &ProcessFigures::connections),
            field("requests", &ProcessFigures::requests), field("queued", &ProcessFigures::queued),
            field("loopLagSeconds", &ProcessFigures::loop_lag_seconds), field("cpuSeconds", &ProcessFigures::cpu_seconds)};
    }
};

class HealthRoutes {
public:
    struct Needs {
        Settings const& settings;
        std::map<std::string, std::unique_ptr<db::Database>> const& databases;
        metrics::Registry& metrics;
        jobs::Pool& workers;
        http::Gateway& gateway;
        std::function<net::ServerFigures()> figures;
        media::Keeping& keeping;
        moderation::Record& record;
        std::function<std::vector<Ailment>()> ailments;
    };
    explicit HealthRoutes(Needs needs);
    std::vector<http::Route> routes();

private:
    Result<Health> health(http::Call& call, http::Empty const&);
    Result<Health> live(http::Call& call, http::Empty const&);
    Result<Health> ready(http::Call& call, http::Empty const&);
    Result<Ping> ping(http::Call& call, http::Empty const&);
    Result<ServicesHealth> services(http::Call& call, http::Empty const&);
    Result<ProcessFigures> process(http::Call& call, http::Empty const&);
    Result<http::Text> prometheus(http::Call& call, http::Empty const&);

    // What is for who runs it: else "request.address".
    Result<> check_insider(http::Call& call) const;
    Health state(http::Call const& call, std::string status) const;
    ProcessFigures measure() const;

    Needs needs_;
    net::Networks scrapers_, proxies_;
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

} // namespace mozi::app
