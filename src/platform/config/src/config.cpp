// Reading TOML, the environment and --set; writing TOML.
#include <mozi/config/config.hpp>

#include <mozi/base/text.hpp>

#include <toml++/toml.h>

#include <charconv>
#include <fstream>

namespace mozi::config {

namespace {

std::optional<std::string> scalar_text(toml::node const& node) {
    if (auto const text = node.value_exact<std::string>()) return text;
    if (auto const number = node.value_exact<std::int64_t>()) return std::to_string(*number);
    return std::nullopt;
}

// What a setting can be; Other: TOML knows it, no setting is one.
Value value_of(toml::node const& node) {
    if (auto const* array = node.as_array()) {
        std::vector<std::string> items;
        for (auto const& item : *array) {
            auto text = scalar_text(item);
            if (!text) return Other{};
            items.push_back(std::move(*text));
        }
        return items;
    }
    if (auto const flag = node.value_exact<bool>()) return *flag;
    if (auto const integer = node.value_exact<std::int64_t>()) return *integer;
    if (auto const real = node.value_exact<double>()) return *real;
    if (auto text = node.value_exact<std::string>()) return std::move(*text);
    return Other{};
}

// Error: why it cannot be read.
Result<std::string> text_of(std::filesystem::path const& file) {
    std::error_code failed;
    auto const state = std::filesystem::status(file, failed);
    auto const refuse = [&](std::string const& why) {
        return error(Code::invalid, "config", file.string() + " cannot be read as configuration: " + why);
    };
    if (failed) return refuse(failed.message() + ".");
    if (!std::filesystem::is_regular_file(state))
        return refuse(std::filesystem::is_directory(state) ? "it is a folder. Name the file in it." : "it is no regular file.");
    std::ifstream in(file, std::ios::binary);
    if (!in) return refuse(std::generic_category().message(errno) + ".");
    std::string out;
    for (char bytes[4096]; in.read(bytes, sizeof bytes) || in.gcount() > 0;) out.append(bytes, std::size_t(in.gcount()));
    if (in.bad()) return refuse("reading it fails.");
    return out;
}

// No setting's text has several lines, or what a terminal would obey.
std::string fault_of(std::string_view text, json::Rules const& rules) {
    if (!is_utf8(text)) return "is not UTF-8. Save the file as UTF-8, or write it anew.";
    if (has_control(text) || text.find_first_of("\t\r\n") != text.npos)
        return std::string("has a line end or a control character in it") +
               (is_secret(rules.format) ? std::string(". ") : ", as \"" + shown(text) + "\" shows. ") + "Take it out.";
    return {};
}

std::vector<std::string> list_of(std::string_view text) {
    text = trim(text);
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    std::vector<std::string> out;
    for (auto part : split(text, ',')) {
        part = trim(part);
        if (part.size() >= 2 && part.front() == '"' && part.back() == '"') part = part.substr(1, part.size() - 2);
        if (!part.empty()) out.emplace_back(part);
    }
    return out;
}

} // namespace

std::vector<std::string> Source::read_file(std::filesystem::path const& file) {
    std::vector<std::string> problems;
    auto const text = text_of(file);
    if (!text) return {text.error().message};
    try {
        auto const document = toml::parse(*text, file.string());
        for (auto const& [section, node] : document) {
            auto const* table = node.as_table();
            auto const at = shown(file.string()) + " line ";
            if (!table) {
                problems.push_back(at + std::to_string(node.source().begin.line) + ": \"" + shown(section.str()) +
                                   "\" stands outside a section; write it below one, such as [server].");
                continue;
            }
            for (auto const& [key, value] : *table) {
                auto const origin = at + std::to_string(key.source().begin.line);
                settings_[std::string(section.str()) + "." + std::string(key.str())] = {value_of(value), origin};
            }
        }
    } catch (toml::parse_error const& error) {
        problems.push_back(
            shown(file.string()) + " line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
    }
    return problems;
}

void Source::read_environment(char const* const* environment) {
    for (; environment && *environment; ++environment) {
        std::string_view entry(*environment);
        if (!entry.starts_with("VIDEA_MOZI__")) continue;
        auto const equals = entry.find('=');
        auto const name = entry.substr(0, equals);
        auto key = lower_ascii(name.substr(12));
        if (auto const gap = key.find("__"); gap != key.npos) key.replace(gap, 2, ".");
        settings_[key] = {std::string(entry.substr(equals + 1)), "the environment variable " + shown(name), true};
    }
}

std::vector<std::string> Source::read_set(std::string_view assignment) {
    auto const equals = assignment.find('=');
    if (equals == assignment.npos || assignment.substr(0, equals).find('.') == assignment.npos)
        return {"--set " + shown(assignment.substr(0, equals)) + ": write it as --set section.key=value."};
    auto const key = std::string(trim(assignment.substr(0, equals)));
    settings_[key] = {std::string(assignment.substr(equals + 1)), "--set " + shown(key), true};
    return {};
}

void Reader::problem(Setting const& s, std::string const& key, std::string const& what) {
    problems_.push_back(s.origin + ": " + key + " " + what);
}

void Reader::take(Setting const& s, bool& out, json::Rules const&, std::string const& key) {
    auto const* text = std::get_if<std::string>(&s.value);
    if (auto const* flag = std::get_if<bool>(&s.value)) out = *flag;
    else if (text && s.from_text && (*text == "true" || *text == "1")) out = true;
    else if (text && s.from_text && (*text == "false" || *text == "0")) out = false;
    else problem(s, key, "must be true or false.");
}

void Reader::take(Setting const& s, std::string& out, json::Rules const& rules, std::string const& key) {
    auto const* text = std::get_if<std::string>(&s.value);
    if (!text) return problem(s, key, "must be text in quotes.");
    if (auto const what = fault_of(*text, rules); !what.empty()) return problem(s, key, what);
    auto const length = std::int64_t(length_utf8(*text));
    if (length < rules.min || length > rules.max)
        return problem(s, key, "must have " + std::to_string(rules.min) + " to " + std::to_string(rules.max) + " characters.");
    out = *text;
}

void Reader::take(Setting const& s, std::vector<std::string>& out, json::Rules const& rules, std::string const& key) {
    auto const* text = std::get_if<std::string>(&s.value);
    std::vector<std::string> items;
    if (auto const* list = std::get_if<std::vector<std::string>>(&s.value)) items = *list;
    else if (text) items = list_of(*text);
    else return problem(s, key, "must be a list, such as [\"a\", \"b\"].");
    for (auto const& item : items) {
        if (auto const what = fault_of(item, rules); !what.empty()) return problem(s, key, what);
        if (rules.item_max > 0 && std::int64_t(length_utf8(item)) > rules.item_max)
            return problem(s, key, "has an entry of more than " + std::to_string(rules.item_max) + " characters.");
    }
    if (std::int64_t(items.size()) > rules.max) return problem(s, key, "may have at most " + std::to_string(rules.max) + " entries.");
    out = std::move(items);
}

void Reader::take(Setting const& s, std::vector<int>& out, json::Rules const& rules, std::string const& key) {
    auto const* flag = std::get_if<bool>(&s.value);
    auto const* text = std::get_if<std::string>(&s.value);
    if ((flag && *flag) || (text && *text == "true")) return; // the defaults
    if ((flag && !*flag) || (text && *text == "false")) return out.clear();
    auto const before = problems_.size();
    std::vector<std::string> items;
    take(s, items, rules, key);
    if (problems_.size() != before) return;
    std::vector<int> numbers;
    for (auto const& item : items) {
        int number = 0;
        auto const [end, failed] = std::from_chars(item.data(), item.data() + item.size(), number);
        if (failed != std::errc{} || end != item.data() + item.size() || number < 0 || number > rules.item_max)
            return problem(s, key, "must be a list of whole numbers up to " + std::to_string(rules.item_max) + ".");
        numbers.push_back(number);
    }
    out = std::move(numbers);
}

void Reader::take_integer(Setting const& s, std::int64_t& out, json::Rules const& rules, std::string const& key) {
    std::int64_t value = 0;
    if (auto const* integer = std::get_if<std::int64_t>(&s.value)) {
        value = *integer;
    } else {
        auto const* text = std::get_if<std::string>(&s.value);
        auto const [end, failed] = text ? std::from_chars(text->data(), text->data() + text->size(), value)
                                        : std::from_chars_result{nullptr, std::errc::invalid_argument};
        if (!text || !s.from_text || failed != std::errc{} || end != text->data() + text->size())
            return problem(s, key, "must be a whole number.");
    }
    if (value < rules.min || value > rules.max)
        return problem(s, key, "must be between " + std::to_string(rules.min) + " and " + std::to_string(rules.max) + ".");
    out = value;
}

void Reader::wrong_choice(Setting const& s, std::string const& key, std::string const& text, std::vector<std::string_view> const& all) {
    std::string choices;
    for (auto const choice : all) choices += (choices.empty() ? "\"" : ", \"") + std::string(choice) + "\"";
    problem(s, key, "cannot be \"" + shown(text) + "\"; it is one of " + choices + ".");
}

std::vector<std::string> Reader::finish() {
    for (auto const& [key, setting] : source_.settings()) {
        std::vector<std::string_view> candidates(known_.begin(), known_.end());
        auto near = nearest(key, candidates, 6);
        if (near.empty()) // the key may be right and stand in the wrong section
            for (auto const& known : known_)
                if (known.substr(known.find('.')) == key.substr(std::min(key.find('.'), key.size()))) near = known;
        problems_.push_back(
            setting.origin + ": there is no setting " + shown(key) + "." +
            (near.empty() ? " `videa-mozi config example` lists all of them." : " Did you mean " + std::string(near) + "?"));
    }
    return std::move(problems_);
}

std::string literal(bool value) { return value ? "true" : "false"; }
std::string literal(std::int64_t value) { return std::to_string(value); }
std::string literal(std::string const& value) {
    std::string out = "\"";
    for (char const c : value) {
        if (c == '"' || c == '\\') out += '\\';
        static_cast<unsigned char>(c) < ' ' || c == 127 ? out += "\\u00" + hex({&c, 1}) : out += c;
    }
    return out + "\"";
}
std::string literal(std::vector<std::string> const& value) {
    std::string out = "[";
    for (auto const& item : value) out += (out.size() > 1 ? ", " : "") + literal(item);
    return out + "]";
}
std::string literal(std::vector<int> const& value) {
    std::string out = "[";
    for (auto const item : value) out += (out.size() > 1 ? ", " : "") + std::to_string(item);
    return out + "]";
}

std::string masked(std::string const& secret) {
    if (secret.empty()) return {};
    auto const scheme = secret.find("://");
    if (scheme == secret.npos) return "***";
    // postgresql://user:password@host/database?password=…; what is not of that shape shows nothing.
    auto const rest = std::string_view(secret).substr(scheme + 3);
    auto const authority = rest.substr(0, rest.find_first_of("/?#"));
    auto const at = authority.rfind('@');
    auto out = secret.substr(0, scheme + 3);
    if (at == authority.npos && rest.find('@') != rest.npos) return out + "***";
    auto const user = at == authority.npos ? std::string_view{} : authority.substr(0, at);
    if (auto const colon = user.find(':'); colon != user.npos) out += std::string(user.substr(0, colon)) + ":***";
    else out += user;
    auto tail = std::string(rest.substr(user.size()));
    if (auto const query = tail.find('?'); query != tail.npos && lower_ascii(tail).find("password", query) != tail.npos)
        tail.replace(query + 1, tail.npos, "***");
    return out + tail;
}

std::string shown(std::string_view text) {
    std::string out;
    std::size_t characters = 0;
    auto const whole = is_utf8(text);
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80 || !whole)
            if (++characters > 80) return out + "…";
        if (byte < ' ' || byte == 127 || (!whole && byte > 127)) out += "\\x" + hex({&c, 1});
        else out += c;
    }
    // What is left are C1 controls, of two bytes each.
    for (std::size_t at = 0; whole && (at = out.find('\xC2', at)) != out.npos; ++at)
        if (auto const next = static_cast<unsigned char>(out[at + 1]); next < 0xA0) out.replace(at, 2, "\\x" + hex({&out[at + 1], 1}));
    return out;
}

std::string commented(std::string_view help) {
    std::string out, line = "#";
    for (auto const word : split(help, ' ')) {
        if (line.size() + word.size() > 98) {
            out += line + "\n";
            line = "#";
        }
        line += ' ';
        line += word;
    }
    return help.empty() ? "" : out + line + "\n";
}

} // namespace mozi::config
