// Strict parsing, field checks and writing.
#include <mozi/base/text.hpp>
#include <mozi/json/read.hpp>
#include <mozi/json/schema.hpp>
#include <mozi/json/write.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>
#include <cmath>
#include <set>

namespace mozi::json {

namespace bj = boost::json;

namespace {

// Builds the value and refuses what boost::json::parse lets pass: duplicate keys, NUL, numbers that do not fit.
class StrictHandler {
public:
    static constexpr std::size_t max_object_size = 10'000;
    static constexpr std::size_t max_array_size = 100'000;
    static constexpr std::size_t max_key_size = 256;
    static constexpr std::size_t max_string_size = 16 << 20; // a route's bound of the body is the narrower one

    bj::value_stack stack;
    std::string why;

    bool on_document_begin(bj::error_code&) {
        stack.reset();
        return true;
    }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_object_begin(bj::error_code&) {
        keys_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t n, bj::error_code&) {
        keys_.pop_back();
        stack.push_object(n);
        return true;
    }
    bool on_array_begin(bj::error_code&) { return true; }
    bool on_array_end(std::size_t n, bj::error_code&) {
        stack.push_array(n);
        return true;
    }
    bool on_key_part(bj::string_view s, std::size_t, bj::error_code&) {
        part_.append(s.data(), s.size());
        stack.push_chars(s);
        return true;
    }
    bool on_key(bj::string_view s, std::size_t, bj::error_code& ec) {
        part_.append(s.data(), s.size());
        stack.push_key(s);
        auto key = std::exchange(part_, {});
        if (key.find('\0') != key.npos) return stop("a NUL character", ec);
        if (!keys_.back().insert(key).second) return stop("the key \"" + key + "\" twice", ec);
        return true;
    }
    bool on_string_part(bj::string_view s, std::size_t, bj::error_code& ec) {
        stack.push_chars(s);
        return clean(s, ec);
    }
    bool on_string(bj::string_view s, std::size_t, bj::error_code& ec) {
        stack.push_string(s);
        return clean(s, ec);
    }
    bool on_number_part(bj::string_view s, bj::error_code&) {
        number_.append(s.data(), s.size());
        return true;
    }
    bool on_int64(std::int64_t i, bj::string_view, bj::error_code&) {
        number_.clear();
        stack.push_int64(i);
        return true;
    }
    bool on_uint64(std::uint64_t, bj::string_view, bj::error_code& ec) { return stop("a whole number larger than 2^63-1", ec); }
    bool on_double(double d, bj::string_view s, bj::error_code& ec) {
        number_.append(s.data(), s.size());
        auto const text = std::exchange(number_, {});
        if (!std::isfinite(d)) return stop("a number that is not finite", ec);
        if (text.find_first_of(".eE") == text.npos) return stop("a whole number larger than 2^63-1", ec);
        std::from_chars(text.data(), text.data() + text.size(), d); // Boost's own may be off by the last bit; too small stays as it was
        stack.push_double(d);
        return true;
    }
    bool on_bool(bool b, bj::error_code&) {
        stack.push_bool(b);
        return true;
    }
    bool on_null(bj::error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }

private:
    bool stop(std::string what, bj::error_code& ec) {
        why = std::move(what);
        ec = bj::error::syntax;
        return false;
    }
    bool clean(bj::string_view s, bj::error_code& ec) { return s.find('\0') == s.npos || stop("a NUL character", ec); }

