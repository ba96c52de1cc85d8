// Reading: strict JSON (RFC 8259, no duplicate keys, no NUL, finite numbers) into described structs, with all errors at once.
#pragma once

#include <mozi/base/result.hpp>
#include <mozi/base/text.hpp>
#include <mozi/json/describe.hpp>

#include <boost/json/value.hpp>

namespace mozi::json {

// Parses a whole document. Errors: "request.json" (bad_request) naming what and where. Depth at most 32.
Result<boost::json::value> parse(std::string_view text);

// Whose words are read: a person's are tidied and judged by their rules, those that were kept stay as they are.
enum class Words : std::uint8_t { new_ones, kept };

// Collects field errors; the pointer of the place being read is kept here.
class Errors {
public:
    explicit Errors(Words words = Words::new_ones) : words_(words) {}
    Words words() const { return words_; }
    void add(std::string_view id, std::string message);
    bool empty() const { return list_.empty(); }
    std::vector<FieldError> take() { return std::move(list_); }
    bool full() const { return list_.size() >= 50; }

    // Appends a segment for the lifetime of the guard.
    class Step {
    public:
        Step(Errors& errors, std::string_view segment);
        ~Step();
        Step(Step const&) = delete;
        Step& operator=(Step const&) = delete;

    private:
        Errors& errors_;
        std::size_t size_;
    };

private:
    Words words_;
    std::string pointer_;
    std::vector<FieldError> list_;
};

// Pieces without templates.
void check_text(std::string& text, Rules const& rules, Errors& errors); // tidies as its format says, then checks
void read_text_value(boost::json::value const& value, std::string& out, Rules const& rules, Errors& errors);
bool read_int(boost::json::value const& value, std::int64_t& out, Rules const& rules, Errors& errors);
bool read_double(boost::json::value const& value, double& out, Rules const& rules, Errors& errors);
bool read_bool(boost::json::value const& value, bool& out, Errors& errors);
bool read_id(boost::json::value const& value, std::int64_t& out, Errors& errors);
bool read_time(boost::json::value const& value, Time& out, Errors& errors);
void wrong_name(std::string_view given, std::vector<std::string_view> known, Errors& errors);
void wrong_count(std::size_t count, Rules const& rules, Errors& errors);
bool int_from_text(std::string_view text, std::int64_t& out, Rules const& rules, Errors& errors);

template <Described T>
void read_object(boost::json::value const& value, T& out, Errors& errors, Where where = Where::body);

// The rules of one value among several.
constexpr Rules item_rules(Rules const& rules) {
    auto item = rules;
    item.min = 1;
    item.max = rules.item_max;
    return item;
}

template <class T>
void read_value(boost::json::value const& value, T& out, Rules const& rules, Errors& errors) {
    if constexpr (is_patch<T>) {
        out.sent = true;
        if (value.is_null() && rules.null == Null::refused) return errors.add("field.null", "This cannot be empty.");
        if (!value.is_null()) read_value(value, out.value.emplace(), rules, errors);
    } else if constexpr (is_optional<T>) {
        if (value.is_null() && rules.null == Null::refused) return errors.add("field.null", "This cannot be empty.");
        if (!value.is_null()) read_value(value, out.emplace(), rules, errors);
    } else if constexpr (std::same_as<T, std::string>) {
        read_text_value(value, out, rules, errors);
    } else if constexpr (std::same_as<T, bool>) {
        read_bool(value, out, errors);
    } else if constexpr (std::same_as<T, Time>) {
        read_time(value, out, errors);
    } else if constexpr (std::same_as<T, double>) {
        read_double(value, out, rules, errors);
    } else if constexpr (std::integral<T>) {
        std::int64_t wide = 0;
        if (read_int(value, wide, rules, errors)) out = static_cast<T>(wide);
    } else if constexpr (is_id<T>) {
        read_id(value, out.value, errors);
    } else if constexpr (NamedEnum<T>) {
        auto const* text = value.if_string();
        if (!text) return errors.add("field.type", "Text is expected here.");
        enum_from(std::string_view(*text).substr(0, 64), out, errors);
    } else if constexpr (is_vector<T>) {
        auto const* array = value.if_array();
        if (!array) return errors.add("field.type", "A list is expected here.");
        auto const count = std::int64_t(array->size());
        if (errors.words() == Words::new_ones && (count > rules.max || count < rules.min)) return wrong_count(array->size(), rules, errors);
        for (std::size_t i = 0; i < array->size() && !errors.full(); ++i) {
            Errors::Step const step(errors, std::to_string(i));
            read_value((*array)[i], out.emplace_back(), item_rules(rules), errors);
        }
    } else {
        read_object(value, out, errors);
    }
}

template <NamedEnum T>
void enum_from(std::string_view text, T& out, Errors& errors) {
    if (auto const known = from_text<T>(text)) {
        out = *known;
        return;
    }
    std::vector<std::string_view> all;
    for (auto const& [value, name] : names(T{})) all.push_back(name);
    wrong_name(text, std::move(all), errors);
}

// A value written as text in a path or query.
template <class T>
void read_text(std::string_view text, T& out, Rules const& rules, Errors& errors) {
    if constexpr (is_text_list<T>) {
        if (text.empty()) return;
        auto const pieces = split(text, ',');
        if (std::int64_t(pieces.size()) > rules.max) return wrong_count(pieces.size(), rules, errors);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            Errors::Step const step(errors, std::to_string(i));
            read_text(pieces[i], out.emplace_back(), item_rules(rules), errors);
        }
    } else if constexpr (is_optional<T>) {
        read_text(text, out.emplace(), rules, errors);
    } else if constexpr (std::same_as<T, std::string>) {
        out = text;
        check_text(out, rules, errors);
    } else if constexpr (std::same_as<T, bool>) {
        if (text != "true" && text != "false") return errors.add("field.type", "Either true or false.");
        out = text == "true";
    } else if constexpr (std::integral<T>) {
        std::int64_t wide = 0;
        if (int_from_text(text, wide, rules, errors)) out = static_cast<T>(wide);
    } else if constexpr (is_id<T>) {
        auto const id = parse_id(text);
        if (!id) return errors.add("field.id", "An id is a positive whole number.");
        out.value = *id;
    } else if constexpr (NamedEnum<T>) {
        enum_from(text, out, errors);
    } else {
        static_assert(is_optional<T>, "this type cannot stand in a path or query");
    }
}

