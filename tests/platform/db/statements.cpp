// Statements: placeholders, lists, nulls, exact integers, wrong arguments, and that none stays open.
#include "support.hpp"

#include <limits>
#include <numbers>

using namespace mozi;
using namespace mozi::test;

namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();

template <class F>
void reading(db::Database& database, F&& f) {
    auto const done = database.read([&](db::Connection& c) -> Result<> { return f(c), Result<>{}; });
    CHECK(done);
}

} // namespace

// proves S26
TEST_CASE("values come back as they went in") {
    on_each_engine([](db::Database& database) {
        for (auto const id : {std::int64_t{1}, (std::int64_t{1} << 53) + 1, largest, -largest - 1}) {
            REQUIRE(database.write([&](db::Transaction& tx) -> Result<> {
                return tx->run("INSERT INTO note (id, word, weight) VALUES (?, ?, ?)", id, "w" + std::to_string(id), std::numbers::pi),
                       Result<>{};
            }));
            reading(database, [&](db::Connection& c) {
                auto const row = c.one<std::int64_t, std::string, double, std::optional<std::int64_t>>(
                    "SELECT id, word, weight, parent FROM note WHERE id = ?", id);
                REQUIRE(row);
                CHECK(*row == std::tuple{id, "w" + std::to_string(id), std::numbers::pi, std::optional<std::int64_t>{}});
            });
        }
        std::string const text = "it's \"quoted\" ? {list} :p1 — žluťoučký 🎬; -- no comment\n\ttail";
        REQUIRE(insert(database, 7, text));
        reading(database, [&](db::Connection& c) {
            CHECK(std::get<0>(c.one<std::string>("SELECT word FROM note WHERE word = ?", text).value()) == text);
        });
    });
}

TEST_CASE("null in both directions, in every type, and a reused statement forgets the row before") {
    on_each_engine([](db::Database& database) {
        REQUIRE(database.write([&](db::Transaction& tx) -> Result<> {
            tx->run("INSERT INTO note (id, word, weight, parent) VALUES (?, ?, ?, ?)", 1, "a", std::optional<double>{2.5},
                std::optional<std::int64_t>{});
            tx->run(
                "INSERT INTO note (id, word, weight, parent) VALUES (?, ?, ?, ?)", 2, "b", std::nullopt, std::optional<std::int64_t>{1});
            tx->run("INSERT INTO note (id, word, weight, parent) VALUES (?, ?, ?, ?)", 3, "c", 0.0, 2);
            return {};
        }));
        reading(database, [&](db::Connection& c) {
            using Row = std::tuple<std::int64_t, std::optional<double>, std::optional<std::int64_t>>;
            auto const rows =
                c.all<std::int64_t, std::optional<double>, std::optional<std::int64_t>>("SELECT id, weight, parent FROM note ORDER BY id");
            CHECK(rows == std::vector<Row>{{1, 2.5, {}}, {2, {}, 1}, {3, 0.0, 2}});
            auto const bare = c.all<double, std::int64_t, std::string>(
                "SELECT weight, parent, NULLIF(word, 'a') FROM note ORDER BY id"); // null into a plain type is its zero
            CHECK(bare == std::vector<std::tuple<double, std::int64_t, std::string>>{{2.5, 0, ""}, {0, 1, "b"}, {0, 2, "c"}});
        });
    });
}

TEST_CASE("placeholders") {
    on_each_engine([](db::Database& database) {
        for (int i = 1; i <= 9; ++i) REQUIRE(insert(database, i, "w" + std::to_string(i)));
        auto const ids = [&](std::string const& sql, auto const&... in) {
            std::vector<std::int64_t> out;
            reading(database, [&](db::Connection& c) { c.each<std::int64_t>(sql, [&](std::int64_t id) { out.push_back(id); }, in...); });
            return out;
        };
        using Ids = std::vector<std::int64_t>;
        std::vector<Id<"note">> const some{{2}, {5}, {77}}, none;
        auto const list = db::id_list<Id<"note">>(some), empty = db::id_list<Id<"note">>(none);
        CHECK(list == "[2,5,77]");
        CHECK(empty == "[]");
        CHECK(ids("SELECT id FROM note WHERE id = ? OR id = ? ORDER BY id", 3, 4) == Ids{3, 4});
        CHECK(ids("SELECT id FROM note WHERE id = ?2 OR id = ?1 OR id = ?1 + 3 ORDER BY id", 3, 4) == Ids{3, 4, 6});
        CHECK(ids("SELECT id FROM note WHERE id IN {list} ORDER BY id", list) == Ids{2, 5});
        CHECK(ids("SELECT id FROM note WHERE id IN {list} ORDER BY id", empty).empty());
        CHECK(ids("SELECT id FROM note WHERE id > ? AND id IN {list} AND id < ? ORDER BY id", 2, list, 9) == Ids{5});
        CHECK(ids("SELECT id FROM note WHERE word <> '?' AND word <> '{list}' AND id = ?", 8) == Ids{8});
    });
}