    std::vector<std::set<std::string>> keys_;
    std::string part_, number_;
};

} // namespace

Result<bj::value> parse(std::string_view text) {
    auto const refuse = [](std::string sentence) { return Error{Code::bad_request, "request.json", std::move(sentence)}; };
    bj::parse_options options;
    options.max_depth = 32;
    bj::basic_parser<StrictHandler> parser(options);
    bj::error_code ec;
    auto const used = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && used < text.size() && trim(text.substr(used)).size() != 0) ec = bj::error::extra_data;
    if (ec) {
        auto const near = ", near byte " + std::to_string(used) + ".";
        if (text.starts_with("\xEF\xBB\xBF")) return refuse("JSON has no byte order mark: send this without the one it begins with" + near);
        if (!is_utf8(text)) return refuse("JSON is UTF-8, and this is not: send its text in UTF-8" + near);
        auto why = parser.handler().why; // well-formed, and beyond what is taken
        if (why.empty() && ec == bj::error::too_deep) why = "lists and objects more than 32 deep";
        if (why.empty()) return refuse("This is not JSON as RFC 8259 has it: " + ec.message() + near);
        return refuse("This JSON is not taken as it is: it has " + why + near);
    }
    return parser.handler().stack.release();
}

void Errors::add(std::string_view id, std::string message) {
    if (!full()) list_.push_back({pointer_.empty() ? "" : pointer_, std::string(id), std::move(message)});
}

Errors::Step::Step(Errors& errors, std::string_view segment) : errors_(errors), size_(errors.pointer_.size()) {
    errors.pointer_ += '/';
    for (char const c : segment) { // RFC 6901 §3
        if (c == '~') errors.pointer_ += "~0";
        else if (c == '/') errors.pointer_ += "~1";
        else errors.pointer_ += c;
    }
}

Errors::Step::~Step() { errors_.pointer_.resize(size_); }

namespace {

bool is_email(std::string_view text) {
    auto const at = text.find('@');
    if (at == text.npos || at == 0 || at > 64 || text.find('@', at + 1) != text.npos) return false;
    auto const domain = text.substr(at + 1);
    auto const dots = domain.find('.') != domain.npos && !domain.starts_with('.') && !domain.ends_with('.');
    if (domain.size() < 3 || !dots) return false;
    return text.find_first_of("\"(),:;<>[\\]") == text.npos && text.find("..") == text.npos && is_all_visible(text);
}

bool is_uri(std::string_view text) {
    if (text.find_first_of("\"<>\\^`{|}") != text.npos || !is_all_visible(text)) return false;
    if (text.starts_with('/')) return !text.starts_with("//");
    auto const rest = text.starts_with("https://") ? text.substr(8) : text.starts_with("http://") ? text.substr(7) : std::string_view{};
    return !rest.empty() && rest.front() != '/' && rest.front() != '?' && rest.front() != '#';
}

constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr char word_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr char token_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~+/=:";

void check_format(std::string const& text, Rules const& rules, Errors& errors) {
    auto const only = [&](char const* allowed) { return text.find_first_not_of(allowed) == text.npos; };
    switch (rules.format) {
    case Format::line:
    case Format::text:
        if (has_control(text)) errors.add("field.control_character", "Control characters cannot be kept.");
        break;
    case Format::email:
        if (!is_email(text)) errors.add("field.email", "An address like name@example.org.");
        break;
    case Format::username:
        if (!only(word_letters)) errors.add("field.username", "Letters, digits and _ only.");
        break;
    case Format::password:
        if (has_control(text) || text.find_first_of("\t\r\n") != text.npos || text.find("\xC2\x85") != text.npos)
            errors.add(
                "field.control_character", "Not every keyboard has a key for one of these: choose letters, digits, signs and spaces.");
        break;
    case Format::typed_password: break;
    case Format::uri:
        if (!text.empty() && !is_uri(text)) errors.add("field.uri", "An address starting with https://, http:// or / of this site.");
        break;
    case Format::date:
        if (!is_iso_date(text)) errors.add("field.date", "A date like 2024-03-14.");
        break;
    case Format::country:
    case Format::language:
        if (!only(letters)) errors.add("field.letters", "Two letters, as in ISO 3166 or ISO 639.");
        break;
    case Format::language_tag:
        if (!is_language_tag(text)) errors.add("field.language_tag", "A language like hu or en-GB, as RFC 5646 writes them.");
        break;
    case Format::token:
        if (!only(token_letters)) errors.add("field.token", "This is not a token.");
        break;
    }
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return std::uint8_t(c) < 0x80; });
}

