// From a handler's result to the response: problems, validators, compression, the cache of visitors' replies.
#include "impl.hpp"

#include "compress.hpp"

#include <mozi/base/text.hpp>
#include <mozi/log/log.hpp>

namespace mozi::http {

namespace {

std::string tag_of(Call const& call, std::string_view body) {
    auto const digest = std::hash<std::string_view>{}(body);
    auto const text = hex({reinterpret_cast<char const*>(&digest), sizeof digest});
    return call.version.empty() ? text : call.version + "-" + text;
}

Pays pays(std::size_t bytes) { return bytes >= compressed_from ? Pays::yes : Pays::no; }

bool has_policy(std::string_view head) { return head.find("Content-Security-Policy") != head.npos; }

} // namespace

void Gateway::Impl::add_safe(std::string& head) const {
    head += "X-Content-Type-Options: nosniff\r\nReferrer-Policy: strict-origin-when-cross-origin\r\nCross-Origin-Resource-Policy: "
            "same-origin\r\n";
    if (options.hsts == GatewayOptions::Hsts::off) return;
    head += "Strict-Transport-Security: max-age=31536000";
    head += options.hsts == GatewayOptions::Hsts::with_subdomains ? "; includeSubDomains\r\n" : "\r\n";
}

net::Response Gateway::Impl::finish(Call& call, Result<Reply> result) {
    net::Response response;
    auto& head = response.head;
    head.reserve(640);
    if (!result) {
        write_problem(call, counted(call, result.error()), response);
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
    if (!has_policy(head)) head += api_policy;
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
    auto const ours = response.status >= 500 && error.code != Code::over_quota;
    if (error.detail.empty() && !ours) return;
    log::RequestScope const scope(call.request_id);
    log::write(ours ? log::Level::error : log::Level::info, "request.failed", {{"id", error.id}, {"why", error.detail}});
}

void Gateway::Impl::write_body(Call& call, Reply& reply, net::Response& response) {
    auto const says_itself = response.head.find("Cache-Control: ") != std::string::npos;
    if (reply.body.empty()) {
        if (!says_itself) response.add("Cache-Control", "no-store");
        return;
    }
    auto const type = reply.content_type;
    if (call.route->mutates()) { // what was done cannot be refused for its form any more: it is sent as it is
        if (!call.version.empty()) response.add("ETag", etag_of(tag_of(call, reply.body), Coding::identity));
        if (!says_itself) response.add("Cache-Control", call.version.empty() ? "no-store" : "private, no-cache");
        if (!type.empty()) response.add("Content-Type", type);
        response.body = std::move(reply.body);
        return;
    }
    auto const chosen = choose_representation(*call.request, tag_of(call, reply.body), pays(reply.body.size()));
    if (!chosen) {
        response.head.clear(); // what the handler said went with the reply
        response.add("Vary", "Accept-Encoding, Authorization");
        return write_problem(call, chosen.error(), response);
    }
    response.head += "Vary: Accept-Encoding, Authorization\r\n";
    response.add("ETag", chosen->etag);
    if (!says_itself) response.add("Cache-Control", call.viewer.signed_in() ? "private, no-cache" : "no-cache");
    if (chosen->known) {
        response.status = 304;
        return;
    }
    if (!type.empty()) response.add("Content-Type", type);
    if (chosen->coding != Coding::identity) response.add("Content-Encoding", name_of(chosen->coding));
    response.body = chosen->coding == Coding::identity ? std::move(reply.body) : encode(chosen->coding, reply.body);
}

net::Response Gateway::Impl::build_kept(Job& job) {
    auto& call = *job.call;
    auto versions = ResponseCache::versions(call.route->options.topics); // before the facts are read
    auto reply = handle(job);
    if (!reply) return finish(call, std::move(reply));
    auto const kept = std::make_shared<CachedReply>();
    kept->versions = std::move(versions);
    kept->tag = tag_of(call, reply->body);
    kept->type = reply->content_type;
    kept->head = "Cache-Control: no-cache\r\nVary: Accept-Encoding, Authorization\r\n" + call.head;
    add_safe(kept->head);
    if (!has_policy(kept->head)) kept->head += api_policy;
    kept->bodies[0] = std::make_shared<std::string const>(std::move(reply->body));
    cache.put(*job.cache_key, kept);
    return *from_kept(call, *kept, Encode::here);
}

std::optional<net::Response> Gateway::Impl::from_kept(Call& call, CachedReply& kept, Encode encode) {
    auto const chosen = choose_representation(*call.request, kept.tag, pays(kept.bodies[0]->size()));
    if (!chosen) return finish(call, chosen.error());
    std::shared_ptr<std::string const> body;
    if (!chosen->known) {
        std::unique_lock held(kept.making, std::defer_lock);
        if (encode == Encode::here) held.lock();
        else if (!held.try_lock()) return std::nullopt; // somebody makes one
        auto& made = kept.bodies[std::size_t(chosen->coding)];
        if (!made && encode == Encode::elsewhere) return std::nullopt;
        if (!made) made = std::make_shared<std::string const>(http::encode(chosen->coding, *kept.bodies[0]));
        body = made;
    }
    net::Response response;
    response.head.reserve(kept.head.size() + 160);
    response.head = kept.head;
    response.add("ETag", chosen->etag);
    response.head += "X-Request-Id: " + call.request_id + "\r\n";
    add_cors(call, response.head);
    if (draining) response.close = true;
    if (chosen->known) {
        response.status = 304;
        return response;
    }
    response.add("Content-Type", kept.type);
    if (chosen->coding != Coding::identity) response.add("Content-Encoding", name_of(chosen->coding));
    response.body = std::move(body);
    return response;
}

} // namespace mozi::http
