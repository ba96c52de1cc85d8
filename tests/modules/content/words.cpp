// Folding, slugs, keys and cursors.
#include "support.hpp"

#include "movies/shelves.hpp"
#include "movies/words.hpp"

#include <mozi/base/text.hpp>

#include <algorithm>

using namespace mozi;
using namespace mozi::content;

// proves S11
TEST_CASE("case, width and diacritics do not count") {
    CHECK(plain("Amélie") == "amelie");
    CHECK(plain("AMÉLIE") == "amelie");
    CHECK(plain("Ame\u0301lie") == "amelie");
    CHECK(plain("ＡＢＣ ﬁlm") == "abc film");
    CHECK(plain("Straße") == "strasse");
    CHECK(plain("Ünlü Ğ") == "unlu g");
    CHECK(plain("Пётр") == "петр");
    CHECK(plain("千と千尋") == "千と千尋");
    CHECK(plain("ガンダム") == "ガンダム"); // a voiced kana is another letter, not an accent
    CHECK(plain("हिन्दी") == "हिन्दी");
    CHECK(plain(plain("Łódź Ünder")) == plain("Łódź Ünder"));
}

// proves S10
TEST_CASE("a slug has letters and digits of any script, and single hyphens") {
    CHECK(slug_of("Science  Fiction") == "science-fiction");
    CHECK(slug_of("Sci-Fi & Fantasy!") == "sci-fi-fantasy");
    CHECK(slug_of("  Comédie ") == "comedie");
    CHECK(slug_of("アニメ") == "アニメ");
    CHECK(slug_of("हिन्दी फ़िल्म") == plain("हिन्दी") + "-" + plain("फ़िल्म"));
    CHECK(slug_of("1980s") == "1980s");
    CHECK(slug_of("--!?--").empty());
    CHECK(slug_of("science-fiction") == slug_of("Science Fiction"));
    std::string widest;
    for (int i = 0; i < 50; ++i) widest += "\uFDFA"; // one character that folds into eighteen
    CHECK(slug_of(widest).size() <= 150);
    CHECK(is_utf8(slug_of(widest)));
}

namespace {

// Whether the search finds the title, as the statement would say.
bool finds(std::string_view typed, std::string_view title) {
    auto const text = search_text(title);
    auto const words = search_words(typed);
    return std::ranges::all_of(
        words, [&](SearchWord const& word) { return text.find(word.joined) != text.npos || text.find(word.apart) != text.npos; });
}

} // namespace

// proves S11
TEST_CASE("typography does not count in a search") {
    std::pair<std::string_view, std::string_view> const same[] = {{"don’t look", "Don't Look Up"}, {"don't look", "Don’t Look Up"},
        {"dont look", "Don´t Look Up"}, {"oceans eleven", "Ocean’s Eleven"}, {"ocean's eleven", "Oceans Eleven"},
        {"spider–man", "Spider-Man"}, {"spider‑man", "Spider—Man"}, {"spider−man", "Spider-Man"}, {"spiderman", "Spider-Man"},
        {"spider man", "Spider-Man"}, {"spider-man", "Spiderman"}, {"spider-man", "The Spider Man"},
        {"\"crocodile\"", "“Crocodile” Dundee"}, {"«crocodile»", "„Crocodile“ Dundee"}, {"crocodile dundee", "‘Crocodile’ Dundee"},
        {"wait... what", "Wait… what"}, {"wait what", "Wait… what"}, {"wait…what", "Wait what"}, {"matrix ", "Matrix"},
        {"himmel  über", "Der Himmel über Berlin"}, {"berlin himmel", "Der Himmel über Berlin"},
        {"himmel\u00a0uber", "Der Himmel über Berlin"}, {"matr", "The Matrix"}, {"atrix", "The Matrix"}, {"lodz", "Łódź"}, {"ŁÓDŹ", "lodz"},
        {"smorrebrod", "Smørrebrød"}, {"dorde", "Đorđe"}, {"aeon flux", "Æon Flux"}, {"æon", "Aeon Flux"}, {"oeuvre", "L’Œuvre"},
        {"strasse", "Die Straße"}, {"strasse", "STRAẞE"}, {"thor", "Þór"}, {"fadir", "Faðir"}, {"hamrun", "Ħamrun"}, {"isik", "Işık"},
        {"ISIK", "ışık"}, {"film", "ﬁlm"}, {"flux", "ﬂux"}, {"istanbul", "İstanbul"}, {"leon: the professional", "Léon: The Professional"},
        {"leon the professional", "Léon: The Professional"}, {"murder she wrote", "Murder, She Wrote"}, {"up, doc", "What's Up Doc?"},
        {"shield", "Marvel’s Agents of S.H.I.E.L.D."}, {"s.h.i.e.l.d.", "Agents of SHIELD"}, {"et", "E.T."}, {"wall-e", "WALL·E"},
        {"walle", "WALL·E"}, {"mash", "M*A*S*H"}, {"1000", "1,000 Times Good Night"}, {"pellicula", "La pel·lícula"},
        {"pel·licula", "La pellícula"}, {"pel.licula", "La peŀlícula"}, {"スターウォーズ", "スター・ウォーズ"},
        {"スター・ウォーズ", "スターウォーズ"}, {"君の〜", "君の～名"}, {"ｶﾞﾝﾀﾞﾑ", "ガンダム"}, {"ＡＢＣ", "abc"}, {"hawaii", "Hawaiʻi"},
        {"צהל", "צה״ל"}, {"שלום", "שָׁלוֹם"}, {"محمد", "مُحَمَّد"}, {"الا", "ألّا"}, {"كتاب", "کتاب"}, {"على", "علی"}, {"میخواهم", "می\u200cخواهم"},
        {"می خواهم", "می\u200cخواهم"}, {"50%", "50% Off"}, {"9.99", "$9.99"}, {"(500) days", "500 Days of Summer"}, {"...", "…"},
        {"???", "???"}, {"", "anything"}, {" \u200b ", "anything"}};
    for (auto const& [typed, title] : same) {
        CAPTURE(std::string(typed));
        CAPTURE(std::string(title));
        CAPTURE(search_text(title));
        CHECK(finds(typed, title));
    }
    std::pair<std::string_view, std::string_view> const others[] = {{"x-men", "Six Tall Men"}, {"x-men", "Omens of Max"},
        {"therapist", "The Rapist"}, {"matrix two", "Matrix"}, {"50%", "50 Off"}, {"_", "Under"}, {"%", "Percent"},
        {"mannespi", "Man-Spider Man"}, {"-", "Matrix"}};
    for (auto const& [typed, title] : others) {
        CAPTURE(std::string(typed));
        CHECK_FALSE(finds(typed, title));
    }
}

