// Strict parsing and reading into structs: what is refused, where the error points, and that all errors come at once.
#include "show.hpp"

#include <mozi/json/read.hpp>
#include <mozi/json/write.hpp>

#include <map>
#include <random>

using namespace mozi;
using namespace std::literals;

namespace {

enum class Colour { red, dark_blue };
constexpr auto names(Colour) { return std::array{std::pair{Colour::red, "RED"sv}, std::pair{Colour::dark_blue, "DARK_BLUE"sv}}; }

struct Inner {
    std::string title;
    static constexpr auto fields() { return std::tuple{json::field("title", &Inner::title, {.min = 1, .max = 5})}; }
};

struct Sample {
    std::string name;
    std::int64_t count = 7;
    double share = 0;
    bool open = false;
    Colour colour = Colour::red;
    Id<"thing"> thing{};
    Time at{};
    std::optional<std::string> note;
    json::Patch<std::string> motto;
    std::vector<std::string> tags;
    std::vector<Inner> parts;
    std::int64_t kept = 42;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("name", &Sample::name, {.min = 2, .max = 4}), field("count", &Sample::count, {.min = 1, .max = 10}),
            field("share", &Sample::share, {.min = -1, .max = 1}), field("open", &Sample::open), field("colour", &Sample::colour),
            field("thing", &Sample::thing), field("at", &Sample::at), field("note", &Sample::note, {.min = 1, .max = 3}),
            field("motto", &Sample::motto, {.min = 1, .max = 3}), field("tags", &Sample::tags, {.min = 1, .max = 2, .item_max = 3}),
            field("parts", &Sample::parts, {.max = 3}),
            field("kept", &Sample::kept, {.min = 0, .max = 100, .absent = json::Absent::keeps_default})};
    }
};

constexpr std::string_view good =
    R"({"name":"abcd","count":10,"share":0.5,"open":true,"colour":"DARK_BLUE","thing":"9007199254740993","at":"2024-03-14T18:30:00.250+02:00","tags":["x"],"parts":[{"title":"t"}]})";

// `good` with one member replaced, added, or (text empty) removed.
std::string with(std::string_view key, std::string_view text) {
    auto document = json::parse(good).value();
    if (text.empty()) document.as_object().erase(key);
    else document.as_object()[key] = json::parse(text).value();
    std::ostringstream out;
    out << document;
    return out.str();
}

// "pointer id" of every field error, or the error's id.
std::vector<std::string> errors_of(std::string_view text) {
    auto const read = json::from_json<Sample>(text, json::Words::new_ones);
    if (read) return {};
    if (read.error().fields.empty()) return {read.error().id};
    std::vector<std::string> out;
    for (auto const& field : read.error().fields) out.push_back(field.pointer + " " + field.id);
    return out;
}

std::string nested(int depth) { return std::string(std::size_t(depth), '[') + std::string(std::size_t(depth), ']'); }

} // namespace

TEST_CASE("what is not JSON is refused with its place") {
    std::string_view const refused[] = {
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "[1 2]",
        "{\"a\" 1}",
        "nul",
        "True",
        "NaN",
        "[Infinity]",
        "[-Infinity]",
        "[+1]",
        "[01]",
        "[1.]",
        "[.5]",
        "[-]",
        "[0x10]",
        "[1e]",
        "[1e999]",
        "[-1e999]",
        "[9223372036854775808]",
        "[-9223372036854775809]",
        "[18446744073709551616]",
        "[123456789012345678901234567890]",
        R"({"a":1,"a":2})",
        R"({"a":1,"\u0061":2})",
        R"([{"x":{"b":0,"c":1,"b":0}}])",
        R"(["\u0000"])",
        R"({"\u0000":1})",
        "[\"\0\"]"sv,
        R"(["\ud800"])",
        R"(["\udc00x"])",
        R"(["\ud800\ud800"])",
        R"(["\uD83C"])",
        "[\"\x01\"]",
        "[\"\n\"]",
        "[\"\t\"]",
        R"(["\x41"])",
        R"(["\u12g4"])",
        "[\"unclosed]",
        "[\"\xff\"]",
        "[\"\xc0\xaf\"]",
        "[\"\xed\xa0\x80\"]",
        "[\"\xf4\x90\x80\x80\"]",
        "[\"\xe2\x82\"]",
        "{} {}",
        "{}x",
        "[]]",
        "1 2",
        "\xEF\xBB\xBF{}",
        "// c\n{}",
        "{}/* c */",
        "{}\0"sv,
    };
    for (auto const text : refused) {
        CAPTURE(std::string(text));
        auto const parsed = json::parse(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == Code::bad_request);
        CHECK(parsed.error().id == "request.json");
        CHECK(parsed.error().message.find("near byte") != std::string::npos);
    }
    for (auto const& text : {nested(33), "[\"" + std::string((16 << 20) + 1, 'a') + "\"]", "{\"" + std::string(257, 'k') + "\":1}"})
        CHECK_FALSE(json::parse(text));
    CHECK(json::parse(R"({"a":1,"a":2})").error().message.find("\"a\" twice") != std::string::npos);
}

