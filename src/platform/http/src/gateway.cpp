// The gateway's outside: mounting, the edge's calls, and one line and figures per request.
#include "impl.hpp"

#include "openapi.hpp"

#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

#include <future>
#include <stdexcept>

namespace mozi::http {

// OpenSSL's generator costs as much for nine bytes as for five hundred.
std::string new_request_id() {
    constexpr std::size_t one = 9, many = 64;
    thread_local std::string drawn;
    thread_local std::size_t used = one * many;
    if (used == one * many) {
        drawn = random_bytes(one * many);
        used = 0;
    }
    return base64url(std::string_view(drawn).substr(std::exchange(used, used + one), one));
}

Gateway::Gateway(GatewayOptions options, Authenticate authenticate, Pools pools, metrics::Registry& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(authenticate), pools, metrics)) {}
Gateway::~Gateway() = default;

void Gateway::mount(std::string const& module, db::Database* database, std::vector<Route> routes) {
    if (database && impl_->write_queues.try_emplace(database, std::make_unique<Impl::WriteQueue>()).second) impl_->keys.add(*database);
    for (auto& route : routes) {
        for (auto const& known : impl_->table)
            if (known.operation == route.operation) throw std::logic_error("two routes are called " + route.operation);
        route.module = module;
        route.database = database;
        impl_->table.push_back(std::move(route));
        auto const& kept = impl_->table.back();
        impl_->router.add(kept, kept.path);
        if (!kept.also.empty()) impl_->router.add(kept, kept.also);
        impl_->figures.add(kept);
        impl_->copy.push_back(kept);
    }
}

void Gateway::mount_web(std::span<EmbeddedFile const> files) { impl_->web.mount(files); }
std::vector<Route> const& Gateway::routes() const { return impl_->copy; }
std::string Gateway::openapi() const { return openapi_document(impl_->copy); }

net::Accept Gateway::on_head(net::Request& request) { return impl_->on_head(request); }
void Gateway::on_request(std::shared_ptr<net::Request> request, net::Responder respond) {
    impl_->on_request(std::move(request), std::move(respond));
}

net::Response Gateway::on_refused(net::Request* request, int status, std::string_view id, std::string_view sentence) {
    auto call = request ? std::static_pointer_cast<Call>(request->context) : nullptr;
    auto const judged = call != nullptr; // else its head could not be read: the line in the log gets the answer's id all the same
    if (!judged) {
        call = std::make_shared<Call>();
        call->request_id = new_request_id();
    }
    if (request) request->context = call;
    net::Response response;
    response.status = status;
    response.close = true;
    response.body = problem({Code::bad_request, std::string(id), std::string(sentence)}, status, call->request_id);
    response.add("Content-Type", "application/problem+json");
    response.add("Cache-Control", "no-store");
    if (status == 503 || status == 429) response.add("Retry-After", "5");
    impl_->add_safe(response.head);
    response.head += api_policy;
    response.add("X-Request-Id", call->request_id);
    if (judged) impl_->add_cors(*call, response.head);
    return response;
}

namespace {

// The key in a playback address lets its holder in, so the log gets the route instead. Where no route was found, by a slip in such an
// address or another method, whatever is long enough to be a secret is left out. Queries and Referer are never written.
std::string loggable(Call const* call, net::Request const& request) {
    if (call && call->route)
        return call->route->path.find("{key}") != std::string::npos ? call->route->path : std::string(request.path.substr(0, 512));
    constexpr std::size_t secret = 20;
    std::string out;
    for (auto const part : split(request.path.substr(0, 512), '/')) {
        if (part.data() != request.path.data()) out += '/';
        out += part.size() < secret ? part : "…"sv;
    }
    return out;
}

} // namespace

void Gateway::on_done(net::Request const& request, net::Answered const& answered) {
    auto const call = std::static_pointer_cast<Call>(request.context);
    auto const operation = call && call->route ? std::string_view(call->route->operation) : "none"sv;
    impl_->figures.count(call ? call->route : nullptr, answered);
    auto const level = call && call->route && call->route->module == "health" ? log::Level::debug : log::Level::info;
    if (!log::enabled(level)) return;
    auto const path = loggable(call.get(), request);
    log::write(level, "http.request",
        {{"requestId", call ? std::string_view(call->request_id) : ""sv}, {"method", request.method_text}, {"path", path},
            {"operation", operation}, {"status", answered.status}, {"bytes", answered.bytes_sent}, {"ms", answered.seconds * 1000},
            {"ownMs", answered.own * 1000},
            {"peer", log::Address{call && !call->client.empty() ? std::string_view(call->client) : request.peer}},
            {"account", call && call->viewer.signed_in() ? call->viewer.id.text()
                                                         : std::string(call && call->viewer.operates() ? "operator" : "-")}});
}

net::Accept Gateway::decide(std::shared_ptr<net::Request> const& request) {
    auto accept = on_head(*request);
    if (!accept.later) return accept;
    std::promise<net::Accept> promise;
    auto decided = promise.get_future();
    accept.later(request, net::Decider([&](net::Accept&& given) { promise.set_value(std::move(given)); }));
    return decided.get();
}

net::Response Gateway::serve(std::shared_ptr<net::Request> request) {
    auto accept = decide(request);
    if (accept.refuse) return std::move(*accept.refuse);
    if (request->body.size() > accept.body_limit && !accept.sink)
        return on_refused(request.get(), 413, "request.too_large",
            accept.body_limit ? "The body is larger than this address takes." : "This address takes no body with this method.");
    if (accept.sink) {
        accept.sink->write(request->body);
        accept.sink->finish(true);
    }
    std::promise<net::Response> promise;
    auto answered = promise.get_future();
    on_request(std::move(request), net::Responder([&](net::Response&& response) { promise.set_value(std::move(response)); }));
    return answered.get();
}

void Gateway::forget_old_answers() { impl_->keys.forget_old(); }

void Gateway::set_maintenance(std::optional<std::string> sentence) {
    std::scoped_lock const held(impl_->maintenance_mutex);
    impl_->maintained = sentence.has_value();
    impl_->maintenance = std::move(sentence);
}

std::optional<std::string> Gateway::maintenance() const {
    std::scoped_lock const held(impl_->maintenance_mutex);
    return impl_->maintenance;
}

void Gateway::set_draining() { impl_->draining = true; }
bool Gateway::draining() const { return impl_->draining; }

} // namespace mozi::http
