// Writing, the round trip, and the schemas.
#include "show.hpp"

#include <mozi/json/read.hpp>
#include <mozi/json/schema.hpp>

#include <limits>
#include <random>

using namespace mozi;

namespace {

enum class Kind { one, two };
constexpr auto names(Kind) { return std::array{std::pair{Kind::one, "ONE"sv}, std::pair{Kind::two, "TWO"sv}}; }

struct Leaf {
    std::string text;
    std::optional<std::int64_t> number;
    static constexpr auto fields() {
        return std::tuple{json::field("text", &Leaf::text, {.max = 1000, .format = json::Format::password}),
            json::field("number", &Leaf::number, {.min = std::numeric_limits<std::int64_t>::min()})};
    }
    bool operator==(Leaf const&) const = default;
};

struct Tree {
    Id<"tree"> id{};
    Time at{};
    double ratio = 0;
    bool flag = false;
    Kind kind = Kind::one;
    std::vector<Leaf> leaves;
    std::vector<std::string> words;
    std::optional<Leaf> top;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("id", &Tree::id), field("at", &Tree::at), field("ratio", &Tree::ratio, {.min = -1'000'000'000}),
            field("flag", &Tree::flag), field("kind", &Tree::kind), field("leaves", &Tree::leaves, {.max = 100}),
            field("words", &Tree::words, {.max = 100, .format = json::Format::password, .item_max = 100}), field("top", &Tree::top)};
    }
    bool operator==(Tree const&) const = default;
};

struct Update {
    std::string name;
    json::Patch<std::string> motto;
    std::int64_t page = 1;
    std::vector<Kind> kinds;
    Leaf leaf;
    static constexpr auto fields() {
        using json::field;
        return std::tuple{field("name", &Update::name, {.min = 2, .max = 9, .help = "What it is called."}),
            field("motto", &Update::motto, {.max = 5}), field("page", &Update::page, {.min = 1, .max = 9, .where = json::Where::query}),
            field("kinds", &Update::kinds, {.max = 3}), field("leaf", &Update::leaf)};
    }
};

} // namespace

TEST_CASE("writing") {
    Tree tree{
        {9007199254740993}, from_iso("2024-03-14T18:30:00.250Z").value(), 0.1, true, Kind::two, {{"a\"b\\c\n\x01🎬</script>", {}}}, {}, {}};
    CHECK(
        json::to_json(tree) ==
        R"({"id":"9007199254740993","at":"2024-03-14T18:30:00.250Z","ratio":0.1,"flag":true,"kind":"TWO","leaves":[{"text":"a\"b\\c\n\u0001🎬</script>","number":null}],"words":[],"top":null})");
    for (auto const& [number, text] : {std::pair{0.1 + 0.2, "0.30000000000000004"}, {1e300, "1e+300"}, {-0.5, "-0.5"}, {3.0, "3"},
             {std::numeric_limits<double>::infinity(), "null"}, {std::numeric_limits<double>::quiet_NaN(), "null"}})
        CHECK(json::to_json(number) == text);
    CHECK(json::to_json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(json::to_json(std::vector<int>{}) == "[]");
    CHECK(json::to_json(json::Raw{"{\"x\":1}"}) == "{\"x\":1}");
}

TEST_CASE("whatever is written can be read back the same") {
    std::mt19937_64 random(20261124);
    auto const text = [&] {
        std::string out;
        for (auto n = random() % 12; n; --n) {
            constexpr std::string_view pieces[] = {"a", "\"", "\\", "\n", "\x01", "\x7f", "é", "漢", "🎬", "/", "\t", " "};
            out += pieces[random() % std::size(pieces)];
        }
        return out;
    };
    for (int i = 0; i < 2000; ++i) {
        Tree tree{{std::int64_t(random() >> 1) | 1}, Time{std::chrono::milliseconds(random() % 4'000'000'000'000)},
            double(std::int64_t(random() % 2'000'000'000'000)) / 1024 - 9e8, bool(random() % 2), Kind(random() % 2), {}, {}, {}};
        for (auto n = random() % 4; n; --n)
            tree.leaves.push_back({text(), random() % 2 ? std::optional<std::int64_t>{} : std::int64_t(random())});
        for (auto n = random() % 4; n; --n) tree.words.push_back("w" + text());
        if (random() % 2) tree.top = Leaf{text(), 1};
        auto const written = json::to_json(tree);
        auto const read = json::from_json<Tree>(written);
        REQUIRE_MESSAGE(read, written);
        REQUIRE_MESSAGE(*read == tree, written);
    }
}

TEST_CASE("schemas say what reading enforces") {
    json::Components components;
    CHECK(
        json::object_schema<Update>(components) ==
        R"({"type":"object","properties":{"name":{"type":"string","minLength":2,"maxLength":9,"description":"What it is called."},"motto":{"type":["string","null"],"maxLength":5},)"
        R"("kinds":{"type":"array","items":{"type":"string","enum":["ONE","TWO"]},"maxItems":3},"leaf":{"$ref":"#/components/schemas/Leaf"}},"required":["name","kinds","leaf"],"additionalProperties":false})");
    CHECK(
        json::object_schema<Update>(components, json::Where::query) ==
        R"({"type":"object","properties":{"page":{"type":"integer","minimum":1,"maximum":9}},"required":["page"],"additionalProperties":false})");
    REQUIRE(components.contains("Leaf"));
    CHECK(json::parse(components.at("Leaf")));
    CHECK(json::schema_of<std::optional<Kind>>({}, components) == R"({"oneOf":[{"type":"string","enum":["ONE","TWO"]},{"type":"null"}]})");
    CHECK(json::type_name<Update>() == "Update");
}
