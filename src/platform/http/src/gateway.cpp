// The gateway's way of a request: head → route → access → limits → body → lane → handler → reply.
#include <mozi/http/gateway.hpp>

#include "cache.hpp"
#include "compress.hpp"
#include "idempotency.hpp"
#include "limits.hpp"
#include "openapi.hpp"
#include "router.hpp"
#include "web_files.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/crypto/crypto.hpp>
#include <mozi/log/log.hpp>

#include <deque>
#include <future>
#include <set>
#include <stdexcept>

namespace mozi::http {

namespace {

constexpr std::string_view safe_headers =
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: strict-origin-when-cross-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view api_policy = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";
constexpr std::size_t compress_from = 1400;

// Unique, not secret: a random start per thread, then a counter.
std::string new_request_id() {
    thread_local std::string const start = base64url(random_bytes(6));
    thread_local std::uint32_t count = 0;
    ++count;
    std::string id = start;
    for (int shift = 0; shift < 24; shift += 6) id += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[count >> shift & 63];
    return id;
}

std::string etag_of(Call const& call, std::string_view body) {
    auto const digest = std::hash<std::string_view>{}(body);
    auto const text = hex({reinterpret_cast<char const*>(&digest), sizeof digest});
    return "\"" + (call.version.empty() ? "" : call.version + "-") + text + "\"";
}

bool matches(std::string_view header, std::string_view etag) {
    if (header == "*") return true;
    for (auto tag : split(header, ',')) {
        tag = trim(tag);
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
    }
    return false;
}

} // namespace

struct Gateway::Impl {
    GatewayOptions options;
    Authenticate authenticate;
    jobs::Pool& workers;
    jobs::Pool& hashers;
    metrics::Registry& metrics;
    Clock const& clock;
    std::deque<Route> table; // stable addresses
    std::vector<Route> copy;
    Router router;
    WebFiles web;
    Limits limits;
    ResponseCache cache;
    InFlight in_flight;
    std::atomic<bool> draining{false};
    metrics::Counter& cache_hits;
    metrics::Counter& cache_misses;

    // A request between its lanes.
    struct Job {
        std::shared_ptr<net::Request> request;
        std::shared_ptr<Call> call;
        net::Responder respond;
        std::shared_ptr<void> input;
        std::optional<KeyedRequest> keyed;
    };
    using JobPtr = std::shared_ptr<Job>;

    // Writes of one database wait here; one worker at a time takes them in batches that share a commit.
    struct WriteQueue {
        std::mutex mutex;
        std::deque<JobPtr> jobs;
        bool running = false;
    };
    std::map<db::Database*, std::unique_ptr<WriteQueue>> write_queues;

    Impl(GatewayOptions o, Authenticate a, jobs::Pool& w, jobs::Pool& h, metrics::Registry& m, Clock const& c)
        : options(std::move(o)), authenticate(std::move(a)), workers(w), hashers(h), metrics(m), clock(c), cache(options.cache_bytes),
          cache_hits(m.counter("videa_response_cache_hits_total", "Replies given from the response cache")),
          cache_misses(m.counter("videa_response_cache_misses_total", "Cacheable replies that had to be built")) {}

    // --- head ---------------------------------------------------------------------------------------------------------------

    std::string_view client_address(net::Request const& request) const {
        auto const* forwarded = request.find("x-forwarded-for");
        if (!forwarded || std::find(options.trusted_proxies.begin(), options.trusted_proxies.end(), request.peer) == options.trusted_proxies.end()) return request.peer;
        return trim(split(*forwarded, ',').back());
    }

    bool belongs(net::Request const& request, Route const& route) const {
        if (request.local_port == options.main_port || options.module_ports.empty()) return true;
        for (auto const& [port, module] : options.module_ports)
            if (port == request.local_port) return route.module == module || route.module == "health";
        return true;
    }

    net::Accept refuse(Call& call, Error error) {
        net::Accept accept;
        accept.refuse = finish(call, std::move(error));
        return accept;
    }

