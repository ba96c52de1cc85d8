// Subtitles become WebVTT: emphasis, position, and nothing that anybody slips in.
#include "house.hpp"

#include "texts/webvtt.hpp"

#include <mozi/base/text.hpp>

#include <random>

using namespace mozi;
using namespace mozi::media;
using namespace mozi::test;
using net::Method;

namespace {

std::string const script =
    "[Script Info]\nPlayResX: 640\nPlayResY: 360\n\n[V4+ Styles]\nFormat: Name, Fontname, Bold, Italic, Underline, Alignment\n"
    "Style: Default,Arial,0,0,0,2\nStyle: Sign,Arial,-1,0,0,8\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, "
    "MarginV, Effect, Text\n";

std::string shown(std::string const& text, std::string const& style = "Default", std::string const& times = "0:00:01.00,0:00:02.50") {
    return webvtt_from_ass(script + "Dialogue: 0," + times + "," + style + ",,0,0,0,," + text + "\n");
}

std::string cue(std::string const& settings, std::string const& words) {
    return "WEBVTT\n\n00:00:01.000 --> 00:00:02.500" + settings + "\n" + words + "\n";
}

} // namespace

TEST_CASE("ASS keeps its emphasis and its place, as far as WebVTT has words for them") {
    CHECK(shown("Hello, world") == cue("", "Hello, world"));
    CHECK(shown("two\\Nlines\\N\\Nand \\hmore") == cue("", "two\nlines\nand  more"));
    CHECK(
        shown("{\\i1}softly{\\i0}, {\\b1}loud{\\b0} and {\\b700\\u1}both") == cue("", "<i>softly</i>, <b>loud</b> and <b><u>both</u></b>"));
    CHECK(shown("{\\i1}a{\\b1}b{\\i0}c") == cue("", "<i>a</i><b><i>b</i></b><b>c</b>"));
    CHECK(shown("EXIT", "Sign") == cue(" line:0", "<b>EXIT</b>"));
    CHECK(shown("{\\an4}left") == cue(" line:50%,center position:5%,line-left align:start", "left"));
    CHECK(shown("{\\a6}above") == cue(" line:0", "above"));
    CHECK(shown("{\\an2\\pos(320,90)}there") == cue(" position:50.0%,center line:25.0%,end align:center", "there"));
    CHECK(shown("{\\k20}ka{\\k30}ra{\\fad(100,200)}oke{\\t(0,100,\\fs40)}!") == cue("", "karaoke!"));
    CHECK(shown("{\\p1}m 0 0 l 100 100{\\p0}") == ""); // a drawing
    CHECK(shown("{an unfinished override") == cue("", "{an unfinished override"));
    CHECK(shown("a < b & c > d --> e") == cue("", "a &lt; b &amp; c &gt; d --&gt; e"));
    CHECK(shown("<script>alert(1)</script>") == cue("", "&lt;script&gt;alert(1)&lt;/script&gt;"));
    CHECK(shown("backwards", "Default", "0:00:03.00,0:00:01.00") == "");
    auto const layered = script +
                         "Dialogue: 1,0:00:05.00,0:00:06.00,Default,,0,0,0,,later\nDialogue: "
                         "0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\blur2}glow\nDialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,glow\n";
    CHECK(webvtt_from_ass(layered) == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nglow\n\n00:00:05.000 --> 00:00:06.000\nlater\n");
}

TEST_CASE("SubRip and WebVTT are read as people write them") {
    auto const srt =
        read_subtitles("\xef\xbb\xbf"
                       "1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}<i>Above</i> & <font color=\"red\">red</font>\r\n\r\n2\r\n0:0:3,5 --> "
                       "0:0:4,0 X1:10\r\nno zeros\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\nno empty line before\r\n");
    CHECK(srt.webvtt == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500 line:0\n<i>Above</i> &amp; red\n\n00:00:03.500 --> 00:00:04.000\nno "
                        "zeros\n\n00:00:05.000 --> 00:00:06.000\nno empty line before\n");
    auto const vtt = read_subtitles("WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nNOTE nothing\n\nid\n00:01.000 --> 00:02.500 "
                                    "line:10% align:start onclick:x\n<v Ada><b>Hi</b> &amp; <00:01.500>bye</v> <img src=x>\n");
    CHECK(vtt.webvtt == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500 line:10% align:start\n<b>Hi</b> &amp; bye &lt;img src=x&gt;\n");
    auto const wrong = read_subtitles("Dear diary,\nthese are no subtitles.\n");
    CHECK(wrong.webvtt == "");
    CHECK(wrong.bad_line == 1);
    CHECK(read_subtitles("1\n00:00:01,000 --> 00:00:02,000\nfine\n\n\xe9\n").bad_line == 5);
    CHECK(read_subtitles(script + "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,kept\n").webvtt == cue("", "kept"));
}

TEST_CASE("what other programs write is read as they mean it") {
    auto const line = [](std::string const& words) { return cue("", words); };
    std::string const one = "1\n00:00:01,000 --> 00:00:02,500\n", vtt = "WEBVTT\n\n00:01.000 --> 00:02.500\n";
    CHECK(webvtt_from_srt(one + "use {x} here, C:\\new\n").webvtt == line("use {x} here, C:\\new"));
    CHECK(webvtt_from_srt(one + "{\\an8}above\n").webvtt == cue(" line:0", "above"));
    CHECK(webvtt_from_webvtt(vtt + "{\\an8} and {x}\n").webvtt == line("{\\an8} and {x}"));
    CHECK(webvtt_from_webvtt(vtt + "&lt;b&gt;bold&lt;/b&gt; &amp;lt; <b>true</b>\n").webvtt ==
          line("&lt;b&gt;bold&lt;/b&gt; &amp;lt; <b>true</b>"));
    CHECK(webvtt_from_srt("1\n00:00:01,000\t-->\t00:00:02,500\nTabs\n").webvtt == line("Tabs"));
    CHECK(webvtt_from_srt("1\n00:00:01,000-->00:00:02,500\nNear\n").webvtt == line("Near"));
    CHECK(webvtt_from_srt("1\r00:00:01,000 --> 00:00:02,500\rOld\r").webvtt == line("Old"));
    CHECK(webvtt_from_ass("[Events]\rFormat: Start, End, Text\rDialogue: 0:00:01.00,0:00:02.50,Old\r") == line("Old"));
    CHECK(webvtt_from_srt("1\n-00:00:01,000 --> 00:00:02,500\nEarly\n").webvtt == "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nEarly\n");
    CHECK(read_subtitles(one + "The [Events] of that day\n").webvtt == line("The [Events] of that day"));
    CHECK(read_subtitles("[script info]\n[EVENTS]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.50,Hi\n").webvtt == line("Hi"));
}

TEST_CASE("a cue of SubRip goes on to the next line of times, whatever lines are empty") {
    std::string const one = "1\n00:00:01,000 --> 00:00:02,500\n", shown_one = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n",
                      shown_two = "\n00:00:03.000 --> 00:00:04.000\nnext\n";
    CHECK(webvtt_from_srt(one + "first\n\nsecond\n \n\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\nnext\n").webvtt ==
          shown_one + "first\nsecond\n1984\n" + shown_two);
    CHECK(webvtt_from_srt(one + "\nlate\n00:00:03,000 --> 00:00:04,000\nnext\n").webvtt == shown_one + "late\n" + shown_two);
    CHECK(webvtt_from_srt(one + "2\n00:00:03,000 --> 00:00:04,000\nnext\n").webvtt == "WEBVTT\n" + shown_two);
    CHECK(webvtt_from_srt("1\n00:00:00,-500 --> 00:00:02,500\nearly\n").webvtt == "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nearly\n");
    auto const vtt = webvtt_from_webvtt("WEBVTT\n\n00:01.000 --> 00:02.500\nfirst\n\nNOTE second\n");
    CHECK(vtt.webvtt == shown_one + "first\n");
}

TEST_CASE("texts of before UTF-8 are read as people of their language saved them") {
    CHECK(in_utf8("Sz\xf5ke \xf5r\xfclt", "hun") == "Szőke őrült");
    CHECK(in_utf8("\xcf\xf0\xe8\xe2\xe5\xf2", "ru-RU") == "Привет");
    CHECK(in_utf8("\xc3\xe5\xe9\xdc", "gre") == "Γειά");
    CHECK(in_utf8("\xf9\xec\xe5\xed", "heb") == "שלום");
    CHECK(in_utf8("caf\xe9 \x80", "") == "café €");
    CHECK(in_utf8("Szőke\n\xf5r\xfclt\n", "hu") == "Szőke\nőrült\n");
    CHECK(in_utf8("Szőke", "ru") == "Szőke");
    std::string every;
    for (int byte = 1; byte < 256; ++byte) every += static_cast<char>(byte);
    for (auto const* language : {"", "hu", "ru", "el", "tr", "he", "ar"}) CHECK(is_utf8(in_utf8(every, language)));
}

TEST_CASE("random bytes never come out as anything but cues") {
    std::mt19937 random(17);
    std::string const pieces[] = {"00:00:01,000 --> 00:00:02,000\n", "<i>", "</b>", "{\\i1}", "{\\pos(", "-->", "\n", "\n\n", "WEBVTT\n\n",
        "<v ", "&lt;", "\\N", "[Events]\n", "Format: Start, End, Text\n", "Dialogue: 0:00:01.00,0:00:02.00,", "\xc3\xa9", "\xff", "z"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (auto count = random() % 12; count > 0; --count) text += pieces[random() % std::size(pieces)];
        auto const out = read_subtitles(text).webvtt;
        if (out.empty()) continue;
        REQUIRE(out.starts_with("WEBVTT\n\n"));
        REQUIRE(is_utf8(out));
        for (auto const line : split(out, '\n')) {
            if (line.find("-->") != line.npos) REQUIRE((line.size() >= 29 && line.substr(12, 5) == " --> "));
            for (std::size_t at = 0; (at = line.find('<', at)) != line.npos; ++at) {
                auto const tag = line.substr(at, line.find('>', at) + 1 - at);
                REQUIRE((tag == "<i>" || tag == "<b>" || tag == "<u>" || tag == "</i>" || tag == "</b>" || tag == "</u>"));
            }
        }
    }
}

TEST_CASE("what begins a thousand things costs no more than it is long") {
    auto const many = [](std::string_view sign, std::size_t times) {
        std::string out;
        for (std::size_t i = 0; i < times; ++i) out += sign;
        return out;
    };
    std::string const head = "1\n00:00:01,000 --> 00:00:02,000\n";
    CHECK(webvtt_from_srt(head + "{\\p1}" + many("<", 2'000'000) + ">").webvtt.empty());
    CHECK(webvtt_from_srt(head + "{\\p1}" + many("{", 2'000'000)).webvtt.empty());
    CHECK(webvtt_from_srt(head + many("<", 2'000'000) + ">").webvtt.starts_with("WEBVTT"));
    CHECK(webvtt_from_webvtt("WEBVTT\n\n00:01.000 --> 00:02.000\n" + many("&lt;", 500'000)).webvtt.find("&lt;&lt;") != std::string::npos);
    CHECK(shown("{\\p1}" + many("{", 900'000)) == "");
}

TEST_CASE("languages go by their shortest names") {
    CHECK(language_tag("eng") == "en");
    CHECK(language_tag("ger") == "de");
    CHECK(language_tag("hun") == "hu");
    CHECK(language_tag("pt_BR") == "pt-br");
    CHECK(language_tag("und") == "");
    CHECK(language_tag("ca-ES-valencia") == "ca-es-valencia");
    CHECK(language_tag("de-") == "");
    CHECK(language_tag("123") == "");
    CHECK(language_tag("\"><b>") == "");
}

// proves S23
TEST_CASE("somebody adds subtitles to a film of theirs, and takes them away again") {
    House house(House::Jobs::running);
    TempFolder const folder;
    write_file(folder.path("s.srt"), "1\n00:00:00,500 --> 00:00:02,000\nHello\n");
    make_video({"-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=3", "-f", "lavfi", "-i", "sine=d=3", "-i", folder.path("s.srt"), "-map",
        "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-c:s", "srt",
        "-metadata:s:s:0", "language=eng", "-metadata:s:s:0", "title=Signs", "-f", "matroska", folder.path("v")});
    auto const id = house.upload(read_file(folder.path("v")));
    auto const ready = house.settled(id);
    INFO(boost::json::serialize(ready));
    REQUIRE(ready.at("status") == "READY");
    REQUIRE(ready.at("texts").as_array().size() == 1);
    CHECK(ready.at("texts").at(0).at("language") == "en");
    CHECK(ready.at("texts").at(0).at("name") == "Signs");
    auto const master = std::string(ready.at("hlsUrl").as_string()), folder_of = master.substr(0, master.rfind('/') + 1);
    CHECK(house.get(master, visitor).text.find("URI=\"r1/t0/index.m3u8\"") != std::string::npos);
    auto const text = house.get(folder_of + "r1/t0/text.vtt", visitor).text;
    CHECK_MESSAGE((text.starts_with("WEBVTT\n\n00:00:00.5") && text.ends_with("\nHello\n")), text);

    auto const body = R"({"language":"hun","name":"Magyar","content":"1\n00:00:01,000 --> 00:00:02,000\nSzia\n"})";
    auto const add = [&](std::string_view who, std::string const& text) {
        return house.ask(Method::post, "/api/media/" + id + "/texts", who, {"content-type: application/json"}, text);
    };
    CHECK(add(ben, body).status == 404);
    auto const added = add(ada, body);
    INFO(added.text);
    REQUIRE(added.status == 201);
    CHECK(added.at("texts").at(1).at("added") == 1);
    CHECK(added.at("texts").at(1).at("language") == "hu");
    CHECK(house.get(master, visitor).text.find("NAME=\"Magyar\",LANGUAGE=\"hu\",DEFAULT=NO,AUTOSELECT=YES,URI=\"added/t1/index.m3u8\"") !=
          std::string::npos);
    CHECK(house.get(folder_of + "added/t1/text.vtt", visitor).text.find("Szia") != std::string::npos);
    CHECK(house.get(folder_of + "added/t1/source", visitor).status == 404);
    for (auto const* language : {"de-", "123", "en--GB", "e1", "en-x", "en-a-b"}) {
        auto const refused =
            add(ada, R"({"language":")" + std::string(language) + R"(","content":"1\n00:00:01,000 --> 00:00:02,000\nx\n"})");
        CHECK(refused.status == 422);
        CHECK(refused.text.find("field.language_tag") != std::string::npos);
    }
    auto const wrong = add(ada, R"({"language":"hu","content":"no subtitles"})");
    CHECK(wrong.status == 422);
    CHECK(wrong.id() == "media.text_unreadable");
    house.restart();
    CHECK(house.get(text_of(house.media(id), "hlsUrl"), visitor).text.find("added/t1") != std::string::npos);
    CHECK(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ben).status == 404);
    CHECK(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ada).status == 200);
    CHECK(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ada).status == 404);
    CHECK(house.get(text_of(house.media(id), "hlsUrl"), visitor).text.find("added/") == std::string::npos);
    CHECK(house.get(folder_of + "added/t1/text.vtt", visitor).status == 404);
    CHECK(add(ada, body).at("texts").at(1).at("added") == 2); // an address is one text's for ever
    CHECK(house.ask(Method::delete_, "/api/media/" + id + "/texts/2", ada).status == 200);
    for (int i = 0; i < 32; ++i) CHECK(add(ada, body).status == 201);
    CHECK(add(ada, body).status == 409);
}

TEST_CASE("subtitles that were added count against the quota, and taken away they do not") {
    House house(House::Jobs::idle, {.quota_bytes = 100'000});
    auto const announced = house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 1.0.0", "upload-length: 40000"});
    auto const where = std::string(announced.header("Location")), id = where.substr(where.rfind('/') + 1);
    std::string lines;
    for (int i = 0; i < 700; ++i)
        lines += std::to_string(i + 1) + R"(\n00:10:01,000 --> 00:10:02,000\nThey sat and said no word, )" + std::to_string(i) + R"(.\n\n)";
    auto const add = [&] {
        return house.ask(Method::post, "/api/media/" + id + "/texts", ada, {"content-type: application/json"},
            R"({"language":"en","content":")" + lines + "\"}");
    };
    REQUIRE(add().status == 201);
    auto const refused = add();
    CHECK(refused.status == 507);
    CHECK(refused.id() == "media.quota");
    REQUIRE(house.ask(Method::delete_, "/api/media/" + id + "/texts/1", ada).status == 200);
    CHECK(add().status == 201);
    // With its medium it is gone from the sum as well.
    REQUIRE(house.ask(Method::delete_, "/api/media/" + id, ada).status == 204);
    CHECK(house.ask(Method::post, "/api/media/uploads", ada, {"tus-resumable: 1.0.0", "upload-length: 100000"}).status == 201);
}
