// A walk over everything the OpenAPI document promises: who may, which fields, which bounds, which methods; never a 5xx.
#include "described.hpp"

using namespace mozi::test;
namespace bj = boost::json;

namespace {

// Each {part} replaced: ids by one that names nothing.
std::string filled(std::string path) {
    for (auto from = path.find('{'); from != path.npos; from = path.find('{')) path.replace(from, path.find('}') - from + 1, "1");
    return path;
}

// The house, its people, and the document, once for all cases: starting costs most.
struct Walk {
    Folder folder;
    Server server{folder.path / "data", {"limits.enabled=false"}};
    Person admin = first_admin(server), moderator = appoint(server, "moderator", "MODERATOR"), ada = join(server, "ada");
    Description described{server};
    std::vector<Operation> const& operations = described.operations;

    // A token that may do this, were it not for the rest of the request.
    std::string const& allowed(Operation const& operation) const {
        return operation.access == "admin" ? admin.access : operation.access == "moderator" ? moderator.access : ada.access;
    }
};

// What ends the session it is asked with is asked with one of its own.
bool ends_session(Operation const& operation) { return operation.id == "logout" || operation.id == "endOtherSessions"; }
// Uploads and video speak protocols of their own, with other refusals first.
bool own_protocol(Operation const& operation) {
    return operation.path.find("/uploads") != std::string::npos || operation.path.starts_with("/media/");
}

struct Probe {
    std::string value; // JSON
    bool good;
};

// Values around the bounds of a field: those that must be refused, and those on the bound that must not be.
std::vector<Probe> probes(Walk const& walk, bj::object const& schema) {
    std::vector<Probe> out;
    auto const kind = kind_of(schema);
    auto const quoted = [](std::int64_t length) { return "\"" + std::string(std::size_t(length), 'x') + "\""; };
    if (schema.contains("enum")) return {{"\"NO_SUCH_CHOICE\"", false}, {"1", false}, {bj::serialize(schema.at("enum").at(0)), true}};
    if (kind == "string") {
        out.push_back({"[]", false});
        auto const least = number(schema, "minLength", 0), most = number(schema, "maxLength", 0);
        auto const pattern = schema.contains("pattern") ? text(schema.at("pattern")) : "";
        auto const plain = !schema.contains("format") || schema.at("format") == "password";
        if (pattern.starts_with("^[1-9]"))
            return {
                {"\"0\"", false}, {"\"-1\"", false}, {"\"1x\"", false}, {"\"9223372036854775808\"", false}, {"1", false}, {"\"9\"", true}};
        if (!pattern.empty()) out.push_back({"\"no spaces here\"", false});
        if (most) out.push_back({quoted(most + 1), false});
        if (least) out.push_back({quoted(least - 1), false});
        if (plain && most > 3 && most <= 2000) out.push_back({quoted(most), true}); // two-letter codes and the like have rules of their own
        if (plain && least > 2) out.push_back({quoted(least), true});
        if (schema.contains("format") && !plain) out.push_back({"\"no such thing\"", false});
    } else if (kind == "integer" || kind == "number") {
        out.push_back({"\"x\"", false});
        if (schema.contains("minimum"))
            out.push_back({std::to_string(number(schema, "minimum", 0) - 1), false}),
                out.push_back({std::to_string(number(schema, "minimum", 0)), true});
        if (schema.contains("maximum"))
            out.push_back({std::to_string(number(schema, "maximum", 0) + 1), false}),
                out.push_back({std::to_string(number(schema, "maximum", 0)), true});
        if (kind == "integer") out.push_back({"1.5", false});
    } else if (kind == "boolean") {
        out = {{"\"true\"", false}, {"1", false}, {"true", true}};
    } else if (kind == "array") {
        out.push_back({"{}", false});
        auto const most = number(schema, "maxItems", 0);
        if (most && most <= 1000) {
            std::string items = "[";
            for (std::int64_t i = 0; i <= most; ++i) items += i ? ",\"x\"" : "\"x\"";
            out.push_back({items + "]", false});
        }
        for (auto const& item : probes(walk, walk.described.resolved(schema.at("items"))))
            if (!item.good) out.push_back({"[" + item.value + "]", false});
    } else if (kind == "object") {
        out = {{"[]", false}, {"\"x\"", false}};
    }
    return out;
}

// Words that show nothing, where the field takes words; passwords may consist of anything.
std::string nothing_visible(Walk const& walk, bj::object const& schema) {
    if (schema.contains("format") && schema.at("format") == "password") return {};
    if (kind_of(schema) == "string") return "\"\\u200b\\u3164 \\u2800\"";
    if (kind_of(schema) != "array") return {};
    auto const item = nothing_visible(walk, walk.described.resolved(schema.at("items")));
    return item.empty() ? item : "[" + item + "]";
}

// A probe as the text of a query: several values with commas.
std::string in_query(std::string const& json) {
    std::string text;
    auto const value = bj::parse(json);
    auto const add = [&](bj::value const& one) {
        text += (text.empty() ? "" : ",") + (one.is_string() ? std::string(one.as_string()) : bj::serialize(one));
    };
    if (auto const* list = value.if_array())
        for (auto const& one : *list) add(one);
    else add(value);
    return text;
}

// Whether the refusal names that place or one inside it.
bool names(Reply const& reply, std::string const& pointer) {
    auto const body = reply.json();
    auto const* errors = body.as_object().if_contains("errors");
    return errors && std::any_of(errors->as_array().begin(), errors->as_array().end(), [&](bj::value const& error) {
        return text(error.at("pointer")) == pointer || text(error.at("pointer")).starts_with(pointer + "/");
    });
}

// The same, for a value on the bound: only a complaint about the bound counts, the house may not know that person or cursor.
bool names_bound(Reply const& reply, std::string const& pointer) {
    if (reply.status != 400 && reply.status != 422) return false;
    auto const body = reply.json();
    for (auto const& error : body.at("errors").as_array())
        for (auto const id :
            {"field.too_long", "field.too_short", "field.empty", "field.range", "field.count", "field.choice", "field.type"})
            if (text(error.at("pointer")) == pointer && text(error.at("id")) == id) return true;
    return false;
}

} // namespace

