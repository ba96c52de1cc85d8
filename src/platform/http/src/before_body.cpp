// From the head of a request to the decision whether its body is read: route, viewer, access, limits, CORS.
#include "impl.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>
#include <mozi/net/forwarded.hpp>

namespace mozi::http {

namespace {

constexpr auto an_hour = std::chrono::hours(1);

} // namespace

// Everything that is decided by the method is decided by the one it stands for: access, limits, repetition.
void Gateway::Impl::override_method(Call& call, net::Request& request, Router::Match& match) const {
    auto const* wanted = request.find("x-http-method-override");
    if (!wanted) return;
    auto method = Method::other;
    for (auto const known : {Method::patch, Method::delete_, Method::head})
        if (iequals(trim(*wanted), net::to_string(known))) method = known;
    auto meant = router.find(method, request.path);
    auto const* const route = meant.route ? meant.route : match.route;
    if (!route || !route->options.method_override) return;
    match = std::move(meant);
    if (!match.route) return;
    request.method = method;
    request.method_text = net::to_string(method);
    call.head_only = method == Method::head;
}

bool Gateway::Impl::belongs(net::Request const& request, Route const& route) const {
    if (request.local_port == options.main_port || options.module_ports.empty()) return true;
    for (auto const& [port, module] : options.module_ports)
        if (port == request.local_port) return route.module == module || route.module == "health";
    return true;
}

net::Accept Gateway::Impl::refuse(Call& call, Error error) {
    net::Accept accept;
    accept.refuse = finish(call, std::move(error));
    return accept;
}

net::Accept Gateway::Impl::on_head(net::Request& request) {
    auto call = std::make_shared<Call>();
    call->request = &request;
    call->request_id = new_request_id();
    call->client = net::client_of(request, options.trusted_proxies);
    look_for_proxy(request);
    request.context = call;
    call->options = &options;
    auto match = router.find(request.method, request.path);
    if (request.method == Method::post) override_method(*call, request, match);
    if (match.route && !belongs(request, *match.route)) match = {};
    if (!match.route) {
        call->allow = std::move(match.allow);
        if (request.method == Method::options) return preflight(*call);
        if (call->allow.empty()) return no_route(*call, request);
        auto accept = refuse(*call, {Code::bad_request, "request.method", "This address does not know that method."});
        accept.refuse->status = 405;
        accept.refuse->body =
            problem({Code::bad_request, "request.method", "This address answers " + call->allow + "."}, 405, call->request_id);
        accept.refuse->add("Allow", call->allow);
        return accept;
    }
    auto const& route = *match.route;
    call->route = &route;
    call->allow = std::move(match.allow);
    call->path_values = std::move(match.values);
    auto const header = call->find("authorization");
    if (header.empty()) return admit(*call, Viewer{});
    auto const token = bearer_of(*call);
    if (!token) return admit(*call, Error{Code::unauthenticated, "auth.scheme", "Only bearer tokens are taken here."});
    auto recalled = authenticate.recall_token(*token);
    return recalled ? admit(*call, std::move(*recalled)) : identify_on_worker(*call);
}

// Not believed, but said: everybody behind it has one count together, and one of them can use it up.
void Gateway::Impl::look_for_proxy(net::Request const& request) {
    static net::Networks const near(std::vector<std::string>{
        "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"});
    if (!request.find("x-forwarded-for") && !request.find("forwarded")) return;
    auto const named = options.trusted_proxies.contain(request.peer);
    if (named && net::is_forwarded_twice(request)) figures.forwarded_twice.add();
    if (named || !near.contain(request.peer)) return;
    auto const now = std::chrono::steady_clock::now();
    std::scoped_lock const held(unnamed_mutex);
    auto const tell = !unnamed || now - unnamed->told >= an_hour;
    unnamed = Unnamed{std::string(request.peer), now, tell ? now : unnamed->told};
    if (!tell) return;
    log::warn("net.proxy_unnamed",
        {{"peer", request.peer}, {"why", "it forwards requests of others and is not in server.trusted_proxies: all of them are counted "
                                         "as one client, and its headers are not believed"}});
}

std::optional<std::string> Gateway::unnamed_proxy() const {
    std::scoped_lock const held(impl_->unnamed_mutex);
    auto const& unnamed = impl_->unnamed;
    return unnamed && std::chrono::steady_clock::now() - unnamed->seen < an_hour ? std::optional(unnamed->peer) : std::nullopt;
}

std::optional<std::string_view> Gateway::Impl::bearer_of(Call const& call) {
    auto const header = call.find("authorization");
    auto const space = header.find(' ');
    if (!iequals(header.substr(0, space), "bearer")) return std::nullopt;
    return space == header.npos ? std::string_view{} : trim(header.substr(space + 1));
}

net::Accept Gateway::Impl::identify_on_worker(Call& about) {
    // Whether it lives is answered to everybody alike, and waits for no database.
    if (about.route->lane == Lane::quick && !about.route->database && !about.route->options.asks_who) return admit(about, Viewer{});
    net::Accept accept;
    accept.later = [this](std::shared_ptr<net::Request> request, net::Decider decide) {
        auto const held = std::make_shared<net::Decider>(std::move(decide));
        auto const call = std::static_pointer_cast<Call>(request->context);
        auto const identify = [this, request, call, held] {
            call->request = request.get();
            auto accept = admit(*call, authenticate.by_token(*bearer_of(*call)));
            accept.later ? accept.later(request, std::move(*held)) : (*held)(std::move(accept));
        };
        if (!pools.workers.post(identify, turn_of(*call))) (*held)(refuse(*call, too_busy()));
    };
    return accept;
}

// A stale token does no harm where no account is needed; that it could not be read is told.
net::Accept Gateway::Impl::admit(Call& call, Result<Viewer> viewer) {
    if (viewer) call.viewer = viewer->operates() && call.route->access != Access::admin ? Viewer{} : *viewer;
    else if (call.route->access != Access::anyone || viewer.error().code != Code::unauthenticated)
        return refuse(call, std::move(viewer).error());
    if (auto allowed = check_access(call.route->access, call.viewer, options.visitors); !allowed)
        return refuse(call, std::move(allowed).error());
    if (auto goes_on = check_maintenance(call); !goes_on) return refuse(call, std::move(goes_on).error());
    if (auto within = check_limit(call); !within) return refuse(call, std::move(within).error());
    return accept_body(call, *call.request);
}

Result<> Gateway::Impl::check_maintenance(Call const& call) const {
    constexpr int look_again_s = 60;
    if (!maintained || !call.route->mutates() || call.route->options.in_maintenance || call.viewer.administers()) return {};
    std::scoped_lock const held(maintenance_mutex);
    if (!maintenance) return {};
    return Error{Code::unavailable, "server.maintenance", *maintenance,
        {.reason = "Somebody who runs this house works on it. Reading and watching go on, nothing can be changed meanwhile.",
            .next = "Keep what you wrote and send it again later.",
            .retry_after_s = look_again_s}};
}

net::Accept Gateway::Impl::accept_body(Call& call, net::Request const& request) {
    auto const& route = *call.route;
    auto const has_body = request.chunked || request.content_length.value_or(0) > 0;
    if (has_body && request.find("content-encoding"))
        return refuse(call, {Code::unsupported_media, "request.coding", "Send the body as it is, without Content-Encoding."});
    net::Accept accept;
    if (route.open_body) {
        accept.later = [this](
                           std::shared_ptr<net::Request> kept, net::Decider decide) { open_on_worker(std::move(kept), std::move(decide)); };
        return accept;
    }
    if (has_body && route.body_schema) {
        auto const type = call.find("content-type");
        if (!iequals(trim(type.substr(0, type.find(';'))), "application/json"))
            return refuse(call, {Code::unsupported_media, "request.type", "Send JSON with Content-Type: application/json."});
    }
    // Clients send "{}" where nothing is asked; it is read and forgotten.
    accept.body_limit = !route.mutates() ? 0 : has_body && !route.body_schema ? 1024 : route.options.body_limit;
    return accept;
}

void Gateway::Impl::open_on_worker(std::shared_ptr<net::Request> request, net::Decider decide) {
    auto const held = std::make_shared<net::Decider>(std::move(decide));
    auto const call = std::static_pointer_cast<Call>(request->context);
    if (!pools.workers.post([this, request, call, held] { (*held)(open_body(*call)); }, turn_of(*call))) (*held)(refuse(*call, too_busy()));
}

net::Accept Gateway::Impl::open_body(Call& call) {
    log::RequestScope const scope(call.request_id);
    try {
        auto sink = call.route->open_body(call);
        if (!sink) return refuse(call, std::move(sink).error());
        call.sink = *sink;
        return {.body_limit = call.route->options.body_limit, .sink = std::move(*sink)};
    } catch (std::exception const& cause) { return refuse(call, internal(std::string("opening a body: ") + cause.what())); }
}

net::Accept Gateway::Impl::no_route(Call& call, net::Request const& request) {
    if ((request.method == Method::get || request.method == Method::head) &&
        (request.local_port == options.main_port || options.module_ports.empty())) {
        auto page = web.find(request);
        if (!page) return refuse(call, std::move(page).error());
        if (*page) {
            net::Accept accept;
            add_safe((*page)->head);
            accept.refuse = std::move(**page);
            return accept;
        }
    }
    return refuse(call, {Code::not_found, "request.address", "The reel ends here. Nothing at this address, or not for everyone."});
}

net::Accept Gateway::Impl::preflight(Call& call) {
    net::Accept accept;
    net::Response response;
    response.status = call.allow.empty() ? 404 : 204;
    add_safe(response.head);
    if (!call.allow.empty()) response.add("Allow", call.allow);
    add_cors(call, response.head);
    accept.refuse = std::move(response);
    return accept;
}

namespace {

// What a page of an allowed origin may send and read: our own, tus's, and what its clients add. No cookie is among it.
constexpr std::string_view cors_takes =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, Tus-Resumable, Upload-Checksum, "
    "Upload-Concat, Upload-Defer-Length, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, X-Request-ID, "
    "X-Requested-With, X-Videa-Client";
constexpr std::string_view cors_shows =
    "Accept-Ranges, Allow, Content-Disposition, Content-Range, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, Upload-Defer-Length, Upload-Expires, "
    "Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id";

} // namespace

void Gateway::Impl::add_cors(Call const& call, std::string& head) const {
    if (options.allowed_origins.empty()) return;
    head += "Vary: Origin\r\n";
    auto const origin = call.find("origin");
    auto const& allowed = options.allowed_origins;
    if (origin.empty() || std::find(allowed.begin(), allowed.end(), origin) == allowed.end()) return;
    auto const add = [&head](
                         std::string_view name, std::string_view value) { head.append(name).append(": ").append(value).append("\r\n"); };
    add("Access-Control-Allow-Origin", origin);
    add("Access-Control-Expose-Headers", cors_shows);
    if (call.request->method != Method::options || call.allow.empty()) return;
    add("Access-Control-Allow-Methods", call.allow);
    add("Access-Control-Allow-Headers", cors_takes);
    add("Access-Control-Max-Age", "600");
}

} // namespace mozi::http
