// Titles written by an earlier way of folding are found and sorted as today's are, after a start.
#include "support.hpp"

#include "movies/words.hpp"

using namespace mozi;
using namespace mozi::content;

namespace {

// As an executable of another version left them: none found by its words, sorted by nothing.
void write_as_before(House& house, int version) {
    REQUIRE(house.database->write([&](db::Transaction& tx) -> Result<> {
        tx->run("UPDATE movie SET title_fold = 'old'");
        tx->run("UPDATE movie_shelf SET title_key = 'old'");
        tx->run("UPDATE title_folding SET version = ?, up_to = NULL", version);
        return {};
    }));
}

// Asked by a member: what visitors get is remembered until a title changes.
std::vector<std::string> found(House& house, std::string const& query) {
    std::vector<std::string> titles;
    auto const answer = house.get("/api/movies?sortBy=title&sortOrder=asc&" + query, ben);
    for (auto const& movie : answer.body.at("data").as_array()) titles.emplace_back(movie.at("title").as_string());
    return titles;
}

using Listed = std::vector<std::string>;

} // namespace

TEST_CASE("titles that another version folded are folded anew at the start, once") {
    on_each_database([](House& house) {
        auto genres = titled("“Z”");
        genres.genres = set(std::vector<std::string>{"Drama"});
        house.add(genres), house.add(titled("Łódź")), house.add(titled("Ocean’s Eleven"), ben);
        auto const hidden = house.add(titled("A hidden one"));
        house.hear(moderation::ContentHidden{{1}, SubjectKind::movie, hidden.id.value});
        write_as_before(house, fold_version - 1);
        CHECK(found(house, "search=oceans") == Listed{});
        REQUIRE(house.movies.refold());
        CHECK(found(house, "search=oceans") == Listed{"Ocean’s Eleven"});
        CHECK(found(house, "search=lodz") == Listed{"Łódź"});
        CHECK(found(house, "") == Listed{"Łódź", "Ocean’s Eleven", "“Z”"});
        CHECK(found(house, "genre=drama&search=z") == Listed{"“Z”"});
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie_shelf WHERE title_key = 'old'") == 0);
        CHECK(house.scalar<std::int64_t>("SELECT version FROM title_folding") == fold_version);
        // In force: nothing is looked at again.
        REQUIRE(house.database->write(
            [&](db::Transaction& tx) -> Result<> { return tx->run("UPDATE movie SET title_fold = 'kept'"), Result<>{}; }));
        REQUIRE(house.movies.refold());
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie WHERE title_fold = 'kept'") == 4);
    });
}

TEST_CASE("folding anew goes on where it was interrupted, in pages") {
    on_each_database([](House& house) {
        MovieId middle{};
        for (int i = 0; i < 1100; ++i) {
            auto const made = house.add(titled("Title " + std::to_string(i)), UserId{1000 + i / 400}); // in a day one person adds 500
            if (i == 99) middle = made.id;
        }
        write_as_before(house, fold_version);
        REQUIRE(house.database->write(
            [&](db::Transaction& tx) -> Result<> { return tx->run("UPDATE title_folding SET up_to = ?", middle), Result<>{}; }));
        auto const before = house.database->figures().units;
        REQUIRE(house.movies.refold(500));
        CHECK(house.database->figures().units - before == 3); // 500, 500, and that there are no more
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM movie WHERE title_fold = 'old'") == 100);
        CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM title_folding WHERE up_to IS NULL") == 1);
    });
}

TEST_CASE("a new house has nothing to fold") {
    on_each_database(
        [](House& house) { CHECK(house.scalar<std::int64_t>("SELECT count(*) FROM title_folding WHERE up_to IS NULL") == 1); });
}
