// What other modules ask about comments and counts is answered as their tests believe, and things in memory answer as real ones do.
#include "support.hpp"

#include "cases/engagement.hpp"
#include "cases/subjects.hpp"

using namespace mozi;
using namespace mozi::social;

TEST_CASE("other modules learn of comments what their tests believe") {
    on_each_database([](House& house) {
        auto const id = house.comment_id(ada, "What a shadow!");
        test::check_subject(
            *house.database, house.neighbours.directory.entry(SubjectKind::comment), {{*parse_id(id)}, {4}, {11}, {12}},
            [&](bool hidden) { hidden ? house.hide(id, 1) : house.restore(id, 1); }, true);
    });
}

TEST_CASE("content learns of reactions what its tests believe") {
    on_each_database([](House& house) {
        REQUIRE(house.wire.put(film + "/like", ada, R"({"type":"LOVE"})").status == 200);
        REQUIRE(house.wire.put(film + "/like", ben, R"({"type":"WOW"})").status == 200);
        test::check_engagement(*house.made.engagement, {{5}, {6}, {11}, {12}});
    });
}

TEST_CASE("things in memory answer as real ones do") {
    House house(db::Dialect::sqlite);
    test::check_subject(
        *house.database, house.neighbours.directory.entry(SubjectKind::movie), {{5}, {7}, {1}, {12}},
        [&](bool hidden) { house.title(5).hidden = hidden; }, true);
}
