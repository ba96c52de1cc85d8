// Configuration: described structs per section; defaults < file < VIDEA_MOZI__SECTION__KEY < --set section.key=value.
// A key nobody knows, or a value out of bounds, is a start-up error that names the line and the nearest right one.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/json/describe.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mozi::config {

struct Other {}; // a table, a date, a list of such
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>, Other>;

struct Setting {
    Value value;
    std::string origin; // "/etc/videa-mozi.toml line 12", "the environment variable …", "--set …"
    bool from_text = false; // of environment and --set: text that is still to be understood
};

// Everything that was set, by "section.key".
class Source {
public:
    // Throws nothing: errors come back as sentences, one per problem.
    std::vector<std::string> read_file(std::filesystem::path const& file); // named in every origin as it is named here
    void read_environment(char const* const* environment); // VIDEA_MOZI__…
    std::vector<std::string> read_set(std::string_view assignment); // "server.port=3001"
    std::map<std::string, Setting, std::less<>>& settings() { return settings_; }

private:
    std::map<std::string, Setting, std::less<>> settings_;
};

// Takes a section's settings out of the source and into `out`; problems are sentences.
class Reader {
public:
    explicit Reader(Source& source) : source_(source) {}

    template <json::Described T>
    void section(std::string_view name, T& out) {
        sections_.push_back(std::string(name));
        json::for_each_field<T>([&](auto const& field) {
            auto const key = std::string(name) + "." + std::string(field.name);
            known_.push_back(key);
            auto const at = source_.settings().find(key);
            if (at == source_.settings().end()) return;
            take(at->second, out.*field.member, field.rules, key);
            source_.settings().erase(at);
        });
    }
    // What was set and belongs to no section. Call last.
    std::vector<std::string> finish();

private:
    void take(Setting const& s, bool& out, json::Rules const& rules, std::string const& key);
    void take(Setting const& s, std::string& out, json::Rules const& rules, std::string const& key);
    void take(Setting const& s, std::vector<std::string>& out, json::Rules const& rules, std::string const& key);
    void take(Setting const& s, std::vector<int>& out, json::Rules const& rules, std::string const& key); // false and [] are no entry
    void take_integer(Setting const& s, std::int64_t& out, json::Rules const& rules, std::string const& key);
    template <std::integral T>
    void take(Setting const& s, T& out, json::Rules const& rules, std::string const& key) {
        std::int64_t wide = out;
        take_integer(s, wide, rules, key);
        out = static_cast<T>(wide);
    }
    template <NamedEnum T>
    void take(Setting const& s, T& out, json::Rules const&, std::string const& key) {
        std::string text;
        auto const before = problems_.size();
        // What once was a flag is told the words, not that it lacks quotes.
        if (auto const* flag = std::get_if<bool>(&s.value)) text = *flag ? "true" : "false";
        else take(s, text, {.max = 100}, key);
        if (problems_.size() != before) return;
        std::vector<std::string_view> all;
        for (auto const& [value, name] : names(T{})) {
            all.push_back(name);
            if (text == name) out = value;
        }
        if (!from_text<T>(text)) wrong_choice(s, key, text, all);
    }
    void wrong_choice(Setting const& s, std::string const& key, std::string const& text, std::vector<std::string_view> const& all);
    void problem(Setting const& s, std::string const& key, std::string const& what);

    Source& source_;
    std::vector<std::string> known_, sections_, problems_;
};

std::string literal(bool value);
std::string literal(std::int64_t value);
std::string literal(std::string const& value);
std::string literal(std::vector<std::string> const& value);
std::string literal(std::vector<int> const& value);
inline std::string literal(int value) { return literal(std::int64_t(value)); }
inline std::string literal(std::uint64_t value) { return literal(std::int64_t(value)); }
inline std::string literal(std::uint16_t value) { return literal(std::int64_t(value)); }
template <NamedEnum T>
std::string literal(T value) {
    return literal(std::string(to_text(value)));
}

// Every key commented out with its default · every key with its value, secrets masked · likewise, secrets as they are.
enum class Style { example, values, secrets };
std::string commented(std::string_view help);
// Settings of these formats are shown masked unless somebody asks for them.
constexpr bool is_secret(json::Format format) { return format == json::Format::token || format == json::Format::password; }
// A secret with its shape: of an address all but the password, of anything else nothing; empty stays empty.
std::string masked(std::string const& secret);
// What somebody typed, for a sentence: of several lines or with control characters too, at most 80 characters.
std::string shown(std::string_view text);

// A section as TOML, each key with its explanation and bounds; `note`, of "section.key", stands behind the value.
template <json::Described T>
std::string print(std::string_view name, std::string_view help, T const& values, Style style,
    std::function<std::string(std::string const&)> const& note = {}) {
    std::string out = (style == Style::example ? commented(help) : std::string{}) + "[" + std::string(name) + "]\n";
    json::for_each_field<T>([&](auto const& field) {
        if (style == Style::example) {
            out += commented(field.rules.help);
            if constexpr (std::integral<typename std::remove_cvref_t<decltype(field)>::Type>)
                if (field.rules.max) out += "# " + std::to_string(field.rules.min) + " to " + std::to_string(field.rules.max) + ".\n";
            if constexpr (NamedEnum<typename std::remove_cvref_t<decltype(field)>::Type>) {
                out += "# One of";
                for (auto const& [value, text] : names(values.*field.member)) out += " \"" + std::string(text) + "\"";
                out += ".\n";
            }
            out += "#";
        }
        auto value = values.*field.member;
        if constexpr (std::is_same_v<decltype(value), std::string>)
            if (style == Style::values && is_secret(field.rules.format)) value = masked(value);
        out += std::string(field.name) + " = " + literal(value) +
               (note ? " # " + note(std::string(name) + "." + std::string(field.name)) : "") + "\n";
        if (style == Style::example) out += "\n";
    });
    return out;
}

} // namespace mozi::config