TEST_CASE("a search has at most eight words, the longest, and none that another one holds") {
    auto const words = search_words("the good the bad and the ugly good goodness of a b c longest wording in such search");
    REQUIRE(words.size() == 8);
    CHECK(words.front().joined == "goodness");
    for (std::size_t i = 1; i < words.size(); ++i) CHECK(words[i].joined.size() <= words[i - 1].joined.size());
    CHECK(std::ranges::none_of(words, [](auto const& word) { return word.joined == "good" || word.joined == "a"; }));
    CHECK(search_words("the the the").size() == 1);
    CHECK(search_words("spider-man man spider") == std::vector<SearchWord>{{"spiderman", "spider man"}});
}

TEST_CASE("what is searched is bounded, whatever a title folds into") {
    std::string widest, dashed;
    for (int i = 0; i < 500; ++i) widest += "\uFDFA"; // one character that folds into eighteen
    for (int i = 0; i < 250; ++i) dashed += "漢-";
    for (auto const& title : {widest, dashed}) {
        CHECK(search_text(title).size() <= 2048);
        CHECK(is_utf8(search_text(title)));
    }
}

TEST_CASE("titles sort by their first letter or digit") {
    std::vector<std::string> titles{"(500) Days of Summer", "...And Justice for All", "*batteries not included", "“Crocodile” Dundee",
        "[REC]", "3 Ninjas", "About Schmidt", "Łódź", "Lodz Two", "Æon Flux", "’Allo", "Zodiac", "…"};
    std::ranges::sort(titles, {}, [](std::string const& title) { return title_key(title); });
    CHECK(titles == std::vector<std::string>{"…", "3 Ninjas", "(500) Days of Summer", "About Schmidt", "Æon Flux", "’Allo",
                        "...And Justice for All", "*batteries not included", "“Crocodile” Dundee", "Łódź", "Lodz Two", "[REC]", "Zodiac"});
}

TEST_CASE("genres are told apart more strictly than titles are searched: names are never the same by a stroke") {
    CHECK(slug_of("Børn") != slug_of("Born"));
    CHECK(fold("Łucja") != fold("Lucja"));
    CHECK(slug_of("Children’s") == slug_of("Children's"));
}

TEST_CASE("sort keys are cut between characters") {
    std::string title(95, 'a');
    CHECK(title_key(title + "千") == title);
    CHECK(is_utf8(title_key(std::string(94, 'a') + "千千")));
}

TEST_CASE("a cursor comes back as it went, fits a query, and belongs to one order") {
    std::string longest;
    for (int i = 0; i < 500; ++i) longest += "千";
    Movie movie;
    movie.id = {9'223'372'036'854'775'807};
    movie.title = longest;
    for (auto const sort : {SortBy::created_at, SortBy::title, SortBy::release_date})
        for (auto const order : {SortOrder::asc, SortOrder::desc}) {
            auto const position = position_of(movie, sort, order);
            auto const cursor = pager_of(sort, order).cursor(position);
            CHECK(cursor.size() <= 200);
            CHECK(pager_of(sort, order).after(cursor).value() == position);
            auto const other = order == SortOrder::asc ? SortOrder::desc : SortOrder::asc;
            CHECK(pager_of(sort, other).after(cursor).error().id == "request.cursor");
        }
    for (auto const* wrong :
        {"", "x", "0a", "0a..", "0a..x", "0a..-1", "0a..0", "0a..01", "0a.*.1", "0a..1.", "0a.AA.1", "0a.gA.1", "0d..1", "...."})
        CHECK(pager_of(SortBy::created_at, SortOrder::asc).after(wrong).has_error());
}
