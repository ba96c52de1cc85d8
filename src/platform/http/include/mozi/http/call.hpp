// One request on its way through a handler, and what the handler adds to the reply.
#pragma once

#include <mozi/http/access.hpp>
#include <mozi/net/server.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mozi::http {

struct Route;
struct GatewayOptions;

class Call {
public:
    net::Request const* request = nullptr;
    Route const* route = nullptr;
    GatewayOptions const* options = nullptr;
    Viewer viewer;
    std::string request_id;
    std::string client; // address of who asks, behind trusted proxies too
    std::string allow; // methods of the address, where OPTIONS asks for them or another method was tried
    std::vector<std::pair<std::string_view, std::string>> path_values; // decoded; names are the route's
    std::shared_ptr<net::BodySink> sink; // of a route that streams its body
    std::shared_ptr<void> input; // likewise: read before the body

    bool head_only = false; // a POST that stands for a HEAD
    bool slow = false; // what it reads grows with what is kept: it goes to the lane of such reads, and is cut after 200 ms of work

    // What the handler decides. Status 0: the route's success status.
    int status = 0;
    std::string head; // further "Name: value\r\n" lines
    std::string version; // entity version for ETag and If-Match, empty: from the body
    std::string proven; // a token of ours that came in the body, by its seal: a refusal counts for it alone, for nobody guessed it
    std::string limit_head; // RateLimit lines, the gateway's

    void header(std::string_view name, std::string_view value);
    void location(std::string_view path) { header("Location", path); }
    std::string_view find(std::string_view name) const; // request header, empty when absent

    Asking asking() const { return viewer.asking(); }
    // Whether the client is the web interface, which keeps its refresh token in a cookie.
    bool from_web() const { return find("x-videa-client") == "web"; }
    std::string_view cookie(std::string_view name) const;
    // The name of that cookie: `__Host-` binds it to this host, but browsers want TLS for it.
    std::string_view refresh_cookie() const { return over_tls() ? "__Host-videa_refresh" : "videa_refresh"; }
    // The browser says this request comes from a page of ours. Only together with from_web().
    bool same_origin() const;
    // The browser speaks TLS, to this server or to a proxy in front of it.
    bool over_tls() const;
};

// A list that may be sent in several lines is one list; nothing where there is none.
std::optional<std::string> list_of(net::Request const& request, std::string_view name);

// What If-Match asks of the version (RFC 9110 section 13.1.1): nothing where it is absent, else "request.if_match"
// (precondition_failed). Error where it is no list of tags: "request.if_match_malformed". A handler gets it as its last argument, and
// the document says so of those alone that do.
Result<Precondition> if_match_of(net::Request const& request);

// If-None-Match's list names this tag, compared weakly (RFC 9110 section 13.1.2).
bool names_etag(std::string_view header, std::string_view etag);

} // namespace mozi::http
