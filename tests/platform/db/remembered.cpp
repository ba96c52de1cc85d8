// Rows in memory: read once, forgotten with the commit that changes them, never what may still be undone.
#include "support.hpp"

#include <mozi/db/remembered.hpp>

using namespace mozi;
using namespace mozi::test;

namespace {

using Key = std::int64_t;
using Memory = db::Remembered<Key, std::string>;

std::unordered_map<Key, std::string> load(db::Connection& c, std::span<Key const> ids) {
    std::unordered_map<Key, std::string> out;
    for (auto const id : ids)
        if (auto row = c.one<std::string>("SELECT word FROM note WHERE id = ?", id)) out.emplace(id, std::move(std::get<0>(*row)));
    return out;
}

std::string word(Memory& memory, Key id) { return memory.find(std::span(&id, 1), load).value().front().value_or("nothing"); }

std::uint64_t cost(Memory& memory, std::vector<Key> const& ids) {
    auto const before = db::statements_of_this_thread();
    REQUIRE(memory.find(ids, load));
    return db::statements_of_this_thread() - before;
}

Result<> rename(db::Database& database, Memory& memory, Key id, std::string const& to, bool fails = false) {
    return database.write([&](db::Transaction& tx) -> Result<> {
        tx->run("UPDATE note SET word = ? WHERE id = ?", to, id);
        memory.forget(tx, id);
        CHECK(word(memory, id) == to); // inside: as this unit has it
        if (fails) return Error{Code::conflict, "test.no", "No."};
        return {};
    });
}

} // namespace

// proves S27
TEST_CASE("what was read once costs nothing until a commit changes it") {
    on_each_engine([](db::Database& database) {
        Memory memory(database, 100);
        for (Key id = 1; id <= 3; ++id) REQUIRE(insert(database, id, "word" + std::to_string(id)));
        CHECK(words(database).size() == 3); // opening the reader is not what is counted
        CHECK(cost(memory, {1, 2, 3}) == 3);
        CHECK(cost(memory, {1, 2, 3}) == 0);
        auto const some = memory.find(std::vector<Key>{3, 9, 1}, load).value();
        CHECK(some == std::vector<std::optional<std::string>>{"word3", std::nullopt, "word1"});
        REQUIRE(rename(database, memory, 1, "other"));
        CHECK(word(memory, 1) == "other");
        CHECK(cost(memory, {1, 2, 3}) == 0);
        memory.forget_if([](std::string const& value) { return value == "word2"; });
        CHECK(cost(memory, {1, 2, 3}) == 1);
    });
}

TEST_CASE("what a unit read of its own changes is not kept when it is undone") {
    on_each_engine([](db::Database& database) {
        Memory memory(database, 100);
        REQUIRE(insert(database, 1, "kept"));
        CHECK_FALSE(rename(database, memory, 1, "undone", true));
        CHECK(word(memory, 1) == "kept");
    });
}

TEST_CASE("a change while a row is being read leaves nothing stale behind") {
    on_each_engine([](db::Database& database) {
        Memory memory(database, 100);
        REQUIRE(insert(database, 1, "old"));
        auto const late = memory.find(std::vector<Key>{1}, [&](db::Connection& c, std::span<Key const> ids) {
            auto read = load(c, ids);
            memory.forget(1); // as a commit at this moment does
            return read;
        });
        CHECK(late.value().front() == "old");
        CHECK(cost(memory, {1}) == 1);
    });
}

TEST_CASE("memory is bounded by what the values weigh") {
    on_each_engine([](db::Database& database) {
        Memory memory(database, 20, [](std::string const& value) { return value.size(); });
        for (Key id = 1; id <= 3; ++id) REQUIRE(insert(database, id, std::string(9, char('a' + id))));
        REQUIRE(insert(database, 4, std::string(21, 'z')));
        CHECK(words(database).size() == 4);
        CHECK(cost(memory, {1, 2}) == 2);
        CHECK(cost(memory, {1, 2}) == 0);
        CHECK(cost(memory, {3}) == 1); // no room: it starts anew
        CHECK(cost(memory, {3}) == 0);
        CHECK(cost(memory, {1, 2}) == 2);
        CHECK(cost(memory, {4}) == 1);
        CHECK(cost(memory, {4}) == 1); // heavier than all there is
    });
}