    net::Accept on_head(net::Request& request) {
        auto call = std::make_shared<Call>();
        call->request = &request;
        call->request_id = new_request_id();
        request.context = call;
        auto match = router.find(request.method, request.path);
        if (match.route && !belongs(request, *match.route)) match = {};
        if (!match.route) {
            if (request.method == Method::options) return preflight(*call, match.allow);
            if (match.allow.empty()) return no_route(*call, request);
            auto accept = refuse(*call, {Code::bad_request, "request.method", "This address does not know that method."});
            accept.refuse->status = 405;
            accept.refuse->body = problem({Code::bad_request, "request.method", "This address answers " + match.allow + "."}, 405, call->request_id);
            accept.refuse->add("Allow", match.allow);
            return accept;
        }
        auto const& route = *match.route;
        call->route = &route;
        call->path_values = std::move(match.values);
        if (auto known = identify(*call); !known) return refuse(*call, std::move(known).error());
        if (auto allowed = check_access(route.access, call->viewer, options.visitors); !allowed) return refuse(*call, std::move(allowed).error());
        if (auto within = check_limit(*call, request); !within) return refuse(*call, std::move(within).error());
        if (route.options.head)
            if (auto fine = route.options.head(*call); !fine) return refuse(*call, std::move(fine).error());
        return accept_body(*call, request);
    }

    Result<> identify(Call& call) {
        auto const header = call.find("authorization");
        if (header.empty()) return {};
        auto const space = header.find(' ');
        auto viewer = iequals(header.substr(0, space), "bearer") ? authenticate(trim(header.substr(space + 1))) : Result<Viewer>{Error{Code::unauthenticated, "auth.scheme", "Only bearer tokens are taken here."}};
        if (viewer) call.viewer = *viewer;
        else if (call.route->access != Access::anyone) return std::move(viewer).error();
        return {};
    }

    Result<> check_limit(Call& call, net::Request const& request) {
        auto const kind = call.route->options.limit;
        if (!options.limits_enabled || kind == Limit::none) return {};
        auto const per_minute = kind == Limit::sign_in ? options.sign_ins_per_minute : kind == Limit::write ? options.writes_per_minute : kind == Limit::upload ? options.uploads_per_minute : options.reads_per_minute;
        auto const who = call.viewer.signed_in() && kind != Limit::sign_in ? call.viewer.id.text() : std::string(client_address(request));
        auto const verdict = limits.take(kind, who, per_minute);
        if (kind != Limit::read || !verdict.allowed) {
            auto const policy = "\"" + std::to_string(per_minute) + "\"";
            call.limit_head = "RateLimit-Policy: " + policy + ";q=" + std::to_string(per_minute) + ";w=60\r\nRateLimit: " + policy + ";r=" + std::to_string(verdict.remaining) + ";t=" + std::to_string(verdict.reset_s) + "\r\n";
        }
        if (verdict.allowed) return {};
        Error error{Code::rate_limited, "request.rate", "A short breath: try again in " + std::to_string(verdict.reset_s) + " s."};
        error.retry_after_s = verdict.reset_s;
        return error;
    }

    net::Accept accept_body(Call& call, net::Request const& request) {
        auto const& route = *call.route;
        auto const has_body = request.chunked || request.content_length.value_or(0) > 0;
        net::Accept accept;
        if (route.options.open_body) {
            auto sink = route.options.open_body(call);
            if (!sink) return refuse(call, std::move(sink).error());
            call.sink = *sink;
            accept.sink = std::move(*sink);
            accept.body_limit = route.options.body_limit;
            return accept;
        }
        if (has_body && request.find("content-encoding")) return refuse(call, {Code::unsupported_media, "request.coding", "Send the body as it is, without Content-Encoding."});
        if (has_body && route.body_schema) {
            auto const type = call.find("content-type");
            if (!iequals(trim(type.substr(0, type.find(';'))), "application/json")) return refuse(call, {Code::unsupported_media, "request.type", "Send JSON with Content-Type: application/json."});
        }
        accept.body_limit = has_body && !route.body_schema ? 0 : route.options.body_limit;
        if (!route.mutates()) accept.body_limit = 0;
        return accept;
    }

