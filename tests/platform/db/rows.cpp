// Rows as structs: what is written comes back, and a row that cannot be read is a failure.
#include "support.hpp"

#include <mozi/db/rows.hpp>

using namespace mozi;

namespace {

enum class Mood { calm, wild };
constexpr auto names(Mood) { return std::array{std::pair{Mood::calm, "CALM"sv}, std::pair{Mood::wild, "WILD"sv}}; }

struct Collar {
    std::string colour;
    int bells = 0;
    static constexpr auto fields() {
        return std::tuple{json::field("colour", &Collar::colour, {.max = 20}), json::field("bells", &Collar::bells, {.max = 9})};
    }
    bool operator==(Collar const&) const = default;
};

struct Place {
    std::string town, street;
    bool operator==(Place const&) const = default;
};

using CatId = Id<"cat">;

struct Cat {
    CatId id;
    std::string name;
    Mood mood = Mood::calm;
    std::optional<double> weight;
    std::vector<std::string> kittens;
    Collar collar;
    Place home;
    Time born{};
    bool asleep = false;
    std::int64_t owners = 0;

    static constexpr db::Table table{"cat", "k", "JOIN house h ON h.town = k.town"};
    static constexpr auto columns() {
        using db::column;
        return std::tuple{column("id", &Cat::id), column("name", &Cat::name), column("mood", &Cat::mood), column("weight", &Cat::weight),
            column("kittens", &Cat::kittens), column("collar", &Cat::collar), column("town", &Cat::home, &Place::town),
            column("street", &Cat::home, &Place::street), column("born", &Cat::born), column("asleep", &Cat::asleep),
            db::computed("h.people", &Cat::owners), db::derived("shout", [](Cat const& cat) { return cat.name + "!"; })};
    }
    bool operator==(Cat const&) const = default;
};

std::vector<EmbeddedFile> const schema{{"0001_cats.sql", R"(
    CREATE TABLE house (town TEXT PRIMARY KEY, people INTEGER NOT NULL) STRICT;
    CREATE TABLE cat (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mood TEXT NOT NULL, weight REAL, kittens TEXT NOT NULL,
        collar TEXT NOT NULL,
        town TEXT NOT NULL, street TEXT NOT NULL, born INTEGER NOT NULL, asleep INTEGER NOT NULL, shout TEXT NOT NULL) STRICT;
    INSERT INTO house (town, people) VALUES ('Pécs', 3), ('Eger', 5);
)"}};

struct House {
    explicit House(db::Dialect dialect) : database("cats", schema, dialect) {}

    void write(std::function<void(db::Connection&)> const& fn) {
        auto const done = database->write([&](db::Transaction& tx) -> Result<> { return fn(*tx), Result<>{}; });
        REQUIRE_MESSAGE(done, done.error().detail);
    }
    std::optional<Error> read_error(CatId id) {
        auto const found = database->read([&](db::Connection& c) -> Result<std::optional<Cat>> { return db::find<Cat>(c, id); });
        return found ? std::nullopt : std::optional(found.error());
    }

    test::TempDatabase database;
};

Cat tom() {
    return {{7}, "Tom \"the\" cat", Mood::wild, 4.5, {"Ő", "a,b", "\"q\""}, {"red", 2}, {"Pécs", "Fő tér 1"},
        Time{std::chrono::microseconds{1'234'567}}, true, 3};
}

} // namespace

TEST_CASE("a row that was inserted is found as it was, with what other tables say of it") {
    test::on_each_database([](House& house) {
        auto const cat = tom();
        Cat plain{.id = {9}, .name = "Mia", .home = {"Eger", ""}, .owners = 5};
        house.write([&](db::Connection& c) {
            CHECK(db::insert(c, cat) == 1);
            CHECK(db::insert(c, plain) == 1);
            CHECK(db::insert(c, plain, "ON CONFLICT DO NOTHING") == 0);
            CHECK(db::find<Cat>(c, cat.id) == cat);
            CHECK(db::find<Cat>(c, plain.id) == plain);
            CHECK(db::find<Cat>(c, CatId{8}) == std::nullopt);
            CHECK(db::find_many<Cat>(c, std::vector<CatId>{{7}, {8}, {9}}).size() == 2);
            CHECK(db::find_many<Cat>(c, std::vector<CatId>{}).empty());
            static auto const wild = db::select<Cat>("WHERE k.mood = ? AND h.people > ?");
            CHECK(db::rows<Cat>(c, wild, Mood::wild, 2) == std::vector{cat});
            CHECK(db::row<Cat>(c, wild, Mood::wild, 3) == std::nullopt);
            CHECK(std::get<0>(*c.one<std::string>("SELECT shout FROM cat WHERE id = 7")) == cat.name + "!");
            CHECK(db::hold<Cat>(c, cat.id) == cat);
            db::hold_where<Cat>(c, "mood = ?", Mood::wild);
        });
    });
}

TEST_CASE("an update writes the columns it names and no others, a replacement all of them") {
    test::on_each_database([](House& house) {
        auto cat = tom();
        house.write([&](db::Connection& c) {
            db::insert(c, cat);
            auto changed = cat;
            changed.name = "Tim";
            changed.mood = Mood::calm;
            changed.kittens.clear();
            changed.asleep = false;
            CHECK(db::update<&Cat::mood, &Cat::kittens>(c, changed) == 1);
            cat.mood = Mood::calm;
            cat.kittens.clear();
            CHECK(db::find<Cat>(c, cat.id) == cat);
            CHECK(db::update_where<&Cat::asleep>(c, changed, "name = ? AND id <> ?", cat.name, cat.id) == 0);
            CHECK(db::find<Cat>(c, cat.id) == cat);
            CHECK(db::replace(c, changed) == 1);
            CHECK(db::find<Cat>(c, cat.id) == changed);
            CHECK(std::get<0>(*c.one<std::string>("SELECT shout FROM cat WHERE id = 7")) == "Tim!");
            changed.id = {8};
            CHECK(db::replace(c, changed) == 0);
        });
    });
}

TEST_CASE("a row with a word or a text that this version cannot read is a failure, not the first that comes to mind") {
    test::on_each_database([](House& house) {
        house.write([&](db::Connection& c) { db::insert(c, tom()); });
        CHECK_FALSE(house.read_error({7}));
        for (auto const* damage : {"mood = 'FURIOUS'", "mood = ''", "kittens = '[1]'", "kittens = 'x'", "collar = '[]'", "collar = '{}'"}) {
            CAPTURE(damage);
            house.write([&](db::Connection& c) { c.run(std::string("UPDATE cat SET ") + damage + " WHERE id = 7"); });
            auto const error = house.read_error({7});
            REQUIRE(error);
            CHECK(error->code == Code::internal);
            house.write([&](db::Connection& c) { db::replace(c, tom()); });
        }
        // What a later version added to a described struct does not matter to this one.
        house.write([&](db::Connection& c) { c.run(R"(UPDATE cat SET collar = '{"colour":"red","bells":2,"gps":true}' WHERE id = 7)"); });
        CHECK_FALSE(house.read_error({7}));
    });
}
