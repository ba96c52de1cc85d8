// Writes /api-docs.
#include "docs_page.hpp"

#include <map>

namespace mozi::app {

namespace {

std::string escape(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '&') out += "&amp;";
        else if (c == '"') out += "&quot;";
        else out += c;
    }
    return out;
}

std::string_view who(http::Access access) {
    switch (access) {
    case http::Access::anyone: return "anyone";
    case http::Access::reader: return "readers";
    case http::Access::account: return "any signed-in account";
    case http::Access::member: return "active members";
    case http::Access::moderator: return "moderators";
    case http::Access::admin: return "administrators";
    }
    return "";
}

std::string entry(http::Route const& route, json::Components& components) {
    std::string out = "<details id=\"" + route.operation + "\"><summary><code>" + std::string(net::to_string(route.method)) + " " +
                      escape(route.path) + "</code> " + escape(route.summary) + "</summary><dl>";
    out += "<dt>Who</dt><dd>" + std::string(who(route.access)) + "</dd>";
    for (auto const& parameter : route.parameters(components))
        out += "<dt><code>" + escape(parameter.name) + "</code></dt><dd>" + (parameter.where == json::Where::path ? "path" : "query") +
               (parameter.required ? ", needed" : "") + ". " + escape(parameter.help) + " <code>" + escape(parameter.schema) +
               "</code></dd>";
    if (route.body_schema) {
        route.body_schema(components);
        out += "<dt>Body</dt><dd>JSON, see <a href=\"/openapi.json\">openapi.json</a>.</dd>";
    }
    if (!route.options.takes.empty()) out += "<dt>Body</dt><dd><code>" + escape(route.options.takes) + "</code></dd>";
    if (!route.also.empty()) out += "<dt>Also at</dt><dd><code>" + escape(route.also) + "</code></dd>";
    out += "<dt>Answers</dt><dd>" + std::to_string(route.success) + (route.mutates() ? ", or a problem document" : "") + "</dd>";
    if (!route.errors.empty()) {
        out += "<dt>Problems</dt><dd>";
        for (std::size_t i = 0; i < route.errors.size(); ++i) out += (i ? ", " : "") + ("<code>" + escape(route.errors[i]) + "</code>");
        out += "</dd>";
    }
    return out + "</dl></details>\n";
}

} // namespace

std::string docs_page(std::vector<http::Route> const& routes, std::string_view community) {
    std::map<std::string, std::string> modules;
    json::Components components;
    for (auto const& route : routes) modules[route.module] += entry(route, components);
    std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                      "content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"dark light\"><title>API of " +
                      escape(community) + "</title></head><body><h1>API of " + escape(community) +
                      "</h1><p>Sign in with <code>POST /api/auth/login</code> and send <code>Authorization: Bearer …</code>. Every address "
                      "also answers under <code>/api/v1</code>. A refusal is "
                      "<code>application/problem+json</code> with a stable <code>id</code>; a repeated <code>Idempotency-Key</code> gives "
                      "the first answer again. For programs: <a href=\"/openapi.json\">openapi.json</a>.</p>\n";
    for (auto const& [module, entries] : modules) out += "<h2>" + escape(module) + "</h2>\n" + entries;
    return out + "</body></html>\n";
}

} // namespace mozi::app
