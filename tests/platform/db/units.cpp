// Units of work: all or nothing, nested, combined, batched, refused across databases.
#include "support.hpp"

#include <thread>

using namespace mozi;
using namespace mozi::test;
using Words = std::vector<std::string>;

namespace {

Error const refusal{Code::conflict, "test.no", "No."};

// Whether a commit of this unit waits for the disk, as the engine itself says it.
bool is_flushed(db::Connection& c) {
    if (c.dialect() == db::Dialect::sqlite) return std::get<0>(c.one<int>("PRAGMA synchronous").value()) == 2; // FULL
    return std::get<0>(c.one<std::string>("SHOW synchronous_commit").value()) == "on";
}

} // namespace

TEST_CASE("an error, a failure and an exception each undo the whole unit") {
    on_each_engine([](db::Database& database) {
        REQUIRE(insert(database, 1, "kept"));
        std::pair<std::string, std::function<Result<>(db::Transaction&)>> const endings[] = {
            {"test.no", [](db::Transaction&) -> Result<> { return refusal; }},
            {"storage.exists",
                [](db::Transaction& tx) -> Result<> { return tx->run("INSERT INTO note (id, word) VALUES (8, 'kept')"), Result<>{}; }},
            {"storage.exists",
                [](db::Transaction& tx) -> Result<> { return tx->run("INSERT INTO note (id, word) VALUES (1, 'same id')"), Result<>{}; }},
            {"internal",
                [](db::Transaction& tx) -> Result<> {
                    return tx->run("INSERT INTO note (id, word, parent) VALUES (8, 'orphan', 99)"), Result<>{};
                }},
            {"internal", [](db::Transaction& tx) -> Result<> { return tx->run("INSERT INTO nowhere VALUES (1)"), Result<>{}; }},
            {"internal", [](db::Transaction&) -> Result<> { throw std::runtime_error("handler"); }},
        };
        for (auto const& [id, end] : endings) {
            CAPTURE(id);
            int told = 0;
            auto const done = database.write([&, &finish = end](db::Transaction& tx) -> Result<> {
                tx->run("INSERT INTO note (id, word) VALUES (2, 'undone')");
                tx.after_commit([&] { ++told; });
                return finish(tx);
            });
            CHECK(id_of(done) == id);
            CHECK(told == 0);
            CHECK(words(database) == Words{"kept"});
        }
        CHECK(insert(database, 2, "after")); // nothing is left open
        CHECK(words(database) == Words{"kept", "after"});
    });
}

TEST_CASE("inner units are savepoints, and what they promised goes with the outer one") {
    on_each_engine([](db::Database& database) {
        db::Topic topic;
        std::vector<std::string> told;
        auto const inner = [&](std::int64_t id, std::string word, bool fails) {
            return database.write([&](db::Transaction& tx) -> Result<> {
                tx->run("INSERT INTO note (id, word) VALUES (?, ?)", id, word);
                tx.after_commit([&told, word] { told.push_back(word); });
                tx.touch(topic);
                return fails ? Result<>{refusal} : Result<>{};
            });
        };
        auto const outer = database.write([&](db::Transaction& tx) -> Result<> {
            tx->run("INSERT INTO note (id, word) VALUES (1, 'outer')");
            CHECK(id_of(inner(2, "undone", true)) == "test.no");
            CHECK(inner(3, "inner", false));
            CHECK(words(database) == Words{"outer", "inner"}); // a read inside sees the unit
            CHECK(told.empty());
            CHECK(topic.version == 1);
            return {};
        });
        CHECK(outer);
        CHECK(words(database) == Words{"outer", "inner"});
        CHECK(told == Words{"inner"});
        CHECK(topic.version == 2);

        auto const refused = database.write([&](db::Transaction&) -> Result<> {
            CHECK(inner(4, "lost with its outer unit", false));
            return refusal;
        });
        CHECK(id_of(refused) == "test.no");
        CHECK(words(database) == Words{"outer", "inner"});
        CHECK(told == Words{"inner"});
        CHECK(topic.version == 2);
    });
}

TEST_CASE("other readers see a unit only when it is committed") {
    on_each_engine([](db::Database& database) {
        REQUIRE(database.write([&](db::Transaction& tx) -> Result<> {
            tx->run("INSERT INTO note (id, word) VALUES (1, 'one')");
            std::thread([&] { CHECK(words(database).empty()); }).join();
            return {};
        }));
        CHECK(words(database) == Words{"one"});
    });
}

