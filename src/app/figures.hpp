// What the process and its databases say of themselves on /metrics. What has to be asked from a database is asked now and then by a
// thread of its own, so that a scrape waits for nothing.
#pragma once

#include <mozi/db/database.hpp>
#include <mozi/jobs/pool.hpp>
#include <mozi/media/module.hpp>
#include <mozi/metrics/metrics.hpp>
#include <mozi/net/server.hpp>

#include <map>

namespace mozi::app {

class Figures {
public:
    struct Needs {
        metrics::Registry& metrics;
        std::map<std::string, std::unique_ptr<db::Database>> const& databases;
        std::map<std::string, jobs::Pool*> pools;
        net::Server& server; // started
        std::function<Result<std::int64_t>()> sessions; // live; both may wait for a database
        std::function<Result<media::Queue>()> queue;
    };
    explicit Figures(Needs needs);
    void start();
    void stop();
    void look(); // one round of what start() does again and again

private:
    void of_process();
    void of_server();
    void of_databases();
    void of_work();
    Needs needs_;
    std::atomic<std::int64_t> sessions_{0}, waiting_{0}, running_{0}, oldest_us_{0};
    std::unique_ptr<jobs::Ticker> ticker_; // last: it ends first
};

} // namespace mozi::app
