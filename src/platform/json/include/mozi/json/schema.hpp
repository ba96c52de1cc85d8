// JSON Schema 2020-12 (as OpenAPI 3.1 uses it) from described structs.
#pragma once

#include <mozi/json/write.hpp>

#include <functional>
#include <map>

namespace mozi::json {

// Named component schemas met so far, by struct name.
using Components = std::map<std::string, std::string>;

std::string schema_of_text(Rules const& rules);
std::string schema_of_number(std::string_view type, Rules const& rules);
std::string schema_of_names(std::vector<std::string_view> const& names);
std::string nullable(std::string schema);

// "CreateMovie" of struct mozi::content::CreateMovie.
template <class T>
std::string type_name() {
    if constexpr (requires { T::schema_name(); }) return T::schema_name();
    std::string_view text = __PRETTY_FUNCTION__;
    auto from = text.find("T = ");
    text.remove_prefix(from + 4);
    text = text.substr(0, text.find_first_of(";]<"));
    auto const colon = text.rfind("::");
    return std::string(colon == text.npos ? text : text.substr(colon + 2));
}

template <class T>
std::string schema_of(Rules const& rules, Components& components);

template <Described T>
std::string object_schema(Components& components, Where where = Where::body, bool reading = true) {
    std::string properties, required;
    for_each_field<T>([&](auto const& field) {
        using Type = typename std::remove_cvref_t<decltype(field)>::Type;
        if (field.rules.where != where) return;
        if (!properties.empty()) properties += ',';
        write_string(properties, field.name);
        properties += ':';
        auto schema = schema_of<Type>(field.rules, components);
        if (!field.rules.help.empty() && schema.starts_with('{') && !schema.starts_with("{\"$ref\"")) {
            schema.pop_back();
            schema += ",\"description\":";
            write_string(schema, field.rules.help);
            schema += '}';
        }
        properties += schema;
        auto const always = reading ? !is_optional<Type> && !is_patch<Type> && field.rules.absent == Absent::refused : true;
        if (always) {
            if (!required.empty()) required += ',';
            write_string(required, field.name);
        }
    });
    std::string out = "{\"type\":\"object\",\"properties\":{" + properties + "}";
    if (!required.empty()) out += ",\"required\":[" + required + "]";
    if (reading) out += ",\"additionalProperties\":false";
    return out + "}";
}

template <class T>
std::string schema_of(Rules const& rules, Components& components) {
    if constexpr (is_patch<T>) {
        auto schema = schema_of<typename decltype(T::value)::value_type>(rules, components);
        return rules.null == Null::refused ? schema : nullable(std::move(schema));
    } else if constexpr (is_optional<T>) {
        auto schema = schema_of<typename T::value_type>(rules, components);
        return rules.null == Null::refused ? schema : nullable(std::move(schema));
    } else if constexpr (std::same_as<T, Raw>) {
        return "{}";
    } else if constexpr (std::convertible_to<T const&, std::string_view>) {
        return schema_of_text(rules);
    } else if constexpr (std::same_as<T, bool>) {
        return R"({"type":"boolean"})";
    } else if constexpr (std::same_as<T, double>) {
        return schema_of_number("number", rules);
    } else if constexpr (std::integral<T>) {
        return schema_of_number("integer", rules);
    } else if constexpr (is_id<T>) {
        return R"({"type":"string","pattern":"^[1-9][0-9]{0,18}$"})";
    } else if constexpr (std::same_as<T, Time>) {
        return R"({"type":"string","format":"date-time"})";
    } else if constexpr (NamedEnum<T>) {
        std::vector<std::string_view> all;
        for (auto const& [value, name] : names(T{})) all.push_back(name);
        return schema_of_names(all);
    } else if constexpr (is_vector<T>) {
        auto item = rules;
        item.min = std::integral<typename T::value_type> ? 1 : 0;
        item.max = rules.item_max;
        std::string out = "{\"type\":\"array\",\"items\":" + schema_of<typename T::value_type>(item, components);
        if (rules.max) out += ",\"maxItems\":" + std::to_string(rules.max);
        return out + "}";
    } else {
        auto const name = type_name<T>();
        if (!components.contains(name)) {
            components[name] = "{}"; // ends recursion
            components[name] = object_schema<T>(components, Where::body, false);
        }
        return "{\"$ref\":\"#/components/schemas/" + name + "\"}";
    }
}

} // namespace mozi::json