// As it is kept, if it is.
void tidy(std::string& text, Format format) {
    if (format == Format::typed_password) return;
    if (format == Format::password) return void(text = prepare_password(text));
    text = std::string(trim_unicode(text));
    if (format == Format::line) text = one_line(text);
    if (format == Format::text) text = squeeze_lines(text);
    if (format == Format::email || format == Format::username) text = narrow(text);
    if (!is_ascii(text)) text = normalise(text);
}

} // namespace

void check_text(std::string& text, Rules const& rules, Errors& errors) {
    if (errors.words() == Words::kept) return; // the parser has seen to UTF-8
    if (!is_utf8(text)) return errors.add("field.utf8", "The text is not valid UTF-8.");
    auto const prose = rules.format == Format::line || rules.format == Format::text;
    auto const blank = prose && is_white_space(text);
    tidy(text, rules.format);
    // A search that shows nothing finds nothing or everything, and harms nobody.
    auto const searches = rules.where == Where::query && rules.min == 0;
    if (prose && !blank && !searches && !is_visible(text))
        return errors.add("field.invisible", "Nobody can see anything of this: write something that shows.");
    auto const length = std::int64_t(length_utf8(text));
    if (length == 0 && rules.min > 0) return errors.add("field.empty", "This may not be empty.");
    if (length < rules.min) return errors.add("field.too_short", "At least " + std::to_string(rules.min) + " characters.");
    if (length > rules.max)
        return errors.add(
            "field.too_long", "At most " + std::to_string(rules.max) + " characters; these are " + std::to_string(length) + ".");
    check_format(text, rules, errors);
}

void read_text_value(bj::value const& value, std::string& out, Rules const& rules, Errors& errors) {
    auto const* text = value.if_string();
    if (!text) return errors.add("field.type", "Text is expected here.");
    out.assign(text->data(), text->size());
    check_text(out, rules, errors);
}

namespace {

void out_of_range(Rules const& rules, Errors& errors) {
    auto const least = std::to_string(rules.min);
    errors.add("field.range", rules.max ? "Between " + least + " and " + std::to_string(rules.max) + "." : "At least " + least + ".");
}

} // namespace

bool read_int(bj::value const& value, std::int64_t& out, Rules const& rules, Errors& errors) {
    if (auto const* number = value.if_int64()) {
        out = *number;
    } else if (auto const* real = value.if_double(); real && std::trunc(*real) == *real && std::abs(*real) < 9e15) {
        out = std::int64_t(*real);
    } else {
        errors.add("field.type", "A whole number is expected here.");
        return false;
    }
    if (errors.words() == Words::new_ones && (out < rules.min || (rules.max != 0 && out > rules.max))) {
        out_of_range(rules, errors);
        return false;
    }
    return true;
}

bool int_from_text(std::string_view text, std::int64_t& out, Rules const& rules, Errors& errors) {
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc{} || end != text.data() + text.size() || text.empty()) {
        errors.add("field.type", "A whole number is expected here.");
        return false;
    }
    return read_int(bj::value(out), out, rules, errors);
}

bool read_double(bj::value const& value, double& out, Rules const& rules, Errors& errors) {
    if (!value.is_number()) {
        errors.add("field.type", "A number is expected here.");
        return false;
    }
    out = value.to_number<double>();
    if (errors.words() == Words::new_ones && (out < double(rules.min) || (rules.max != 0 && out > double(rules.max)))) {
        out_of_range(rules, errors);
        return false;
    }
    return true;
}

bool read_bool(bj::value const& value, bool& out, Errors& errors) {
    auto const* flag = value.if_bool();
    if (!flag) {
        errors.add("field.type", "Either true or false.");
        return false;
    }
    out = *flag;
    return true;
}