TEST_CASE("what is JSON is taken, exactly") {
    for (auto const& text : {"{}"s, "[]"s, " \t\r\n{} \t\r\n"s, "null"s, "0"s, "-0"s, "\"\""s, nested(32), R"(["\ud83c\udfac"])"s,
             "[\"🎬\"]"s, R"({"a":{"a":[{"a":1}]},"b":{"a":1}})"s, "[1e308]"s, "{\"" + std::string(256, 'k') + "\":1}"}) {
        CAPTURE(text);
        CHECK(json::parse(text));
    }
    for (auto const number :
        {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min(), (std::int64_t{1} << 53) + 1})
        CHECK(json::parse(std::to_string(number)).value().as_int64() == number);
    CHECK(json::parse(R"("\ud83c\udfac\u0041\n\/")").value().as_string() == "🎬A\n/");
}

TEST_CASE("a good document arrives whole") {
    auto const read = json::from_json<Sample>(good);
    REQUIRE(read);
    CHECK(read->name == "abcd");
    CHECK(read->count == 10);
    CHECK(read->share == 0.5);
    CHECK(read->open);
    CHECK(read->colour == Colour::dark_blue);
    CHECK(read->thing.value == 9007199254740993);
    CHECK(to_iso(read->at) == "2024-03-14T16:30:00.250Z");
    CHECK_FALSE(read->note);
    CHECK_FALSE(read->motto.sent);
    CHECK(read->tags == std::vector<std::string>{"x"});
    CHECK(read->parts.at(0).title == "t");
    CHECK(read->kept == 42);
}

TEST_CASE("bounds hold on both sides, in code points, and each error names its place") {
    struct {
        std::string_view key, text;
        std::vector<std::string> errors;
    } const table[] = {
        {"name", "\"a\"", {"/name field.too_short"}},
        {"name", "\"ab\"", {}},
        {"name", "\"abcd\"", {}},
        {"name", "\"abcde\"", {"/name field.too_long"}},
        {"name", "\"🎬\"", {"/name field.too_short"}},
        {"name", "\"🎬é漢🎬\"", {}},
        {"name", "\"🎬é漢🎬x\"", {"/name field.too_long"}},
        {"name", "\"e\\u0301e\\u0301\"", {}},
        {"name", "\"  ab\\n \"", {}},
        {"name", "\"    \"", {"/name field.empty"}},
        {"name", "\"a\\u0007b\"", {"/name field.control_character"}},
        {"name", "\"a\\nb\"", {}},
        {"name", "\"a\\u0099b\"", {"/name field.control_character"}},
        {"name", "\"\\u200b\\u200b\"", {"/name field.invisible"}},
        {"name", "\"\\u3164\\u2800\\u00ad\"", {"/name field.invisible"}},
        {"name", "\"\\u00a0\\u3000\"", {"/name field.empty"}},
        {"note", "\"\\u202e\"", {"/note field.invisible"}},
        {"motto", "\"\\u2060\"", {"/motto field.invisible"}},
        {"tags", R"(["\u180e"])", {"/tags/0 field.invisible"}},
        {"name", "null", {"/name field.type"}},
        {"name", "5", {"/name field.type"}},
        {"name", "", {"/name field.required"}},
        {"count", "0", {"/count field.range"}},
        {"count", "1", {}},
        {"count", "10", {}},
        {"count", "11", {"/count field.range"}},
        {"count", "1.5", {"/count field.type"}},
        {"count", "2.0", {}},
        {"count", "1e1", {}},
        {"count", "\"2\"", {"/count field.type"}},
        {"count", "true", {"/count field.type"}},
        {"count", "", {"/count field.required"}},
        {"share", "-1", {}},
        {"share", "-1.01", {"/share field.range"}},
        {"share", "1.01", {"/share field.range"}},
        {"share", "\"x\"", {"/share field.type"}},
        {"open", "1", {"/open field.type"}},
        {"open", "\"true\"", {"/open field.type"}},
        {"colour", "\"red\"", {"/colour field.choice"}},
        {"colour", "null", {"/colour field.type"}},
        {"thing", "9", {"/thing field.id"}},
        {"thing", "\"0\"", {"/thing field.id"}},
        {"thing", "\"-1\"", {"/thing field.id"}},
        {"thing", "\"01\"", {"/thing field.id"}},
        {"thing", "\"1 \"", {"/thing field.id"}},
        {"thing", "\"9223372036854775807\"", {}},
        {"thing", "\"9223372036854775808\"", {"/thing field.id"}},
        {"at", "\"2024-02-30T00:00:00Z\"", {"/at field.time"}},
        {"at", "\"2024-02-29\"", {}},
        {"at", "1", {"/at field.time"}},
        {"note", "null", {}},
        {"note", "\"abc\"", {}},
        {"note", "\"abcd\"", {"/note field.too_long"}},
        {"note", "\"\"", {"/note field.empty"}},
        {"motto", "null", {}},
        {"motto", "\"abcd\"", {"/motto field.too_long"}},
        {"tags", "[]", {"/tags field.count"}},
        {"tags", R"(["a","b"])", {}},
        {"tags", R"(["a","b","c"])", {"/tags field.count"}},
        {"tags", R"(["a","abcd"])", {"/tags/1 field.too_long"}},
        {"tags", R"([""])", {"/tags/0 field.empty"}},
        {"tags", R"([null])", {"/tags/0 field.type"}},
        {"tags", R"({"0":"a"})", {"/tags field.type"}},
        {"tags", "\"a\"", {"/tags field.type"}},
        {"parts", "[]", {}},
        {"parts", R"([{"title":"ok"},{"title":"too long"},{}])", {"/parts/1/title field.too_long", "/parts/2/title field.required"}},
        {"parts", "[1]", {"/parts/0 field.type"}},
        {"kept", "100", {}},
        {"kept", "101", {"/kept field.range"}},
        {"a~b/c", "1", {"/a~0b~1c field.unknown"}},
    };
    for (auto const& row : table) {
        CAPTURE(std::string(row.key));
        CAPTURE(std::string(row.text));
        CHECK(errors_of(with(row.key, row.text)) == row.errors);
    }
    for (auto const text : {"[]", "1", "null", "\"x\""}) CHECK(errors_of(text) == std::vector<std::string>{" field.type"});
}

