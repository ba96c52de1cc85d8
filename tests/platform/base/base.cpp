// Base: encodings, times, ids, text.
#include "show.hpp"

#include <mozi/base/clock.hpp>
#include <mozi/base/id.hpp>
#include <mozi/base/random.hpp>
#include <mozi/base/text.hpp>

#include <set>
#include <thread>

using namespace mozi;

TEST_CASE("base64 both ways, and only the one spelling") {
    std::pair<std::string_view, std::string_view> const rfc4648[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (auto const& [plain, coded] : rfc4648) {
        CHECK(base64(plain) == coded);
        CHECK(from_base64(coded) == std::string(plain));
        auto const url = base64url(plain);
        CHECK(url == coded.substr(0, coded.find('=')));
        CHECK(from_base64url(url) == std::string(plain));
    }
    for (auto const bad : {"Zg", "Zg=", "Zh==", "Zm9=", "Zm9v=", "Z===", "====", "Zm 9v", "Zm9v\n", "Zm-v", "Zg==Zg=="})
        CHECK_FALSE(from_base64(bad));
    for (auto const bad : {"Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9vY"}) CHECK_FALSE(from_base64url(bad));
    for (int i = 0; i < 200; ++i) {
        auto const bytes = random_bytes(std::size_t(i));
        CHECK(from_base64(base64(bytes)) == bytes);
        CHECK(from_base64url(base64url(bytes)) == bytes);
    }
    CHECK(random_token().size() == 43);
}

TEST_CASE("percent") {
    struct {
        std::string_view text;
        std::optional<std::string> literal, space;
    } const table[] = {
        {"a%20b+c", "a b+c", "a b c"},
        {"%C5%BE", "ž", "ž"},
        {"%c5%be", "ž", "ž"},
        {"", "", ""},
        {"%", {}, {}},
        {"%4", {}, {}},
        {"%zz", {}, {}},
        {"%00", {}, {}},
        {"%ff", {}, {}},
        {"%C0%AF", {}, {}},
        {"%ED%A0%80", {}, {}},
        {"%2541", "%41", "%41"},
    };
    for (auto const& row : table) {
        CAPTURE(std::string(row.text));
        CHECK(percent_decode(row.text) == row.literal);
        CHECK(percent_decode(row.text, Plus::space) == row.space);
    }
    for (auto const text : {"", "a b", "ž/?&=+#%", "~-._"}) CHECK(percent_decode(percent_encode(text)) == std::string(text));
}

TEST_CASE("UTF-8 and folding") {
    for (auto const good : {"", "a", "ž", "漢", "🎬", "\xf4\x8f\xbf\xbf"}) CHECK(is_utf8(good));
    for (auto const bad : {"\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xff"})
        CHECK_FALSE(is_utf8(bad));
    CHECK(length_utf8("až漢🎬") == 4);
    for (auto const& [a, b] :
        {std::pair{"Straße", "STRASSE"}, {"ＡＢＣ", "abc"}, {"e\xcc\x81", "\xc3\x89"}, {"ﬁlm", "FILM"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"},
            {"a\xe2\x80\x8b"
             "b",
                "ab"}})
        CHECK(fold(a) == fold(b));
    CHECK(fold("a") != fold("á"));
    for (auto const text : {"Straße", "ﬁ", "İstanbul", "ΌΣΟΣ", "Ǆ", "\xc2\xad", "ẞ", "ᾳ"}) CHECK(fold(fold(text)) == fold(text));
    CHECK(normalise("e\xcc\x81") == "\xc3\xa9");
    CHECK(normalise("ﬁ") == "ﬁ");
    CHECK(trim(" \t\r\n x y \n") == "x y");
    CHECK(trim(" \n").empty());
    CHECK(iequals("Content-TYPE", "content-type"));
    CHECK_FALSE(iequals("a", "ab"));
    CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
    CHECK(split("", ',') == std::vector<std::string_view>{""});
    CHECK(nearest("prot", {"host", "port", "open"}) == "port");
    CHECK(nearest("zzzzzzzz", {"host", "port"}).empty());
}

TEST_CASE("times") {
    std::pair<std::string_view, std::string_view> const good[] = {{"2024-02-29", "2024-02-29T00:00:00.000Z"},
        {"2024-03-14T18:30:00Z", "2024-03-14T18:30:00.000Z"}, {"2024-03-14t18:30:00.5z", "2024-03-14T18:30:00.500Z"},
        {"2024-03-14T18:30:00.123456789Z", "2024-03-14T18:30:00.123Z"}, {"2024-03-14T00:30:00+01:00", "2024-03-13T23:30:00.000Z"},
        {"2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00.000Z"}, {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"}};
    for (auto const& [text, iso] : good) {
        CAPTURE(std::string(text));
        REQUIRE(from_iso(text));
        CHECK(to_iso(*from_iso(text)) == iso);
    }
    for (auto const bad : {"", "2024", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "24-01-01", "2024-01-01T",
             "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
             "2024-01-01T00:00:00ZZ", "2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00Z", "+2024-01-01"})
        CHECK_FALSE(from_iso(bad));
    CHECK(to_http_date(Time{std::chrono::seconds(784111777)}) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("ids rise, are unique across threads, and never fall below what is used") {
    std::vector<std::int64_t> all[4];
    {
        std::vector<std::jthread> threads;
        for (auto& mine : all)
            threads.emplace_back([&] {
                for (int i = 0; i < 20'000; ++i) mine.push_back(next_id());
            });
    }
    std::set<std::int64_t> seen;
    for (auto const& mine : all) {
        CHECK(std::is_sorted(mine.begin(), mine.end()));
        seen.insert(mine.begin(), mine.end());
    }
    CHECK(seen.size() == 80'000);
    auto const far = next_id() + (std::int64_t{1} << 40);
    raise_id_floor(far);
    CHECK(next_id() == far + 1);
    raise_id_floor(1);
    CHECK(next_id() == far + 2);
    for (auto const bad : {"", "0", "-1", "+1", "01", "1 ", " 1", "1.0", "1e3", "9223372036854775808", "x"}) CHECK_FALSE(parse_id(bad));
    CHECK(parse_id("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
}