// proves S32
TEST_CASE("the walk") {
    Walk const walk;
    auto const& server = walk.server;
    int requests = 0;
    auto const ask = [&](std::string const& method, std::string const& target, std::string const& token = {},
                         std::string const& body = {}) {
        auto const reply = server.ask(method, target, token, body);
        ++requests;
        CHECK_MESSAGE((reply.status > 0 && reply.status < 500),
            method << " " << target << " " << body.substr(0, 200) << " → " << reply.status << " " << reply.body);
        return reply;
    };

    // Who may: exactly those the document names.
    int extra = 0;
    for (auto const& operation : walk.operations) {
        CAPTURE(operation.id);
        auto const ranks =
            std::map<std::string, int>{{"anyone", 0}, {"reader", 0}, {"account", 1}, {"member", 1}, {"moderator", 2}, {"admin", 3}};
        REQUIRE(ranks.contains(operation.access));
        struct {
            char const* who;
            int rank;
            std::string token;
        } viewers[] = {
            {"visitor", 0, ""}, {"member", 1, walk.ada.access}, {"moderator", 2, walk.moderator.access}, {"admin", 3, walk.admin.access}};
        for (auto& viewer : viewers) {
            CAPTURE(viewer.who);
            if (ends_session(operation) && viewer.rank) {
                viewer.token = join(server, "extra" + std::to_string(++extra)).access;
                viewer.rank = 1;
            }
            auto const reply = ask(operation.method, filled(operation.path), viewer.token);
            auto const refused = reply.id() == "auth.required" ? 401 : reply.id() == "auth.role" ? 403 : 0;
            auto const expected = viewer.rank >= ranks.at(operation.access) ? 0 : viewer.rank == 0 ? 401 : 403;
            CHECK_MESSAGE(refused == expected, operation.method << " " << operation.path << " → " << reply.status << " " << reply.body);
            if (refused) CHECK(reply.status == refused);
        }
        if (operation.access != "anyone") CHECK(ask(operation.method, filled(operation.path), "not.a.token").status == 401);
    }

    // Which fields, which bounds.
    int fields = 0;
    for (auto const& operation : walk.operations) {
        if (!operation.body || operation.id == "setupFirstAdmin") continue; // that says nothing before its token is right
        CAPTURE(operation.id);
        auto const& token = walk.allowed(operation);
        auto const unknown = ask(operation.method, filled(operation.path), token, R"({"noSuchField":1})");
        CHECK(unknown.status == 422);
        CHECK(names(unknown, "/noSuchField"));
        CHECK(ask(operation.method, filled(operation.path), token, "{\"").status == 400);
        CHECK(ask(operation.method, filled(operation.path), token, "[]").status == 422);
        for (auto const& [name, schema] : operation.body->at("properties").as_object()) {
            if (auto const nothing = nothing_visible(walk, walk.described.resolved(schema)); !nothing.empty()) {
                auto const reply = ask(operation.method, filled(operation.path), token, "{\"" + std::string(name) + "\":" + nothing + "}");
                CHECK_MESSAGE((reply.status == 422 && names(reply, "/" + std::string(name))),
                    operation.id << " takes " << std::string(name) << " of nothing visible → " << reply.status << " " << reply.body);
            }
            auto const null = ask(operation.method, filled(operation.path), token, "{\"" + std::string(name) + "\":null}");
            CHECK_MESSAGE(((null.status == 422 && names(null, "/" + std::string(name))) != takes_null(schema)),
                operation.id << " " << std::string(name) << " = null → " << null.body);
            for (auto const& probe : probes(walk, walk.described.resolved(schema))) {
                auto const body = "{\"" + std::string(name) + "\":" + probe.value + "}";
                auto const reply = ask(operation.method, filled(operation.path), token, body);
                ++fields;
                if (probe.good)
                    CHECK_MESSAGE(
                        !names_bound(reply, "/" + std::string(name)), operation.id << " " << body.substr(0, 300) << " → " << reply.body);
                else
                    CHECK_MESSAGE((reply.status == 422 && names(reply, "/" + std::string(name))),
                        operation.id << " " << body.substr(0, 300) << " → " << reply.status << " " << reply.body);
            }
        }
        auto const* required = operation.body->if_contains("required");
        if (!required) continue;
        auto const empty = ask(operation.method, filled(operation.path), token, "{}");
        for (auto const& name : required->as_array())
            CHECK_MESSAGE(
                (empty.status == 422 && names(empty, "/" + text(name))), operation.id << " without " << text(name) << " → " << empty.body);
    }
    CHECK(fields > 150);

    // Which query keys, which bounds.
    for (auto const& operation : walk.operations) {
        CAPTURE(operation.id);
        auto const path = filled(operation.path);
        if (!own_protocol(operation) && operation.method == "GET") {
            auto const unknown = ask("GET", path + "?noSuchKey=1", walk.allowed(operation));
            CHECK_MESSAGE((unknown.status == 400 && names(unknown, "?noSuchKey")), operation.id << " → " << unknown.status << unknown.body);
        }
        if (!operation.parameters) continue;
        for (auto const& parameter : *operation.parameters) {
            if (!parameter.as_object().contains("in") || parameter.at("in") != "query") continue;
            auto const name = text(parameter.at("name"));
            for (auto const& probe : probes(walk, walk.described.resolved(parameter.at("schema")))) {
                auto const value = in_query(probe.value);
                if (probe.value == "[]" || probe.value == "{}" || probe.value == "\"\"" || probe.value == "[\"\"]" ||
                    probe.value == "[[]]" || (probe.value == "1" && !probe.good) || (probe.value == "\"true\"") ||
                    value.find(' ') != value.npos || value.size() > 2000)
                    continue; // text in a query anyway
                auto const reply = ask(operation.method, path + "?" + name + "=" + value, walk.allowed(operation));
                if (probe.good)
                    CHECK_MESSAGE(!names_bound(reply, "?" + name), operation.id << " " << name << "=" << value << " → " << reply.body);
                else
                    CHECK_MESSAGE((reply.status == 400 && names(reply, "?" + name)),
                        operation.id << " " << name << "=" << value << " → " << reply.status << " " << reply.body);
            }
        }
    }

    // Which condition: a malformed one is refused by those that say they look at it, and by no other.
    for (auto const& operation : walk.operations) {
        if (own_protocol(operation) || operation.method == "GET" || ends_session(operation)) continue;
        CAPTURE(operation.id);
        auto const declares = operation.parameters && bj::serialize(*operation.parameters).find("IfMatch\"") != std::string::npos;
        auto const reply = server.ask(operation.method, filled(operation.path), walk.allowed(operation), {}, {{"If-Match", "3"}});
        CHECK_MESSAGE((reply.id() == "request.if_match_malformed") == declares, reply.body);
        if (declares) CHECK(reply.status == 400);
    }

    // Which methods.
    for (auto const& [path, item] : walk.described.document.at("paths").as_object())
        for (auto const method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            auto lower = std::string(method);
            std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return char(std::tolower(c)); });
            if (item.as_object().contains(lower)) continue;
            auto const reply = ask(method, filled(path), walk.admin.access);
            CHECK_MESSAGE(reply.status == 405, method << " " << std::string(path) << " → " << reply.status);
            for (auto const& [known, operation] : item.as_object()) CHECK(reply.header("Allow").find(upper(known)) != std::string::npos);
        }
    CHECK(requests > 700);
    MESSAGE(requests << " requests");
}
