// Folding, slugs, keys and cursors.
#include "support.hpp"

#include "movies/shelves.hpp"
#include "movies/words.hpp"

#include <mozi/base/text.hpp>

using namespace mozi;
using namespace mozi::content;

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

TEST_CASE("wild cards of a search mean themselves") {
    CHECK(like_pattern("50%_off!") == "%50!%!_off!!%");
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
            auto const cursor = to_cursor(position, sort, order);
            CHECK(cursor.size() <= 200);
            auto const back = from_cursor(cursor, sort, order).value();
            CHECK(back.key == position.key);
            CHECK(back.id == movie.id);
            CHECK(from_cursor(cursor, sort, order == SortOrder::asc ? SortOrder::desc : SortOrder::asc).error().id == "request.cursor");
        }
    for (auto const* wrong : {"", "x", "MGE", "MGE6", "MGEtMTo", "....", "MGExOgA"}) CHECK(from_cursor(wrong, SortBy::created_at, SortOrder::asc).has_error());
}