    net::Accept no_route(Call& call, net::Request const& request) {
        if ((request.method == Method::get || request.method == Method::head) && (request.local_port == options.main_port || options.module_ports.empty())) {
            if (auto page = web.find(request)) {
                net::Accept accept;
                page->head += safe_headers;
                accept.refuse = std::move(*page);
                return accept;
            }
        }
        return refuse(call, {Code::not_found, "request.address", "The reel ends here. Nothing at this address, or not for everyone."});
    }

    net::Accept preflight(Call& call, std::string const& allow) {
        net::Accept accept;
        net::Response response;
        response.status = allow.empty() ? 404 : 204;
        response.head += safe_headers;
        if (!allow.empty()) response.add("Allow", allow);
        add_cors(call, response.head);
        if (!allow.empty() && response.head.find("Access-Control-Allow-Origin") != std::string::npos) {
            response.add("Access-Control-Allow-Methods", allow);
            response.add("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum, Upload-Defer-Length, X-Videa-Client");
            response.add("Access-Control-Max-Age", "600");
        }
        accept.refuse = std::move(response);
        return accept;
    }

    void add_cors(Call const& call, std::string& head) const {
        if (options.allowed_origins.empty()) return;
        head += "Vary: Origin\r\n";
        auto const origin = call.find("origin");
        if (origin.empty() || std::find(options.allowed_origins.begin(), options.allowed_origins.end(), origin) == options.allowed_origins.end()) return;
        head += "Access-Control-Allow-Origin: " + std::string(origin) + "\r\nAccess-Control-Expose-Headers: Location, ETag, RateLimit, RateLimit-Policy, Retry-After, Tus-Resumable, Upload-Offset, Upload-Length, Upload-Expires, X-Request-Id\r\n";
    }

    // --- lanes --------------------------------------------------------------------------------------------------------------

    void on_request(std::shared_ptr<net::Request> request, net::Responder respond) {
        auto job = std::make_shared<Job>(Job{request, std::static_pointer_cast<Call>(request->context), std::move(respond), {}, {}});
        auto& call = *job->call;
        call.request = request.get();
        auto const lane = call.route->options.lane;
        if (lane == Lane::quick) return answer(*job, handle(*job));
        if (lane == Lane::cached && !call.viewer.signed_in()) {
            if (auto response = from_cache(call)) return job->respond(std::move(*response));
        }
        if (lane == Lane::write || lane == Lane::hashing) return start_write(job);
        if (!workers.post([this, job] { answer(*job, handle(*job)); })) busy(*job);
    }

    void busy(Job& job) {
        Error error{Code::unavailable, "server.busy", "Too much at once. Try again in a moment."};
        error.retry_after_s = 1;
        answer(job, std::move(error));
    }

    // Prepares and runs on this thread.
    Result<Reply> handle(Job& job) {
        log::RequestScope const scope(job.call->request_id);
        try {
            if (!job.input) {
                MOZI_TRY(auto input, job.call->route->prepare(*job.call));
                job.input = std::move(input);
            }
            auto& call = *job.call;
            MOZI_TRY(auto reply, call.route->run(call, job.input));
            if (reply.answer) {
                reply.answer->head += call.head;
            } else {
                reply.status = call.status ? call.status : call.route->success;
                reply.head = call.head;
            }
            return reply;
        } catch (std::exception const& cause) {
            return internal(std::string("handler: ") + cause.what());
        }
    }

    void start_write(JobPtr const& job) {
        auto& call = *job->call;
        auto key = keyed(call);
        if (!key) return answer(*job, std::move(key).error());
        job->keyed = std::move(*key);
        if (job->keyed && !in_flight.enter(job->keyed->person + " " + job->keyed->key)) {
            job->keyed.reset();
            Error error{Code::conflict, "request.in_progress", "The first request with this Idempotency-Key is still running. Ask again in a moment."};
            error.retry_after_s = 1;
            return answer(*job, std::move(error));
        }
        if (call.route->options.lane == Lane::write) return enqueue(job);
        if (!hashers.post([this, job] { prepare_hashing(job); })) busy(*job);
    }