void required(Errors& errors);
void unknown_key(std::string_view key, std::vector<std::string_view> known, Errors& errors);
void not_an_object(Errors& errors);

template <Described T>
void read_object(boost::json::value const& value, T& out, Errors& errors, Where where) {
    auto const* object = value.if_object();
    if (!object) return not_an_object(errors);
    std::vector<std::string_view> known;
    for_each_field<T>([&](auto const& field) {
        if (field.rules.where != where) return;
        using Type = typename std::remove_cvref_t<decltype(field)>::Type;
        known.push_back(field.name);
        auto const* found = object->if_contains(field.name);
        Errors::Step const step(errors, field.name);
        if (found) read_value(*found, out.*field.member, field.rules, errors);
        else if (!is_optional<Type> && !is_patch<Type> && field.rules.absent == Absent::refused) required(errors);
    });
    if (errors.words() == Words::kept) return; // a later version may have known more
    for (auto const& entry : *object)
        if (std::find(known.begin(), known.end(), std::string_view(entry.key())) == known.end() && !errors.full())
            unknown_key(entry.key(), known, errors);
}

template <Described T>
Result<T> from_value(boost::json::value const& document, Words words) {
    T out{};
    Errors errors(words);
    read_object(document, out, errors);
    if (!errors.empty()) return invalid(errors.take());
    return out;
}

// A document of ours into a struct: parse, then read. Words that were taken once are not judged again: what may be said has changed
// since some of them were, and every event stays readable.
template <Described T>
Result<T> from_json(std::string_view text, Words words = Words::kept) {
    MOZI_TRY(auto document, parse(text));
    return from_value<T>(document, words);
}

} // namespace mozi::json