TEST_CASE("all errors come at once, bounded, as one refusal") {
    CHECK(
        errors_of(
            R"({"name":"a","count":99,"open":0,"colour":"BLUE","thing":"x","at":"now","tags":["toolong"],"parts":[],"wrong":1,"share":2})") ==
        std::vector<std::string>{"/name field.too_short", "/count field.range", "/share field.range", "/open field.type",
            "/colour field.choice", "/thing field.id", "/at field.time", "/tags/0 field.too_long", "/wrong field.unknown"});
    std::string many = "{";
    for (int i = 0; i < 500; ++i) many += (i ? ",\"u" : "\"u") + std::to_string(i) + "\":0";
    CHECK(errors_of(many + "}").size() == 50);
    auto const refused = json::from_json<Sample>("{}", json::Words::new_ones);
    CHECK(refused.error().code == Code::invalid);
    CHECK(refused.error().id == "request.fields");
    auto const said = [](std::string_view key, std::string_view text) {
        return json::from_json<Sample>(with(key, text), json::Words::new_ones).error().fields.at(0).message;
    };
    CHECK(said("naem", "1").find("Did you mean name?") != std::string::npos);
    CHECK(said("zzzzzzzzz", "1").find("Did you mean") == std::string::npos);
    CHECK(said("colour", "\"DARKBLUE\"").find("One of RED, DARK_BLUE. Did you mean DARK_BLUE?") != std::string::npos);
}

TEST_CASE("an update knows not sent, null and a value apart") {
    auto const motto = [](std::string_view text) {
        return json::from_json<Sample>(with("motto", text), json::Words::new_ones).value().motto;
    };
    std::optional<std::string> target = "old";
    motto("").apply_to(target);
    CHECK(target == "old");
    motto("\"new\"").apply_to(target);
    CHECK(target == "new");
    motto("null").apply_to(target);
    CHECK_FALSE(target);
}