    void prepare_hashing(JobPtr const& job) {
        if (job->keyed) {
            auto known = find_keyed(*job->call->route->database, *job->keyed, options.sealing_key);
            if (!known) return answer(*job, std::move(known).error());
            if (*known) return answer(*job, std::move(**known));
        }
        try {
            log::RequestScope const scope(job->call->request_id);
            auto input = job->call->route->prepare(*job->call);
            if (!input) return answer(*job, std::move(input).error());
            job->input = std::move(*input);
        } catch (std::exception const& cause) {
            return answer(*job, internal(std::string("prepare: ") + cause.what()));
        }
        enqueue(job);
    }

    void enqueue(JobPtr const& job) {
        auto* const database = job->call->route->database;
        if (!database || database->dialect() == db::Dialect::postgres) {
            if (!workers.post([this, job] { answer(*job, run_write(*job)); })) busy(*job);
            return;
        }
        auto& queue = *write_queues.at(database);
        {
            std::scoped_lock const held(queue.mutex);
            if (queue.jobs.size() >= 4096) return busy(*job);
            queue.jobs.push_back(job);
            if (std::exchange(queue.running, true)) return;
        }
        if (!workers.post([this, database, &queue] { run_batches(*database, queue); })) {
            std::deque<JobPtr> stranded;
            {
                std::scoped_lock const held(queue.mutex);
                queue.running = false;
                stranded.swap(queue.jobs);
            }
            for (auto const& waiting : stranded) busy(*waiting);
        }
    }

    Result<Reply> run_write(Job& job) {
        if (!job.keyed || !job.call->route->database) return handle(job);
        return run_keyed(*job.call->route->database, *job.keyed, options.sealing_key, clock, [&] { return handle(job); });
    }

    void run_batches(db::Database& database, WriteQueue& queue) {
        for (;;) {
            std::vector<JobPtr> batch;
            {
                std::scoped_lock const held(queue.mutex);
                while (!queue.jobs.empty() && batch.size() < 128) batch.push_back(std::move(queue.jobs.front())), queue.jobs.pop_front();
                if (batch.empty()) {
                    queue.running = false;
                    return;
                }
            }
            std::vector<std::optional<Result<Reply>>> replies(batch.size());
            std::vector<std::function<void()>> tasks;
            for (std::size_t i = 0; i < batch.size(); ++i) tasks.emplace_back([&, i] { replies[i].emplace(run_write(*batch[i])); });
            auto const committed = database.batch(tasks);
            for (std::size_t i = 0; i < batch.size(); ++i) {
                auto& reply = replies[i];
                if (!committed && (!reply || *reply)) reply.emplace(committed.error());
                answer(*batch[i], std::move(*reply));
            }
        }
    }

    void answer(Job& job, Result<Reply> reply) {
        if (job.keyed) in_flight.leave(job.keyed->person + " " + job.keyed->key);
        job.respond(finish(*job.call, std::move(reply)));
    }

    // --- replies ------------------------------------------------------------------------------------------------------------

    net::Response finish(Call& call, Result<Reply> result) {
        net::Response response;
        auto& head = response.head;
        head.reserve(640);
        if (!result) {
            write_problem(call, result.error(), response);
        } else if (auto& reply = *result; reply.answer) {
            response = std::move(*reply.answer);
        } else {
            response.status = reply.status;
            head += reply.head;
            write_body(call, reply, response);
        }
        head += call.limit_head;
        head += safe_headers;
        if (head.find("Content-Security-Policy") == head.npos) head += api_policy;
        if (options.hsts == GatewayOptions::Hsts::on) head += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
        head += "X-Request-Id: " + call.request_id + "\r\n";
        add_cors(call, head);
        if (draining) response.close = true;
        return response;
    }