bool read_id(bj::value const& value, std::int64_t& out, Errors& errors) {
    auto const* text = value.if_string();
    auto const id = text ? parse_id({text->data(), text->size()}) : std::nullopt;
    if (!id) {
        errors.add("field.id", "An id is a positive whole number, written as text.");
        return false;
    }
    out = *id;
    return true;
}

bool read_time(bj::value const& value, Time& out, Errors& errors) {
    auto const* text = value.if_string();
    auto const time = text ? from_iso({text->data(), text->size()}) : std::nullopt;
    if (!time) {
        errors.add("field.time", "A time like 2024-03-14T18:30:00Z.");
        return false;
    }
    out = *time;
    return true;
}

void wrong_name(std::string_view given, std::vector<std::string_view> known, Errors& errors) {
    std::string message = "One of ";
    for (std::size_t i = 0; i < known.size(); ++i) message += (i ? ", " : "") + std::string(known[i]);
    message += ".";
    if (auto const near = nearest(given, known); !near.empty()) message += " Did you mean " + std::string(near) + "?";
    errors.add("field.choice", std::move(message));
}

void wrong_count(std::size_t count, Rules const& rules, Errors& errors) {
    errors.add("field.count", "Between " + std::to_string(rules.min) + " and " + std::to_string(rules.max) + " entries; these are " +
                                  std::to_string(count) + ".");
}

void required(Errors& errors) { errors.add("field.required", "This is needed."); }
void not_an_object(Errors& errors) { errors.add("field.type", "An object is expected here."); }

void unknown_key(std::string_view key, std::vector<std::string_view> known, Errors& errors) {
    Errors::Step const step(errors, key);
    auto const near = nearest(key, known);
    errors.add(
        "field.unknown", near.empty() ? "There is no such field." : "There is no such field. Did you mean " + std::string(near) + "?");
}

void write_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = std::uint8_t(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text.substr(from, i - from));
        from = i + 1;
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            out += "\\u00";
            out += "0123456789abcdef"[c >> 4];
            out += "0123456789abcdef"[c & 15];
        }
    }
    out.append(text.substr(from));
    out += '"';
}

void write_double(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::string schema_of_text(Rules const& rules) {
    std::string out = R"({"type":"string")";
    if (rules.min) out += ",\"minLength\":" + std::to_string(rules.min);
    if (rules.max) out += ",\"maxLength\":" + std::to_string(rules.max);
    switch (rules.format) {
    case Format::email: out += R"(,"format":"email")"; break;
    case Format::date: out += R"(,"format":"date")"; break;
    case Format::uri: out += R"(,"format":"uri-reference")"; break;
    case Format::username: out += R"(,"pattern":"^[A-Za-z0-9_]+$")"; break;
    case Format::password:
    case Format::typed_password: out += R"(,"format":"password")"; break;
    default: break;
    }
    return out + "}";
}

std::string schema_of_number(std::string_view type, Rules const& rules) {
    std::string out = "{\"type\":\"" + std::string(type) + "\"";
    if (rules.min || rules.max) out += ",\"minimum\":" + std::to_string(rules.min);
    if (rules.max) out += ",\"maximum\":" + std::to_string(rules.max);
    return out + "}";
}

std::string schema_of_names(std::vector<std::string_view> const& names) {
    std::string out = R"({"type":"string","enum":[)";
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i) out += ',';
        write_string(out, names[i]);
    }
    return out + "]}";
}

std::string nullable(std::string schema) {
    if (schema.starts_with(R"({"type":")") && schema.find("\"enum\"") == schema.npos) {
        auto const end = schema.find('"', 9);
        return "{\"type\":[" + schema.substr(8, end - 7) + ",\"null\"]" + schema.substr(end + 1);
    }
    return "{\"oneOf\":[" + schema + ",{\"type\":\"null\"}]}";
}

} // namespace mozi::json
