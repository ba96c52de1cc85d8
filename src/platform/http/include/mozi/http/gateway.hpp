// The gateway: every request passes here — routing, access, limits, idempotency, lanes, cache, problems, headers, one log line.
#pragma once

#include <mozi/base/clock.hpp>
#include <mozi/base/embedded.hpp>
#include <mozi/http/route.hpp>
#include <mozi/jobs/pool.hpp>
#include <mozi/metrics/metrics.hpp>

namespace mozi::http {

struct GatewayOptions {
    Visitors visitors = Visitors::may_read;
    std::vector<std::string> allowed_origins; // CORS, exact
    std::string base_url; // where people reach it, when that is known
    bool limits_enabled = true;
    int reads_per_minute = 1200, writes_per_minute = 240, sign_ins_per_minute = 20, uploads_per_minute = 600, refusals_per_minute = 120;
    net::Networks trusted_proxies; // peers whose X-Forwarded-For, -Proto and Forwarded are believed
    std::size_t cache_bytes = 64u << 20;
    std::string sealing_key; // 32 bytes: stored replies are sealed with it
    std::uint16_t main_port = 0; // listeners on other ports answer for one module
    std::vector<std::pair<std::uint16_t, std::string>> module_ports;
    enum class Hsts { off, this_host, with_subdomains } hsts = Hsts::off;
};

// Where requests run. `slow`: reads whose cost grows with what is kept (searches, deep pages), so that nobody waits behind them.
struct Pools {
    jobs::Pool& workers;
    jobs::Pool& hashers;
    jobs::Pool& slow;
};

class Gateway final : public net::Application {
public:
    Gateway(GatewayOptions options, Authenticate authenticate, Pools pools, metrics::Registry& metrics);
    ~Gateway() override;

    // Before the server starts. Throws std::logic_error when an operation id or method+path is there twice.
    void mount(std::string const& module, db::Database* database, std::vector<Route> routes);
    // Files of the web interface; anything under "/" no route has. index.html answers addresses the interface knows itself.
    void mount_web(std::span<EmbeddedFile const> files);
    std::vector<Route> const& routes() const;
    std::string openapi() const; // OpenAPI 3.1, pretty enough to read in a diff

    net::Accept on_head(net::Request& request) override;
    void on_request(std::shared_ptr<net::Request> request, net::Responder respond) override;
    net::Response on_refused(net::Request* request, int status, std::string_view id, std::string_view sentence) override;
    void on_done(net::Request const& request, net::Answered const& answered) override;

    // Without a socket, for scenario tests: what was decided about the body; the answer of a whole request. Both wait.
    net::Accept decide(std::shared_ptr<net::Request> const& request);
    net::Response serve(std::shared_ptr<net::Request> request);

    // Forgets answers kept for Idempotency-Key that are older than two days. For the maintenance tick; blocks.
    void forget_old_answers();

    // A peer on this machine or a private network that forwards others' requests and is in no setting: it counts as one client, and is
    // believed nothing. The latest within the last hour.
    std::optional<std::string> unnamed_proxy() const;

    // While there is a sentence, only administrators and what says so (Options::in_maintenance) write: 503 "server.maintenance". Any
    // thread.
    void set_maintenance(std::optional<std::string> sentence);
    std::optional<std::string> maintenance() const;

    // Once draining, /health/ready says so and keep-alive ends.
    void set_draining();
    bool draining() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// HTTP status of a code.
int status_of(Code code);
// RFC 9457 problem document.
std::string problem(Error const& error, int status, std::string_view request_id);

} // namespace mozi::http