    void write_problem(Call& call, Error const& error, net::Response& response) {
        response.status = status_of(error.code);
        response.head += call.head;
        response.body = problem(error, response.status, call.request_id);
        response.add("Content-Type", "application/problem+json");
        response.add("Cache-Control", "no-store");
        if (error.retry_after_s) response.add("Retry-After", std::to_string(error.retry_after_s));
        if (response.status == 401) response.add("WWW-Authenticate", "Bearer");
        if (!error.detail.empty() || response.status >= 500)
            log::write(response.status >= 500 ? log::Level::error : log::Level::info, "request.failed", {{"requestId", call.request_id}, {"id", error.id}, {"why", error.detail}});
    }

    void write_body(Call& call, Reply& reply, net::Response& response) {
        auto const reads = !call.route->mutates();
        if (reply.body.empty()) return;
        if (reads || !call.version.empty()) {
            auto const etag = etag_of(call, reply.body);
            response.add("ETag", etag);
            response.add("Cache-Control", call.viewer.signed_in() ? "private, no-cache" : "no-cache");
            if (reads) response.head += "Vary: Accept-Encoding, Authorization\r\n";
            if (auto const known = call.find("if-none-match"); reads && !known.empty() && matches(known, etag)) {
                response.status = 304;
                return;
            }
        } else {
            response.add("Cache-Control", "no-store");
        }
        if (!reply.content_type.empty()) response.add("Content-Type", reply.content_type);
        auto const coding = reply.body.size() >= compress_from && reads ? choose_coding(call.find("accept-encoding")) : Coding::identity;
        if (coding == Coding::identity) {
            response.body = std::move(reply.body);
            return;
        }
        response.add("Content-Encoding", name_of(coding));
        response.body = encode(coding, reply.body, Effort::quick);
    }

    // --- cache --------------------------------------------------------------------------------------------------------------

    static std::string cache_key(net::Request const& request) {
        std::string key(request.path.starts_with("/api/v1/") ? request.path.substr(7) : request.path.starts_with("/api/") ? request.path.substr(4) : request.path);
        auto parts = split(request.query, '&');
        std::sort(parts.begin(), parts.end());
        for (auto const part : parts) key += '&', key += part;
        return key;
    }

    std::optional<net::Response> from_cache(Call& call) {
        auto const& topics = call.route->options.topics;
        auto key = cache_key(*call.request);
        auto kept = cache.find(key, topics);
        (kept ? cache_hits : cache_misses).add();
        if (!kept) {
            auto versions = ResponseCache::versions(topics);
            Job job{nullptr, std::shared_ptr<Call>(std::shared_ptr<void>{}, &call), net::Responder({}), {}, {}};
            auto reply = handle(job);
            if (!reply) return finish(call, std::move(reply));
            kept = std::make_shared<CachedReply>();
            kept->versions = std::move(versions);
            kept->etag = etag_of(call, reply->body);
            kept->head = "ETag: " + kept->etag + "\r\nCache-Control: no-cache\r\nVary: Accept-Encoding, Authorization\r\nContent-Type: application/json\r\n" + call.head;
            kept->head += safe_headers;
            kept->head += api_policy;
            kept->bodies[0] = std::make_shared<std::string const>(std::move(reply->body));
            cache.put(std::move(key), kept);
        }
        net::Response response;
        response.head.reserve(kept->head.size() + 64);
        response.head = kept->head;
        response.head += "X-Request-Id: " + call.request_id + "\r\n";
        add_cors(call, response.head);
        if (draining) response.close = true;
        if (auto const known = call.find("if-none-match"); !known.empty() && matches(known, kept->etag)) {
            response.status = 304;
            return response;
        }
        auto const coding = kept->bodies[0]->size() >= compress_from ? choose_coding(call.find("accept-encoding")) : Coding::identity;
        if (coding != Coding::identity) response.add("Content-Encoding", name_of(coding));
        std::scoped_lock const held(kept->codings);
        auto& body = kept->bodies[std::size_t(coding)];
        if (!body) body = std::make_shared<std::string const>(encode(coding, *kept->bodies[0], Effort::quick));
        response.body = body;
        return response;
    }
};

Gateway::Gateway(GatewayOptions options, Authenticate authenticate, jobs::Pool& workers, jobs::Pool& hashers, metrics::Registry& metrics, Clock const& clock)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(authenticate), workers, hashers, metrics, clock)) {}
Gateway::~Gateway() = default;

