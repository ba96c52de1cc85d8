// Who goes first: owners in turn, beginnings before everything that is long, small before large, what administrators say before all.
#include "jobs/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace mozi;
using namespace mozi::media;
using namespace std::chrono_literals;

namespace {

struct Table {
    Turns turns;
    Turns::Time now{std::chrono::hours(1)};
    explicit Table(Turns::Limits limits = {}) : turns(limits) {}

    static Turns::Job job(int id, int owner, std::int64_t bytes = 100, JobPriority priority = JobPriority::normal) {
        return {.id = {id}, .owner = {owner}, .priority = priority, .bytes = bytes};
    }
    void begin(int id, int owner, std::int64_t bytes = 100, JobPriority priority = JobPriority::normal) {
        turns.begin(job(id, owner, bytes, priority), now);
    }
    bool go_on(int id) { return turns.may_go_on({id}, now); }
    // Each of them asks every second, as their threads do; who went on, second by second.
    std::string course(std::vector<int> const& ids, int seconds) {
        std::string out;
        for (int i = 0; i < seconds; ++i, now += 1s)
            for (auto const id : ids)
                if (go_on(id)) out += std::to_string(id);
        return out;
    }
    static auto count(std::string const& course, char who) { return std::count(course.begin(), course.end(), who); }
};

} // namespace

// proves S23
TEST_CASE("two endless films of two people get half of the time each, in turns") {
    Table table;
    table.begin(1, 11), table.begin(2, 12);
    CHECK(table.go_on(1));
    CHECK_FALSE(table.go_on(2));
    auto const course = table.course({1, 2}, 600);
    CHECK(Table::count(course, '1') > 270);
    CHECK(Table::count(course, '2') > 270);
    CHECK(course.substr(0, 40).find('2') != std::string::npos);
}

TEST_CASE("whoever comes with one film goes before the fortieth of somebody else, and nobody waits for ever") {
    Table table;
    table.begin(1, 11);
    table.course({1}, 300); // ada has had five minutes
    auto mine = Table::job(2, 11, 1), new_one = Table::job(3, 12, 1 << 30);
    CHECK(table.turns.goes_before(new_one, mine, table.now));
    CHECK_FALSE(table.turns.goes_before(mine, new_one, table.now));
    mine.waited_s = 4 * 300 + 60;
    CHECK(table.turns.goes_before(mine, new_one, table.now));
    // What somebody has had is forgotten with time.
    table.turns.end({1}, table.now);
    mine.waited_s = new_one.waited_s = 0;
    table.begin(4, 12), table.course({4}, 5);
    CHECK(table.turns.goes_before(new_one, mine, table.now));
    table.turns.end({4}, table.now);
    table.now += std::chrono::hours(24);
    table.begin(5, 12), table.course({5}, 5);
    CHECK(table.turns.goes_before(mine, new_one, table.now));
}

TEST_CASE("of one person the small film goes before the large one, and no turns are taken between them") {
    Table table;
    CHECK(table.turns.goes_before(Table::job(1, 11, 10), Table::job(2, 11, 20), table.now));
    table.begin(1, 11, 1000);
    CHECK(table.go_on(1));
    table.begin(2, 11, 10);
    CHECK_FALSE(table.go_on(2));
    CHECK(Table::count(table.course({1, 2}, 120), '2') == 0);
    table.begin(3, 11, 500);
    CHECK_FALSE(table.go_on(3));
    table.turns.end({1}, table.now);
    CHECK(table.go_on(2));
}

TEST_CASE("beginnings have places of their own, one for each owner, and a slow one keeps nobody's") {
    Table table({.beginnings = 2, .slow_beginnings = 1});
    CHECK(table.turns.has_place(table.now));
    table.begin(1, 11);
    CHECK(table.turns.has_place(UserId{12}));
    CHECK_FALSE(table.turns.has_place(UserId{11}));
    table.begin(2, 12);
    CHECK_FALSE(table.turns.has_place(table.now));
    table.now += 6s; // both hang
    CHECK(table.turns.has_place(table.now));
    table.begin(3, 13);
    CHECK_FALSE(table.turns.has_place(table.now)); // and there is an end to that
    table.turns.end({1}, table.now);
    CHECK(table.turns.has_place(table.now));
    // What runs for hours takes no place of a beginning.
    CHECK(table.go_on(2));
    CHECK(table.turns.has_place(UserId{12}));
}

TEST_CASE("what has begun is bounded, in all and of one person") {
    Table table({.begun = 5, .begun_of_one = 2});
    for (int id = 1; id <= 2; ++id) table.begin(id, 11), table.go_on(id);
    CHECK_FALSE(table.turns.has_place(UserId{11}));
    for (int id = 3; id <= 5; ++id) table.begin(id, 20 + id), table.go_on(id);
    CHECK_FALSE(table.turns.has_place(table.now));
    table.turns.end({4}, table.now);
    CHECK(table.turns.has_place(table.now));
}

TEST_CASE("few programs stand still with their memory: the others wait between two runs") {
    Table table({.halted = 1});
    for (int id = 1; id <= 4; ++id) table.begin(id, 10 + id), table.go_on(id);
    std::string seen;
    for (int i = 0; i < 300; ++i, table.now += 1s)
        for (int id = 1; id <= 4; ++id)
            if (table.go_on(id) && seen.find(char('0' + id)) == std::string::npos) seen += char('0' + id);
    CHECK(seen.size() == 2); // the two take turns; when one has ended, the next begins
    auto const done = seen[0] - '0';
    table.turns.end({done}, table.now);
    auto const rest = table.course({1, 2, 3, 4}, 60);
    CHECK(rest.find_first_not_of(seen) != std::string::npos);
}

TEST_CASE("what an administrator raised goes before all others, what was lowered behind them") {
    Table table;
    table.begin(1, 11);
    CHECK(table.go_on(1));
    table.begin(2, 12), table.begin(3, 13);
    CHECK_FALSE(table.go_on(2));
    CHECK_FALSE(table.go_on(3));
    table.turns.put({3}, JobPriority::high);
    auto const course = table.course({1, 2, 3}, 120);
    CHECK(Table::count(course, '3') > 100);
    CHECK(Table::count(course, '2') == 0);
    table.turns.put({3}, JobPriority::low);
    CHECK(Table::count(table.course({1, 2, 3}, 120), '3') <= 16);
    auto const version = table.turns.version();
    table.turns.put({99}, JobPriority::high); // nobody's
    CHECK(table.turns.version() == version);
}