TEST_CASE("a mistaken statement is an error, never a wrong row") {
    on_each_engine([](db::Database& database) {
        REQUIRE(insert(database, 1, "one"));
        std::function<void(db::Connection&)> const mistakes[] = {
            [](db::Connection& c) { c.one<std::int64_t>("SELECT id FROM note WHERE id = ? AND word = ?", 1); },
            [](db::Connection& c) { c.one<std::int64_t>("SELECT id FROM note WHERE id = ?", 1, 2); },
            [](db::Connection& c) { c.one<std::int64_t>("SELECT nothing FROM note"); },
        };
        for (auto const& mistake : mistakes) {
            auto const done = database.read([&](db::Connection& c) -> Result<> { return mistake(c), Result<>{}; });
            CHECK(id_of(done) == "internal");
            CHECK(words(database) == std::vector<std::string>{"one"});
        }
        auto const written = database.read(
            [&](db::Connection& c) -> Result<> { return c.run("INSERT INTO note (id, word) VALUES (2, 'by a reader')"), Result<>{}; });
        if (database.dialect() == db::Dialect::sqlite) CHECK_FALSE(written); // readers cannot write
    });
}

TEST_CASE("run says how many rows changed, each stops when told, and statements are counted") {
    on_each_engine([](db::Database& database) {
        for (int i = 1; i <= 9; ++i) REQUIRE(insert(database, i, "w" + std::to_string(i)));
        auto const changed = database.write(
            [](db::Transaction& tx) -> Result<std::int64_t> { return tx->run("UPDATE note SET weight = 1 WHERE id > ?", 6); });
        CHECK(*changed == 3);
        reading(database, [](db::Connection& c) {
            int seen = 0;
            auto const before = db::statements_of_this_thread();
            c.each<std::int64_t>("SELECT id FROM note ORDER BY id", [&](std::int64_t) { return ++seen < 4; });
            CHECK(seen == 4);
            CHECK(std::get<0>(c.one<std::int64_t>("SELECT id FROM note ORDER BY id").value()) == 1); // the same text again starts anew
            CHECK(db::statements_of_this_thread() == before + 2);
        });
    });
}

TEST_CASE("strpos finds the same places on both engines") {
    on_each_engine([](db::Database& database) {
        std::string const wall(2000, 'a');
        struct {
            std::string text, part;
            std::int64_t at;
        } const table[] = {{"abcabc", "bc", 2}, {"abc", "abc", 1}, {"abc", "abcd", 0}, {"abc", "B", 0}, {"žluťoučký kůň", "kůň", 11},
            {"ž🎬é", "é", 3}, {"50%_off*?[", "%_", 3}, {"a\nb", "\nb", 2}, {"abc", "", 1}, {"", "", 1}, {"", "a", 0}, {wall, wall + "b", 0},
            {wall + "b", std::string(90, 'a') + "b", 1911}};
        reading(database, [&](db::Connection& c) {
            for (auto const& row : table) {
                CAPTURE(row.part);
                CHECK(std::get<0>(c.one<std::int64_t>("SELECT strpos(?, ?)", row.text, row.part).value()) == row.at);
            }
            CHECK_FALSE(std::get<0>(
                c.one<std::optional<std::int64_t>>("SELECT strpos(word, 'x') FROM (SELECT CAST(NULL AS TEXT) AS word) AS n").value()));
        });
    });
}
