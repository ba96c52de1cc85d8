// What the OpenAPI document of a running server says, as tests walk over it.
#pragma once

#include "support.hpp"

#include <algorithm>

namespace mozi::test {

inline std::string text(boost::json::value const& value) { return std::string(value.as_string()); }

inline std::string kind_of(boost::json::object const& schema) {
    auto const* type = schema.if_contains("type");
    return !type ? "" : type->is_array() ? text(type->at(0)) : text(*type);
}

// Whether null is a value of it.
inline bool takes_null(boost::json::value const& schema) {
    auto const says = boost::json::serialize(schema);
    return says.find(R"(,"null"])") != says.npos || says.find(R"({"type":"null"})") != says.npos;
}

inline std::int64_t number(boost::json::object const& schema, std::string_view key, std::int64_t otherwise = 0) {
    auto const* value = schema.if_contains(key);
    return value ? value->as_int64() : otherwise;
}

inline std::string upper(std::string word) {
    std::ranges::transform(word, word.begin(), [](char c) { return char(std::toupper(c)); });
    return word;
}

struct Operation {
    std::string method, path, id, access;
    boost::json::object const* body = nullptr; // schema, where it is JSON
    boost::json::array const* parameters = nullptr;
};

class Description {
public:
    explicit Description(Server const& server) : document(server.get("/openapi.json").json()) {
        for (auto const& [path, item] : document.at("paths").as_object())
            for (auto const& [method, operation] : item.as_object()) {
                Operation made{upper(method), path, text(operation.at("operationId")), text(operation.at("x-access"))};
                if (auto const* body = operation.as_object().if_contains("requestBody"))
                    if (auto const* json = body->at("content").as_object().if_contains("application/json"))
                        made.body = &resolved(json->at("schema"));
                if (auto const* parameters = operation.as_object().if_contains("parameters")) made.parameters = &parameters->as_array();
                operations.push_back(std::move(made));
            }
        REQUIRE(operations.size() > 40);
    }
    Description(Description const&) = delete; // its operations point into it
    Description& operator=(Description const&) = delete;

    boost::json::object const& resolved(boost::json::value const& schema) const {
        if (auto const* ref = schema.as_object().if_contains("$ref"))
            return document.at("components").at("schemas").at(text(*ref).substr(21)).as_object();
        if (auto const* either = schema.as_object().if_contains("oneOf")) return resolved(either->at(0));
        return schema.as_object();
    }

    boost::json::value const document;
    std::vector<Operation> operations;
};

} // namespace mozi::test
