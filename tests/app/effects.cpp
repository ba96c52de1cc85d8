// Undo is exact: decisions of any kind on any thing, taken back in any order, leave every table as if they had never been.
#include "effects_check.hpp"
#include "of_each_kind.hpp"
#include "support.hpp"

#include <mozi/subject/effects.hpp>

#include <random>

using namespace mozi;
using namespace mozi::test;

namespace {

// One statement per table that reads every row of it as text; the log alone goes on growing.
std::vector<std::string> reading(db::Connection& c) {
    std::vector<std::string> tables, out;
    auto const sqlite = c.dialect() == db::Dialect::sqlite;
    c.each<std::string>(sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                               : "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
        [&](std::string name) {
            if (name != "outbox" && name != "listener_cursor") tables.push_back(std::move(name));
        });
    for (auto const& table : tables) {
        std::string columns;
        c.each<std::string>(
            sqlite ? "SELECT name FROM pragma_table_info(?) ORDER BY cid"
                   : "SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_schema = current_schema() "
                     "AND table_name = ? ORDER BY ordinal_position",
            [&](std::string const& name) {
                columns += (columns.empty() ? "" : " || '|' || ") + ("coalesce(CAST(" + name + " AS text), '-')");
            },
            table);
        out.push_back("SELECT " + columns + " FROM " + table + " ORDER BY 1");
    }
    return out;
}

std::string dump(db::Connection& c, std::vector<std::string> const& statements) {
    std::string out;
    for (auto const& statement : statements) {
        out += statement + "\n";
        c.each<std::string>(statement, [&](std::string const& row) { out += row + "\n"; });
    }
    return out;
}

struct Deed {
    Subject subject;
    ActionId action;
};

// The look through what stands finds what nobody decided, on this engine as well: the effect, and what is left of it without one.
void find_undecided(app::House& house, std::map<SubjectKind, OfOneKind> const& things) {
    auto const finds = [&](std::string const& what) {
        auto const checked = app::check_effects({house.databases(), app::module_places()});
        auto const said = checked ? std::string() : checked.error().message;
        CHECK_MESSAGE((what.empty() ? said.empty() : said.find(what) != said.npos), said << " / " << what);
    };
    finds("");
    for (auto const& [kind, own] : things) {
        auto const& entry = house.directory().entry(kind);
        auto const change = [&](auto&& by) { REQUIRE(house.databases().at(own.module)->write(by)); };
        change([&](db::Transaction& tx) { return effects::apply(tx, entry, own.ids.front(), {1}, Effect::hide); });
        finds("by a decision that does not stand");
        change([&](db::Transaction& tx) -> Result<> { return effects::forget(*tx, own.ids.front()), Result<>{}; });
        auto const all = app::module_places();
        auto const kept =
            std::ranges::any_of(all.at(own.module), [&](auto const& place) { return place.kind == kind && !place.state.empty(); });
        finds(kept ? "as hidden, and no decision hides it" : "");
        change([&](db::Transaction& tx) { return effects::apply(tx, entry, own.ids.front(), {1}, Effect::hide); });
        change([&](db::Transaction& tx) { return effects::undo(tx, entry, own.ids.front(), {1}); });
        finds("");
    }
}

void prove(app::House& house, int sequences, int at_once) {
    auto const things = fill(house).things;
    find_undecided(house, things);
    std::vector<Subject> all;
    for (auto const& [kind, own] : things)
        for (auto const id : own.ids) all.push_back({kind, id});
    std::map<std::string, std::vector<std::string>> statements;
    std::map<std::string, std::string> before;
    for (auto const& [name, database] : house.databases())
        REQUIRE(database->read([&](db::Connection& c) -> Result<> {
            statements[name] = reading(c);
            before[name] = dump(c, statements[name]);
            return {};
        }));
    std::mt19937 random(12);
    auto const pick = [&](std::size_t most) { return static_cast<std::size_t>(random() % most); };
    // What a sequence does is decided first: a unit belongs to one database, so that each module gets its part of it in order.
    for (int done = 0; done < sequences; done += at_once) {
        std::map<std::string, std::vector<std::vector<std::pair<Deed, bool>>>> parts; // by module: sequences of (deed, taken back)
        for (int i = 0; i < at_once; ++i) {
            std::vector<std::pair<Deed, bool>> steps;
            std::vector<Deed> standing;
            for (auto const until = 1 + pick(6); steps.size() < until;) {
                Deed const deed{all[pick(all.size())], {static_cast<std::int64_t>(1 + pick(4))}};
                steps.push_back({deed, false}), standing.push_back(deed);
                if (pick(3) == 0) steps.push_back({deed, false}); // told twice
                if (pick(3) == 0) steps.push_back({standing[pick(standing.size())], true});
            }
            std::ranges::shuffle(standing, random);
            for (auto const& deed : standing) steps.push_back({deed, true});
            for (auto const& [module, database] : house.databases()) {
                auto& own = parts[module].emplace_back();
                for (auto const& step : steps)
                    if (things.at(step.first.subject.kind).module == module) own.push_back(step);
            }
        }
        for (auto const& [module, mine] : parts)
            REQUIRE(house.databases().at(module)->write([&](db::Transaction& tx) -> Result<> {
                for (auto const& steps : mine) {
                    for (auto const& [deed, back] : steps) {
                        auto const& entry = house.directory().entry(deed.subject.kind);
                        MOZI_CHECK(back ? effects::undo(tx, entry, deed.subject.id, deed.action)
                                        : effects::apply(tx, entry, deed.subject.id, deed.action, Effect::hide));
                    }
                    if (!steps.empty()) REQUIRE(dump(*tx, statements.at(module)) == before.at(module));
                }
                return {};
            }));
    }
}

} // namespace

// proves S19
TEST_CASE("decisions taken back in any order leave every table as if they had never been") {
    Folder folder;
    app::House house(settings_of(folder.path / "data", ""), app::Purpose::describe, [](std::string const& why) { FAIL(why); });
    prove(house, 10'000, 500);
}

// proves S26
TEST_CASE("the same on PostgreSQL") {
    auto const* url = postgres(Skipped::whole);
    if (!url) return;
    Folder folder;
    auto const drop = [&](app::House& house) {
        for (auto const& [name, database] : house.databases())
            REQUIRE(database->write([&](db::Transaction& tx) -> Result<> {
                tx->run("DROP SCHEMA videa_" + name + " CASCADE");
                return {};
            }));
    };
    app::House house(settings_of(folder.path / "data", url), app::Purpose::describe, [](std::string const& why) { FAIL(why); });
    prove(house, 10'000, 500);
    drop(house);
}
