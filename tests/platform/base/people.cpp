// What people type: what can be seen, what is trimmed, and passwords as RFC 8265 compares them.
#include "show.hpp"

#include <mozi/base/text.hpp>

using namespace mozi;

TEST_CASE("what shows nothing is not visible, whatever it is made of") {
    for (auto const text : {"", " ", "\t\n", "\u00a0", "\u3000", "\u1680", "\u2028", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u180e",
             "\u202e", "\u2066\u2069", "\U000e0020\U000e007f", "\u115f\u1160", "\u3164", "\uffa0", "\u2800", "\ufe0f", "\U000e0101",
             "\u034f", "\u17b4", "\u061c", "\u200d\u200c", "\u2064", "\U0001d159", "\ufffc", "\ufff9", "\U0001bca0", "\x01", "\x7f",
             "\u0085\u009f", "\ufffe", "\ufdd0", "\U00016fe4", " \u200b \u3164\u2800"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(is_visible(text));
    }
    for (auto const text : {"a", "0", ".", "é", "漢", "🎬", "👨\u200d👩\u200d👧\u200d👦", "می\u200cخواهم", "🏳\ufe0f\u200d⚧\ufe0f",
             "क\u200dष", "❤\ufe0f", "🏴\U000e0067\U000e0062\U000e007f", "ᄀ\u1160", "\u2801", "\u200b.\u200b", "\u202ex", "\u0301",
             "\u0600", "\ue000", "\U0001fae9"}) {
        CAPTURE(std::string(text));
        CHECK(is_visible(text));
    }
    CHECK(is_all_visible("ada@example.org"));
    for (auto const text : {"a b", "a\u200bb", "a\u202eb", "a\u00a0b", "a\u3164b"}) CHECK_FALSE(is_all_visible(text));
    CHECK(is_white_space(" \t\u00a0\u3000\u2029"));
    CHECK(is_white_space(""));
    CHECK_FALSE(is_white_space(" \u200b"));
}

TEST_CASE("spaces and zero width go from both ends, and nothing that belongs to a letter or a sign") {
    std::pair<std::string_view, std::string_view> const table[] = {{"x", "x"}, {"", ""}, {" x ", "x"}, {"\u00a0x\u3000", "x"},
        {"\u2028x\u0085", "x"}, {"\u200bx\u2060", "x"}, {"\ufeffx\u00ad", "x"}, {"\u180ex\u180e", "x"}, {"\u202ax\u202c", "x"},
        {"\u2068x\u2069", "x"}, {" \u200b \u00a0x\u200b \u200b", "x"}, {"a\u00a0b\u200bc", "a\u00a0b\u200bc"}, {"\ufe0fx", "x"},
        {"\U000e0041x\U000e0001", "x"}, {"❤\ufe0f", "❤\ufe0f"}, {" ❤\ufe0f ", "❤\ufe0f"},
        {"🏴\U000e0067\U000e0062\U000e007f ", "🏴\U000e0067\U000e0062\U000e007f"}, {"ه\u200d", "ه\u200d"}, {"\u200dه", "\u200dه"},
        {"x \u200d ", "x"}, {" \u200d x", "x"}, {"x\u200b\ufe0f", "x"}, {"\u200b\u00a0", ""}, {"é\u00a0", "é"},
        {"\u200f(500)", "\u200f(500)"}, {"ᄀ\u1160", "ᄀ\u1160"}};
    for (auto const& [text, left] : table) {
        CAPTURE(std::string(text));
        CHECK(trim_unicode(text) == left);
    }
    CHECK_FALSE(is_visible(trim_unicode(" \u200d\ufe0f ")));
}

TEST_CASE("one line: what ends a line is a space, other spaces stay") {
    CHECK(one_line("a\nb\r\nc\td\u2028e\u2029f\u0085g\vh\ri\n\nj") == "a b c d e f g h i  j");
    CHECK(one_line("a\u00a0b\u3000c  d") == "a\u00a0b\u3000c  d");
    CHECK(one_line("") == "");
}

TEST_CASE("several lines: no wall of nothing between them") {
    CHECK(squeeze_lines("a\n\n\nb") == "a\n\n\nb");
    CHECK(squeeze_lines("a\n\n\n\n\n\nb\n\n\n\nc") == "a\n\n\nb\n\n\nc");
    CHECK(squeeze_lines("a\n\u200b\n \n\u3164\n\t\nb") == "a\n\u200b\n \nb");
    CHECK(squeeze_lines("a") == "a");
    CHECK(squeeze_lines("a\nb\nc\nd\ne") == "a\nb\nc\nd\ne");
}

TEST_CASE("full width is narrowed for names and addresses") {
    CHECK(narrow("Ａｄａ＿９＠ｅｘａｍｐｌｅ．ｏｒｇ") == "Ada_9@example.org");
    CHECK(narrow("ada@example。org") == "ada@example.org");
    CHECK(narrow("ﬁ é 漢") == "ﬁ é 漢");
}

TEST_CASE("a password is the same however its letters and spaces were typed, and nothing else is the same") {
    CHECK(prepare_password("correct horse battery staple") == "correct horse battery staple");
    CHECK(prepare_password("Correct Horse") != prepare_password("correct horse"));
    CHECK(prepare_password("πßå") == "πßå");
    CHECK(prepare_password("πßa\u030a") == "πßå");
    CHECK(prepare_password("\u212b") == "\u00c5"); // the unit is the letter
    CHECK(prepare_password("foo\u1680bar\u00a0\u3000") == "foo bar  ");
    CHECK(prepare_password("ﬁ Ａ ß") == "ﬁ Ａ ß"); // no compatibility forms, no width, no case
    CHECK(prepare_password("  two  ") == "  two  ");
    CHECK(prepare_password("ᄒ\u1161\u11ab") == "한");
    CHECK(prepare_password("👨\u200d👩") == "👨\u200d👩");
    for (auto const text : {"e\u0301\u2003x", "\u1fef", "\u2000", "q\u0323\u0307", "Åﬁ"})
        CHECK(prepare_password(prepare_password(text)) == prepare_password(text));
}