TEST_CASE("formats") {
    using json::Format;
    struct {
        Format format;
        std::string_view text;
        bool good;
    } const table[] = {
        {Format::email, "a@b.cz", true},
        {Format::email, "a.b+c@d-e.example.org", true},
        {Format::email, "@b.cz", false},
        {Format::email, "a@b", false},
        {Format::email, "a@.cz", false},
        {Format::email, "a@b.cz.", false},
        {Format::email, "a@b..cz", false},
        {Format::email, "a..b@c.cz", false},
        {Format::email, "a b@c.cz", false},
        {Format::email, "a@b@c.cz", false},
        {Format::email, "<a@b.cz>", false},
        {Format::username, "Ada_1", true},
        {Format::username, "a-b", false},
        {Format::username, "á", false},
        {Format::username, "a b", false},
        {Format::uri, "https://a.b/c?d=e#f", true},
        {Format::uri, "http://a", true},
        {Format::uri, "/media/x", true},
        {Format::uri, "//evil.example", false},
        {Format::uri, "javascript:alert(1)", false},
        {Format::uri, "data:text/html,x", false},
        {Format::uri, "https://", false},
        {Format::uri, "https:///x", false},
        {Format::uri, "ftp://a", false},
        {Format::uri, "https://a b", false},
        {Format::uri, "https://a\"b", false},
        {Format::uri, "HTTPS//x", false},
        {Format::date, "2024-02-29", true},
        {Format::date, "2023-02-29", false},
        {Format::date, "2024-2-9", false},
        {Format::date, "2024-02-29T00:00:00Z", false},
        {Format::country, "CZ", true},
        {Format::country, "C1", false},
        {Format::language, "cs", true},
        {Format::language, "č", false},
        {Format::language_tag, "hu", true},
        {Format::language_tag, "zh-Hant-TW", true},
        {Format::language_tag, "de-CH-1996", true},
        {Format::language_tag, "de-", false},
        {Format::language_tag, "-de", false},
        {Format::language_tag, "d", false},
        {Format::language_tag, "123", false},
        {Format::language_tag, "pt_BR", false},
        {Format::language_tag, "en--GB", false},
        {Format::language_tag, "en-unendingly", false},
        {Format::text, "two\nlines\t.", true},
        {Format::text, "bell\a", false},
        {Format::text, "del\x7f", false},
        {Format::line, "one line", true},
        {Format::line, "two\nlines", true},
        {Format::token, "AZaz09-_.~+/=:", true},
        {Format::token, "a b", false},
        {Format::token, "a\xc3\xa9", false},
        {Format::password, "  any thing \xf0\x9f\x8e\xac ", true},
        {Format::password, "any\tthing", false},
        {Format::password, "any\u0085thing", false},
        {Format::typed_password, "  any\tthing\u00a0", true},
        {Format::typed_password, "\xff", false},
        {Format::email, "ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", true},
        {Format::email, "a\u200bda@example.org", false},
        {Format::email, "a\u00a0da@example.org", false},
        {Format::username, "Ａｄａ＿1", true},
        {Format::uri, "https://example.org/\u202egpj.exe", false},
        {Format::uri, "https://exam\u200bple.org", false},
        {Format::uri, "https://example.org/ž", true},
        {Format::line, "\xff", false},
        {Format::password, "\xff", false},
    };
    for (auto const& row : table) {
        CAPTURE(std::string(row.text));
        json::Errors errors;
        std::string text(row.text);
        json::check_text(text, {.max = 300, .format = row.format}, errors);
        CHECK(errors.empty() == row.good);
        if ((row.format == Format::password || row.format == Format::typed_password) && row.good) CHECK(text == row.text); // never trimmed
    }
    json::Errors errors;
    std::string decomposed = " e\xcc\x81 ";
    json::check_text(decomposed, {.max = 1}, errors);
    CHECK(decomposed == "\xc3\xa9");
    CHECK(errors.empty());
}

namespace {

std::string tidied(std::string_view text, json::Format format = json::Format::line) {
    json::Errors errors;
    std::string out(text);
    json::check_text(out, {.max = 300, .format = format}, errors);
    CHECK(errors.empty());
    return out;
}

} // namespace

TEST_CASE("what is kept of a text: nothing odd around it, one line where one is meant, and all of it where it says something") {
    using json::Format;
    CHECK(tidied("\u200b\u00a0Ada\u3000\ufeff") == "Ada");
    CHECK(tidied("Ada\r\nof\u2028Ely") == "Ada of Ely");
    CHECK(tidied("Ada\u00a0of  Ely") == "Ada\u00a0of  Ely");
    for (auto const text : {"👨\u200d👩\u200d👧\u200d👦", "می\u200cخواهم", "🏳\ufe0f\u200d⚧\ufe0f", "क\u200dष", "❤\ufe0f"})
        CHECK(tidied(text) == text);
    CHECK(tidied("one\n\n\n\n\u200b\n\ntwo", Format::text) == "one\n\n\ntwo");
    CHECK(tidied("\u00a0", Format::text).empty()); // clears a field that may be empty
    CHECK(tidied(" Ａda\u200b ", Format::username) == "Ada");
    CHECK(tidied(" ＡＤＡ＠ｅｘａｍｐｌｅ．ｏｒｇ\u00a0", Format::email) == "ADA@example.org");
    CHECK(tidied(" cafe\u0301\u00a0", Format::password) == " caf\u00e9 ");
    CHECK(tidied(" cafe\u0301\u00a0", Format::typed_password) == " cafe\u0301\u00a0");
}

