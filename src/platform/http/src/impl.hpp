// The inside of the gateway, shared by the files that hold its parts.
#pragma once

#include <mozi/http/gateway.hpp>

#include "cache.hpp"
#include "figures.hpp"
#include "idempotency.hpp"
#include "limits.hpp"
#include "router.hpp"
#include "web_files.hpp"

#include <deque>

namespace mozi::http {

constexpr std::string_view api_policy = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
constexpr std::size_t compressed_from = 1400; // bytes of a reply: what fits into one packet is sent as it is
std::string new_request_id();

struct Gateway::Impl {
    GatewayOptions options;
    Authenticate authenticate;
    Pools pools;
    RequestFigures figures;
    std::deque<Route> table; // stable addresses
    std::vector<Route> copy;
    Router router;
    WebFiles web;
    Limits limits;
    ResponseCache cache;
    Spellings spellings;
    Keys keys;
    std::atomic<bool> draining{false};
    std::atomic<bool> maintained{false}; // there is a sentence
    mutable std::mutex maintenance_mutex;
    std::optional<std::string> maintenance;
    // The latest proxy that nobody named, and when the log last said so.
    struct Unnamed {
        std::string peer;
        std::chrono::steady_clock::time_point seen, told;
    };
    mutable std::mutex unnamed_mutex;
    std::optional<Unnamed> unnamed;

    // A request between its lanes.
    struct Job {
        std::shared_ptr<net::Request> request;
        std::shared_ptr<Call> call;
        net::Responder respond;
        std::shared_ptr<void> input;
        std::optional<KeyedRequest> keyed;
        bool ready = false; // for its unit
        Spellings::Key cache_key; // of the cached lane
    };
    using JobPtr = std::shared_ptr<Job>;

    // Writes of one database wait here; one worker at a time takes them in batches that share a commit.
    struct WriteQueue {
        std::mutex mutex;
        std::deque<JobPtr> jobs;
        bool running = false;
    };
    std::map<db::Database*, std::unique_ptr<WriteQueue>> write_queues;

    Impl(GatewayOptions o, Authenticate a, Pools p, metrics::Registry& m)
        : options(std::move(o)), authenticate(std::move(a)), pools(p), figures(m), cache(options.cache_bytes), keys(options.sealing_key) {}

    // Before the body (before_body.cpp)
    void override_method(Call& call, net::Request& request, Router::Match& match) const;
    bool belongs(net::Request const& request, Route const& route) const;
    net::Accept refuse(Call& call, Error error);
    net::Accept on_head(net::Request& request);
    void look_for_proxy(net::Request const& request);
    // Who asks: from memory where that is enough, else on a worker. Nothing where another scheme is used.
    static std::optional<std::string_view> bearer_of(Call const& call);
    net::Accept identify_on_worker(Call& about);
    net::Accept admit(Call& call, Result<Viewer> viewer);
    // Error: "server.maintenance", where what is asked has to wait.
    Result<> check_maintenance(Call const& call) const;
    net::Accept accept_body(Call& call, net::Request const& request);
    // Who opens a body looks at the database and the disk: not on the io thread.
    void open_on_worker(std::shared_ptr<net::Request> request, net::Decider decide);
    net::Accept open_body(Call& call);
    net::Accept no_route(Call& call, net::Request const& request);
    net::Accept preflight(Call& call);
    void add_cors(Call const& call, std::string& head) const;

    // How much of it there may be (counting.cpp)
    struct Counts;
    Counts counts_of(Call const& call, Limit kind, std::string_view token) const;
    Limits::Verdict take(Counts const& counts, int per_minute);
    Result<> check_limit(Call& call);
    // What is answered instead of this refusal to who has had too many.
    Error counted(Call& call, Error const& refusal);

    // Running it (lanes.cpp)
    void on_request(std::shared_ptr<net::Request> request, net::Responder respond);
    // Of whoever asks: a member, or the network of a visitor.
    static jobs::Turn turn_of(Call const& call);
    void post(jobs::Pool& pool, JobPtr const& job, void (Impl::*step)(JobPtr const&));
    void start_cached(JobPtr const& job);
    void build_elsewhere(JobPtr const& job);
    void send_kept(JobPtr const& job);
    void read(JobPtr const& job);
    void read_slowly(JobPtr const& job);
    static Error too_busy();
    void busy(Job& job);
    std::optional<Result<Reply>> ready(Job& job);
    Result<> still_allowed(Call& call);
    std::optional<Result<Reply>> ready_still(Job& job);
    // On this thread; with ready() where that has not been.
    Result<Reply> handle(Job& job);
    void start_write(JobPtr const& job);
    void enqueue(JobPtr const& job);
    void write_alone(JobPtr const& job);
    Result<Reply> run_write(Job& job);
    void run_batches(db::Database& database, WriteQueue& queue);
    void answer(Job& job, Result<Reply> reply);

    // Bytes for it (replies.cpp)
    void add_safe(std::string& head) const;
    net::Response finish(Call& call, Result<Reply> result);
    void write_problem(Call& call, Error const& error, net::Response& response);
    void write_body(Call& call, Reply& reply, net::Response& response);
    enum class Encode : std::uint8_t { here, elsewhere };
    // Nothing where the wanted coding has not been made yet, and is not to be made here.
    std::optional<net::Response> from_kept(Call& call, CachedReply& kept, Encode encode);
    net::Response build_kept(Job& job);
};

} // namespace mozi::http