TEST_CASE("units that wait for each other share commits") {
    TempDatabase database("t", note_table);
    auto const before = database->figures();
    constexpr int threads = 64, each = 20;
    std::atomic<int> done{0}, refused{0};
    {
        std::vector<std::jthread> all;
        for (int t = 0; t < threads; ++t)
            all.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) {
                    auto const fails = i % 5 == 4; // a refused neighbour undoes nobody else
                    auto const unit = database->write([&](db::Transaction& tx) -> Result<> {
                        tx->run("INSERT INTO note (id, word) VALUES (?, ?)", t * 1000 + i + 1, std::to_string(t) + "-" + std::to_string(i));
                        return fails ? Result<>{refusal} : Result<>{};
                    });
                    if (unit) ++done;
                    else if (unit.error().id == "test.no") ++refused;
                }
            });
    }
    auto const after = database->figures();
    CHECK(done == threads * each * 4 / 5);
    CHECK(refused == threads * each / 5);
    CHECK(words(*database).size() == std::size_t(done));
    CHECK(after.units - before.units == threads * each);
    CHECK(after.commits - before.commits < threads * each / 4);
    CHECK(after.commits - before.commits >= each); // nobody answered before a commit of their own turn
}

TEST_CASE("a batch is one commit, and a refused task is none of the others' business") {
    on_each_engine([](db::Database& database) {
        auto const before = database.figures().commits;
        std::vector<Result<>> outcomes(3);
        std::vector<std::function<void()>> const tasks{
            [&] { outcomes[0] = insert(database, 1, "one"); },
            [&] { outcomes[1] = insert(database, 2, "one"); },
            [&] {
                CHECK(words(database) == Words{"one"});
                outcomes[2] = insert(database, 3, "three");
            },
        };
        auto copy = tasks;
        CHECK(database.batch(copy));
        CHECK(outcomes[0]);
        CHECK(id_of(outcomes[1]) == "storage.exists");
        CHECK(outcomes[2]);
        CHECK(words(database) == Words{"one", "three"});
        if (database.dialect() == db::Dialect::sqlite) CHECK(database.figures().commits == before + 1);
    });
}

// proves S26
TEST_CASE("a unit never writes another database, but may read it") {
    TempDatabase one("t", note_table), other("t", note_table);
    REQUIRE(insert(*other, 1, "theirs"));
    auto const unit = one->write([&](db::Transaction& tx) -> Result<> {
        tx->run("INSERT INTO note (id, word) VALUES (1, 'mine')");
        CHECK(id_of(insert(*other, 2, "no")) == "storage.cross_write");
        CHECK(words(*other) == Words{"theirs"});
        return {};
    });
    CHECK(unit);
    CHECK(words(*one) == Words{"mine"});
    CHECK(words(*other) == Words{"theirs"});
    CHECK(insert(*other, 2, "later"));
}

TEST_CASE("a unit that may be durable later waits for no disk, and one that may not makes its whole commit wait") {
    on_each_engine([](db::Database& database) {
        auto const flushed = [&](db::Durable durable) {
            return database.write([](db::Transaction& tx) -> Result<bool> { return is_flushed(*tx); }, durable).value();
        };
        CHECK(flushed(db::Durable::now));
        CHECK_FALSE(flushed(db::Durable::later));
        CHECK_FALSE(flushed(db::Durable::later));
        CHECK(flushed(db::Durable::now));
        CHECK(insert(database, 1, "as ever"));
        // What is inside another unit is as durable as that one.
        CHECK(database
                .write([&](db::Transaction&) -> Result<bool> {
                    return database.write([](db::Transaction& tx) -> Result<bool> { return is_flushed(*tx); }, db::Durable::later);
                })
                .value());
        if (database.dialect() == db::Dialect::postgres) return; // each unit its own commit
        std::atomic<bool> holding{false}, go{false};
        std::thread first([&] {
            CHECK(database.write([&](db::Transaction&) -> Result<> {
                holding = true;
                while (!go) std::this_thread::yield();
                return {};
            }));
        });
        while (!holding) std::this_thread::yield();
        bool later_flushed = false;
        std::thread later([&] {
            CHECK(database.write(
                [&](db::Transaction& tx) -> Result<> { return later_flushed = is_flushed(*tx), Result<>{}; }, db::Durable::later));
        });
        std::thread now([&] { CHECK(insert(database, 2, "waited for")); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50)); // both wait for the first
        auto const commits = database.figures().commits;
        go = true;
        first.join(), later.join(), now.join();
        if (database.figures().commits == commits + 2) CHECK(later_flushed);
    });
}
