// From a handler's result to the response: problems, validators, compression, the cache of visitors' replies.
#include "impl.hpp"

#include "compress.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

namespace mozi::http {

namespace {

constexpr std::size_t compress_from = 1400;

std::string etag_of(Call const& call, std::string_view body) {
    auto const digest = std::hash<std::string_view>{}(body);
    auto const text = hex({reinterpret_cast<char const*>(&digest), sizeof digest});
    return "\"" + (call.version.empty() ? "" : call.version + "-") + text + "\"";
}

} // namespace

void Gateway::Impl::add_safe(std::string& head) const {
    head += "X-Content-Type-Options: nosniff\r\nReferrer-Policy: strict-origin-when-cross-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n";
    if (options.hsts == GatewayOptions::Hsts::on) head += "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";
}

net::Response Gateway::Impl::finish(Call& call, Result<Reply> result) {
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
    if (call.head_only) response.body = std::string(); // to the client's own parser it is the answer to a POST
    head += call.limit_head;
    add_safe(head);
    if (head.find("Content-Security-Policy") == head.npos) head += api_policy;
    head += "X-Request-Id: " + call.request_id + "\r\n";
    add_cors(call, head);
    if (draining) response.close = true;
    return response;
}

void Gateway::Impl::write_problem(Call& call, Error const& error, net::Response& response) {
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

void Gateway::Impl::write_body(Call& call, Reply& reply, net::Response& response) {
    auto const reads = !call.route->mutates();
    if (reply.body.empty()) return;
    if (reads || !call.version.empty()) {
        auto const etag = etag_of(call, reply.body);
        response.add("ETag", etag);
        response.add("Cache-Control", call.viewer.signed_in() ? "private, no-cache" : "no-cache");
        if (reads) response.head += "Vary: Accept-Encoding, Authorization\r\n";
        if (auto const known = call.find("if-none-match"); reads && !known.empty() && names_etag(known, etag)) {
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

std::string Gateway::Impl::cache_key(net::Request const& request) {
    std::string key(request.path.starts_with("/api/v1/") ? request.path.substr(7) : request.path.starts_with("/api/") ? request.path.substr(4) : request.path);
    auto parts = split(request.query, '&');
    std::sort(parts.begin(), parts.end());
    for (auto const part : parts) key += '&', key += part;
    return key;
}

net::Response Gateway::Impl::build_kept(Job& job) {
    auto& call = *job.call;
    auto versions = ResponseCache::versions(call.route->options.topics); // before the facts are read
    auto reply = handle(job);
    if (!reply) return finish(call, std::move(reply));
    auto const kept = std::make_shared<CachedReply>();
    kept->versions = std::move(versions);
    kept->etag = etag_of(call, reply->body);
    kept->head = "ETag: " + kept->etag + "\r\nCache-Control: no-cache\r\nVary: Accept-Encoding, Authorization\r\nContent-Type: application/json\r\n" + call.head;
    add_safe(kept->head);
    kept->head += api_policy;
    kept->bodies[0] = std::make_shared<std::string const>(std::move(reply->body));
    cache.put(cache_key(*call.request), kept);
    return from_kept(call, *kept);
}

net::Response Gateway::Impl::from_kept(Call& call, CachedReply& kept) {
    net::Response response;
    response.head.reserve(kept.head.size() + 64);
    response.head = kept.head;
    response.head += "X-Request-Id: " + call.request_id + "\r\n";
    add_cors(call, response.head);
    if (draining) response.close = true;
    if (auto const known = call.find("if-none-match"); !known.empty() && names_etag(known, kept.etag)) {
        response.status = 304;
        return response;
    }
    auto const coding = kept.bodies[0]->size() >= compress_from ? choose_coding(call.find("accept-encoding")) : Coding::identity;
    if (coding != Coding::identity) response.add("Content-Encoding", name_of(coding));
    std::scoped_lock const held(kept.codings);
    auto& body = kept.bodies[std::size_t(coding)];
    if (!body) body = std::make_shared<std::string const>(encode(coding, *kept.bodies[0], Effort::quick));
    response.body = body;
    return response;
}

} // namespace mozi::http
