// Writing: described structs straight into a string, no tree in between. Ids are strings, times ISO 8601.
#pragma once

#include <mozi/json/describe.hpp>

#include <charconv>
#include <map>

namespace mozi::json {

void write_string(std::string& out, std::string_view text);
void write_double(std::string& out, double number);

// A piece of JSON that is already written.
struct Raw {
    std::string text;
};

template <class T>
void write(std::string& out, T const& value) {
    if constexpr (is_optional<T>) {
        value ? write(out, *value) : void(out += "null");
    } else if constexpr (std::same_as<T, Raw>) {
        out += value.text;
    } else if constexpr (std::convertible_to<T const&, std::string_view>) {
        write_string(out, value);
    } else if constexpr (std::same_as<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::same_as<T, double>) {
        write_double(out, value);
    } else if constexpr (std::integral<T>) {
        char digits[24];
        out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    } else if constexpr (is_id<T>) {
        out += '"';
        write(out, value.value);
        out += '"';
    } else if constexpr (std::same_as<T, Time>) {
        out += '"';
        out += to_iso(value);
        out += '"';
    } else if constexpr (NamedEnum<T>) {
        write_string(out, to_text(value));
    } else if constexpr (is_vector<T>) {
        char separator = '[';
        for (auto const& item : value) {
            out += separator;
            write(out, item);
            separator = ',';
        }
        out += value.empty() ? "[]" : "]";
    } else {
        char separator = '{';
        for_each_field<T>([&](auto const& field) {
            out += separator;
            out += '"';
            out += field.name;
            out += "\":";
            write(out, value.*field.member);
            separator = ',';
        });
        out += separator == '{' ? "{}" : "}";
    }
}

template <class T>
std::string to_json(T const& value) {
    std::string out;
    write(out, value);
    return out;
}

} // namespace mozi::json