TEST_CASE("a password's length counts after its letters were put together") {
    auto const fits = [](std::string text) {
        json::Errors errors;
        json::check_text(text, {.min = 8, .max = 10, .format = json::Format::password}, errors);
        return errors.empty();
    };
    std::string decomposed;
    for (int i = 0; i < 7; ++i) decomposed += "e\u0301";
    CHECK_FALSE(fits(decomposed)); // seven letters, fourteen characters as typed
    for (int i = 0; i < 3; ++i) decomposed += "e\u0301";
    CHECK(fits(decomposed));
}

TEST_CASE("what is kept stays as it is when it is sent again") {
    constexpr std::string_view pieces[] = {"a", "b@c.de", "é", "e\u0301", "\u0301", " ", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufe0f",
        "\ufeff", "\u202e", "\u3164", "\u2800", "\n", "\r", "\t", "\u2028", "\u2000", "\u212b", "\u0958", "ᄒ", "\u1161", "\u11ab", "ｶ",
        "ﾞ", "Ａ", "＠", "。", "❤", "\U000e0067", "@", ".", "\u1fef", "\u0344", "\u034f"};
    std::minstd_rand random(20260314);
    for (auto const format :
        {json::Format::line, json::Format::text, json::Format::email, json::Format::username, json::Format::password, json::Format::uri}) {
        int kept = 0;
        for (int round = 0; round < 4000; ++round) {
            std::string text;
            for (auto count = random() % 8; count > 0; --count) text += pieces[random() % std::size(pieces)];
            json::Errors errors, again;
            json::check_text(text, {.max = 300, .format = format}, errors);
            if (!errors.empty()) continue;
            ++kept;
            auto const once = text;
            json::check_text(text, {.max = 300, .format = format}, again);
            CAPTURE(once);
            CHECK(again.empty());
            CHECK(text == once);
        }
        CHECK(kept > 0);
    }
}

TEST_CASE("a query may show nothing; what is kept may not") {
    json::Errors errors;
    std::string text = "\u200b\u3164";
    json::check_text(text, {.max = 10, .where = json::Where::query}, errors);
    CHECK(errors.empty());
    json::check_text(text, {.max = 10}, errors);
    CHECK(errors.take().at(0).id == "field.invisible");
    json::check_text(text, {.min = 1, .max = 10, .where = json::Where::query}, errors); // a reason is kept, wherever it is sent
    CHECK(errors.take().at(0).id == "field.invisible");
}

TEST_CASE("words that were taken once are read as they are, whatever would be said of them now") {
    auto const old = json::from_json<Sample>(with("name", "\" \\u200b\\u200b and longer than it may be now \""));
    REQUIRE(old);
    CHECK(old->name == " \u200b\u200b and longer than it may be now ");
    CHECK(json::from_json<Sample>(with("name", "7")).has_error());
    CHECK(json::from_json<Sample>(with("nobody", "7"))); // a later version may have known it
}

TEST_CASE("what is JSON and is not taken is told from what is none, and the bytes of neither are called a syntax error") {
    std::pair<std::string, std::string> const table[] = {
        {"{\"a\":99999999999999999999}", "not taken as it is: it has a whole number larger"},
        {"{\"a\":1,\"a\":2}", "not taken as it is: it has the key"}, {"{\"a\":\"\\u0000\"}", "not taken as it is: it has a NUL"},
        {std::string(40, '[') + std::string(40, ']'), "more than 32 deep"}, {"{\"a\":", "not JSON as RFC 8259 has it"},
        {"\xEF\xBB\xBF{}", "byte order mark"}, {"{\"a\":\"\xff\"}", "JSON is UTF-8"}};
    for (auto const& [text, says] : table) {
        auto const refused = json::parse(text);
        REQUIRE_FALSE(refused);
        CHECK_MESSAGE(refused.error().message.find(says) != std::string::npos, refused.error().message);
        CHECK(refused.error().id == "request.json");
    }
    json::Errors errors;
    std::int64_t out = 0;
    CHECK_FALSE(json::read_int(boost::json::value(0), out, {.min = 1}, errors));
    CHECK(errors.take().front().message == "At least 1.");
}