void Gateway::mount(std::string const& module, db::Database* database, std::vector<Route> routes) {
    if (database) impl_->write_queues.try_emplace(database, std::make_unique<Impl::WriteQueue>());
    for (auto& route : routes) {
        for (auto const& known : impl_->table)
            if (known.operation == route.operation) throw std::logic_error("two routes are called " + route.operation);
        route.module = module;
        route.database = database;
        impl_->table.push_back(std::move(route));
        impl_->router.add(impl_->table.back());
        impl_->copy.push_back(impl_->table.back());
    }
}

void Gateway::mount_web(std::span<EmbeddedFile const> files) { impl_->web.mount(files); }
std::vector<Route> const& Gateway::routes() const { return impl_->copy; }
std::string Gateway::openapi() const { return openapi_document(impl_->copy); }

net::Accept Gateway::on_head(net::Request& request) { return impl_->on_head(request); }
void Gateway::on_request(std::shared_ptr<net::Request> request, net::Responder respond) { impl_->on_request(std::move(request), std::move(respond)); }

net::Response Gateway::on_refused(int status, std::string_view id, std::string_view sentence) {
    net::Response response;
    response.status = status;
    response.close = true;
    response.body = problem({Code::bad_request, std::string(id), std::string(sentence)}, status, new_request_id());
    response.add("Content-Type", "application/problem+json");
    response.add("Cache-Control", "no-store");
    if (status == 503 || status == 429) response.add("Retry-After", "5");
    response.head += safe_headers;
    response.head += api_policy;
    return response;
}

void Gateway::on_done(net::Request const& request, int status, std::uint64_t bytes_sent, double seconds) {
    auto const call = std::static_pointer_cast<Call>(request.context);
    auto const operation = call && call->route ? std::string_view(call->route->operation) : "none"sv;
    // Routes live as long as the gateway and are few, so each thread keeps its own short list of series.
    using Key = std::pair<Route const*, int>;
    thread_local std::map<Key, std::pair<metrics::Counter*, metrics::Histogram*>> known;
    thread_local Impl const* owner = nullptr;
    if (std::exchange(owner, impl_.get()) != impl_.get()) known.clear();
    auto& series = known[Key{call ? call->route : nullptr, status}];
    if (!series.first) {
        auto const label = "operation=\"" + std::string(operation) + "\"";
        series.first = &impl_->metrics.counter("videa_http_requests_total", "Requests answered", label + ",status=\"" + std::to_string(status) + "\"");
        series.second = &impl_->metrics.histogram("videa_http_request_seconds", "From first byte of the head to last byte sent", label);
    }
    series.first->add();
    series.second->observe(seconds);
    auto const level = call && call->route && call->route->module == "health" ? log::Level::debug : log::Level::info;
    if (!log::enabled(level)) return;
    log::write(level, "http.request",
               {{"requestId", call ? std::string_view(call->request_id) : ""sv}, {"method", request.method_text}, {"path", request.path.substr(0, 512)}, {"operation", operation}, {"status", status},
                {"bytes", bytes_sent}, {"ms", seconds * 1000}, {"peer", request.peer}, {"account", call && call->viewer.signed_in() ? call->viewer.id.text() : std::string("-")}});
}

net::Response Gateway::serve(std::shared_ptr<net::Request> request) {
    auto accept = on_head(*request);
    if (accept.refuse) return std::move(*accept.refuse);
    if (request->body.size() > accept.body_limit && !accept.sink) return on_refused(413, "request.too_large", "The body is larger than this address takes.");
    if (accept.sink) {
        accept.sink->write(request->body);
        accept.sink->finish(true);
    }
    std::promise<net::Response> promise;
    auto answered = promise.get_future();
    on_request(std::move(request), net::Responder([&](net::Response&& response) { promise.set_value(std::move(response)); }));
    return answered.get();
}

void Gateway::set_draining() { impl_->draining = true; }
bool Gateway::draining() const { return impl_->draining; }

} // namespace mozi::http
