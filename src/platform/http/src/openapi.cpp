// Writes the OpenAPI document, indented so that a diff of it can be read.
#include "openapi.hpp"

#include <mozi/base/text.hpp>

#include <boost/json.hpp>

#include <map>

namespace mozi::http {

namespace {

// Refusals of the edge, of access, of reading requests and of storage; what else a route answers, it declares.
std::vector<std::string> const any_route_answers{"auth.required", "auth.role", "auth.scheme", "auth.token", "account.suspended",
    "account.unverified", "request.accept_encoding", "request.address", "request.coding", "request.expectation_failed", "request.failed",
    "request.fields", "request.head_too_large", "request.host_invalid", "request.host_missing", "request.idempotency_key",
    "request.idempotency_lost", "request.idempotency_reuse", "request.in_progress", "request.json", "request.malformed", "request.method",
    "request.path", "request.query", "request.rate", "request.target_too_long", "request.timeout", "request.too_large",
    "request.too_many_headers", "request.type", "request.version_unsupported", "server.busy", "server.internal", "server.maintenance",
    "server.stopping", "storage.busy", "storage.exists", "storage.full", "storage.gone", "storage.too_slow", "storage.unknown", "internal"};

// A media type and what it carries: JSON by its schema, text as text, of other bytes the type alone says it all.
std::string content_of(std::string_view type, std::string const& schema) {
    std::string out;
    json::write_string(out, type.substr(0, type.find(';')));
    if (!schema.empty()) return out + ":{\"schema\":" + schema + "}";
    if (type.starts_with("text/")) return out + R"(:{"schema":{"type":"string"}})";
    return out + (type == "application/json" ? R"(:{"schema":{"type":"object"}})" : ":{}");
}

// From the request's body to the end of the successful response's description.
std::string bodies_of(Route const& route, json::Components& components) {
    std::string out;
    if (route.body_schema)
        out += ",\"requestBody\":{\"required\":true,\"content\":{" + content_of("application/json", route.body_schema(components)) + "}}";
    else if (!route.options.takes.empty())
        out += ",\"requestBody\":{\"required\":" + std::string(route.method == Method::patch ? "true" : "false") + ",\"content\":{" +
               content_of(route.options.takes, "") + "}}";
    out += ",\"responses\":{\"" + std::to_string(route.success) + "\":{\"description\":\"Done\"";
    std::string contents = route.reply_schema ? content_of("application/json", route.reply_schema(components)) : "";
    for (auto const& type : route.options.replies_with) contents += (contents.empty() ? "" : ",") + content_of(type, "");
    return contents.empty() ? out : out + ",\"content\":{" + contents + "}";
}

std::string operation_of(Route const& route, json::Components& components) {
    std::string out = "{\"operationId\":";
    json::write_string(out, route.operation);
    out += ",\"summary\":";
    json::write_string(out, route.summary);
    out += ",\"tags\":[";
    json::write_string(out, route.module);
    out += "],\"x-access\":";
    json::write_string(out, to_text(route.access));
    if (route.access == Access::anyone) out += ",\"security\":[]";
    else if (route.access == Access::reader) out += ",\"security\":[{},{\"bearer\":[]}]";
    std::string parameters;
    auto const add = [&](std::string text) { parameters += (parameters.empty() ? "" : ",") + std::move(text); };
    for (auto const& parameter : route.parameters(components)) {
        std::string text = "{\"name\":";
        json::write_string(text, parameter.name);
        text += ",\"in\":\"" + std::string(parameter.where == json::Where::path ? "path" : "query") +
                "\",\"required\":" + (parameter.required ? "true" : "false") + ",\"schema\":" + parameter.schema;
        if (parameter.schema.starts_with(R"({"type":"array")")) text += R"(,"style":"form","explode":false)";
        if (!parameter.help.empty()) {
            text += ",\"description\":";
            json::write_string(text, parameter.help);
        }
        add(text + "}");
    }
    if (route.method == Method::post && route.lane != Lane::work && route.options.repeats)
        add(R"({"$ref":"#/components/parameters/IdempotencyKey"})");
    if (route.conditional) add(R"({"$ref":"#/components/parameters/IfMatch"})");
    if (!parameters.empty()) out += ",\"parameters\":[" + parameters + "]";
    if (!route.also.empty()) {
        out += ",\"description\":";
        json::write_string(out, "Also answers at " + route.also + ".");
        out += ",\"x-also\":";
        json::write_string(out, route.also);
    }
    out += bodies_of(route, components);
    out += "},\"default\":{\"$ref\":\"#/components/responses/Problem\"}}";
    if (!route.errors.empty()) {
        out += ",\"x-errors\":[";
        for (std::size_t i = 0; i < route.errors.size(); ++i) {
            if (i) out += ',';
            json::write_string(out, route.errors[i]);
        }
        out += ']';
    }
    return out + "}";
}

void indent(std::string& out, boost::json::value const& value, std::size_t depth) {
    auto const line = [&](std::size_t at) {
        out += '\n';
        out.append(at * 2, ' ');
    };
    if (auto const* object = value.if_object(); object && !object->empty()) {
        out += '{';
        bool first = true;
        for (auto const& [key, member] : *object) {
            if (!std::exchange(first, false)) out += ',';
            line(depth + 1);
            json::write_string(out, key);
            out += ": ";
            indent(out, member, depth + 1);
        }
        line(depth);
        out += '}';
    } else if (auto const* array = value.if_array();
        array && !array->empty() && (array->front().is_object() || array->front().is_array())) {
        out += '[';
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (i) out += ',';
            line(depth + 1);
            indent(out, (*array)[i], depth + 1);
        }
        line(depth);
        out += ']';
    } else {
        out += boost::json::serialize(value);
    }
}

} // namespace

std::string openapi_document(std::vector<Route> const& routes) {
    json::Components components;
    std::map<std::string, std::string> paths;
    for (auto const& route : routes) {
        auto& text = paths[route.path];
        text += text.empty() ? "\"" : ",\"";
        text += lower_ascii(net::to_string(route.method));
        text += "\":" + operation_of(route, components);
    }
    std::string out =
        R"({"openapi":"3.1.0","info":{"title":"VideaMozi","version":"0.1.0","description":"Accounts, catalogue, social life, moderation and video of a self-hosted film community. Every address also answers under /api/v1. Errors are RFC 9457 problem documents with a stable `id`: of any operation those in `x-errors` here, of each its own besides.","license":{"name":"MIT","identifier":"MIT"}},"servers":[{"url":"/"}],"security":[{"bearer":[]}],"x-errors":)" +
        json::to_json(any_route_answers) + R"(,"paths":{)";
    bool first = true;
    for (auto const& [path, operations] : paths) {
        if (!std::exchange(first, false)) out += ',';
        json::write_string(out, path);
        out += ":{" + operations + "}";
    }
    out += R"(},"components":{"securitySchemes":{"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}},"parameters":{)"
           R"("IdempotencyKey":{"name":"Idempotency-Key","in":"header","required":false,)"
           R"("description":"Repeating a request with the same key gives the first answer again, also after a crash.","schema":{)"
           R"("type":"string","minLength":1,"maxLength":200}},"IfMatch":{"name":"If-Match","in":"header","required":false,)"
           R"("description":"ETag of the version the change is based on, in quotes as it was given; 412 when it is stale,)"
           R"( 400 when it is no tag.","schema":{"type":"string"}}},"responses":{"Problem":{"description":"A refusal: what happened,)"
           R"( what is kept, what next.","content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}},)"
           R"("schemas":{"Problem":{"type":"object","properties":{"type":{"type":"string"},"title":{"type":"string"},"status":{)"
           R"("type":"integer"},"detail":{"type":"string"},"id":{"type":"string"},"errors":{"type":"array","items":{"type":"object",)"
           R"("properties":{"pointer":{"type":"string"},"id":{"type":"string"},"message":{"type":"string"}},"required":["pointer",)"
           R"("id","message"]}},"requestId":{"type":"string"},"reason":{"type":"string"},"next":{"type":"string"}},)"
           R"("required":["type","title","status","detail","id","errors","requestId"]})";
    for (auto const& [name, schema] : components) {
        out += ',';
        json::write_string(out, name);
        out += ':' + schema;
    }
    out += "}}}";
    std::string pretty;
    indent(pretty, boost::json::parse(out), 0);
    return pretty + "\n";
}

} // namespace mozi::http
